#include "engine/library/flow/wishes.h"

#include <algorithm>
#include <cmath>

#include "engine/library/flow/flow.h"

namespace entrain {
namespace {

bool by_hand(const FlowSlot& slot) { return slot.hold == Hold::pinned || slot.hold == Hold::locked; }

FlowWishes put(FlowWishes wishes, std::size_t place, std::int64_t id, Hold hold) {
  if (place >= FlowWishes::kMostSlots) return wishes;
  for (FlowSlot& slot : wishes.slots)
    if (slot.hold != Hold::free && slot.id == id) slot = {};
  wishes.slots.resize(std::max(wishes.slots.size(), place + 1));
  wishes.slots[place] = {};
  wishes.slots[place].id = id;
  wishes.slots[place].hold = hold;
  return wishes;
}

void free_what_was_only_planned(FlowWishes& wishes) {
  for (std::size_t k = 1; k < wishes.slots.size(); ++k)
    if (wishes.slots[k].hold == Hold::kept) wishes.slots[k] = {};
}

}  // namespace

FlowWishes pinned(FlowWishes wishes, std::size_t place, std::int64_t id) {
  return put(std::move(wishes), place, id, Hold::pinned);
}

FlowWishes locked(FlowWishes wishes, std::size_t place, std::int64_t id) {
  return put(std::move(wishes), place, id, Hold::locked);
}

FlowWishes released(FlowWishes wishes, std::size_t place) {
  if (place < wishes.slots.size()) wishes.slots[place] = {};
  return wishes;
}

FlowWishes skipped(FlowWishes wishes, double minute) {
  if (wishes.slots.empty()) return wishes;
  if (wishes.slots.front().hold != Hold::free) wishes.skips.push_back({wishes.slots.front().id, minute});
  wishes.slots.erase(wishes.slots.begin());
  return wishes;
}

FlowWishes vetoed(FlowWishes wishes, std::int64_t id) {
  if (std::ranges::find(wishes.vetoes, id) == wishes.vetoes.end()) wishes.vetoes.push_back(id);
  for (FlowSlot& slot : wishes.slots)
    if (slot.hold != Hold::free && slot.id == id) slot = {};
  return wishes;
}

FlowWishes moved(FlowWishes wishes, std::size_t from, std::size_t to) {
  auto& slots = wishes.slots;
  if (from >= slots.size() || to >= slots.size() || slots[from].hold == Hold::free) return wishes;
  if (!by_hand(slots[from])) slots[from].hold = Hold::pinned;
  const auto at = [&](std::size_t place) { return slots.begin() + static_cast<std::ptrdiff_t>(place); };
  if (from < to)
    std::rotate(at(from), at(from + 1), at(to + 1));
  else
    std::rotate(at(to), at(from), at(from + 1));
  return wishes;
}

FlowWishes leaning(FlowWishes wishes, FlowLean lean) {
  if (wishes.leans.size() == FlowWishes::kMostLeans) wishes.leans.erase(wishes.leans.begin());
  wishes.leans.push_back(lean);
  free_what_was_only_planned(wishes);
  return wishes;
}

FlowWishes along(FlowWishes wishes, std::vector<ArcPoint> arc) {
  wishes.arc = in_order(std::move(arc));
  free_what_was_only_planned(wishes);
  return wishes;
}

std::vector<ArcPoint> in_order(std::vector<ArcPoint> arc) {
  std::erase_if(arc, [](const ArcPoint& p) { return !std::isfinite(p.minute) || !std::isfinite(p.energy); });
  for (ArcPoint& p : arc)
    p = {std::clamp(p.minute, 0.0, FlowSettings::kMostMinutes), std::clamp(p.energy, 0.0, 10.0)};
  std::ranges::stable_sort(arc, {}, &ArcPoint::minute);
  return arc;
}

FlowWishes settled(FlowWishes wishes, const FlowPlan& plan) {
  wishes.slots.resize(std::max(wishes.slots.size(), std::min(plan.steps.size(), FlowWishes::kMostSlots)));
  for (std::size_t k = 0; k < plan.steps.size() && k < wishes.slots.size(); ++k) {
    FlowSlot& slot = wishes.slots[k];
    const FlowStep& step = plan.steps[k];
    if (slot.id != step.id || slot.hold == Hold::free) {
      if (by_hand(slot)) continue;  // it could not be played; the performer may mend that
      slot = {};
      slot.id = step.id;
      slot.hold = Hold::kept;
    }
    slot.score = step.score;
    slot.level = step.level;
  }
  return wishes;
}

FlowWishes stepped(FlowWishes wishes) {
  if (!wishes.slots.empty()) wishes.slots.erase(wishes.slots.begin());
  for (FlowLean& lean : wishes.leans) ++lean.age;
  std::erase_if(wishes.leans, [](const FlowLean& lean) { return lean.age >= FlowWishes::kFade; });
  if (wishes.end_after && *wishes.end_after > 0) --*wishes.end_after;
  return wishes;
}

double strength_at(const FlowLean& lean, std::size_t place) {
  const double steps = static_cast<double>(lean.age) + static_cast<double>(place);
  const double strength = std::isfinite(lean.strength) ? std::clamp(lean.strength, 0.0, 1.0) : 0;
  return strength * std::clamp(1 - steps / FlowWishes::kFade, 0.0, 1.0);
}

std::optional<double> arc_energy(const std::vector<ArcPoint>& arc, double minute) {
  if (arc.empty()) return std::nullopt;
  const auto after = std::ranges::upper_bound(arc, minute, {}, &ArcPoint::minute);
  if (after == arc.begin()) return arc.front().energy;
  if (after == arc.end()) return arc.back().energy;
  const ArcPoint &a = *std::prev(after), &b = *after;
  return a.energy + (b.energy - a.energy) * (minute - a.minute) / (b.minute - a.minute);
}

}  // namespace entrain
