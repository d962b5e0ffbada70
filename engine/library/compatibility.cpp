#include "engine/library/compatibility.h"

#include <algorithm>
#include <cmath>

#include "engine/library/said.h"
#include "engine/library/tempo_match.h"
#include "engine/library/wheel.h"

namespace entrain {
namespace {

constexpr double kNeutral = 0.5;
constexpr double kEnergySpan = 5;              // steps of ten
constexpr double kDensitySpan = 2;             // octaves of onsets a second
constexpr double kFewestOnsets = 0.25;         // a second; fewer are as good as none
constexpr double kUnsure = 0.5;                // confidence below which a key's reason says so
constexpr double kAlike = 0.5, kOther = -0.2;  // likeness

double falling(double distance, double span) { return std::clamp(1 - distance / span, 0.0, 1.0); }

std::string missing(const char* what, bool first, bool second) {
  const char* who = first == second ? "neither has a " : first ? "the second has no " : "the first has no ";
  return std::string(who) + what + ": it says nothing";
}

double worth(WheelStep step, const CompatibilityWeights& weights) {
  switch (step) {
    case WheelStep::same:
      return 1;
    case WheelStep::neighbour:
      return weights.neighbour;
    case WheelStep::relative:
      return weights.relative;
    case WheelStep::diagonal:
      return weights.diagonals ? weights.diagonal : 0;
    case WheelStep::energy_boost:
      return weights.energy_boost;
    case WheelStep::none:
      break;
  }
  return 0;
}

Reason judge_tempo(const Card& a, const Card& b, const CompatibilityWeights& weights, bool& refused) {
  Reason reason{Criterion::tempo, kNeutral, weights.tempo, {}};
  if (!(a.bpm > 0 && b.bpm > 0)) {
    reason.text = missing("tempo", a.bpm > 0, b.bpm > 0);
    return reason;
  }
  const TempoMatch match = match_tempo(a.bpm, b.bpm);
  refused = match.apart > weights.tempo_limit;
  reason.value = match.apart == 0 ? 1 : falling(match.apart, weights.tempo_limit);
  reason.text = said(a.bpm, 1) + " and " + said(b.bpm, 1) + " BPM: ";
  reason.text += match.apart < 0.05 ? "the same tempo" : said(match.apart, 1) + " % apart";
  if (match.times != 1) {
    reason.value *= weights.half_time;
    reason.text += match.times > 1 ? " in double time" : " in half time";
  }
  if (refused) {
    reason.value = 0;
    reason.text += ", more than " + said(weights.tempo_limit, 1) + " %: refused";
  }
  return reason;
}

Reason judge_key(const Card& a, const Card& b, const CompatibilityWeights& weights) {
  Reason reason{Criterion::key, kNeutral, weights.key, {}};
  if (!a.key || !b.key) {
    reason.text = missing("key", a.key.has_value(), b.key.has_value());
    return reason;
  }
  const WheelStep step = wheel_step(*a.key, *b.key);
  const double sure = std::clamp(static_cast<double>(std::min(a.key_confidence, b.key_confidence)), 0.0, 1.0);
  reason.value = kNeutral + sure * (worth(step, weights) - kNeutral);
  reason.text = step == WheelStep::same
                    ? "matched key: " + key_name(*a.key)
                    : camelot(*a.key) + " to " + camelot(*b.key) + ": " + std::string(words_for(step));
  if (sure < kUnsure) reason.text += " (unsure)";
  return reason;
}

Reason judge_likeness(double likeness, const CompatibilityWeights& weights) {
  likeness = std::isfinite(likeness) ? std::clamp(likeness, -1.0, 1.0) : 0;
  const char* how = likeness >= kAlike   ? "sounds alike"
                    : likeness <= kOther ? "sounds different"
                                         : "sounds somewhat alike";
  return {Criterion::likeness, (1 + likeness) / 2, weights.likeness, how + (" (" + said(likeness, 2) + ")")};
}

Reason judge_energy(const Card& a, const Card& b, const CompatibilityWeights& weights) {
  const double from = static_cast<double>(a.energy), to = static_cast<double>(b.energy), step = to - from;
  std::string text = "energy " + said(from, 1) + " to " + said(to, 1);
  text += std::abs(step) < 0.5 ? ": level" : step > 0 ? ": a rise" : ": a fall";
  return {Criterion::energy, falling(std::abs(step), kEnergySpan), weights.energy, std::move(text)};
}

Reason judge_density(const Card& a, const Card& b, const CompatibilityWeights& weights) {
  const double from = static_cast<double>(a.onsets_per_second), to = static_cast<double>(b.onsets_per_second);
  const double octaves = std::log2(std::max(to, kFewestOnsets) / std::max(from, kFewestOnsets));
  std::string text = said(from, 1) + " and " + said(to, 1) + " onsets a second: ";
  text += std::abs(octaves) < 0.5 ? "equally dense" : octaves > 0 ? "denser" : "sparser";
  return {Criterion::density, falling(std::abs(octaves), kDensitySpan), weights.density, std::move(text)};
}

}  // namespace

Compatibility compatibility(const Card& first, const Card& second, double likeness,
                            const CompatibilityWeights& weights) {
  Compatibility result;
  result.reasons = {judge_tempo(first, second, weights, result.refused), judge_key(first, second, weights),
                    judge_likeness(likeness, weights), judge_energy(first, second, weights),
                    judge_density(first, second, weights)};
  double sum = 0, whole = 0;
  for (const Reason& reason : result.reasons) {
    sum += reason.weight * reason.value;
    whole += reason.weight;
  }
  if (whole > 0)
    for (Reason& reason : result.reasons) reason.weight /= whole;
  result.score = result.refused || !(whole > 0) ? 0 : sum / whole;
  std::erase_if(result.reasons, [&](const Reason& reason) {
    return !(reason.weight > 0) && !(result.refused && reason.of == Criterion::tempo);
  });
  return result;
}

}  // namespace entrain
