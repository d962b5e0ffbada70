#include "engine/core/engine.h"

#include <algorithm>
#include <cstring>

#include "engine/core/denormals.h"
#include "engine/core/engine_state.h"

namespace entrain {

const Catalogue& catalogue() {
  static const Catalogue table(Rack::sections);
  return table;
}

Engine::Engine() : state_(std::make_unique<State>()) {}
Engine::~Engine() = default;

void Engine::prepare(const EngineConfig& config) {
  state_->config = config;
  if (state_->prepared_rate != config.rate) {
    state_->parameters.prepare(catalogue(), config.rate);
    state_->rack.prepare(config.rate);
    state_->prepared_rate = config.rate;
  }
  reset();
}

void Engine::reset() { state_->reset(); }

void Engine::State::reset() {
  now = Frame(0);
  running = start_pending = false;
  start_frame = Frame(0);
  stop_sequence = 0;
  reached = Beat(0);
  timeline = Timeline{Beat(0), Frame(0), config.rate, Tempo{}, Tempo{}, 0};
  parameters.reset();
  current = &empty;
  pending_count = 0;
  schedule_serial = 0;
  sequence = 0;
  waiting_frame.clear();
  waiting_beat.clear();
  counters = {};
  reports.reset();
  triggers.reset();
  applied_count = 0;
  buses.reset();
  rack.reset();
}

void Engine::process(const Inputs& in, Outputs& out) noexcept {
  const FlushDenormals flush;
  State& s = *state_;
  s.begin_quantum(out);
  if (in.schedule != nullptr) s.take_schedule(*in.schedule);
  s.accept(in.events);
  s.apply_due();
  s.adopt();
  s.render();
  s.now = s.now + kQuantum;
}

void Engine::State::begin_quantum(Outputs& outputs) {
  out = &outputs;
  out->records = 0;
  out->schedule_taken = false;
  reports.clear();
  triggers.clear();
  moves = {};
  buses.clear();
  applied_count = 0;
  context.end_notes = context.silence = false;
}

// --- events that are due

void Engine::State::apply_due() {
  const Frame last = now + (kQuantum - 1);
  while (!waiting_frame.empty() && waiting_frame.top().key <= last && applied_count < kApplied) {
    const auto item = waiting_frame.top();
    waiting_frame.pop();
    const Frame at = std::max(item.key, now);
    apply(item.event, static_cast<int>(at - now), running ? timeline.beat_at(at - 1) + Beat(1) : Beat(0), item.sequence);
  }
  // A tempo that changes on a line moves the lines after it, and a stop on a line leaves the rest waiting.
  while (running && !waiting_beat.empty() && waiting_beat.top().key <= timeline.beat_at(last) &&
         applied_count < kApplied) {
    const auto item = waiting_beat.top();
    waiting_beat.pop();
    // Still waiting when the beat stopped: it has nothing to start or stop any more.
    if (item.key == Beat(0) && item.event.control == Rack::transport().id(Transport::play)) continue;
    const auto offset = static_cast<int>(std::max(timeline.frame_at(item.key), now) - now);
    apply(item.event, std::min(offset, kQuantum - 1), item.key, item.sequence);
  }
  find_beats();
  // Insertion sort: stable without the memory that std::stable_sort takes, and what comes is nearly sorted.
  for (int i = 1; i < applied_count; ++i) {
    const auto at = applied.begin() + i;
    const auto to = std::upper_bound(applied.begin(), at, *at, [](auto& a, auto& b) { return a.offset < b.offset; });
    std::rotate(to, at, at + 1);
  }
}

void Engine::State::apply(const Event& event, int offset, Beat beat, std::uint64_t asked) {
  const Section& transport = Rack::transport();
  if (event.control == transport.id(Transport::play)) return play(event, asked);
  Frame arrival = now;
  if (event.glide > Beat(0)) arrival = timeline.frame_at(timeline.beat_at(now) + event.glide);
  if (event.control == transport.id(Transport::tempo)) {
    const Tempo target = Tempo::nearest(event.value), from = timeline.tempo_at(now);
    // So that the ramp itself lasts `glide` beats: its mean tempo is halfway.
    const double beats_per_second = (from.bpm() + target.bpm()) / 120.0;
    const double frames = event.glide.value() / beats_per_second * config.rate;
    const auto ramp = static_cast<std::int64_t>(std::min(frames, 2e9));
    timeline = timeline.turned(now, target, ramp);
    arrival = now + ramp;
  } else if (event.control == transport.id(Transport::panic_notes)) {
    context.end_notes = true;
  } else if (event.control == transport.id(Transport::panic_silence)) {
    context.silence = true;
    parameters.set(transport.id(Transport::play), 0, now, now);
    stop(asked);
  }
  if (catalogue().row(event.control).kind != Kind::trigger) parameters.set(event.control, event.value, now, arrival);
  // By offset, in order of arrival at the same one. (std::stable_sort would allocate.)
  std::size_t at = static_cast<std::size_t>(applied_count++);
  for (; at > 0 && applied[at - 1].offset > offset; --at) applied[at] = applied[at - 1];
  applied[at] = {event.control, offset, event.value, beat};
}

/// What was asked last stands: a stop cancels the starts asked before it, not those asked after.
void Engine::State::play(const Event& event, std::uint64_t asked) {
  if (!starts(event)) {
    stop(asked);
  } else if (!running) {
    if (asked < stop_sequence) return;
    if (now < start_frame) {  // asked while the beat still ran: it needs its lead
      waiting_frame.push({start_frame, asked, event});
      return;
    }
    start();
  }
  parameters.set(event.control, event.value, now, now);
}

void Engine::State::start() {
  running = true;
  start_pending = false;
  timeline = timeline_from_zero(now);
  reached = Beat(0);
}

void Engine::State::stop(std::uint64_t asked) {
  stop_sequence = std::max(stop_sequence, asked);
  keep_starts();
  if (!running) return;
  running = false;
  timeline = timeline_from_zero(now);
  waiting_beat.move_all_to(Beat(0));  // what waited for a line takes the first one of the next start
}

/// A start asked after the stop comes when it would have come, or as soon as it can.
void Engine::State::keep_starts() {
  const auto stands = [&](const auto& item) { return starts(item.event) && item.sequence > stop_sequence; };
  for (const auto& item : waiting_beat.items())
    if (running && stands(item)) waiting_frame.push({timeline.frame_at(item.key), item.sequence, item.event});
  start_pending = false;
  for (const auto& item : waiting_frame.items())
    if (stands(item)) expect_start(start_edge(item.key));
}

/// Beat 0 at a frame, the tempo and its ramp as they are.
Timeline Engine::State::timeline_from_zero(Frame at) const {
  const std::int64_t left = std::max<std::int64_t>(0, timeline.frame + timeline.ramp - at);
  Timeline from_zero = timeline.turned(at, timeline.to, left);
  from_zero.beat = Beat(0);
  return from_zero;
}

Beat Engine::State::count_in() const {
  const double bars = parameters.base(Rack::transport().id(Transport::count_in));
  return Beat(static_cast<std::int64_t>(bars) * current->meter.spacing(Grid::bar).ticks);
}

void Engine::State::find_beats() {
  context.frame = now;
  context.running = running;
  context.rolling = running || start_pending;
  context.timeline = running || !start_pending ? timeline : timeline_from_zero(start_frame);
  context.count_in = count_in();
  context.begin = context.end = Beat(0);
  if (!running) return;
  context.begin = reached;
  context.end = reached = std::max(reached, timeline.beat_at(now + (kQuantum - 1)) + Beat(1));
}

// --- the performance

void Engine::State::adopt() {
  const Frame last = now + (kQuantum - 1);
  context.before = current;
  context.adopted_from = context.begin;
  context.adopted_offset = 0;
  int due_count = 0;
  while (due_count < pending_count) {
    const Due& due = pending[static_cast<std::size_t>(due_count)].due;
    const bool come = due.by_beat ? (!running || due.beat < context.end) : due.frame <= last;
    if (!come) break;
    ++due_count;
  }
  if (due_count > 0) {
    const Pending& chosen = pending[static_cast<std::size_t>(due_count - 1)];
    current = chosen.entry.performance;
    if (running && chosen.due.by_beat) {
      context.adopted_from = std::max(chosen.due.beat, context.begin);
      context.adopted_offset = std::clamp(context.offset_of(context.adopted_from), 0, kQuantum - 1);
    }
    Record line{.what = Record::What::adopted, .frame = now + context.adopted_offset, .due = chosen.due};
    line.epoch = current->epoch;
    if (!record(line)) ++counters.records_lost;
    std::copy(pending.begin() + due_count, pending.begin() + pending_count, pending.begin());
    pending_count -= due_count;
  }
  context.current = current;
  context.next = pending_count > 0 ? pending[0].entry.performance : nullptr;
  context.next_due = pending_count > 0 ? pending[0].due : Due{};
}

// --- sound

void Engine::State::render() {
  parameters.advance(now);
  context.seed = config.seed;
  context.lead = rack.lead(config.rate);
  context.events = {applied.data(), static_cast<std::size_t>(applied_count)};
  context.kernels = &kernels_for(config.isa);
  context.triggers = &triggers;
  context.moves = &moves;
  context.reports = &reports;
  for (const Place place : {Place::sequence, Place::source, Place::strip, Place::group_insert, Place::send,
                            Place::master_insert, Place::master}) {
    sum_into(place);
    rack.run(place, context, parameters, buses);
  }
  out->split = rack.split();
  const std::array<const float*, 4> from{buses.left(Bus::master), buses.right(Bus::master), buses.left(Bus::cue),
                                         buses.right(Bus::cue)};
  for (std::size_t c = 0; c < from.size(); ++c)
    if (out->channels[c] != nullptr) std::memcpy(out->channels[c], from[c], kQuantum * sizeof(float));
}

void Engine::State::sum_into(Place place) {
  const Kernels& kernels = *context.kernels;
  for (const BusRow& row : kBusTable) {
    if (row.summed_at != place || row.feeds == row.first) continue;
    for (int i = 0; i < row.instances; ++i) {
      if (!buses.live(row.first, i)) continue;
      kernels.add(buses.left(row.feeds), buses.left(row.first, i), kQuantum);
      kernels.add(buses.right(row.feeds), buses.right(row.first, i), kQuantum);
      buses.mark(row.feeds);
    }
  }
}

// --- what it tells

std::span<const Report> Engine::reports() const { return static_cast<const Reports&>(state_->reports).items(); }
Frame Engine::frame() const { return state_->now; }
int Engine::lead() const { return state_->rack.lead(state_->config.rate); }
int Engine::latency() const { return state_->rack.latency(); }

std::span<const float> Engine::stem(Bus group, int channel) {
  const float* data = channel == 0 ? state_->buses.left(group) : state_->buses.right(group);
  return {data, kQuantum};
}

void Engine::lay_over_cue(const std::array<const float*, 2>& pair, const std::array<float*, 2>& cue) const noexcept {
  state_->rack.lay_over_cue(pair, cue);
}

void Engine::observe(Snapshot& snapshot) const {
  const State& s = *state_;
  snapshot.frame = s.now;
  snapshot.beat = s.running ? s.timeline.beat_at(s.now) : Beat(0);
  snapshot.tempo = s.timeline.tempo_at(s.now).bpm();
  snapshot.running = s.running;
  snapshot.epoch = snapshot.oldest_epoch = s.current->epoch;
  for (int i = 0; i < s.pending_count; ++i)
    snapshot.oldest_epoch = std::min(snapshot.oldest_epoch, s.pending[static_cast<std::size_t>(i)].entry.performance->epoch);
  snapshot.schedule_serial = s.schedule_serial;
  snapshot.events = s.counters.events;
  snapshot.refused = s.counters.refused;
  snapshot.missed = s.counters.missed;
  snapshot.records_lost = s.counters.records_lost;
  snapshot.reports_lost = s.reports.lost();
  snapshot.controls = static_cast<std::int32_t>(catalogue().size());
  for (std::uint16_t i = 0; i < catalogue().size(); ++i) {
    snapshot.values[i] = s.parameters.base(ControlId{i});
    snapshot.settled[i] = s.parameters.settled(ControlId{i});
  }
  s.rack.observe(snapshot);
}

}  // namespace entrain
