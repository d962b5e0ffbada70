// How events and schedules enter the engine: checked, resolved to their time, journaled, and left to wait.
#include <cmath>

#include "engine/core/engine_state.h"

namespace entrain {
namespace {

// Farther than any jam: keeps sums of times within 64 bits.
constexpr std::int64_t kFarthestFrames = std::int64_t{1} << 42;
constexpr Beat kLongestGlide = Beat::beats(1'000'000);

}  // namespace

bool Engine::State::record(const Record& record) {
  if (static_cast<std::size_t>(out->records) >= out->room.size()) return false;
  out->room[static_cast<std::size_t>(out->records++)] = record;
  return true;
}

void Engine::State::take_schedule(const Schedule& schedule) {
  const int lines = schedule.count == 0 ? 1 : schedule.count;
  if (out->room.size() - static_cast<std::size_t>(out->records) < static_cast<std::size_t>(lines)) return;
  out->schedule_taken = true;
  schedule_serial = schedule.serial;
  const auto before_pending = pending;
  const std::span<const Pending> known(before_pending.data(), static_cast<std::size_t>(pending_count));
  pending_count = schedule.count;
  Record line{.what = Record::What::schedule, .frame = now, .serial = schedule.serial, .entries = schedule.count};
  if (schedule.count == 0) record(line);
  const Performance* before = current;
  for (int i = 0; i < schedule.count; ++i) {
    const Schedule::Entry& entry = schedule.entries[static_cast<std::size_t>(i)];
    bool missed = false;
    pending[static_cast<std::size_t>(i)] = {entry, resolve(entry, before, known, missed)};
    line.epoch = entry.performance->epoch;
    line.boundary = entry.boundary;
    line.grid = entry.grid;
    line.entry = i;
    record(line);
    if (missed) {
      ++counters.missed;
      if (!record({.what = Record::What::missed, .frame = now, .epoch = line.epoch, .boundary = entry.boundary}))
        ++counters.records_lost;
    }
    before = entry.performance;
  }
}

Due Engine::State::resolve(const Schedule::Entry& entry, const Performance* before, std::span<const Pending> known,
                           bool& missed) const {
  // Rebased by an edit elsewhere, it keeps the time it had: a deck may be getting ready for it already.
  for (const Pending& p : known)
    if (p.entry.boundary == entry.boundary && p.entry.grid == entry.grid && p.due.by_beat &&
        p.entry.performance->decks == entry.performance->decks)
      return p.due;
  const bool decks_change = entry.performance->decks != before->decks;
  const Frame earliest = now + ((decks_change && running) ? rack.lead(config.rate) : 0);
  if (!running || entry.grid == Grid::now) return {false, earliest, {}};
  const Beat first_possible = timeline.beat_at(earliest - 1) + Beat(1);
  if (entry.boundary >= first_possible) return {true, {}, entry.boundary};
  missed = true;
  return {true, {}, current->meter.next_line(first_possible, entry.grid)};
}

void Engine::State::accept(std::span<const Event> events) {
  const auto considered = std::min(events.size(), static_cast<std::size_t>(kEventsPerQuantum));
  counters.refused += events.size() - considered;
  for (std::size_t i = 0; i < considered; ++i)
    if (!superseded(events.first(considered), i)) accept(events[i]);
}

/// A continuous control that is moved again in the same quantum counts once: the last value stands.
bool Engine::State::superseded(std::span<const Event> events, std::size_t i) const {
  const auto immediate = [&](const Event& e) { return e.grid == Grid::now && e.frame <= now && e.glide <= Beat(0); };
  const Event& event = events[i];
  if (!immediate(event) || !catalogue().holds(event.control)) return false;
  if (catalogue().row(event.control).kind != Kind::continuous) return false;
  for (std::size_t j = i + 1; j < events.size(); ++j)
    if (events[j].control == event.control && immediate(events[j]) && std::isfinite(events[j].value)) return true;
  return false;
}

void Engine::State::accept(const Event& asked) {
  if (!catalogue().holds(asked.control) || !std::isfinite(asked.value) || asked.grid > Grid::phrase) {
    ++counters.refused;
    return;
  }
  Event event = asked;
  event.value = catalogue().clamp(event.control, event.value);
  event.glide = std::clamp(event.glide, Beat(0), kLongestGlide);
  event.frame = std::min(event.frame, now + kFarthestFrames);
  const bool prepared = (catalogue().row(event.control).flags & kPrepared) != 0;
  const Due due = resolve(event, prepared);
  const bool full = !prepared && (due.by_beat ? waiting_beat.full() : waiting_frame.full());
  if (full || !record({.what = Record::What::event, .frame = now, .event = event, .due = due})) {
    ++counters.refused;
    return;
  }
  ++counters.events;
  ++sequence;
  if (!running && starts(event)) expect_start(due.frame);
  if (prepared) {
    rack.announce({event.control, event.value, due}, parameters);
    if (catalogue().row(event.control).kind != Kind::trigger) parameters.set(event.control, event.value, now, now);
  } else if (due.by_beat) {
    waiting_beat.push({due.beat, sequence, event});
  } else {
    waiting_frame.push({due.frame, sequence, event});
  }
}

bool Engine::State::starts(const Event& event) const {
  return event.control == Rack::transport().id(Transport::play) && event.value > 0.5;
}

void Engine::State::expect_start(Frame at) {
  start_frame = start_pending ? std::min(start_frame, at) : at;
  start_pending = true;
}

/// Time turns on a quantum's edge, and what is to start with it must be told its lead before.
Frame Engine::State::start_edge(Frame earliest) const {
  const std::int64_t wanted = std::max(earliest, now + rack.lead(config.rate)).index + kQuantum - 1;
  return Frame(wanted - wanted % kQuantum);
}

Due Engine::State::resolve(const Event& event, bool prepared) const {
  const int lead = rack.lead(config.rate);
  const bool moves_time = event.control < ControlId{Rack::sections[1].base};
  if (!running && starts(event)) {
    const std::int64_t counted = timeline.turned(now, timeline.to, 0).frame_at(timeline.beat_at(now) + count_in()) - now;
    return {false, start_edge(std::max(event.frame, now) + counted), {}};
  }
  if (running || moves_time) {
    const Frame earliest = std::max(event.frame, now + (prepared ? lead : 0));
    if (event.grid == Grid::now || !running) return {false, earliest, {}};
    return {true, {}, current->meter.next_line(timeline.beat_at(earliest - 1) + Beat(1), event.grid)};
  }
  // The beat stands still. A launch waits for its start, as does what asks for a grid line.
  if (!prepared && event.grid == Grid::now) return {false, std::max(event.frame, now), {}};
  const bool too_late = prepared && start_pending && start_frame < now + lead;
  return {true, {}, too_late ? current->meter.spacing(Grid::bar) : Beat(0)};
}

}  // namespace entrain
