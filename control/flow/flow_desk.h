// The flow desk: a flow while a set plays. Commands and queries, the planner behind them, loops on their
// decks.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "control/flow/flow_queue.h"
#include "control/flow/known_loops.h"
#include "control/library/keeper.h"
#include "control/prehear/prehear.h"
#include "control/protocol/protocol.h"
#include "control/stage/sounds.h"
#include "control/stage/stage.h"

namespace entrain {

/// A thread of its own, which plans and loads, and while a flow is on looks at the engine some fifty times a
/// second; else it sleeps. The stage brings to the engine what it decides.
class FlowDesk {
 public:
  /// All outlive it. `lead`: the engine's. `prehear`: null where nothing can be heard ahead.
  FlowDesk(Stage& stage, Sounds& sounds, const LibraryKeeper& keeper, KnownLoops& loops, int rate, int lead,
           Prehear* prehear = nullptr);
  ~FlowDesk() { stop(); }
  /// Ends its thread: the stage may go before it. What comes later is refused.
  void stop();

  /// Takes a command of the flow (is_flow()); `done` is told on the desk's thread. Any thread; does not
  /// block.
  void execute(CommandCall call, Stage::Done done);
  /// Writes down a mended grid in the library. Any thread; does not block.
  void mended(std::shared_ptr<const Loop> loop);
  /// {"query": "flow"}: what plays, the queue with its reasons, the transition, what was left out. Any
  /// thread.
  Json flow_json() const;

 private:
  struct Order {
    CommandCall call;
    Stage::Done done;
  };

  void run(std::stop_token stop);
  void follow_library();
  void follow_engine();
  void keep_layers(const Snapshot& now);
  void replan(const Snapshot& now);
  void load_next(const Snapshot& now);
  void publish(const Snapshot& now);
  void remark(const std::string& sentence);
  Result<std::string> perform(const CommandCall& call);
  Result<std::string> start(const CommandCall& call);
  Result<std::string> hold(const CommandCall& call, bool lock);
  Result<std::string> lean(const CommandCall& call);
  Result<std::string> layer(const CommandCall& call);
  Result<std::string> prehear(const Snapshot& now);
  Result<std::shared_ptr<const Loop>> layer_loop(const Card& card, double count, double tempo);
  Result<std::string> change_setting(const std::string& name, const std::string& value);
  Result<std::string> open(const std::string& file);
  Result<std::string> save(const std::string& file);
  Result<std::int64_t> card_named(const std::string& name) const;
  Result<std::size_t> place_of(double number) const;
  double minute(const Snapshot& now) const;
  std::string next_name() const;

  Stage& stage_;
  Sounds& sounds_;
  const LibraryKeeper& keeper_;
  KnownLoops& loops_;
  const int rate_, lead_;
  Prehear* const prehear_;

  mutable std::mutex mutex_;  ///< guards what follows
  std::condition_variable_any wake_;
  std::deque<Order> orders_;
  std::vector<std::shared_ptr<const Loop>> mended_;
  Json shown_;

  /// The stage could not bring what was decided last. Shared with callbacks that outlive the desk.
  std::shared_ptr<std::atomic<bool>> lost_ = std::make_shared<std::atomic<bool>>(false);

  // The thread's alone, from here on.
  bool on_ = false;
  std::shared_ptr<const Finder> finder_;
  FlowQueue queue_;
  Conductor conductor_;
  std::optional<FlowPart> next_;
  std::uint64_t playing_ = 0, refused_ = 0;
  Frame began_;
  std::vector<std::string> remarks_;

  std::jthread thread_;
};

}  // namespace entrain
