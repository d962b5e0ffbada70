// The follower: plays a journal again while it is still being written, and from there what is to come.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/prehear/future.h"
#include "control/prehear/future_watch.h"
#include "control/record/journal_documents.h"
#include "control/record/journal_parser.h"
#include "control/record/offline.h"
#include "control/record/replay.h"
#include "control/record/replay_quantum.h"

namespace entrain {

/// One engine on the heels of another. One thread, which may fork(); not realtime-safe.
class Follower {
 public:
  explicit Follower(AssetLoader load) : load_(std::move(load)) {}

  /// The journal's next bytes, wherever they are cut. The Error says why it can be followed no longer.
  Result<void> read(std::string_view bytes);
  /// Plays at most so many quanta of what was read whole. False: there are none left. The Error: a sound
  /// cannot be had, or the bits are not those of the journal.
  Result<bool> advance(int quanta);

  /// Before it, everything was read.
  Frame read_until() const { return read_until_; }
  Frame frame() const { return offline_ ? offline_->frame() : Frame(0); }
  int rate() { return parser_.so_far().header.rate; }
  Snapshot now() const;
  std::int64_t checksums() const { return checksums_; }

  /// Begins to watch for whatever makes another future out of this one.
  void expect(const Conductor::Placed& coming);
  void forget() { watch_.reset(); }
  /// What changed since expect(); empty: nothing.
  std::string change() const { return watch_ ? watch_->change() : std::string(); }

  /// render_future() from here; what was read in part is taken as it is. This follower then has gone where no
  /// journal leads: it is of no other use any more.
  Result<FutureSpan> render(const Conductor::Placed& coming, const FutureSink& sink,
                            const std::function<void(double)>& told = {});

 private:
  Result<void> line(std::string_view text);
  void note_new_records(std::size_t known);
  Result<void> quantum();
  Result<void> hold(std::uint64_t epoch);
  void release();
  std::deque<Record>& records() { return parser_.so_far().records; }

  const AssetLoader load_;
  std::string rest_;  ///< of a line whose end was not read yet
  std::int64_t lines_ = 0;
  JournalParser parser_;
  ScheduledVersions scheduled_;
  std::optional<FutureWatch> watch_;
  Frame read_until_;
  // Once the header was read.
  std::optional<Offline> offline_;
  std::optional<JournalDocuments> documents_;
  std::map<std::uint64_t, std::shared_ptr<const Performance>> held_;  ///< what the engine may refer to
  ReplayQuantum quantum_;
  std::int64_t checksums_ = 0, quanta_ = 0;
};

}  // namespace entrain
