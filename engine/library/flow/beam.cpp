#include "engine/library/flow/beam.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/draws.h"
#include "engine/core/hash.h"
#include "engine/library/flow/planner.h"

namespace entrain {
namespace {

constexpr double kFewest = 1, kMostRiser = 16;  // bars of a riser
constexpr double kTie = 1e-9;                   // of score: what the seed decides

struct Queue {
  std::vector<Placed> steps;
  double value = 0;
};

/// The longer, the farther the tempi and energies: 4 or 8 bars, at most half of what the loop plays.
double riser_bars(const Before& before, const Card& card, double bars) {
  const double octaves = before.tempo > 0 ? std::abs(std::log2(card.bpm / before.tempo)) : 0;
  const bool far = octaves > 0.4 ||
                   std::abs(static_cast<double>(card.energy) - static_cast<double>(before.card.energy)) >= 3;
  double length = kMostRiser;
  while (length > std::min(far ? 8.0 : 4.0, bars / 2)) length /= 2;
  return std::max(length, kFewest);
}

/// Grows queues by one place at a time.
class Search {
 public:
  Search(const FlowRequest& request, const FlowJudge& judge, const FlowPool& pool, const FlowShelf& shelf,
         const Before& now)
      : request_(request), judge_(judge), pool_(pool), now_(now) {
    alike_ = alike_to_wish(request, judge, pool, shelf);
    if (!now.silence) now_vector_ = shelf.likeness().vector_of(*request.now.playing);
  }

  std::vector<Placed> best() {
    std::vector<Queue> beam(1);
    for (std::size_t place = 0; place < static_cast<std::size_t>(request_.settings.steps); ++place) {
      std::vector<Queue> grown;
      for (const Queue& queue : beam) grow(queue, place, grown);
      if (grown.empty()) break;
      std::ranges::stable_sort(grown, std::ranges::greater{}, &Queue::value);
      if (grown.size() > width(place)) grown.resize(width(place));
      beam = std::move(grown);
    }
    return std::move(beam.front().steps);
  }

 private:
  const FlowSlot* slot(std::size_t place) const {
    const auto& slots = request_.wishes.slots;
    return place < slots.size() && slots[place].hold != Hold::free ? &slots[place] : nullptr;
  }
  bool held(std::size_t place) const {
    const FlowSlot* s = slot(place);
    return s && s->hold != Hold::kept;
  }
  /// More go on where the next loop stands by hand, so that some of them lead up to it.
  std::size_t width(std::size_t place) const { return held(place + 1) ? kBeam * kBeam : kBeam; }
  /// Whether a later place holds this loop.
  bool reserved(std::int64_t id, std::size_t place, bool by_hand) const {
    for (std::size_t k = place + 1; k < request_.wishes.slots.size(); ++k)
      if (slot(k) && slot(k)->id == id && held(k) == by_hand) return true;
    return false;
  }

  double begins(const Queue& queue) const {
    if (queue.steps.empty())
      return request_.now.minute + (now_.tempo > 0 ? request_.now.bars_left * 4 / now_.tempo : 0);
    const Placed& last = queue.steps.back();
    return last.minute + last.bars * 4 / last.tempo_after;
  }

  /// When a loop was heard last, as loops ago; a large number: never.
  std::ptrdiff_t loops_ago(const Queue& queue, std::size_t loop) const {
    for (std::size_t back = 1; back <= queue.steps.size(); ++back)
      if (queue.steps[queue.steps.size() - back].loop == loop) return static_cast<std::ptrdiff_t>(back);
    if (pool_[loop].heard < 0) return std::numeric_limits<std::ptrdiff_t>::max();
    return static_cast<std::ptrdiff_t>(pool_.heard() + queue.steps.size()) - pool_[loop].heard;
  }
  bool in_window(const Queue& queue, std::size_t loop, double minute) const {
    const auto ago = loops_ago(queue, loop);
    if (ago == std::numeric_limits<std::ptrdiff_t>::max()) return false;
    if (ago <= request_.settings.window_loops) return true;
    const auto planned = static_cast<std::ptrdiff_t>(queue.steps.size());
    const double then = ago <= planned ? queue.steps[static_cast<std::size_t>(planned - ago)].minute
                                       : pool_[loop].heard_minute;
    return minute - then <= request_.settings.window_minutes;
  }

  Placed placed(const Queue& queue, const Before& before, std::size_t loop, double likeness,
                std::size_t place, double minute) const {
    const PoolLoop& l = pool_[loop];
    Placed p;
    p.loop = loop;
    p.judged = judge_.judge(before, l, likeness, static_cast<double>(alike_[loop]), place, minute);
    const TempoFit& fit = p.judged.fit;
    const bool riser = fit.level >= level_of(FlowRule::riser);
    p.repeat = in_window(queue, loop, minute);
    p.level = std::max({fit.level, p.repeat ? level_of(FlowRule::repeat) : 0,
                        l.trusted ? 0 : level_of(FlowRule::check), l.vetoed ? level_of(FlowRule::veto) : 0});
    const double own = l.card.bpm * fit.count;
    p.tempo = riser || !(before.tempo > 0) ? own : before.tempo;
    p.tempo_after = judge_.policy(place) == TempoPolicy::keep ? p.tempo : own;
    const double span_bars = l.card.span.beats * fit.count / 4;
    const FlowSlot* s = slot(place);
    p.bars = s && s->bars ? *s->bars
                          : bars_played(span_bars, static_cast<double>(l.card.energy), minute, p.tempo_after,
                                        request_);
    p.riser_bars = riser ? riser_bars(before, l.card, p.bars) : 0;
    p.minute = minute + p.riser_bars * 4 / p.tempo;
    return p;
  }

  std::uint64_t tie(std::size_t loop, std::size_t place) const {
    const auto id = static_cast<std::uint64_t>(pool_[loop].card.id);
    return Hash64().word(request_.settings.seed).word(id).word(place).value();
  }

  void extend(const Queue& queue, const Placed& step, std::vector<Queue>& grown) const {
    Queue& longer = grown.emplace_back(queue);
    longer.steps.push_back(step);
    longer.value +=
        step.judged.score - kOfLevel * step.level + kTie * draw_part(tie(step.loop, queue.steps.size()));
  }

  void grow(const Queue& queue, std::size_t place, std::vector<Queue>& grown) const {
    const Before before = queue.steps.empty() ? now_ : after(queue.steps.back(), pool_);
    const double minute = begins(queue);
    const auto vector =
        queue.steps.empty() ? std::span<const float>(now_vector_) : pool_.vector(queue.steps.back().loop);
    const std::vector<float> likeness = pool_.likeness(vector);
    const auto at = [&](std::size_t loop) {
      return placed(queue, before, loop, static_cast<double>(likeness[loop]), place, minute);
    };
    if (const auto stands = standing(place, at)) return extend(queue, *stands, grown);
    std::vector<std::size_t> choice = fitting(queue, before, place, minute);
    if (choice.empty())
      if (const auto again = repeated(queue, place)) choice.push_back(*again);
    std::vector<Placed> steps;
    for (const std::size_t loop : choice) steps.push_back(at(loop));
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(std::min(width(place), steps.size()));
    std::partial_sort(steps.begin(), middle, steps.end(), [&](const Placed& a, const Placed& b) {
      if (a.judged.score != b.judged.score) return a.judged.score > b.judged.score;
      return tie(a.loop, place) > tie(b.loop, place);
    });
    for (auto step = steps.begin(); step != middle; ++step) extend(queue, *step, grown);
  }

  /// What the wishes hold at the place, if it may stand there.
  template <class At>
  std::optional<Placed> standing(std::size_t place, const At& at) const {
    const FlowSlot* s = slot(place);
    const auto loop = s ? pool_.find(s->id) : std::nullopt;
    if (!loop) return std::nullopt;
    const PoolLoop& l = pool_[*loop];
    if (s->hold != Hold::locked && (!l.trusted || l.vetoed)) return std::nullopt;
    Placed step = at(*loop);
    const bool worse = step.level > s->level || step.judged.score < s->score - kMayFallBy;
    if (s->hold == Hold::kept && place > 0 && worse) return std::nullopt;
    step.hold = s->hold;
    return step;
  }

  /// Loops not heard within the window, of the lowest level that has any. What a later place keeps is taken
  /// only where that spares a level.
  std::vector<std::size_t> fitting(const Queue& queue, const Before& before, std::size_t place,
                                   double minute) const {
    int lowest[2] = {std::numeric_limits<int>::max(), std::numeric_limits<int>::max()};
    std::vector<std::size_t> loops[2];
    for (std::size_t i = 0; i < pool_.size(); ++i) {
      const PoolLoop& loop = pool_[i];
      if (!loop.trusted || loop.vetoed) continue;
      const int level = judge_.fit(before, loop).level;
      if (level > lowest[0] || in_window(queue, i, minute) || reserved(loop.card.id, place, true)) continue;
      const std::size_t kept = reserved(loop.card.id, place, false);
      if (level > lowest[kept]) continue;
      if (level < lowest[kept]) loops[kept].clear();
      lowest[kept] = level;
      loops[kept].push_back(i);
    }
    return std::move(loops[lowest[1] < lowest[0] ? 1 : 0]);
  }

  /// The loop that was heard the longest time ago; what is held for later only where there is no other.
  std::optional<std::size_t> repeated(const Queue& queue, std::size_t place) const {
    std::optional<std::size_t> best;
    bool best_held = true;
    std::ptrdiff_t longest = 0;
    for (std::size_t i = 0; i < pool_.size(); ++i) {
      if (!pool_[i].trusted || pool_[i].vetoed) continue;
      const bool is_held = reserved(pool_[i].card.id, place, true);
      const auto ago = loops_ago(queue, i);
      if (best && (is_held != best_held ? is_held : ago <= longest)) continue;
      best = i;
      best_held = is_held;
      longest = ago;
    }
    return best;
  }

  const FlowRequest& request_;
  const FlowJudge& judge_;
  const FlowPool& pool_;
  const Before& now_;
  std::vector<float> now_vector_, alike_;
};

}  // namespace

Before after(const Placed& placed, const FlowPool& pool) {
  const PoolLoop& loop = pool[placed.loop];
  Before before{false, loop.card, placed.tempo_after, loop.low, placed.bars};
  before.card.bpm = placed.tempo_after;
  if (before.card.key) before.card.key = shifted(*before.card.key, placed.judged.semitones);
  return before;
}

std::vector<float> alike_to_wish(const FlowRequest& request, const FlowJudge& judge, const FlowPool& pool,
                                 const FlowShelf& shelf) {
  const auto like = judge.leans().like();
  const Card* playing = request.now.playing;
  const Card* card = !like ? nullptr : playing && playing->id == *like ? playing : shelf.card(*like);
  return card ? pool.likeness(shelf.likeness().vector_of(*card)) : pool.likeness({});
}

std::vector<Placed> best_path(const FlowRequest& request, const FlowJudge& judge, const FlowPool& pool,
                              const FlowShelf& shelf, const Before& now) {
  return Search(request, judge, pool, shelf, now).best();
}

}  // namespace entrain
