// Pre-hearing: the next transition of a flow in the headphones, as it will then be heard.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control/flow/conductor.h"
#include "control/prehear/cue_player.h"
#include "control/prehear/prehear_wire.h"
#include "control/protocol/protocol.h"
#include "engine/core/result.h"

namespace entrain {

class WorkerProcess;

struct PrehearSpec {
  /// Starts a follower (see prehear_process.h).
  std::vector<std::string> command{"/proc/self/exe", "prehear"};
  std::filesystem::path journal;  ///< of this jam, as it is written
  int rate = 48'000;
};

/// A follower plays the jam's journal again, a little behind the stage; from there it renders what is to
/// come. It is started when something is first to be heard, and ends with the flow. A thread of its own,
/// which sleeps while nothing is asked for. Its public functions may be called from any thread but the audio
/// callback's; none blocks for longer than a mutex takes.
class Prehear {
 public:
  using Say = std::function<void(const std::string&)>;

  /// `player` outlives it. `say` is told, in a sentence, that a follower has died; must not block.
  Prehear(PrehearSpec spec, CuePlayer& player, Say say);
  ~Prehear();

  /// Why nobody would hear it, or empty. Before it is asked for anything.
  void set_deaf(std::function<std::string()> deaf) { deaf_ = std::move(deaf); }

  /// Hears what is placed: renders it unless it was rendered and still holds. `now`: the stage's, at this
  /// moment.
  Result<std::string> hear(const Conductor::Placed& coming, const Snapshot& now);
  Result<std::string> stop();
  /// To be told of the engine now and then: what begins need not be heard ahead any more.
  void follow(const Snapshot& now);
  /// The flow is over: nothing is to come, the follower ends.
  void end();
  /// {"state": "none", "catching up", "rendering", "ready", "playing", "stale" or "failed", "progress": 0..1,
  /// "transition": {"from", "to", "at_beat", "loop"}, "from_frame", "begins_frame", "ends_frame", "frames",
  /// "position": frames, "playing", "changed": why it is stale, "error": why it failed}
  Json json() const;

 private:
  enum class State { none, catching_up, rendering, ready, failed };

  void run(std::stop_token stop);
  void serve(WorkerProcess& follower, std::stop_token stop);
  bool take_order(WorkerProcess& follower);
  void hear_answer(const PrehearAnswer& answer, int fd);
  void fail(const std::string& sentence);
  void settle();

  const PrehearSpec spec_;
  CuePlayer& player_;
  const Say say_;
  std::function<std::string()> deaf_;
  std::atomic<bool> cancelled_{false};

  mutable std::mutex mutex_;  ///< guards what follows
  std::condition_variable_any wake_;
  bool wanted_ = false;               ///< a follower
  std::optional<std::string> order_;  ///< to be sent to it
  State state_ = State::none;
  int id_ = 0;  ///< of the last request
  double progress_ = 0;
  bool begun_ = false;  ///< its beginning was given to the player
  std::optional<Conductor::Placed> coming_;
  FutureSpan span_;
  std::shared_ptr<const CueClip> clip_;
  std::string changed_, error_;

  std::jthread thread_;
};

}  // namespace entrain
