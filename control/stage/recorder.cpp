#include "control/stage/recorder.h"

#include <algorithm>

namespace entrain {
namespace {

std::int64_t pass_of(const Report& report, const Pattern& pattern) {
  const std::int64_t k = std::max<std::int64_t>(0, pattern.first_at_or_after(report.since + Beat(1)) - 1);
  return k / pattern.round();
}

}  // namespace

std::optional<Recorder::Take> Recorder::hear(const Report& report, const Performance& latest,
                                             const Settings& now) {
  if (report.what != Report::What::hit) return std::nullopt;
  const Pattern pattern = pattern_to_write(latest, report.unit, report.slot);
  if (report.step >= 0) return clear(report, pattern, now);
  if (now.mode == Mode::off || report.beat == Beat(0)) return std::nullopt;
  return write(report, pattern, now);
}

std::optional<Recorder::Take> Recorder::write(const Report& report, const Pattern& pattern,
                                              const Settings& now) {
  const Beat at = std::max(Beat(0), report.since - now.late);
  std::int64_t k = pattern.first_at_or_after(at);
  if (k > 0 && at - pattern.begins(k - 1) < pattern.begins(k) - at) --k;
  const double off = (at - pattern.begins(k)).value() / pattern.lasts(k).value();
  SetStep edit{report.unit, report.slot, static_cast<int>(pattern.position(k, 0)), {}};
  edit.to.velocity = std::clamp(report.velocity, 0.01f, 1.0f);
  edit.to.shift = static_cast<float>(std::clamp(off * (1 - now.quantise), -0.5, 0.5));
  const std::int64_t pass = k / pattern.round();
  Pass& mine = passes_[static_cast<std::size_t>(report.unit)];
  if (mine.number != pass) mine = {pass, {}};
  mine.written.insert(edit.step);
  // Not before the step is over: it would sound once more.
  return Take{edit, report.beat - report.since + pattern.begins(k + 1), pass};
}

std::optional<Recorder::Take> Recorder::clear(const Report& report, const Pattern& pattern,
                                              const Settings& now) {
  const auto track = static_cast<std::size_t>(report.unit);
  const std::int64_t pass = pass_of(report, pattern);
  const Pass& mine = passes_[track];
  const bool replaced =
      now.mode == Mode::replace && mine.number == pass && !mine.written.contains(report.position);
  if (!now.erase[track] && !replaced) return std::nullopt;
  return Take{{report.unit, report.slot, report.position, {}}, report.beat, pass};
}

}  // namespace entrain
