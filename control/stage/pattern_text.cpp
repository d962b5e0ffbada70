#include "control/stage/pattern_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <numeric>

namespace entrain {
namespace {

struct Ratio {
  std::int64_t num = 1, den = 1;
};

/// Reads "3", "1.5" or "0.25" from the front of `text` and removes it.
Result<Ratio> take_number(std::string_view& text) {
  Ratio ratio{0, 1};
  std::size_t digits = 0;
  bool fraction = false;
  while (!text.empty() && ((text[0] >= '0' && text[0] <= '9') || (text[0] == '.' && !fraction))) {
    if (text[0] == '.') {
      fraction = true;
    } else {
      if (++digits > 9) return Error{"a speed has at most nine digits"};
      ratio.num = ratio.num * 10 + (text[0] - '0');
      if (fraction) ratio.den *= 10;
    }
    text.remove_prefix(1);
  }
  if (digits == 0) return Error{"a number must follow * and /, as in *2 or /1.5"};
  if (ratio.num == 0) return Error{"a speed of 0 would never play; use a number above 0"};
  return ratio;
}

}  // namespace

Result<Pattern> parse_pattern(std::string_view text) {
  Pattern pattern;
  const std::string whole(text);
  const auto wrong = [&](const std::string& why) { return Error{fmt::format("pattern \"{}\": {}", whole, why)}; };
  while (!text.empty() && text[0] != '*' && text[0] != '/') {
    if (text[0] != '0' && text[0] != '1' && text[0] != ' ')
      return wrong(fmt::format("'{}' is no step; use 1 for a hit and 0 for a rest", text[0]));
    if (text[0] != ' ') pattern.steps.push_back(text[0] == '1');
    text.remove_prefix(1);
  }
  if (pattern.steps.empty()) return wrong("it has no steps; write some, such as 1000");
  if (pattern.steps.size() > kMaxSteps) return wrong(fmt::format("it has more than {} steps", kMaxSteps));
  Ratio speed;
  while (!text.empty()) {
    const char sign = text[0];
    if (sign != '*' && sign != '/') return wrong(fmt::format("'{}' cannot follow a speed", sign));
    text.remove_prefix(1);
    auto number = take_number(text);
    if (!number) return wrong(number.error().sentence);
    if (sign == '/') std::swap(number->num, number->den);
    speed = {speed.num * number->num, speed.den * number->den};
    const std::int64_t common = std::gcd(speed.num, speed.den);
    speed = {speed.num / common, speed.den / common};
    if (speed.num > 1'000'000 || speed.den > 1'000'000) return wrong("its speed has too many digits");
  }
  if (speed.num > kMaxSpeed * speed.den || speed.den > kMaxSpeed * speed.num)
    return wrong(fmt::format("its speed must lie between /{0} and *{0}", kMaxSpeed));
  pattern.speed_num = static_cast<std::int32_t>(speed.num);
  pattern.speed_den = static_cast<std::int32_t>(speed.den);
  return pattern;
}

std::string to_text(const Pattern& pattern) {
  std::string text;
  for (const bool step : pattern.steps) text += step ? '1' : '0';
  if (pattern.speed_num != 1) text += fmt::format("*{}", pattern.speed_num);
  if (pattern.speed_den != 1) text += fmt::format("/{}", pattern.speed_den);
  return text;
}

}  // namespace entrain
