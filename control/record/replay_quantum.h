// One quantum of a journal, made ready for the engine, and whether the engine did with it what it had done.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/core/records.h"

namespace entrain {

/// The version of an epoch; it outlives its use by the engine.
using VersionOf = std::function<const Performance*(std::uint64_t epoch)>;

/// One thread at a time; not realtime-safe.
class ReplayQuantum {
 public:
  void clear();
  /// A record of this quantum, in order; no checksum.
  void add(const Record& record, const VersionOf& version_of);

  const std::vector<Event>& events() const { return events_; }
  const Schedule* schedule() const { return has_schedule_ ? &schedule_ : nullptr; }
  std::int64_t expected() const { return static_cast<std::int64_t>(expected_.size()); }
  /// Derived records may have found no room when they were made; all that did must come again, in order.
  bool came(std::span<const Record> made) const;

 private:
  std::vector<Event> events_;
  std::vector<Record> expected_;
  Schedule schedule_;
  bool has_schedule_ = false;
};

}  // namespace entrain
