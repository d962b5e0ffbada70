#include "engine/library/find/compatibility.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/library/find/said.h"
#include "engine/library/find/tempo_match.h"
#include "engine/library/find/wheel.h"

namespace entrain {
namespace {

constexpr double kNeutral = 0.5;
constexpr double kEnergySpan = 5;              // steps of ten
constexpr double kDensitySpan = 2;             // octaves of onsets a second
constexpr double kFewestOnsets = 0.25;         // a second; fewer are as good as none
constexpr double kUnsure = 0.5;                // confidence below which a key's reason says so
constexpr double kAlike = 0.5, kOther = -0.2;  // likeness

double falling(double distance, double span) { return std::clamp(1 - distance / span, 0.0, 1.0); }

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

/// Two sounds side by side: the numbers first, words for them where they are wanted.
class Judge {
 public:
  Judge(const Card& a, const Card& b, double likeness, const CompatibilityWeights& weights)
      : a_(a),
        b_(b),
        weights_(weights),
        likeness_(std::isfinite(likeness) ? std::clamp(likeness, -1.0, 1.0) : 0) {
    if (a.bpm > 0 && b.bpm > 0) match_ = match_tempo(a.bpm, b.bpm);
    if (a.key && b.key) step_ = wheel_step(*a.key, *b.key);
  }

  bool refused() const { return match_ && match_->apart > weights_.tempo_limit; }

  double tempo() const {
    if (!match_) return kNeutral;
    if (refused()) return 0;
    const double near = match_->apart == 0 ? 1 : falling(match_->apart, weights_.tempo_limit);
    return match_->times == 1 ? near : near * weights_.half_time;
  }
  double key() const { return step_ ? kNeutral + sure() * (worth(*step_, weights_) - kNeutral) : kNeutral; }
  double likeness() const { return (1 + likeness_) / 2; }
  double energy() const { return falling(std::abs(energy_step()), kEnergySpan); }
  double density() const { return falling(std::abs(density_octaves()), kDensitySpan); }

  std::string tempo_text() const {
    if (!match_) return missing("tempo", a_.bpm > 0, b_.bpm > 0);
    std::string text = said(a_.bpm, 1) + " and " + said(b_.bpm, 1) + " BPM: ";
    text += match_->apart < 0.05 ? "the same tempo" : said(match_->apart, 1) + " % apart";
    if (match_->times != 1) text += match_->times > 1 ? " in double time" : " in half time";
    if (refused()) text += ", more than " + said(weights_.tempo_limit, 1) + " %: refused";
    return text;
  }
  std::string key_text() const {
    if (!step_) return missing("key", a_.key.has_value(), b_.key.has_value());
    std::string text = *step_ == WheelStep::same ? "matched key: " + key_name(*a_.key)
                                                 : camelot(*a_.key) + " to " + camelot(*b_.key) + ": " +
                                                       std::string(words_for(*step_));
    return sure() < kUnsure ? text + " (unsure)" : text;
  }
  std::string likeness_text() const {
    const std::string how = likeness_ >= kAlike   ? "sounds alike"
                            : likeness_ <= kOther ? "sounds different"
                                                  : "sounds somewhat alike";
    return how + " (" + said(likeness_, 2) + ")";
  }
  std::string energy_text() const {
    const std::string from = said(static_cast<double>(a_.energy), 1),
                      to = said(static_cast<double>(b_.energy), 1);
    const double step = energy_step();
    return "energy " + from + " to " + to +
           (std::abs(step) < 0.5 ? ": level"
            : step > 0           ? ": a rise"
                                 : ": a fall");
  }
  std::string density_text() const {
    const double octaves = density_octaves();
    return said(static_cast<double>(a_.onsets_per_second), 1) + " and " +
           said(static_cast<double>(b_.onsets_per_second), 1) + " onsets a second: " +
           (std::abs(octaves) < 0.5 ? "equally dense"
            : octaves > 0           ? "denser"
                                    : "sparser");
  }

 private:
  static std::string missing(const char* what, bool first, bool second) {
    const char* who = first == second ? "neither has a " : first ? "the second has no " : "the first has no ";
    return std::string(who) + what + ": it says nothing";
  }
  double sure() const {
    return std::clamp(static_cast<double>(std::min(a_.key_confidence, b_.key_confidence)), 0.0, 1.0);
  }
  double energy_step() const { return static_cast<double>(b_.energy) - static_cast<double>(a_.energy); }
  double density_octaves() const {
    const auto onsets = [](const Card& c) {
      return std::max(static_cast<double>(c.onsets_per_second), kFewestOnsets);
    };
    return std::log2(onsets(b_) / onsets(a_));
  }

  const Card &a_, &b_;
  const CompatibilityWeights& weights_;
  double likeness_;
  std::optional<TempoMatch> match_;
  std::optional<WheelStep> step_;
};

double whole_of(const CompatibilityWeights& w) { return w.tempo + w.key + w.likeness + w.energy + w.density; }

double score_of(const Judge& judge, const CompatibilityWeights& w) {
  const double whole = whole_of(w);
  if (judge.refused() || !(whole > 0)) return 0;
  return (w.tempo * judge.tempo() + w.key * judge.key() + w.likeness * judge.likeness() +
          w.energy * judge.energy() + w.density * judge.density()) /
         whole;
}

}  // namespace

double compatibility_score(const Card& first, const Card& second, double likeness,
                           const CompatibilityWeights& weights) {
  return score_of(Judge(first, second, likeness, weights), weights);
}

Compatibility compatibility(const Card& first, const Card& second, double likeness,
                            const CompatibilityWeights& weights) {
  const Judge judge(first, second, likeness, weights);
  Compatibility result{score_of(judge, weights), judge.refused(), {}};
  const double whole = whole_of(weights) > 0 ? whole_of(weights) : 1;
  const auto add = [&](Criterion of, double value, double weight, std::string text, bool anyway = false) {
    if (weight > 0 || anyway) result.reasons.push_back({of, value, weight / whole, std::move(text)});
  };
  add(Criterion::tempo, judge.tempo(), weights.tempo, judge.tempo_text(), judge.refused());
  add(Criterion::key, judge.key(), weights.key, judge.key_text());
  add(Criterion::likeness, judge.likeness(), weights.likeness, judge.likeness_text());
  add(Criterion::energy, judge.energy(), weights.energy, judge.energy_text());
  add(Criterion::density, judge.density(), weights.density, judge.density_text());
  return result;
}

}  // namespace entrain
