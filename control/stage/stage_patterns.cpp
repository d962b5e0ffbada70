// What the stage's thread does about pattern files.
#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "control/stage/stage.h"
#include "engine/core/catalogue.h"

namespace entrain {
namespace {

constexpr double kSilent = -60;  ///< decibels at which a fader is shut

ControlId gain_control(int track) { return *catalogue().find(fmt::format("/track/{}/gain", track + 1)); }

}  // namespace

Result<std::string> Stage::load_patterns(const CommandCall& call, const PatternFile& file) {
  if (file.tracks.size() > kTracks)
    return Error{
        fmt::format("{} has {} lines; there are {} tracks", call.text(0), file.tracks.size(), kTracks)};
  SetPatterns edit;
  std::vector<ControlValue> values;
  std::string silent;
  for (int track = 0; track < static_cast<int>(file.tracks.size()); ++track) {
    int slot = playing_slot(track);
    if (call.args.size() > 1) {
      const auto named = slot_named(call.text(1));
      if (!named) return named.error();
      slot = *named;
    }
    const PatternFile::Line& line = file.tracks[static_cast<std::size_t>(track)];
    edit.patterns.push_back({track, slot, std::make_shared<const Pattern>(line.pattern)});
    const double volume = std::fabs(line.volume);
    const ControlId gain = gain_control(track);
    values.emplace_back(gain, catalogue().clamp(gain, volume > 0 ? 20 * std::log10(volume) : kSilent));
    const auto& plays = versions_.latest().tracks[static_cast<std::size_t>(track)];
    if (!plays || !plays->cluster) silent += fmt::format("{}{}", silent.empty() ? "" : ", ", track + 1);
  }
  Undo undo;
  auto done = commit(Edit{std::move(edit)}, call.grid(), &undo, std::move(values));
  if (!done) return done;
  undo_.push(std::move(undo));
  *done = fmt::format("{} patterns loaded{}", file.tracks.size(), done->substr(4));
  if (!silent.empty()) *done += fmt::format("; without a cluster, and so silent: track {}", silent);
  return done;
}

void Stage::write_patterns(Job& job) {
  std::vector<PatternFile::Line> lines;
  int lost = 0, walks = 0;
  std::size_t used = 0;
  for (int track = 0; track < kTracks; ++track) {
    int slot = playing_slot(track);
    if (job.call.args.size() > 1)
      if (const auto named = slot_named(job.call.text(1))) slot = *named;
    const auto& plays = versions_.latest().tracks[static_cast<std::size_t>(track)];
    const auto pattern = plays ? plays->patterns[static_cast<std::size_t>(slot)] : nullptr;
    const double gain = wires_.snapshot().settled[gain_control(track).index];
    lines.push_back(
        line_of(pattern ? *pattern : Pattern{}, gain > kSilent ? std::pow(10, gain / 20) : 0, lost));
    if (!pattern || pattern->steps.empty()) continue;
    used = lines.size();
    if (pattern->direction != Direction::forward || pattern->next >= 0) ++walks;
  }
  lines.resize(used);
  if (!lines.empty()) job.text = pattern_file_text(lines);
  job.path = files_.beside_set(job.call.text(0));
  job.said = fmt::format("saved {} patterns to {}", used, job.path.string());
  if (lost > 0) job.said += fmt::format("; of {} hits only that they hit", lost);
  if (walks > 0) job.said += fmt::format("; of {} patterns not their direction or chain", walks);
}

}  // namespace entrain
