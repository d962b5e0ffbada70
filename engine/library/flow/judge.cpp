#include "engine/library/flow/judge.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

constexpr double kArcWeight = 0.4;  // beside CompatibilityWeights, whose shares sum up to 1
constexpr double kEnergyApart = 5;   // steps of ten, as compatibility() has it
constexpr double kBeginning = 4;    // the energy a flow begins with where nobody says

double near_energy(double energy, double wanted) {
  return std::clamp(1 - std::abs(energy - wanted) / kEnergyApart, 0.0, 1.0);
}

double sum_of(const CompatibilityWeights& w) { return w.tempo + w.key + w.likeness + w.energy + w.density; }

}  // namespace

Key shifted(Key key, int semitones) { return {((key.root + semitones) % 12 + 12) % 12, key.minor}; }

TempoFit FlowJudge::fit(const Before& before, const PoolLoop& loop) const {
  return before.tempo > 0 ? fit_tempo(before.tempo, loop.card.bpm, weights_.tempo_limit) : TempoFit{};
}

TempoPolicy FlowJudge::policy(std::size_t place) const {
  const auto& slots = request_.wishes.slots;
  if (place < slots.size() && slots[place].tempo) return *slots[place].tempo;
  const bool moves = leans_.strength(Lean::faster, place) > 0 || leans_.strength(Lean::slower, place) > 0;
  return moves ? TempoPolicy::glide : request_.settings.tempo;
}

CompatibilityWeights FlowJudge::weights_at(std::size_t place, int level) const {
  CompatibilityWeights weights = weights_;
  const auto most = [&](Lean a, Lean b) {
    return std::max(leans_.strength(a, place), leans_.strength(b, place));
  };
  weights.energy *= request_.wishes.arc.empty() ? 1 - most(Lean::calmer, Lean::harder) : 0;
  weights.tempo *= 1 - most(Lean::faster, Lean::slower);
  weights.density *= 1 - most(Lean::faster, Lean::slower);
  weights.tempo_limit = most_apart(level, weights.tempo_limit);
  if (level >= level_of(FlowRule::riser)) weights.tempo = 0;
  return weights;
}

int FlowJudge::best_shift(const Before& before, const Card& card) const {
  const int most = std::clamp(request_.settings.semitones, 0, FlowSettings::kMostSemitones);
  if (!before.card.key || !card.key) return 0;
  for (int shift = 0; shift <= most; ++shift)
    for (const int s : {shift, -shift})
      if (mixes(wheel_step(*before.card.key, shifted(*card.key, s)), false)) return s;
  return 0;
}

Judged FlowJudge::judge(const Before& before, const PoolLoop& loop, double likeness, double alike,
                        std::size_t place, double minute) const {
  Judged judged{fit(before, loop), 0, 0};
  const auto wanted = arc_energy(request_.wishes.arc, minute);
  const double energy = static_cast<double>(loop.card.energy);
  double shares = leans_.whole(place), sum = leans_.fit(before.card, loop.card, before.tempo, alike, place);
  if (wanted || before.silence) {
    shares += kArcWeight;
    sum += kArcWeight * near_energy(energy, wanted.value_or(kBeginning));
  }
  if (!before.silence) {
    const CompatibilityWeights weights = weights_at(place, judged.fit.level);
    const double all = sum_of(weights_), whole = all > 0 ? sum_of(weights) / all : 0;
    judged.semitones = best_shift(before, loop.card);
    shares += whole;
    if (judged.semitones == 0) {
      sum += whole * compatibility_score(before.card, loop.card, likeness, weights);
    } else {
      Card card = loop.card;
      card.key = shifted(*card.key, judged.semitones);
      sum += whole * compatibility_score(before.card, card, likeness, weights);
    }
  }
  judged.score = shares > 0 ? sum / shares : 0;
  return judged;
}

Compatibility FlowJudge::explain(const Before& before, const PoolLoop& loop, const Judged& judged,
                                 double likeness, std::size_t place) const {
  if (before.silence) return {};
  Card card = loop.card;
  if (judged.semitones != 0) card.key = shifted(*card.key, judged.semitones);
  return compatibility(before.card, card, likeness, weights_at(place, judged.fit.level));
}

}  // namespace entrain
