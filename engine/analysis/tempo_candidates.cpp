#include "engine/analysis/tempo_candidates.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "engine/analysis/periodicity.h"

namespace entrain {
namespace {

constexpr double kLongestLoop = 45;   // seconds: what is longer is a piece, not a loop
constexpr int kMostBeats = 64;        // of a loop whose period is set right by its length
constexpr int kMostLoopBeats = 32;    // of a loop whose length speaks for a tempo
constexpr double kBegins = 0.04;      // seconds: a sound that begins later is no cut loop
constexpr double kWholeBeats = 0.03;  // beats a loop's length may be off
constexpr double kSnap = 0.06;        // beats within which a period is set right by the length
constexpr double kStep = 1.004;       // between the periods tried
constexpr std::size_t kMostPeaks = 10;

struct Curves {
  Periodicity all, low, high;
};

/// The mean correlation at a period's first multiples, as far as they are known.
double comb(const Periodicity& p, double period, int multiples) {
  double sum = 0;
  int known = 0;
  for (int k = 1; k <= multiples && p.known(k * period); ++k, ++known) sum += p.at(k * period);
  return known > 0 ? sum / known : 0;
}

/// Moves a period to where the comb of all its multiples is highest; the long ones make it exact.
double refined(const Periodicity& p, double period) {
  for (int multiples = 2; multiples <= 32; multiples *= 2) {
    const double reach = 0.012 / multiples * 2;
    double best = period, most = comb(p, period, multiples);
    for (double ratio = 1 - reach; ratio <= 1 + reach; ratio += reach / 8)
      if (const double c = comb(p, period * ratio, multiples); c > most) most = c, best = period * ratio;
    period = best;
    if (!p.known(multiples * 2 * period)) break;
  }
  return period;
}

bool in_range(double period) { return period >= 60 / kFastest && period <= 60 / kSlowest; }

std::vector<double> comb_peaks(const Periodicity& p) {
  std::vector<std::pair<double, double>> curve;  // period, height
  for (double period = 60 / kFastest / kStep; period <= 60 / kSlowest * kStep; period *= kStep)
    curve.emplace_back(period, comb(p, period, 4));
  std::vector<std::pair<double, double>> found;  // height, period
  for (std::size_t i = 1; i + 1 < curve.size(); ++i)
    if (curve[i].second > 0 && curve[i].second >= curve[i - 1].second &&
        curve[i].second > curve[i + 1].second)
      found.emplace_back(curve[i].second, curve[i].first);
  std::sort(found.rbegin(), found.rend());
  std::vector<double> periods;
  for (std::size_t i = 0; i < std::min(found.size(), kMostPeaks); ++i)
    periods.push_back(refined(p, found[i].second));
  return periods;
}

/// How well onsets stand on a grid: 1 if all do, 0 if they stand anywhere (the mean direction of their
/// phases).
double on_grid(std::span<const Onset> onsets, double period, bool low) {
  std::complex<double> sum;
  double whole = 0;
  for (const Onset& o : onsets) {
    const double weight = static_cast<double>(o.strength) * (low ? static_cast<double>(o.low) : 1.0);
    sum += std::polar(weight, 2 * std::numbers::pi * o.seconds / period);
    whole += weight;
  }
  return whole > 0 ? std::abs(sum) / whole : 0;
}

double known_or(const Periodicity& p, double lag, double otherwise) {
  return p.known(lag) ? p.at(lag) : otherwise;
}

double square(double x) { return x * x; }

void weigh(TempoCandidate& c, const Curves& curves, std::span<const Onset> onsets, double seconds) {
  const double p = c.period, octaves = std::log2(60 / p / 120);
  std::size_t at = 0;
  const auto add = [&](double value) { c.evidence[at++] = value; };
  add(square(octaves));
  add(octaves);
  const double a1 = known_or(curves.all, p, 0), a2 = known_or(curves.all, 2 * p, a1);
  const double a4 = known_or(curves.all, 4 * p, a2), a3 = known_or(curves.all, 3 * p, 0.5 * (a1 + a2));
  for (const double a : {curves.all.at(p / 4), curves.all.at(p / 2), a1, a2, a3, a4}) add(a);
  const double l1 = known_or(curves.low, p, 0), l2 = known_or(curves.low, 2 * p, l1);
  for (const double l : {curves.low.at(p / 2), l1, l2, known_or(curves.low, 4 * p, l2)}) add(l);
  const double h1 = known_or(curves.high, p, 0), h2 = known_or(curves.high, 2 * p, h1);
  for (const double h : {curves.high.at(p / 2), h1, h2}) add(h);
  for (const int parts : {1, 2, 3, 4}) add(on_grid(onsets, p / parts, false));
  add(on_grid(onsets, p, true));
  add(on_grid(onsets, 2 * p, false));
  add(known_or(curves.all, 1.5 * p, 0));
  add(curves.all.at(p / 3));
  add(curves.all.at(p * 2 / 3));
  add(square(std::log2((0.5 + static_cast<double>(onsets.size())) / seconds * p / 2)));
  // A loop is cut to whole beats, most likely to 4, 8, 16 or 32, and begins with a sound; a fragment is not.
  const int n = static_cast<int>(std::lround(seconds / p));
  const bool loop = seconds <= kLongestLoop && n >= 1 && n <= kMostLoopBeats;
  const double whole = loop ? std::exp(-0.5 * square((seconds / p - n) / kWholeBeats)) : 0;
  const bool begins = !onsets.empty() && onsets.front().seconds < kBegins;
  const double bars = n % 4 == 0 && (n & (n - 1)) == 0 ? whole : 0;
  add(whole);
  add(n % 2 == 0 ? whole : 0);
  add(n % 4 == 0 ? whole : 0);
  add(bars);
  add(begins ? whole : 0);
  add(begins ? bars : 0);
}

void add_candidate(std::vector<TempoCandidate>& all, double period, double seconds) {
  if (!in_range(period)) return;
  TempoCandidate c{period, 0, {}};
  const double n = std::round(seconds / period);
  if (seconds <= kLongestLoop && n >= 1 && n <= kMostBeats && std::abs(seconds / period - n) < kSnap &&
      in_range(seconds / n)) {
    c.period = seconds / n;
    c.beats = static_cast<int>(n);
  }
  for (const TempoCandidate& other : all)
    if (std::abs(other.period / c.period - 1) < 0.003) return;
  all.push_back(c);
}

}  // namespace

std::vector<TempoCandidate> tempo_candidates(const Novelty& novelty, std::span<const Onset> onsets,
                                             double seconds, double hint) {
  const Curves curves{{novelty.all, novelty.rate}, {novelty.low, novelty.rate}, {novelty.high, novelty.rate}};
  std::vector<TempoCandidate> all;
  if (hint > 0) add_candidate(all, 60 / hint, seconds);
  if (seconds <= kLongestLoop)
    for (int n = 1; n <= kMostLoopBeats; ++n)
      if (n <= 8 || n % 2 == 0) add_candidate(all, seconds / n, seconds);
  const std::vector<double> peaks = comb_peaks(curves.all);
  for (const double period : peaks) add_candidate(all, period, seconds);
  for (std::size_t i = 0; i < std::min<std::size_t>(3, peaks.size()); ++i)
    for (const double ratio : {2.0, 0.5, 3.0, 1 / 3.0, 1.5, 2 / 3.0, 4 / 3.0, 0.75})
      add_candidate(all, peaks[i] * ratio, seconds);
  for (TempoCandidate& c : all) weigh(c, curves, onsets, seconds);
  return all;
}

}  // namespace entrain
