#include "control/stage/track_edits.h"

#include <fmt/format.h>

#include <cmath>

#include "control/stage/pattern_tools.h"

namespace entrain {

void DrawnSteps::hear(const Report& report) {
  if (report.what != Report::What::hit || report.step < 0) return;
  Drawn& drawn = drawn_[static_cast<std::size_t>(report.unit)];
  if (drawn.slot != report.slot) drawn = {report.slot, {}};
  const auto position = static_cast<std::size_t>(report.position);
  if (position >= drawn.samples.size()) drawn.samples.resize(position + 1, -1);
  drawn.samples[position] = static_cast<std::int16_t>(report.sample);
}

Pattern DrawnSteps::printed(Pattern pattern, int track, int slot) const {
  const Drawn& drawn = drawn_[static_cast<std::size_t>(track)];
  if (drawn.slot != slot) return pattern;
  for (std::size_t i = 0; i < std::min(pattern.steps.size(), drawn.samples.size()); ++i)
    if (pattern.steps[i].hits() && drawn.samples[i] >= 0) pattern.steps[i].lock = drawn.samples[i];
  return pattern;
}

Result<int> slot_named(const std::string& text) {
  const char c = text.size() == 1 ? text[0] : '?';
  if (c >= 'A' && c < 'A' + kSlots) return c - 'A';
  if (c >= 'a' && c < 'a' + kSlots) return c - 'a';
  if (c >= '1' && c < '1' + kSlots) return c - '1';
  return Error{fmt::format("there is no slot \"{}\"; they are called A to H", text)};
}

namespace {

/// One call at work. Members that can fail throw Wrong, which track_edit turns into its Error.
class TrackCall {
 public:
  struct Wrong {
    Error error;
  };

  TrackCall(const CommandCall& call, const Performance& latest, int playing, const DrawnSteps& drawn)
      : call_(call), latest_(latest), playing_(playing), drawn_(drawn) {}

  Edit edit() const {
    switch (call_.row->id) {
      case CommandId::track_pattern: {
        auto parsed = parse_pattern(call_.text(0));
        if (!parsed) throw Wrong{parsed.error()};
        return put(slot(1), *std::move(parsed));
      }
      case CommandId::track_step:
        return step([&](Step& s) { s = rest_or_hit(s, number(1, 0, 1, "a velocity")); });
      case CommandId::track_probability:
        return step([&](Step& s) { s.probability = static_cast<float>(number(1, 0, 1, "a probability")); });
      case CommandId::track_ratchet:
        return step([&](Step& s) {
          s.ratchet = static_cast<std::uint8_t>(whole(1, 1, kMaxRatchets, "the hits of a step"));
        });
      case CommandId::track_shift:
        return step([&](Step& s) { s.shift = static_cast<float>(number(1, -0.5, 0.5, "a shift")); });
      case CommandId::track_lock:
        return step([&](Step& s) {
          s.lock = static_cast<std::int16_t>(whole(1, 0, samples(), "a sample of the cluster") - 1);
        });
      case CommandId::track_accent:
        return step([&](Step& s) { s.accent = call_.number(1) > 0.5; });
      case CommandId::track_length:
        return put(slot(1), resized(pattern(slot(1)), whole(0, 1, kMaxSteps, "the length")));
      case CommandId::track_speed:
        return speed();
      case CommandId::track_direction:
        return direction();
      case CommandId::track_chain:
        return chain();
      case CommandId::track_copy:
        return SetPattern{call_.instance, slot(1), shared(slot(0))};
      case CommandId::track_clear:
        return SetPattern{call_.instance, slot(0), nullptr};
      case CommandId::track_euclid: {
        const int steps = whole(1, 1, kMaxSteps, "the length");
        const int rotation = call_.args.size() > 2 ? whole(2, -kMaxSteps, kMaxSteps, "the rotation") : 0;
        return put(slot(3),
                   euclidean(pattern(slot(3)), whole(0, 0, steps, "the number of hits"), steps, rotation));
      }
      case CommandId::track_rotate:
        return put(slot(1), rotated(written(slot(1)), whole(0, -kMaxSteps, kMaxSteps, "the rotation")));
      case CommandId::track_vary: {
        const double seed = call_.args.size() > 1 ? call_.number(1) : 1;
        return put(slot(2), varied(written(slot(2)), number(0, 0, 1, "the amount"),
                                   static_cast<std::uint64_t>(std::llround(std::fabs(seed)))));
      }
      case CommandId::track_print:
        return put(slot(0), drawn_.printed(written(slot(0)), call_.instance, slot(0)));
      default:
        throw Wrong{Error{"this command makes no edit of a track"}};
    }
  }

 private:
  [[noreturn]] static void fail(const std::string& sentence) { throw Wrong{Error{sentence}}; }

  double number(std::size_t arg, double min, double max, std::string_view what) const {
    const double value = call_.number(arg);
    if (!(value >= min && value <= max))
      fail(fmt::format("{} lies between {} and {}; {} does not", what, min, max, value));
    return value;
  }
  int whole(std::size_t arg, int min, int max, std::string_view what) const {
    const double value = number(arg, min, max, what);
    if (value != std::floor(value)) fail(fmt::format("{} is a whole number; {} is none", what, value));
    return static_cast<int>(value);
  }
  /// The slot named by an argument, or the one that plays.
  int slot(std::size_t arg) const {
    if (call_.args.size() <= arg) return playing_;
    auto named = slot_named(call_.text(arg));
    if (!named) throw Wrong{named.error()};
    return *named;
  }
  const Track* track() const { return latest_.tracks[static_cast<std::size_t>(call_.instance)].get(); }
  int samples() const {
    return track() != nullptr && track()->cluster ? static_cast<int>(track()->cluster->samples.size()) : 0;
  }
  std::shared_ptr<const Pattern> shared(int slot) const {
    return track() != nullptr ? track()->patterns[static_cast<std::size_t>(slot)] : nullptr;
  }
  Pattern pattern(int slot) const { return shared(slot) ? *shared(slot) : Pattern{}; }
  /// A pattern that must have steps.
  Pattern written(int slot) const {
    Pattern p = pattern(slot);
    if (p.steps.empty())
      fail(fmt::format("slot {} is empty; write a pattern into it first", static_cast<char>('A' + slot)));
    return p;
  }
  Edit put(int slot, Pattern p) const {
    return SetPattern{call_.instance, slot, std::make_shared<const Pattern>(std::move(p))};
  }
  static Step rest_or_hit(Step step, double velocity) {
    step.velocity = static_cast<float>(velocity);
    return velocity > 0 ? step : Step{};
  }
  template <class Change>
  Edit step(Change change) const {
    const int at = whole(0, 1, kMaxSteps, "a step") - 1, in = slot(2);
    const Pattern p = pattern(in);
    Step changed =
        static_cast<std::size_t>(at) < p.steps.size() ? p.steps[static_cast<std::size_t>(at)] : Step{};
    if (call_.row->id != CommandId::track_step && !changed.hits())
      fail(fmt::format("step {} rests; give it a hit first", at + 1));
    change(changed);
    return SetStep{call_.instance, in, at, changed};
  }
  Edit speed() const {
    const std::string& text = call_.text(0);
    const bool signed_ = !text.empty() && (text[0] == '*' || text[0] == '/');
    auto parsed = parse_pattern((signed_ ? "1" : "1*") + text);
    if (!parsed) throw Wrong{parsed.error()};
    Pattern p = written(slot(1));
    p.speed_num = parsed->speed_num;
    p.speed_den = parsed->speed_den;
    return put(slot(1), std::move(p));
  }
  Edit direction() const {
    Pattern p = written(slot(1));
    for (const Direction d :
         {Direction::forward, Direction::backward, Direction::pendulum, Direction::random}) {
      if (name_of(d) != call_.text(0)) continue;
      p.direction = d;
      return put(slot(1), std::move(p));
    }
    fail("a direction is forward, backward, pendulum or random");
  }
  Edit chain() const {
    Pattern p = written(slot(0));
    p.next = static_cast<std::int8_t>(slot(1) == slot(0) ? -1 : slot(1));
    const int rounds = call_.args.size() > 2 ? whole(2, 1, kMaxRepeats, "the rounds") : 1;
    p.repeats = p.next < 0 ? 1 : rounds;
    return put(slot(0), std::move(p));
  }

  const CommandCall& call_;
  const Performance& latest_;
  const int playing_;
  const DrawnSteps& drawn_;
};

}  // namespace

Result<Edit> track_edit(const CommandCall& call, const Performance& latest, int playing,
                        const DrawnSteps& drawn) {
  try {
    return TrackCall(call, latest, playing, drawn).edit();
  } catch (const TrackCall::Wrong& wrong) {
    return wrong.error;
  }
}

}  // namespace entrain
