#include "engine/core/pattern.h"

#include <algorithm>

namespace entrain {
namespace {

__extension__ using Wide = __int128;
constexpr std::int64_t kSixteenth = Beat::kPerBeat / 4;

std::int64_t wrapped(std::int64_t k, std::int64_t length) { return ((k % length) + length) % length; }

}  // namespace

Beat Pattern::begins(std::int64_t k) const {
  const Wide n = Wide{k} * speed_den * kSixteenth;
  const Wide q = n / speed_num;
  return Beat(static_cast<std::int64_t>(n % speed_num < 0 ? q - 1 : q));
}

std::int64_t Pattern::first_at_or_after(Beat at) const {
  const Wide step = Wide{speed_den} * kSixteenth;
  auto k = static_cast<std::int64_t>(Wide{at.ticks} * speed_num / step);
  while (begins(k) < at) ++k;
  while (begins(k - 1) >= at) --k;
  return k;
}

std::int64_t Pattern::round() const {
  const auto length = static_cast<std::int64_t>(steps.size());
  return direction == Direction::pendulum ? std::max<std::int64_t>(1, 2 * length - 2) : length;
}

std::size_t Pattern::position(std::int64_t k, std::uint64_t bits) const {
  const auto length = static_cast<std::int64_t>(steps.size());
  const std::int64_t at = wrapped(k, round());
  switch (direction) {
    case Direction::forward:
      break;
    case Direction::backward:
      return static_cast<std::size_t>(length - 1 - at);
    case Direction::pendulum:
      return static_cast<std::size_t>(at < length ? at : 2 * length - 2 - at);
    case Direction::random:
      return static_cast<std::size_t>(((bits >> 32) * static_cast<std::uint64_t>(length)) >> 32);
  }
  return static_cast<std::size_t>(at);
}

}  // namespace entrain
