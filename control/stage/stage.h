// The stage: the one thread that changes the performance. Every edge (socket, OSC, later MIDI, web and chat)
// reaches the engine through it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control/stage/command_call.h"
#include "control/stage/recorder.h"
#include "control/stage/set_desk.h"
#include "control/stage/sounds.h"
#include "control/stage/track_edits.h"
#include "control/stage/versions.h"
#include "control/stage/wires.h"

namespace entrain {

/// Threads: run() makes two, the stage's own (edits, schedules, freeing; no file or network I/O) and the
/// loader's (sounds). All public functions may be called from any thread but the audio callback's, none blocks
/// for longer than a mutex takes.
class Stage {
 public:
  /// What came of a command; called on a thread of the stage's, must not block.
  using Done = std::function<void(const Result<std::string>&)>;
  /// The frame at which something that arrives now is placed: its arrival plus one constant.
  using Arrival = std::function<Frame()>;
  /// Something heard, in order. Called on the stage's thread; must not block.
  using OnReport = std::function<void(const Report&)>;

  struct Start {
    Performance performance;                                          ///< the first version
    std::map<std::string, std::shared_ptr<const Cluster>> clusters;   ///< by name, for /track/#/cluster
    Versions::OnVersion on_version;                                   ///< the journal's
    SetFile set;                                                      ///< as read
    std::vector<Scene> scenes;
    std::vector<ControlId> exempt;
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

  /// The latest snapshot, at most about 5 ms old.
  Snapshot snapshot() const;
  /// The names of the scenes, in their order.
  std::vector<std::string> scenes() const;
  /// Adds a listener for reports; before run().
  void on_report(OnReport listener) { listeners_.push_back(std::move(listener)); }

  /// Where arriving events are placed. Set once the device runs; until then: at once.
  /// `latency`: frames from when something is heard to where a hit played to it is placed; what is recorded by
  /// hand moves so much earlier.
  void set_arrival(Arrival arrival, int latency = 0);
  Frame arrival() const;
  int latency() const;

  /// One for each edge thread; see Wires::Producer.
  Wires::Producer make_producer() { return wires_.make_producer(); }
  std::uint64_t dropped() const { return wires_.dropped(); }

 private:
  struct Job {
    CommandCall call;
    Done done;
    std::shared_ptr<const DeckDocument> loaded;  ///< what the loader got ready
    std::shared_ptr<SetFile> set;                ///< read by the loader, or for it to write
    std::shared_ptr<LoadedSet> opened;
    std::filesystem::path old;                   ///< the file the set comes from
    bool written = false, autosave = false;
  };
  struct Queue {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Job> jobs;
  };

  void stage_loop(std::stop_token stop);
  void loader_loop(std::stop_token stop);
  void put(Queue& queue, Job job);
  bool take(Queue& queue, std::stop_token stop, Job& job, bool wait);
  void perform(Job job);
  Result<Edit> edit_for(const Job& job) const;
  int playing_slot(int track) const;
  Result<std::shared_ptr<const DeckDocument>> load_deck(const CommandCall& call) const;
  Result<std::string> commit(Edit edit, Grid grid, bool undoable, std::vector<ControlValue> values = {}, Beat glide = {});

  static bool is_about_sets(const Job& job);
  void perform_on_sets(Job job);
  Result<std::string> commit_act(SetDesk::Act act, Grid grid, bool undoable);
  void post_values(const std::vector<ControlValue>& values, Beat glide, Grid grid, Beat boundary);
  void write_set(Job job);
  void autosave_now_and_then();
  void keep_unsaved();
  void publish_set();
  Result<void> load_or_write(Job& job);
  void read_engine();
  void record(const Report& report);

  Wires& wires_;
  Sounds& sounds_;
  const int rate_, lead_;
  std::map<std::string, std::shared_ptr<const Cluster>> clusters_;
  std::vector<OnReport> listeners_;
  Queue edits_, loads_;

  mutable std::mutex shared_;  ///< guards what follows
  std::vector<std::string> scene_names_;
  std::filesystem::path home_;  ///< the set's file
  Snapshot snapshot_;
  Arrival arrival_;
  int latency_ = 0;

  Versions versions_;  // from here on the stage thread's alone, once it runs
  SetDesk desk_;
  Wires::Producer producer_;
  Beat values_due_;  ///< until then, controls of a recall may wait for their boundary
  std::chrono::steady_clock::time_point autosaved_at_ = std::chrono::steady_clock::now();
  /// What one /undo takes back: the inverses of its edits, the last one first.
  struct Undo {
    std::vector<Edit> edits;
    Grid grid;
    std::vector<ControlValue> values;
    std::optional<std::int64_t> pass;  ///< of the recorder: more of the same pass may be added
  };
  std::vector<Undo> undo_;
  DrawnSteps drawn_;
  Recorder recorder_;

  std::jthread stage_thread_, loader_thread_;
};

}  // namespace entrain
