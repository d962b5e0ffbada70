// The wires: everything that crosses between the audio callback and the rest, none of which ever waits.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#if __has_include(<concurrentqueue/moodycamel/concurrentqueue.h>)
#include <concurrentqueue/moodycamel/concurrentqueue.h>
#else
#include <concurrentqueue/concurrentqueue.h>
#endif
#include <readerwriterqueue/readerwriterqueue.h>

#include "control/device/quantum_source.h"
#include "control/prehear/cue_player.h"
#include "control/record/journal_writer.h"
#include "control/record/output_hash.h"
#include "control/record/take.h"
#include "control/stage/triple_buffer.h"
#include "engine/core/engine.h"

namespace entrain {

/// events -> inbox -> engine -> records, reports, snapshot, take. Owned by the live session; outlives its threads.
class Wires final : public QuantumSource {
 public:
  /// A way into the inbox for one thread. Made before that thread begins; movable.
  class Producer {
   public:
    /// Any one non-audio thread at a time; never blocks. False: the inbox is full and the event was dropped
    /// (counted).
    bool post(const Event& event);

   private:
    friend class Wires;
    Producer(Wires& wires) : wires_(&wires), token_(wires.inbox_) {}
    Wires* wires_;
    moodycamel::ProducerToken token_;
  };

  /// `journal` and `take` may be null; both must outlive the last render().
  Wires(Engine& engine, int rate, JournalWriter* journal, Take* take);

  // Edges.
  Producer make_producer() { return Producer(*this); }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  /// What the headphones hear besides: in no take, stem or journal.
  CuePlayer& cue_player() { return cue_player_; }

  // The stage, one thread.
  void offer(const Schedule& schedule);
  bool refresh_snapshot() { return snapshots_.refresh(); }
  const Snapshot& snapshot() const { return snapshots_.front(); }
  bool pop_report(Report& report) { return reports_.try_dequeue(report); }

  /// The audio callback, or whoever stands in for it. Realtime-safe.
  void render(float* const* out) noexcept override;
  bool split() const noexcept override { return split_; }

  /// OutputHash of all that was rendered, when there is a journal. After the last render().
  std::uint64_t sum() const { return hash_.value(); }

 private:
  // The queue hands out its room in blocks, some to each producer: in all about 10,000 events, which is a
  // tenth of a second of the most that the engine takes.
  static constexpr int kInboxShare = 128, kProducers = 64, kReports = 8'192;
  static constexpr int kSnapshotEvery = 4;    ///< quanta
  static constexpr int kHashesPerSecond = 4;  ///< in the journal: by them, a follower knows how far it may play

  void journal_quantum(const Outputs& out, float* const* sound);
  void record_take(float* const* sound);
  void lay_over_cue(float* const* out);

  Engine& engine_;
  JournalWriter* journal_;
  Take* take_;
  const std::int64_t hash_every_;  ///< frames
  moodycamel::ConcurrentQueue<Event> inbox_;
  std::atomic<std::uint64_t> dropped_{0};
  TripleBuffer<Schedule> schedules_;
  TripleBuffer<Snapshot> snapshots_;
  moodycamel::ReaderWriterQueue<Report> reports_;
  CuePlayer cue_player_;
  // Audio side only.
  bool schedule_waits_ = false, split_ = false;
  int quanta_ = 0;
  std::array<Event, Engine::kEventsPerQuantum> events_{};
  std::array<Record, Engine::kRecordsPerQuantum> records_{};
  OutputHash hash_;
};

}  // namespace entrain
