#include "engine/analysis/tempo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/analysis/grid_fit.h"
#include "engine/analysis/tempo_candidates.h"

namespace entrain {
namespace {

constexpr double kShortest = 0.5;                 // seconds
constexpr double kSame = 0.02;                    // of a tempo: what is nearer a person does not tell apart
constexpr double kSureHint = 6, kUnsureHint = 2;  // what a hint adds to a score
constexpr std::size_t kMostOthers = 4;
constexpr double kSetRight = 45;  // seconds: onsets set right the period of what is no longer
constexpr float kClear = 0.25f;   // strength of an onset that counts when one-shots are told
constexpr double kOneShot = 2.5;  // seconds a single hit may ring

/// Learned by logistic regression (softmax over the candidates of a sound, squares of the weights punished),
/// from 169 loops and pieces under free licences, each at its own speed and at 0.86 and 1.17 of it.
constexpr std::array<double, kTempoEvidence> kWeights{
    -3.4, 0,  // distance from 120 BPM in octaves, squared; plain
    -0.1, 0.5, 0.8, 0.4,
    0.6,  0.7,            // correlation at a quarter, a half, one, two, three and four beats
    -0.4, 0.7, 0.4, 0.8,  // of the lows at a half, one, two and four
    0.5,  1,   0.4,       // of the highs at a half, one and two
    0.7,  1.2, 0.2, 1.4,  // onsets on beats, halves, thirds, quarters
    0.8,  0,              // low onsets on beats; onsets on every second beat
    0.1,  0.2, 0,         // correlation at one and a half, a third and two thirds of a beat
    -0.5,                 // distance from two onsets a beat in octaves, squared
    -0.1, 0.4, 0.3, 0.8,
    0.1,  0.7  // holds whole beats; an even number; fours; bars in powers of two; from its beginning
};

bool same(double a, double b) { return std::abs(a / b - 1) < kSame; }

struct Weighed {
  TempoCandidate candidate;
  double score = 0;
};

struct Reading {
  TempoGuess guess;
  int beats = 0;
};

/// A single clear onset, and not for long.
bool is_one_shot(std::span<const Onset> onsets, double seconds) {
  const auto clear =
      std::count_if(onsets.begin(), onsets.end(), [](const Onset& o) { return o.strength >= kClear; });
  return clear <= 1 && seconds < kOneShot;
}

std::vector<Weighed> weighed(std::vector<TempoCandidate> candidates, TempoHint hint) {
  std::vector<Weighed> all;
  for (TempoCandidate& c : candidates) {
    double score = std::inner_product(kWeights.begin(), kWeights.end(), c.evidence.begin(), 0.0);
    if (hint.bpm > 0 && same(60 / c.period, hint.bpm)) score += hint.sure ? kSureHint : kUnsureHint;
    all.push_back({c, score});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Weighed& a, const Weighed& b) { return a.score > b.score; });
  return all;
}

}  // namespace

TempoReading find_tempo(const Novelty& novelty, std::span<const Onset> onsets, double seconds,
                        TempoHint hint) {
  TempoReading tempo;
  if (!(seconds >= kShortest) || onsets.empty() || is_one_shot(onsets, seconds)) return tempo;
  auto all = weighed(tempo_candidates(novelty, onsets, seconds, hint.bpm), hint);
  if (all.empty()) return tempo;
  double whole = 0;
  const double best = all.front().score;
  for (Weighed& w : all) whole += w.score = std::exp(w.score - best);

  std::vector<Reading> readings;  // each of a tempo; candidates that are the same share what speaks for them
  for (const Weighed& w : all) {
    const double bpm = 60 / w.candidate.period;
    const auto share = static_cast<float>(w.score / whole);
    const auto known = std::find_if(readings.begin(), readings.end(),
                                    [&](const Reading& r) { return same(r.guess.bpm, bpm); });
    if (known == readings.end())
      readings.push_back({{bpm, share}, w.candidate.beats});
    else
      known->guess.confidence = std::min(1.0f, known->guess.confidence + share);
  }
  std::stable_sort(readings.begin(), readings.end(), [](const Reading& a, const Reading& b) {
    return a.guess.confidence > b.guess.confidence;
  });
  tempo.bpm = readings.front().guess.bpm;
  tempo.confidence = readings.front().guess.confidence;
  tempo.beats = readings.front().beats;
  if (seconds <= kSetRight) {
    const double read = 60 / tempo.bpm, period = period_set_right(onsets, read, seconds);
    if (period != read) tempo.bpm = 60 / period, tempo.beats = 0;
  }
  for (std::size_t k = 1; k < std::min(readings.size(), kMostOthers + 1); ++k)
    tempo.others.push_back(readings[k].guess);
  return tempo;
}

}  // namespace entrain
