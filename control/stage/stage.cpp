#include "control/stage/stage.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "engine/core/catalogue.h"

namespace entrain {
namespace {

constexpr auto kTick = std::chrono::milliseconds(4);
constexpr std::size_t kUndoDepth = 256;
constexpr std::size_t kMostJobs = 1024;
constexpr double kSpareSeconds = 0.020;  ///< how long an edit may take from here to the engine

/// SCHED_FIFO where the system allows it (the session says so once when it does not).
void take_stage_priority() {
  sched_param priority{};
  priority.sched_priority = 50;
  static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority));
}

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

}  // namespace

Stage::Stage(Wires& wires, Sounds& sounds, int rate, int lead, Start start)
    : wires_(wires),
      sounds_(sounds),
      rate_(rate),
      lead_(lead),
      clusters_(std::move(start.clusters)),
      versions_(std::move(start.performance), std::move(start.on_version)),
      desk_(std::move(start.set), std::move(start.scenes), std::move(start.exempt)),
      producer_(wires.make_producer()) {
  publish_set();
}

Stage::~Stage() {
  for (std::jthread* thread : {&stage_thread_, &loader_thread_}) thread->request_stop();
  for (Queue* queue : {&edits_, &loads_}) {
    const std::lock_guard lock(queue->mutex);
    queue->wake.notify_all();
  }
  if (!stage_thread_.joinable()) return;
  stage_thread_.join();
  loader_thread_.join();
  keep_unsaved();
}

void Stage::run() {
  wires_.offer(versions_.first_schedule());
  stage_thread_ = std::jthread([this](std::stop_token stop) { stage_loop(stop); });
  loader_thread_ = std::jthread([this](std::stop_token stop) { loader_loop(stop); });
}

void Stage::set_arrival(Arrival arrival, int latency) {
  const std::lock_guard lock(shared_);
  latency_ = latency;
  arrival_ = std::move(arrival);
}

Frame Stage::arrival() const {
  const std::lock_guard lock(shared_);
  return arrival_ ? arrival_() : Frame(0);
}

Snapshot Stage::snapshot() const {
  const std::lock_guard lock(shared_);
  return snapshot_;
}

// --- queues

void Stage::execute(CommandCall call, Done done) {
  Queue& queue = call.row->id == CommandId::deck_load || call.row->id == CommandId::set_open ? loads_ : edits_;
  Job job;
  job.call = std::move(call);
  job.done = std::move(done);
  put(queue, std::move(job));
}

void Stage::put(Queue& queue, Job job) {
  {
    const std::lock_guard lock(queue.mutex);
    if (queue.jobs.size() < kMostJobs) {
      queue.jobs.push_back(std::move(job));
      return queue.wake.notify_one();
    }
  }
  if (job.done) job.done(Error{"too many commands wait already; ask again when they are done"});
}

bool Stage::take(Queue& queue, std::stop_token stop, Job& job, bool wait) {
  std::unique_lock lock(queue.mutex);
  const auto ready = [&] { return !queue.jobs.empty() || stop.stop_requested(); };
  if (wait)
    queue.wake.wait(lock, ready);
  else
    queue.wake.wait_for(lock, kTick, ready);
  if (queue.jobs.empty()) return false;
  job = std::move(queue.jobs.front());
  queue.jobs.pop_front();
  return true;
}

// --- threads

void Stage::stage_loop(std::stop_token stop) {
  take_stage_priority();
  while (!stop.stop_requested()) {
    Job job;
    if (take(edits_, stop, job, false)) perform(std::move(job));
    read_engine();
    autosave_now_and_then();
  }
}

void Stage::loader_loop(std::stop_token stop) {
  while (!stop.stop_requested()) {
    Job job;
    if (!take(loads_, stop, job, true)) continue;
    if (const auto ready = load_or_write(job); !ready) {
      if (job.done) job.done(ready.error());
    } else if (!job.autosave) {
      put(edits_, std::move(job));
    }
  }
}

void Stage::read_engine() {
  for (Report report; wires_.pop_report(report);) {
    drawn_.hear(report);
    record(report);
    for (const OnReport& listener : listeners_) listener(report);
  }
  if (!wires_.refresh_snapshot()) return;
  if (versions_.follow(wires_.snapshot())) wires_.offer(versions_.make_schedule());
  const std::lock_guard lock(shared_);
  snapshot_ = wires_.snapshot();
}

void Stage::record(const Report& report) {
  if (report.what != Report::What::hit) return;
  static const ControlId mode = *catalogue().find("/record/mode"),
                         quantise = *catalogue().find("/record/quantise"),
                         erase = *catalogue().find("/track/1/erase"),
                         next = *catalogue().find("/track/2/erase");
  const Snapshot& s = wires_.snapshot();
  Recorder::Settings now;
  now.mode = static_cast<Recorder::Mode>(s.values[mode.index]);
  now.quantise = s.values[quantise.index];
  for (std::size_t track = 0; track < kTracks; ++track)
    now.erase[track] =
        s.values[erase.index + track * static_cast<std::size_t>(next.index - erase.index)] > 0.5;
  now.late = Beat::nearest(latency() * s.tempo / 60 / rate_);
  auto take = recorder_.hear(report, versions_.latest(), now);
  if (!take) return;
  Edit back = inverse_of(take->edit, versions_.latest());
  if (!versions_.add(take->edit, take->boundary, Grid::step)) return;
  wires_.offer(versions_.make_schedule());
  if (undo_.empty() || undo_.back().pass != take->pass) undo_.push_back({{}, Grid::now, {}, take->pass});
  undo_.back().edits.push_back(std::move(back));
}

int Stage::latency() const {
  const std::lock_guard lock(shared_);
  return latency_;
}

// --- commands

void Stage::perform(Job job) {
  if (is_about_sets(job)) return perform_on_sets(std::move(job));
  Result<std::string> outcome = Error{};
  if (job.call.row->id == CommandId::undo) {
    if (undo_.empty()) {
      outcome = Error{"there is nothing to undo"};
    } else {
      Undo undo = std::move(undo_.back());
      undo_.pop_back();
      for (; !undo.edits.empty(); undo.edits.pop_back()) {
        outcome = commit(std::move(undo.edits.back()), job.call.at.value_or(undo.grid), false, std::exchange(undo.values, {}));
        if (!outcome) break;
      }
    }
  } else {
    auto edit = edit_for(job);
    outcome = edit ? commit(*std::move(edit), job.call.grid(), true) : Result<std::string>(edit.error());
  }
  if (job.done) job.done(outcome);
}

Result<Edit> Stage::edit_for(const Job& job) const {
  const CommandCall& call = job.call;
  switch (call.row->id) {
    case CommandId::deck_load:
      return Edit{SetDeck{call.instance, job.loaded}};
    case CommandId::deck_eject:
      return Edit{SetDeck{call.instance, nullptr}};
    case CommandId::track_cluster: {
      const auto found = clusters_.find(call.text(0));
      if (found == clusters_.end()) {
        std::string names;
        for (const auto& [name, cluster] : clusters_) names += (names.empty() ? "" : ", ") + name;
        return Error{fmt::format("there is no cluster \"{}\"; the set has {}", call.text(0),
                                 names.empty() ? "none" : names)};
      }
      return Edit{SetCluster{call.instance, found->second}};
    }
    case CommandId::undo:
    case CommandId::count:
      return Error{"this command makes no edit"};
    default:
      return track_edit(call, versions_.latest(), playing_slot(call.instance), drawn_);
  }
}

int Stage::playing_slot(int track) const {
  static const ControlId first = *catalogue().find("/track/1/slot"),
                         second = *catalogue().find("/track/2/slot");
  const int control = first.index + track * (second.index - first.index);
  return std::max(0, static_cast<int>(wires_.snapshot().values[static_cast<std::size_t>(control)]) - 1);
}

Result<std::shared_ptr<const DeckDocument>> Stage::load_deck(const CommandCall& call) const {
  auto loaded = sounds_.load(call.text(0));
  if (!loaded) return loaded.error();
  auto loop =
      make_loop(loaded->asset, rate_, call.args.size() > 1 ? std::optional(call.number(1)) : std::nullopt);
  if (!loop) return loop.error();
  return std::make_shared<const DeckDocument>(DeckDocument{*std::move(loop)});
}

Result<std::string> Stage::commit(Edit edit, Grid grid, bool undoable, std::vector<ControlValue> values, Beat glide) {
  const Snapshot& now = wires_.snapshot();
  if (!now.running) grid = Grid::now;
  const double spare = (lead_ + kSpareSeconds * rate_) / rate_ * now.tempo / 60.0;
  const Meter meter = versions_.latest().meter;
  const Beat boundary = meter.next_line(now.beat + Beat::nearest(spare), grid);
  Edit back = inverse_of(edit, versions_.latest());
  std::string what = "done";
  if (const auto* deck = std::get_if<SetDeck>(&edit); deck != nullptr && deck->document != nullptr) {
    const Loop& loop = *deck->document->loop;
    const double seconds = static_cast<double>(loop.asset->frames()) / rate_;
    what = fmt::format("{}: {:g} beats, {:.1f} BPM", file_name(loop.asset->path), loop.length().value(),
                       loop.length().value() * 60 / seconds);
  }
  if (!versions_.add(std::move(edit), boundary, grid))
    return Error{
        fmt::format("{} changes wait for their bar already; ask again when they have come", kScheduleRoom)};
  wires_.offer(versions_.make_schedule());
  post_values(values, glide, grid, boundary);
  if (undoable) {
    for (auto& [control, value] : values) value = now.values[control.index];
    undo_.push_back({{std::move(back)}, grid, std::move(values), {}});
    if (undo_.size() > kUndoDepth) undo_.erase(undo_.begin());
  }
  if (grid == Grid::now) return what;
  return fmt::format("{}, at bar {}", what, boundary.ticks / meter.spacing(Grid::bar).ticks + 1);
}

}  // namespace entrain
