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
constexpr std::size_t kMostJobs = 1024;

/// SCHED_FIFO where the system allows it (the session says so once when it does not).
void take_stage_priority() {
  sched_param priority{};
  priority.sched_priority = 50;
  static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority));
}

}  // namespace

Stage::Stage(Wires& wires, Sounds& sounds, int rate, int lead, Start start)
    : wires_(wires),
      rate_(rate),
      lead_(lead),
      files_(sounds, rate),
      versions_(std::move(start.loaded.performance), std::move(start.on_version)),
      desk_(std::move(start.set), std::move(start.loaded)),
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

std::vector<std::string> Stage::scenes() const {
  const std::lock_guard lock(shared_);
  return scene_names_;
}

// --- queues

void Stage::execute(CommandCall call, Done done) {
  if (is_flow(call.row->id)) {
    if (flow_) return flow_(std::move(call), std::move(done));
    if (done) done(Error{"there is no library to make a flow of; start without --library none"});
    return;
  }
  Queue& queue = StageFiles::reads_first(call.row->id) ? loads_ : edits_;
  Job job;
  job.call = std::move(call);
  job.done = std::move(done);
  put(queue, std::move(job));
}

void Stage::bring(SetParts parts, std::vector<Event> events, Done done) {
  Job job;
  job.brought = std::make_shared<Job::Brought>(Job::Brought{std::move(parts), std::move(events)});
  job.done = std::move(done);
  put(edits_, std::move(job));
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
    if (const auto ready = files_.serve(job); !ready) {
      if (job.done) job.done(ready.error());
    } else if (!job.autosave) {
      job.loaded = true;
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
  undo_.of_pass(take->pass).edits.push_back(std::move(back));
}

int Stage::latency() const {
  const std::lock_guard lock(shared_);
  return latency_;
}

}  // namespace entrain
