// Seed 0's console log. Its words and numbers are Python's: {'2': 5}, 16s, 0.37500s.
#include <fmt/format.h>

#include "control/sequence/sequence.h"

namespace entrain {
namespace {

/// How many steps of an extended pattern are written before it is cut short.
constexpr std::int64_t kShownSteps = 256;

/// A text as Python's repr() quotes it, as far as cluster names need it.
std::string quoted(const std::string& text) {
  const bool single = text.find('\'') == std::string::npos || text.find('"') != std::string::npos;
  const char mark = single ? '\'' : '"';
  std::string out(1, mark);
  for (const char c : text) {
    if (c == mark || c == '\\') out += '\\';
    out += c;
  }
  return out + mark;
}

std::string track_name(const Sequence& sequence, std::size_t track) {
  return fmt::format("Track {} (Cluster {})", track + 1, sequence.cluster(track).id);
}

std::string extended(const Sequence& sequence, std::size_t track) {
  const std::string& steps = sequence.patterns().tracks[track].steps;
  const std::int64_t count = sequence.steps(track);
  std::string out;
  for (std::int64_t k = 0; k < std::min(count, kShownSteps); ++k)
    out += steps[static_cast<std::size_t>(k) % steps.size()];
  return count > kShownSteps ? out + "..." : out;
}

}  // namespace

void log_plan(const Sequence& sequence, const LogLine& line) {
  line(fmt::format("Random seed: {}", sequence.options().seed));
  std::string clusters, mapping;
  for (const auto& c : sequence.mapping().clusters)
    clusters += fmt::format("{}{}: {}", clusters.empty() ? "" : ", ", quoted(c.id), c.samples.size());
  for (std::size_t t = 0; t < sequence.tracks(); ++t)
    mapping += fmt::format("{}{}: {}", t == 0 ? "" : ", ", t + 1, quoted(sequence.cluster(t).id));
  line(fmt::format("Loaded clusters: {{{}}}", clusters));
  line(fmt::format("Track to cluster mapping: {{{}}}", mapping));
  line(fmt::format("Output length: {}s ({} samples)", sequence.options().seconds, sequence.frames()));
  line("Parsed patterns and modifiers:");
  for (std::size_t t = 0; t < sequence.tracks(); ++t) {
    const PatternFile::Line& track = sequence.patterns().tracks[t];
    line(fmt::format("{}: {} → {} (modifier: {}, step_duration: {:.5f}s)", track_name(sequence, t),
                     track.steps, extended(sequence, t), track.modifier.empty() ? "none" : track.modifier,
                     sequence.step_seconds(t)));
  }
}

void log_triggers(const Sequence& sequence, const LogLine& line) {
  for (std::size_t t = 0; t < sequence.tracks(); ++t) {
    line(track_name(sequence, t) + " triggers:");
    const double step = sequence.step_seconds(t);
    Sequence::Trigger hit;
    for (bool more = sequence.next(t, 0, hit); more; more = sequence.next(t, hit.step + 1, hit)) {
      const std::string& sample = sequence.cluster(t).samples[hit.sample];
      line(
          fmt::format("Trigger at {:.5f}s with {}", step * static_cast<double>(hit.step), base_name(sample)));
    }
  }
}

}  // namespace entrain
