// How patterns are written and read.
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>

#include "engine/core/pattern.h"

namespace entrain {
namespace {

struct Ratio {
  std::int64_t num = 1, den = 1;
};

bool is_space(char c) { return c == ' ' || c == '\t'; }
void skip_spaces(std::string_view& text) {
  while (!text.empty() && is_space(text[0])) text.remove_prefix(1);
}
bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}
std::string quoted(char c) { return std::string("'") + c + "'"; }

/// Reads "3", "1.5" or "0.25" from the front of `text` and removes it.
Result<Ratio> take_ratio(std::string_view& text) {
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

std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : whole_(text), text_(text) {}

  Result<Pattern> parse() {
    for (const auto part : {&Parser::steps, &Parser::speed, &Parser::direction, &Parser::chain})
      if (auto done = (this->*part)(); !done) return wrong(done.error().sentence);
    skip_spaces(text_);
    if (!text_.empty()) return wrong(quoted(text_[0]) + " cannot stand here");
    return std::move(pattern_);
  }

 private:
  Error wrong(const std::string& why) const {
    const bool is_long = whole_.size() > 80;
    return Error{"pattern \"" + std::string(whole_.substr(0, 80)) + (is_long ? "...\": " : "\": ") + why};
  }

  Result<void> steps() {
    for (; !text_.empty(); text_.remove_prefix(1)) {
      const char c = text_[0];
      if (is_space(c)) {
        std::string_view rest = text_;
        skip_spaces(rest);
        if (rest.empty() || rest[0] == '0' || rest[0] == '1') continue;
        break;
      }
      if (c == '*' || c == '/') break;
      if (c == '{') {
        if (pattern_.steps.empty() || !pattern_.steps.back().hits())
          return Error{"braces belong after a hit, as in 1{v0.5}"};
        if (auto done = details(pattern_.steps.back()); !done) return done;
        if (text_.empty() || text_[0] != '}') return Error{"a '}' is missing"};
        continue;
      }
      if (c != '0' && c != '1') {
        return Error{quoted(c) + " is no step; use 1 for a hit and 0 for a rest"};
      }
      if (pattern_.steps.size() == kMaxSteps)
        return Error{"it has more than " + std::to_string(kMaxSteps) + " steps"};
      pattern_.steps.push_back({.velocity = c == '1' ? 1.0f : 0.0f});
    }
    if (pattern_.steps.empty()) return Error{"it has no steps; write some, such as 1000"};
    return {};
  }

  /// What stands between braces; leaves '}' at the front.
  Result<void> details(Step& step) {
    text_.remove_prefix(1);
    for (skip_spaces(text_); !text_.empty() && text_[0] != '}'; skip_spaces(text_)) {
      const char what = text_[0];
      text_.remove_prefix(1);
      if (what == 'a') {
        step.accent = true;
        continue;
      }
      if (std::string_view("vprts").find(what) == std::string_view::npos)
        return Error{quoted(what) + " is unknown in braces; use v, p, r, t or s with a number, or a"};
      const auto value = take_number(text_);
      if (!value) return Error{"a number must follow " + quoted(what) + " in braces"};
      if (auto done = detail(step, what, *value); !done) return done;
    }
    return {};
  }
  static Result<void> detail(Step& step, char what, double value) {
    const auto in = [&](double min, double max) { return value >= min && value <= max; };
    switch (what) {
      case 'v':
        step.velocity = static_cast<float>(value);
        return in(0, 1) && step.hits() ? Result<void>() : Error{"a velocity lies above 0 and up to 1"};
      case 'p':
        step.probability = static_cast<float>(value);
        return in(0, 1) ? Result<void>() : Error{"a probability lies between 0 and 1"};
      case 't':
        step.shift = static_cast<float>(value);
        return in(-0.5, 0.5) ? Result<void>() : Error{"a shift lies between -0.5 and 0.5 of a step"};
      case 'r':
        if (!in(1, kMaxRatchets) || value != std::floor(value))
          return Error{"a ratchet is a whole number from 1 to " + std::to_string(kMaxRatchets)};
        step.ratchet = static_cast<std::uint8_t>(value);
        return {};
      default:
        if (!in(1, 32'767) || value != std::floor(value)) return Error{"samples of a cluster count from 1"};
        step.lock = static_cast<std::int16_t>(value - 1);
        return {};
    }
  }

  Result<void> speed() {
    Ratio speed;
    while (!text_.empty() && (text_[0] == '*' || text_[0] == '/')) {
      const char sign = text_[0];
      text_.remove_prefix(1);
      auto number = take_ratio(text_);
      if (!number) return number.error();
      if (sign == '/') std::swap(number->num, number->den);
      speed = {speed.num * number->num, speed.den * number->den};
      const std::int64_t common = std::gcd(speed.num, speed.den);
      speed = {speed.num / common, speed.den / common};
      if (speed.num > 1'000'000 || speed.den > 1'000'000) return Error{"its speed has too many digits"};
    }
    if (speed.num > kMaxSpeed * speed.den || speed.den > kMaxSpeed * speed.num) {
      const std::string most = std::to_string(kMaxSpeed);
      return Error{"its speed must lie between /" + most + " and *" + most};
    }
    pattern_.speed_num = static_cast<std::int32_t>(speed.num);
    pattern_.speed_den = static_cast<std::int32_t>(speed.den);
    return {};
  }

  Result<void> direction() {
    skip_spaces(text_);
    for (const Direction d :
         {Direction::forward, Direction::backward, Direction::pendulum, Direction::random})
      if (take(text_, name_of(d))) {
        pattern_.direction = d;
        return {};
      }
    if (!text_.empty() && text_[0] >= 'a' && text_[0] <= 'z')
      return Error{"a direction is forward, backward, pendulum or random"};
    return {};
  }

  Result<void> chain() {
    skip_spaces(text_);
    if (!take(text_, "->")) return {};
    if (text_.empty() || text_[0] < 'A' || text_[0] >= 'A' + kSlots)
      return Error{"-> leads to a slot, A to H, as in ->B:4"};
    pattern_.next = static_cast<std::int8_t>(text_[0] - 'A');
    text_.remove_prefix(1);
    if (!take(text_, ":")) return {};
    const auto rounds = take_number(text_);
    if (!rounds || !(*rounds >= 1 && *rounds <= kMaxRepeats) || *rounds != std::floor(*rounds))
      return Error{"after the colon stands the number of rounds, 1 to " + std::to_string(kMaxRepeats)};
    pattern_.repeats = static_cast<std::int32_t>(*rounds);
    return {};
  }

  const std::string_view whole_;
  std::string_view text_;
  Pattern pattern_;
};

/// The shortest digits that read back as the same float.
std::string spelled(float value) {
  std::array<char, 32> text;
  const auto done = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), done.ptr};
}

std::string details_of(const Step& step) {
  std::string text;
  const auto add = [&](const std::string& item) { text += (text.empty() ? "" : " ") + item; };
  if (step.velocity != 1) add("v" + spelled(step.velocity));
  if (step.probability != 1) add("p" + spelled(step.probability));
  if (step.ratchet != 1) add("r" + std::to_string(step.ratchet));
  if (step.shift != 0) add("t" + spelled(step.shift));
  if (step.lock >= 0) add("s" + std::to_string(step.lock + 1));
  if (step.accent) add("a");
  return text.empty() ? "" : "{" + text + "}";
}

}  // namespace

Result<Pattern> parse_pattern(std::string_view text) { return Parser(text).parse(); }

std::string to_text(const Pattern& pattern) {
  std::string text;
  for (const Step& step : pattern.steps) text += step.hits() ? "1" + details_of(step) : "0";
  if (pattern.speed_num != 1) text += "*" + std::to_string(pattern.speed_num);
  if (pattern.speed_den != 1) text += "/" + std::to_string(pattern.speed_den);
  if (pattern.direction != Direction::forward) text += " " + std::string(name_of(pattern.direction));
  if (pattern.next < 0) return text;
  text += std::string(" ->") + static_cast<char>('A' + pattern.next);
  return pattern.repeats == 1 ? text : text + ":" + std::to_string(pattern.repeats);
}

}  // namespace entrain
