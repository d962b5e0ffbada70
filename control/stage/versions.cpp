#include "control/stage/versions.h"

#include <algorithm>
#include <limits>

namespace entrain {
namespace {

/// Sorts immediate edits before all that wait for a line.
std::int64_t order_of(Beat boundary, Grid grid) {
  return grid == Grid::now ? std::numeric_limits<std::int64_t>::min() : boundary.ticks;
}

}  // namespace

Versions::Versions(Performance initial, OnVersion on_version) : on_version_(std::move(on_version)) {
  playing_ = latest_ = keep(std::move(initial), {});
  schedule_.serial = kept_[0].serial = 1;
  schedule_.count = 1;
  schedule_.entries[0] = {Beat(0), Grid::now, playing_};
}

const Performance* Versions::keep(Performance version, std::vector<std::uint64_t> edits) {
  version.epoch = next_epoch_++;
  kept_.push_back({std::make_shared<const Performance>(std::move(version)), std::move(edits), schedule_.serial});
  if (on_version_) on_version_(kept_.back().version);
  return kept_.back().version.get();
}

bool Versions::add(Edit edit, Beat boundary, Grid grid) {
  const std::int64_t order = order_of(boundary, grid);
  const auto same = [&](const Waiting& w) { return order_of(w.boundary, w.grid) == order; };
  if (std::none_of(waiting_.begin(), waiting_.end(), same)) {
    int boundaries = 0;
    for (std::size_t i = 0; i < waiting_.size(); ++i)
      boundaries += i == 0 || order_of(waiting_[i].boundary, waiting_[i].grid) !=
                                  order_of(waiting_[i - 1].boundary, waiting_[i - 1].grid);
    if (boundaries == kScheduleRoom) return false;
  }
  const auto after = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const Waiting& w) { return order_of(w.boundary, w.grid) > order; });
  waiting_.insert(after, {next_id_++, std::move(edit), boundary, grid});
  return true;
}

const Schedule& Versions::make_schedule() {
  ++schedule_.serial;
  schedule_.count = 0;
  const Performance* base = playing_;
  std::vector<std::uint64_t> included;
  for (std::size_t i = 0; i < waiting_.size();) {
    const Waiting& first = waiting_[i];
    const std::int64_t order = order_of(first.boundary, first.grid);
    Performance next = *base;
    for (; i < waiting_.size() && order_of(waiting_[i].boundary, waiting_[i].grid) == order; ++i) {
      apply_edit(waiting_[i].edit, next);
      included.push_back(waiting_[i].id);
    }
    base = keep(std::move(next), included);
    schedule_.entries[static_cast<std::size_t>(schedule_.count++)] = {first.boundary, first.grid, base};
  }
  latest_ = base;
  return schedule_;
}

const Versions::Kept* Versions::find(std::uint64_t epoch) const {
  const auto at = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) { return k.version->epoch == epoch; });
  return at == kept_.end() ? nullptr : &*at;
}

bool Versions::follow(const Snapshot& snapshot) {
  bool offer_again = false;
  const Kept* now_playing = find(snapshot.epoch);
  if (now_playing != nullptr && now_playing->version.get() != playing_) {
    playing_ = now_playing->version.get();
    const auto& done = now_playing->edits;
    std::erase_if(waiting_, [&](const Waiting& w) { return std::find(done.begin(), done.end(), w.id) != done.end(); });
    offer_again = now_playing->serial != schedule_.serial;
  }
  const auto offered = [&](const Performance* version) {
    const auto end = schedule_.entries.begin() + schedule_.count;
    return std::any_of(schedule_.entries.begin(), end, [&](auto& e) { return e.performance == version; });
  };
  std::erase_if(kept_, [&](const Kept& k) {
    const Performance* version = k.version.get();
    return version->epoch < snapshot.oldest_epoch && k.serial <= snapshot.schedule_serial && version != playing_ &&
           version != latest_ && !offered(version);
  });
  return offer_again;
}

}  // namespace entrain
