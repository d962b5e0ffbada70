// The stage: the one thread that changes the performance. Every edge (socket, OSC, later MIDI, web and chat)
// reaches the engine through it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control/stage/command_call.h"
#include "control/stage/deck_edits.h"
#include "control/stage/recorder.h"
#include "control/stage/stage_files.h"
#include "control/stage/track_edits.h"
#include "control/stage/undo.h"
#include "control/stage/versions.h"
#include "control/stage/wires.h"

namespace entrain {

/// Threads: run() makes two, the stage's own (edits, schedules, freeing; no file or network I/O) and the
/// loader's (sounds). All public functions may be called from any thread but the audio callback's, none
/// blocks for longer than a mutex takes.
class Stage {
 public:
  using Done = Job::Done;
  /// The frame at which something that arrives now is placed: its arrival plus one constant.
  using Arrival = std::function<Frame()>;
  /// Something heard, in order. Called on the stage's thread; must not block.
  using OnReport = std::function<void(const Report&)>;

  struct Start {
    SetFile set;                          ///< as read
    LoadedSet loaded;                     ///< with the first version; its events and remarks are the caller's
    Versions::OnVersion on_version = {};  ///< the journal's
  };

  /// `wires` and `sounds` must outlive the stage.
  Stage(Wires& wires, Sounds& sounds, int rate, int lead, Start start);
  ~Stage();  ///< stops its threads
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// Starts the threads and offers the first version.
  void run();

  /// Performs a command: checked at once, done later. The sentence in `done` says what happened.
  void execute(CommandCall call, Done done = {});

  /// Who answers commands of the flow; before run().
  void set_flow(std::function<void(CommandCall, Done)> flow) { flow_ = std::move(flow); }
  /// Told of a loop whose grid was mended by hand, on the stage's thread; must not block. Before run().
  void on_mended(std::function<void(std::shared_ptr<const Loop>)> told) { on_mended_ = std::move(told); }
  /// What the library makes of a sound that is loaded onto a deck; before run().
  void set_loops(StageFiles::LoopOf loops) { files_.set_loops(std::move(loops)); }
  /// Brings parts of the performance and events to the engine at once, as no act of the performer's: undo does
  /// not know them.
  void bring(SetParts parts, std::vector<Event> events, Done done);

  /// The latest snapshot, at most about 5 ms old.
  Snapshot snapshot() const;
  /// The names of the scenes, in their order.
  std::vector<std::string> scenes() const;
  /// Adds a listener for reports; before run().
  void on_report(OnReport listener) { listeners_.push_back(std::move(listener)); }

  /// Where arriving events are placed. Set once the device runs; until then: at once.
  /// `latency`: frames from when something is heard to where a hit played to it is placed; what is recorded
  /// by hand moves so much earlier.
  void set_arrival(Arrival arrival, int latency = 0);
  Frame arrival() const;
  int latency() const;

  /// One for each edge thread; see Wires::Producer.
  Wires::Producer make_producer() { return wires_.make_producer(); }
  std::uint64_t dropped() const { return wires_.dropped(); }

 private:
  static constexpr double kSpareSeconds = 0.020;  ///< how long an edit may take from here to the engine
  struct Queue {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Job> jobs;
  };

  void stage_loop(std::stop_token stop);
  void loader_loop(std::stop_token stop);
  void put(Queue& queue, Job job);
  bool take(Queue& queue, std::stop_token stop, Job& job, bool wait);
  // The stage's thread.
  void perform(Job job);
  bool ask_loader(Job& job);
  void write_set(Job& job);
  void write_patterns(Job& job);
  Result<std::string> outcome_of(Job& job);
  Result<std::string> take_back(const CommandCall& call);
  Result<std::string> load_patterns(const CommandCall& call, const PatternFile& file);
  Result<std::string> change_set(const CommandCall& call, OpenedSet opened);
  Result<std::string> change_clusters(const CommandCall& call, Regrouped groups);
  Result<Edit> edit_for(const Job& job);
  Result<Edit> edit_deck(const CommandCall& call);
  Result<Edit> plan_transition(const CommandCall& call);
  int playing_slot(int track) const;
  Result<std::string> commit(Edit edit, Grid grid, Undo* undo, std::vector<ControlValue> values = {},
                             Beat glide = {});
  Result<std::string> commit_act(SetDesk::Act act, Grid grid, Undo undo);
  void post_values(const std::vector<ControlValue>& values, Beat glide, Grid grid, Beat boundary);
  void autosave_now_and_then();
  void keep_unsaved();
  void publish_set();

  void read_engine();
  void record(const Report& report);

  Wires& wires_;
  const int rate_, lead_;
  StageFiles files_;
  std::vector<OnReport> listeners_;
  std::function<void(CommandCall, Done)> flow_;
  std::function<void(std::shared_ptr<const Loop>)> on_mended_;
  Queue edits_, loads_;

  mutable std::mutex shared_;  ///< guards what follows
  std::vector<std::string> scene_names_;
  Snapshot snapshot_;
  Arrival arrival_;
  int latency_ = 0;

  Versions versions_;  // from here on the stage thread's alone, once it runs
  SetDesk desk_;
  Wires::Producer producer_;
  Beat values_due_;  ///< until then, controls of a recall may wait for their boundary
  std::chrono::steady_clock::time_point autosaved_at_ = std::chrono::steady_clock::now();
  UndoStack undo_;
  DrawnSteps drawn_;
  Recorder recorder_;
  std::array<GridTaps, kDecks> taps_;
  std::uint64_t planned_transitions_ = 0;

  std::jthread stage_thread_, loader_thread_;
};

}  // namespace entrain
