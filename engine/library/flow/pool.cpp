#include "engine/library/flow/pool.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "engine/library/flow/leans.h"
#include "engine/library/flow/tempo_fit.h"
#include "engine/library/flow/transitions.h"
#include "engine/library/trust.h"

namespace entrain {
namespace {

constexpr std::size_t kKeys = 25, kFifths = 5;
constexpr std::size_t kOfEach = 10, kAtLeast = 768, kMostRepeats = 128;
// What ranks within a group: for each level, percent, step of energy; likeness and leans from 0 to 1.
constexpr double kOfTempoLevel = 0.5, kOfStretch = 0.05, kOfEnergy = 0.05, kOfLikeness = 0.3, kOfLeans = 0.5;

struct RankedLoop {
  float rank = 0;
  std::uint32_t index = 0;
  bool operator<(const RankedLoop& other) const {
    return rank != other.rank ? rank > other.rank : index < other.index;
  }
};

/// Moves the best `count` to the front.
void best_first(std::vector<RankedLoop>& loops, std::size_t count) {
  const auto middle = loops.begin() + static_cast<std::ptrdiff_t>(std::min(count, loops.size()));
  std::partial_sort(loops.begin(), middle, loops.end());
}

std::size_t fifth_of(float energy) {
  return static_cast<std::size_t>(std::clamp(energy / 2, 0.0f, static_cast<float>(kFifths - 1)));
}

}  // namespace

std::vector<Heard> all_heard(const FlowRequest& request) {
  std::vector<Heard> all(request.heard.begin(), request.heard.end());
  for (const FlowWishes::Skip& skip : request.wishes.skips) all.push_back({skip.id, skip.minute});
  std::ranges::stable_sort(all, {}, &Heard::minute);
  const Card* playing = request.now.playing;
  if (playing && (all.empty() || all.back().id != playing->id))
    all.push_back({playing->id, request.now.minute});
  return all;
}

FlowPool::FlowPool(const FlowShelf& shelf, const FlowRequest& request, double master, double tempo_limit)
    : vectors_(1, 0) {
  const std::vector<Heard> heard = all_heard(request);
  heard_ = heard.size();
  std::unordered_map<std::int64_t, std::size_t> last;  // place among what was heard
  for (std::size_t k = 0; k < heard.size(); ++k) last[heard[k].id] = k;
  const std::unordered_set<std::int64_t> vetoes(request.wishes.vetoes.begin(), request.wishes.vetoes.end());
  const auto in_window = [&](std::int64_t id) {
    const auto at = last.find(id);
    return at != last.end() &&
           (heard_ - at->second <= static_cast<std::size_t>(std::max(0, request.settings.window_loops)) ||
            request.now.minute - heard[at->second].minute <= request.settings.window_minutes);
  };

  const Card* playing = request.now.playing;
  const Leans leans(request.wishes.leans);
  const bool leaning = playing && leans.whole(0) > 0;
  const Card* like = leans.like() ? shelf.card(*leans.like()) : nullptr;
  if (!like) like = playing;
  const auto likeness = like ? shelf.likeness().all(shelf.likeness().vector_of(*like))
                             : std::vector<float>(shelf.cards().size());
  const double energy = playing && std::isfinite(playing->energy) ? static_cast<double>(playing->energy) : 5;

  std::array<std::vector<RankedLoop>, kKeys * kFifths> groups;
  std::vector<RankedLoop> repeats;
  for (const ShelfLoop& loop : shelf.loops()) {
    const Card& card = shelf.cards()[loop.index];
    if (vetoes.contains(card.id)) continue;
    if (in_window(card.id)) {
      repeats.push_back({-static_cast<float>(last[card.id]), loop.index});
      continue;
    }
    const TempoFit fit = master > 0 ? fit_tempo(master, loop.tempo, tempo_limit) : TempoFit{};
    const double rank = kOfLikeness * static_cast<double>(likeness[loop.index]) - kOfTempoLevel * fit.level -
                        kOfStretch * std::abs(fit.stretch) -
                        kOfEnergy * std::abs(static_cast<double>(loop.energy) - energy) +
                        (leaning ? kOfLeans * leans.fit(*playing, card, master, 0, 0) : 0);
    groups[static_cast<std::size_t>(loop.key + 1) * kFifths + fifth_of(loop.energy)].push_back(
        {static_cast<float>(rank), loop.index});
  }

  std::vector<RankedLoop> rest;
  for (auto& group : groups) {
    best_first(group, kOfEach);
    for (std::size_t k = 0; k < group.size(); ++k)
      if (k < kOfEach)
        add(shelf, group[k].index, true, false);
      else
        rest.push_back(group[k]);
  }
  const std::size_t wanted = std::min(rest.size(), kAtLeast > size() ? kAtLeast - size() : 0);
  best_first(rest, wanted);
  for (std::size_t k = 0; k < wanted; ++k) add(shelf, rest[k].index, true, false);
  best_first(repeats, kMostRepeats);
  for (std::size_t k = 0; k < std::min(repeats.size(), kMostRepeats); ++k)
    add(shelf, repeats[k].index, true, false);
  for (const FlowSlot& slot : request.wishes.slots) {
    const Card* card = slot.hold == Hold::free ? nullptr : shelf.card(slot.id);
    if (card && !find(slot.id) && loop_tempo(*card) > 0)
      add(shelf, static_cast<std::size_t>(card - shelf.cards().data()), trusted(*card),
          vetoes.contains(slot.id));
  }

  for (PoolLoop& loop : loops_)
    if (const auto at = last.find(loop.card.id); at != last.end()) {
      loop.heard = static_cast<std::ptrdiff_t>(at->second);
      loop.heard_minute = heard[at->second].minute;
    }
  const std::size_t width = shelf.likeness().row_width();
  vectors_ = VectorTable(width, size());
  for (std::size_t i = 0; i < size(); ++i)
    std::ranges::copy(shelf.likeness().row(loops_[i].index), vectors_.row(i).begin());
}

void FlowPool::add(const FlowShelf& shelf, std::size_t index, bool trusted, bool vetoed) {
  PoolLoop& loop = loops_.emplace_back();
  loop.index = index;
  loop.card = shelf.cards()[index];
  loop.card.bpm = loop_tempo(loop.card);
  loop.low = low_share(loop.card);
  loop.trusted = trusted;
  loop.vetoed = vetoed;
}

std::optional<std::size_t> FlowPool::find(std::int64_t id) const {
  const auto at = std::ranges::find(loops_, id, [](const PoolLoop& loop) { return loop.card.id; });
  if (at == loops_.end()) return std::nullopt;
  return static_cast<std::size_t>(at - loops_.begin());
}

std::vector<float> FlowPool::likeness(std::span<const float> vector) const {
  std::vector<float> out(size());
  if (vector.empty()) return out;
  const std::array directions{vector};
  const std::array outs{std::span<float>(out)};
  vectors_.products(directions, outs);
  return out;
}

}  // namespace entrain
