#include "control/stage/pattern_tools.h"

#include <algorithm>

#include "engine/core/draws.h"

namespace entrain {

Pattern euclidean(Pattern pattern, int hits, int steps, int rotation) {
  pattern.steps.assign(static_cast<std::size_t>(steps), Step{});
  // Hit i falls on the step that holds its even share: ceil(i * steps / hits).
  for (int i = 0; i < hits; ++i)
    pattern.steps[static_cast<std::size_t>((i * steps + hits - 1) / hits)].velocity = 1;
  return rotated(std::move(pattern), rotation);
}

Pattern rotated(Pattern pattern, int by) {
  const auto length = static_cast<int>(pattern.steps.size());
  if (length == 0) return pattern;
  const int left = ((-by % length) + length) % length;
  std::rotate(pattern.steps.begin(), pattern.steps.begin() + left, pattern.steps.end());
  return pattern;
}

Pattern varied(Pattern pattern, double amount, std::uint64_t seed) {
  for (std::size_t i = 0; i < pattern.steps.size(); ++i) {
    Step& step = pattern.steps[i];
    if (!step.hits()) continue;
    const auto part = [&](DrawFor what) {
      return draw_part(draw(seed, what, 0, static_cast<std::int64_t>(i)));
    };
    const double shift = 0.25 * amount * (part(DrawFor::late) - part(DrawFor::early));
    const double softer = 0.5 * amount * part(DrawFor::softer);
    step.shift = static_cast<float>(std::clamp(static_cast<double>(step.shift) + shift, -0.5, 0.5));
    step.velocity = static_cast<float>(static_cast<double>(step.velocity) * (1 - softer));
  }
  return pattern;
}

Pattern resized(Pattern pattern, int steps) {
  pattern.steps.resize(static_cast<std::size_t>(steps));
  return pattern;
}

}  // namespace entrain
