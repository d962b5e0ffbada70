// The versions of the performance: edits waiting for their boundary, the schedule made of them, and the memory
// of what the engine may still refer to.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "control/stage/edits.h"
#include "engine/core/records.h"

namespace entrain {

/// Pure logic, one thread (the stage's). Edits are applied in order of their boundaries to the version that
/// plays, so each scheduled version holds all before it; whatever arrives, the schedule is made anew.
class Versions {
 public:
  /// Told of every version before it is offered (the journal's).
  using OnVersion = std::function<void(std::shared_ptr<const Performance>)>;

  explicit Versions(Performance initial, OnVersion on_version = {});

  /// Adds an edit for `boundary` on `grid` (Grid::now: at once). False: too many boundaries wait already.
  bool add(Edit edit, Beat boundary, Grid grid);
  /// The schedule that brings the initial version.
  const Schedule& first_schedule() const { return schedule_; }
  /// Everything that waits, as versions. Valid until its versions are retired by follow().
  const Schedule& make_schedule();
  /// Drops the edits that a snapshot shows to be playing, and frees versions nobody refers to. True when the
  /// schedule should be made and offered again, because a version of an earlier one was adopted meanwhile.
  bool follow(const Snapshot& snapshot);

  /// As it will be once all that waits has come: what a new edit is an edit of.
  const Performance& latest() const { return *latest_; }
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t kept() const { return kept_.size(); }

 private:
  struct Waiting {
    std::uint64_t id;
    Edit edit;
    Beat boundary;
    Grid grid;
  };
  struct Kept {
    std::shared_ptr<const Performance> version;
    std::vector<std::uint64_t> edits;  ///< the waiting edits it includes
    std::uint64_t serial = 0;          ///< of the schedule that offered it
  };
  const Performance* keep(Performance version, std::vector<std::uint64_t> edits);
  const Kept* find(std::uint64_t epoch) const;

  OnVersion on_version_;
  std::vector<Kept> kept_;
  const Performance* playing_ = nullptr;
  const Performance* latest_ = nullptr;
  std::vector<Waiting> waiting_;  ///< by boundary; Grid::now first
  Schedule schedule_;
  std::uint64_t next_epoch_ = 1, next_id_ = 1;
};

}  // namespace entrain
