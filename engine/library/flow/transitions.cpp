#include "engine/library/flow/transitions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/library/find/said.h"
#include "engine/library/flow/flow.h"

namespace entrain {
namespace {

constexpr double kLow = 150, kLowest = 20;  // Hz
constexpr double kFillsLows = 0.3;          // of a sound's energy
constexpr double kLeap = 3;                 // steps of energy
constexpr double kCalm = 3.5;               // energy
constexpr double kSparse = 2;               // onsets a second

}  // namespace

double low_share(const Card& card) {
  constexpr std::array<double, 4> kParts{0.25, 0.5, 0.85, 0.95};
  const double low = std::log2(kLow);
  const auto octave = [&](std::size_t k) {
    const double value = static_cast<double>(card.descriptors[descriptor::kShape.first + 2 + k]);
    return std::isfinite(value) ? value : 0;
  };
  if (!(octave(3) > 0)) return 0;
  double at = std::log2(kLowest), part = 0;
  for (std::size_t k = 0; k < kParts.size(); ++k) {
    if (octave(k) >= low) return part + (kParts[k] - part) * (low - at) / (octave(k) - at);
    at = std::max(at, octave(k));
    part = kParts[k];
  }
  return 1;
}

double low_clash(double one, double other) { return std::clamp(std::min(one, other), 0.0, 1.0); }

double transition_length(double wanted, double bars, double bars_before) {
  const double most = std::min({wanted, bars / 2, bars_before / 2, FlowSettings::kLongestTransition});
  double length = FlowSettings::kShortestTransition;
  while (length * 2 <= most) length *= 2;
  return length;
}

std::string bars_text(double bars) {
  const double beats = bars * 4;
  if (bars >= 1) return said(bars, 2) + (bars == 1 ? " bar" : " bars");
  if (beats == 0.25) return "a quarter beat";
  if (beats == 0.5) return "half a beat";
  return said(beats, 2) + (beats == 1 ? " beat" : " beats");
}

ChosenTransition choose_transition(const Meeting& m) {
  const double step = m.energy - m.energy_before;
  const bool clash = m.sure_key && m.key_step == WheelStep::none;
  const bool calm =
      std::max(m.energy, m.energy_before) <= kCalm && std::max(m.onsets, m.onsets_before) <= kSparse;
  const bool so_so = m.key_step == WheelStep::diagonal || m.key_step == WheelStep::energy_boost;
  const auto made = [&](TransitionKind kind, double wanted, const std::string& why) {
    const FlowTransition chosen{kind, transition_length(wanted, m.bars, m.bars_before)};
    const std::string length =
        kind == TransitionKind::cut ? " on the beat" : " over " + bars_text(chosen.bars);
    return ChosenTransition{chosen, std::string(name_of(kind)) + length + ": " + why};
  };
  if (step >= kLeap) return made(TransitionKind::cut, 0, "a drop, energy rises by " + said(step, 1));
  if (step <= -kLeap)
    return made(TransitionKind::echo_out, m.usual_bars / 4, "energy falls by " + said(-step, 1));
  if (clash) return made(TransitionKind::echo_out, m.usual_bars / 4, "the keys would clash side by side");
  if (calm) return made(TransitionKind::blend, m.usual_bars * 2, "both are calm");
  if (m.low_clash >= kFillsLows) return made(TransitionKind::bass_swap, m.usual_bars, "both fill the lows");
  if (so_so) return made(TransitionKind::filter, m.usual_bars / 2, "the keys mix only so-so");
  return made(TransitionKind::blend, m.usual_bars, "nothing is in the way");
}

}  // namespace entrain
