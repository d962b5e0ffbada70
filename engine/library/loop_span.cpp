#include "engine/library/loop_span.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>

#include "engine/analysis/analysis.h"

namespace entrain {
namespace {

constexpr double kTolerance = 0.03;           // seconds
constexpr double kOfABeat = 1.0 / 16;         // the tolerance is no more than this
constexpr std::size_t kMostBeats = 1u << 20;  // of one span

/// The longest power of two of bars, else of beats, among so many beats.
int whole_beats(std::size_t fitting, int beats_per_bar) {
  const auto bar = static_cast<std::size_t>(std::max(1, beats_per_bar));
  fitting = std::min(fitting, kMostBeats);
  return static_cast<int>(fitting >= bar ? bar * std::bit_floor(fitting / bar) : std::bit_floor(fitting));
}

/// Of a file cut to whole beats, from its beginning.
LoopSpan of_cut(const Analysis& all, int beats_per_bar) {
  const int beats = whole_beats(static_cast<std::size_t>(all.tempo.beats), beats_per_bar);
  return {0, beats == all.tempo.beats ? all.seconds : all.seconds * beats / all.tempo.beats, beats};
}

}  // namespace

LoopSpan loop_span(const Analysis& all, int beats_per_bar) {
  const auto first = static_cast<std::size_t>(std::max(0, all.beats.first_downbeat));
  if (!(all.tempo.bpm > 0) || !(all.seconds > 0) || first >= all.beats.seconds.size()) return {};
  const auto beats = std::span(all.beats.seconds).subspan(first);
  const double period = 60 / all.tempo.bpm, tolerance = std::min(kTolerance, kOfABeat * period);
  const bool at_edge = std::abs(beats.front()) <= tolerance;
  if (at_edge && all.tempo.beats > 0 && all.beats.even) return of_cut(all, beats_per_bar);

  // What follows the last beat ends a beat later, if the file still sounds then.
  const double last = beats.size() > 1 ? beats.back() - beats[beats.size() - 2] : period;
  const bool ends = beats.back() + last <= all.seconds + tolerance;
  const int count = whole_beats(beats.size() - (ends ? 0 : 1), beats_per_bar);
  if (count == 0) return {};
  const auto after = static_cast<std::size_t>(count);
  const double in = std::max(0.0, beats.front());
  double out = after < beats.size() ? beats[after] : beats.back() + last;
  if (all.beats.even) out += in - beats.front();  // the first beat lies before the file: the length stays
  out = std::min(out, all.seconds);
  return out > in ? LoopSpan{in, out, count} : LoopSpan{};
}

}  // namespace entrain
