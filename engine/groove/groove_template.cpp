#include "engine/groove/groove_template.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/analysis/novelty.h"
#include "engine/analysis/onsets.h"

namespace entrain {
namespace {

constexpr int kPerBeat = 4;       // sixteenths
constexpr double kOneHit = 0.01;  // beats

/// To what a person can read in a set: a ten-thousandth of a sixteenth is microseconds.
float rounded(double x) { return static_cast<float>(std::round(x * 1e4) / 1e4); }

/// Where in the loop a frame of its source lies, in beats: the way back through the warp map.
double beat_of(const Loop& loop, double frame) {
  const auto& warp = loop.warp;
  const auto after =
      std::find_if(warp.begin() + 1, warp.end() - 1, [&](const WarpPoint& p) { return frame < p.source; });
  const WarpPoint &a = *(after - 1), &b = *after;
  return a.beat.value() + (frame - a.source) / (b.source - a.source) * (b.beat - a.beat).value();
}

}  // namespace

std::optional<Groove> groove_of(std::string name, std::span<const PlayedHit> hits, int beats_per_bar) {
  struct Pile {
    double weight = 0, shift = 0;  ///< of the hits, summed
    int hits = 0;
  };
  std::vector<Pile> piles(static_cast<std::size_t>(beats_per_bar * kPerBeat));
  double weight = 0;
  for (const PlayedHit& hit : hits) {
    const double at = hit.beat * kPerBeat, nearest = std::floor(at + 0.5);
    Pile& pile = piles[static_cast<std::size_t>(static_cast<std::int64_t>(nearest) %
                                                static_cast<std::int64_t>(piles.size()))];
    pile.weight += hit.weight;
    pile.shift += hit.weight * (at - nearest);
    ++pile.hits;
    weight += hit.weight;
  }
  if (!(weight > 0)) return std::nullopt;
  Groove groove{std::move(name), {}};
  for (const Pile& pile : piles) {
    Groove::Sixteenth sixteenth;
    if (pile.hits > 0) {
      const double loud = pile.weight / pile.hits * static_cast<double>(hits.size()) / weight;
      sixteenth.shift = rounded(std::clamp(pile.shift / pile.weight, -0.5, 0.5));
      sixteenth.velocity = rounded(std::clamp(loud, 0.0, 2.0));
    }
    groove.sixteenths.push_back(sixteenth);
  }
  return groove;
}

std::vector<PlayedHit> hits_of(const MidiFile& file) {
  const auto drum = [](const MidiFile::Note& note) { return note.channel == MidiFile::kDrums; };
  const bool drums = std::any_of(file.notes.begin(), file.notes.end(), drum);
  std::vector<PlayedHit> hits;
  for (const MidiFile::Note& note : file.notes) {
    if (drums && !drum(note)) continue;
    const double beat = note.start.value(), weight = note.velocity / 127.0;
    if (!hits.empty() && beat - hits.back().beat < kOneHit)
      hits.back().weight = std::max(hits.back().weight, weight);
    else
      hits.push_back({beat, weight});
  }
  return hits;
}

std::vector<PlayedHit> hits_of(const Loop& loop, int rate) {
  const Asset& asset = *loop.asset;
  std::vector<float> mono(asset.left);
  for (std::size_t i = 0; i < mono.size(); ++i) mono[i] = 0.5f * (mono[i] + asset.right_data()[i]);
  std::vector<PlayedHit> hits;
  for (const Onset& onset : find_onsets(mono, rate, novelty(mono, rate)))
    if (const double beat = beat_of(loop, onset.seconds * rate); beat > -0.125 && onset.strength > 0)
      hits.push_back({beat < 0 ? beat + loop.length().value() : beat, static_cast<double>(onset.strength)});
  return hits;
}

}  // namespace entrain
