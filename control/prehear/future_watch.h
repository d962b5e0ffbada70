// Watches whether what was rendered ahead still is what comes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/flow/conductor.h"
#include "control/record/journal.h"

namespace entrain {

/// Which version plays and which ones wait, as a journal tells it. One thread at a time.
class ScheduledVersions {
 public:
  struct Entry {
    Beat boundary;
    Grid grid = Grid::now;
    std::uint64_t epoch = 0;
  };
  void hear(const Record& record);
  /// False between the entries of one schedule.
  bool whole() const { return whole_; }
  /// 0: none yet.
  std::uint64_t playing() const { return playing_; }
  const std::vector<Entry>& waiting() const { return waiting_; }

 private:
  std::uint64_t playing_ = 0;
  std::vector<Entry> waiting_;
  bool whole_ = true;
};

/// Compares what the journal goes on to say with what was supposed. What the decks do not hear is no change:
/// the headphones, the master, returns, the bridge; tracks, unless the loops duck under one.
class FutureWatch {
 public:
  /// From when it was rendered: `now` is the engine there. The journal grows on, and outlives it.
  FutureWatch(const Journal& journal, const ScheduledVersions& scheduled, const Snapshot& now,
              const Conductor::Placed& coming);

  /// The next record; `scheduled` has heard it already.
  void hear(const Record& record, const ScheduledVersions& scheduled);
  /// A clause for a person: what changed first, or empty. Where the flow itself changed its plan, the plan.
  const std::string& change() const { return change_; }

 private:
  /// What of a version the decks hear.
  struct Score {
    Meter meter;
    std::array<int, kDecks> decks{};
    int transition = 0;
    std::array<int, kTracks> tracks{};
    bool operator==(const Score& other) const;
  };
  struct Turn {
    Score score;
    Beat boundary;
    bool at_once = false;
  };

  Score score_of(std::uint64_t epoch) const;
  std::vector<Turn> turns_of(const ScheduledVersions& scheduled) const;
  bool matters(const Event& event) const;
  bool expected(const Event& event) const;
  std::string difference(const Score& was, const Score& is) const;
  std::string loop_on(int deck_part) const;

  const Journal& journal_;
  const Conductor::Placed coming_;
  std::vector<double> settled_;  ///< where each control stands; not a number: on its way
  bool tracks_count_ = false;
  std::vector<Turn> turns_;
  std::string change_;
  bool by_the_flow_ = false;  ///< a control moved, and why may follow
};

}  // namespace entrain
