#include "engine/library/flow/leans.h"

#include <algorithm>
#include <cmath>

#include "engine/library/find/said.h"
#include "engine/library/find/tempo_match.h"

namespace entrain {
namespace {

constexpr double kBrightSpan = 20, kTempoSpan = 3, kDensitySpan = 1, kEnergySpan = 3;
constexpr double kFewestOnsets = 0.25;  // a second

/// -1 to 1 for a difference; 0 where it is no number.
double part(double difference, double span) {
  return std::isfinite(difference) ? std::clamp(difference / span, -1.0, 1.0) : 0;
}

double bright(const Card& card) {
  return static_cast<double>(card.descriptors[descriptor::kBrightness.first]);
}

double faster(const Card& before, const Card& card, double master) {
  const auto density = [](const Card& c) {
    return std::log2(std::max(static_cast<double>(c.onsets_per_second), kFewestOnsets));
  };
  double percent = 0;
  if (master > 0 && card.bpm > 0)
    percent = 100 * (card.bpm * match_tempo(master, card.bpm).times / master - 1);
  return (part(percent, kTempoSpan) + part(density(card) - density(before), kDensitySpan)) / 2;
}

/// How far the step goes where the lean points, -1 to 1.
double towards(Lean lean, const Card& before, const Card& card, double master, double alike) {
  switch (lean) {
    case Lean::darker:
      return part(bright(before) - bright(card), kBrightSpan);
    case Lean::brighter:
      return part(bright(card) - bright(before), kBrightSpan);
    case Lean::faster:
      return faster(before, card, master);
    case Lean::slower:
      return -faster(before, card, master);
    case Lean::calmer:
      return part(static_cast<double>(before.energy) - static_cast<double>(card.energy), kEnergySpan);
    case Lean::harder:
      return part(static_cast<double>(card.energy) - static_cast<double>(before.energy), kEnergySpan);
    case Lean::alike:
      break;
  }
  return part(alike, 1);
}

}  // namespace

double Leans::strength(Lean lean, std::size_t place) const {
  double most = 0;
  for (const FlowLean& l : leans_)
    if (l.lean == lean) most = std::max(most, strength_at(l, place));
  return most;
}

double Leans::whole(std::size_t place) const {
  double sum = 0;
  for (const FlowLean& l : leans_) sum += kWeight * strength_at(l, place);
  return sum;
}

std::optional<std::int64_t> Leans::like() const {
  std::optional<std::int64_t> like;
  for (const FlowLean& l : leans_)
    if (l.lean == Lean::alike) like = l.like;
  return like;
}

double Leans::fit(const Card& before, const Card& card, double master, double alike,
                  std::size_t place) const {
  double sum = 0;
  for (const FlowLean& l : leans_)
    sum += kWeight * strength_at(l, place) * (1 + towards(l.lean, before, card, master, alike)) / 2;
  return sum;
}

std::string Leans::text(const Card& before, const Card& card, double master, double alike,
                        std::size_t place) const {
  std::string all;
  for (const FlowLean& l : leans_) {
    if (strength_at(l, place) <= 0 || towards(l.lean, before, card, master, alike) <= 0.1) continue;
    if (!all.empty()) all += ", ";
    all += l.lean == Lean::alike ? "like what was pointed at (" + said(alike, 2) + ")"
                                 : std::string(name_of(l.lean));
  }
  return all.empty() ? all : all + ", as wished";
}

}  // namespace entrain
