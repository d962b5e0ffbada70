// What a unit is given for one quantum.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "engine/core/buses.h"
#include "engine/core/kernels.h"
#include "engine/core/moves.h"
#include "engine/core/parameters.h"
#include "engine/core/performance.h"
#include "engine/core/records.h"

namespace entrain {

/// An event that takes effect in this quantum, `offset` frames in.
struct Applied {
  ControlId control;
  int offset = 0;
  double value = 0;
  Beat beat;  ///< when, on the running beat; Beat(0) while it stands
};

/// A hit decided by one unit and sounded by another, in this quantum.
struct Trigger {
  const Asset* asset = nullptr;
  std::uint64_t epoch = 0;  ///< of the version that owns the asset
  std::int16_t track = 0;
  std::int16_t offset = 0;  ///< 0..31
  float gain = 1;
};

/// A list of fixed room that counts what did not fit.
template <class T, int Room>
class Bounded {
 public:
  bool add(const T& item) {
    if (size_ == Room) return ++lost_, false;
    items_[static_cast<std::size_t>(size_++)] = item;
    return true;
  }
  void clear() { size_ = 0; }
  void reset() { size_ = 0, lost_ = 0; }
  std::span<const T> items() const { return {items_.data(), static_cast<std::size_t>(size_)}; }
  std::span<T> items() { return {items_.data(), static_cast<std::size_t>(size_)}; }
  bool full() const { return size_ == Room; }
  std::uint64_t lost() const { return lost_; }

 private:
  std::array<T, Room> items_{};
  int size_ = 0;
  std::uint64_t lost_ = 0;
};

using Reports = Bounded<Report, 128>;
using Triggers = Bounded<Trigger, 64>;

/// Audio thread only; everything in it is valid for one call of process().
struct Context {
  Frame frame;              ///< the quantum's first frame
  bool running = false;     ///< the beat moves
  bool rolling = false;     ///< it moves, or a start is due: `timeline` then holds the start
  Beat count_in;            ///< how long before beat 0 a start that is awaited is counted in
  Beat begin, end;          ///< the beats whose frames lie in this quantum: [begin, end); empty when stopped
  Timeline timeline;
  int lead = 0;             ///< frames a launch must be known beforehand
  std::uint64_t seed = 0;
  const Performance* before = nullptr;   ///< the version that rules beats before `adopted_from`
  const Performance* current = nullptr;  ///< the version that rules from there
  Beat adopted_from;                     ///< at most one adoption per quantum
  int adopted_offset = 0;                ///< where `adopted_from` lies in the quantum; 0 when nothing changed
  const Performance* next = nullptr;     ///< the version that comes next, if any is scheduled
  Due next_due;
  std::span<const Applied> events;       ///< of all units, by offset
  bool end_notes = false;                ///< panic: fade what rings, keep playing
  bool silence = false;                  ///< panic: everything stops
  const Kernels* kernels = nullptr;
  Triggers* triggers = nullptr;
  DeckMoves* moves = nullptr;            ///< as fresh when the quantum begins
  Reports* reports = nullptr;

  const Performance& at(Beat b) const { return b < adopted_from ? *before : *current; }
  /// Where a beat of [begin, end) lies in the quantum: 0..31. A beat that came while the tempo turned lies at 0.
  int offset_of(Beat b) const { return static_cast<int>(std::max(timeline.frame_at(b), frame) - frame); }
  Frame frame_of(const Due& due) const { return due.by_beat ? timeline.frame_at(due.beat) : due.frame; }
};

/// A control with the kPrepared flag, told to its unit when accepted, `kLaunchLead` or more before it is due.
struct Announcement {
  ControlId control;
  double value = 0;
  Due due;
};

}  // namespace entrain
