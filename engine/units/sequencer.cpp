#include "engine/units/sequencer.h"

#include <cmath>

#include "engine/core/draws.h"
#include "engine/units/dsp/maths.h"

namespace entrain {
namespace {

/// Hits by hand draw from beats that no pattern reaches.
constexpr std::int64_t kByHand = std::int64_t{1} << 62;
constexpr std::int64_t kSixteenth = Beat::kPerBeat / 4;
constexpr double kStray = 0.125,
                 kStrayLevel = 0.25;  ///< of a step, of the level: at most, by /track/#/humanise

Beat part_of(Beat beat, double part) {
  return Beat(static_cast<std::int64_t>(std::floor(static_cast<double>(beat.ticks) * part + 0.5)));
}

/// Between -1 and 1, more often small: the difference of two even draws.
double stray(const Context& context, DrawFor one, DrawFor other, int track, Beat at) {
  const auto t = static_cast<std::uint64_t>(track);
  return draw_part(draw(context.seed, one, t, at.ticks)) - draw_part(draw(context.seed, other, t, at.ticks));
}

/// Which step of the pattern plays as step k, which begins at `at`.
std::size_t position_of(const Context& context, const Pattern& pattern, int track, std::int64_t k, Beat at) {
  if (pattern.direction != Direction::random) return pattern.position(k, 0);
  return pattern.position(k,
                          draw(context.seed, DrawFor::position, static_cast<std::uint64_t>(track), at.ticks));
}

const Groove::Sixteenth& groove_at(const Performance& performance, Beat at) {
  const auto& all = performance.groove->sixteenths;
  const std::int64_t bar = performance.meter.spacing(Grid::bar).ticks;
  const std::int64_t in_bar = ((at.ticks % bar) + bar) % bar;
  return all[static_cast<std::size_t>(in_bar / kSixteenth) % all.size()];
}

}  // namespace

void Sequencer::reset() {
  for (Walk& walk : walks_) {
    Drawer& drawer = walk.drawer;
    drawer.reset();
    walk.on = rows[on].initial > 0.5;
    walk.slot = 0;
    launch(walk, 0, Beat(0));
  }
  running_ = false;
  hand_hits_ = 0;
}

/// The slot's pattern begins at `at`.
void Sequencer::launch(Walk& walk, int next, Beat at) {
  if (next != walk.slot) walk.drawer.release();
  walk.slot = next;
  walk.origin = at;
  walk.passed = -1;
  walk.speed_num = walk.speed_den = 0;
  walk.position = 0;
  walk.ratchet.left = 0;
}

void Sequencer::process(const Context& context, Controls controls, Buses&) {
  if (!context.silence) play_by_hand(context, controls);
  for (int track = 0; track < kTracks; ++track) {
    if (context.running && !running_)
      launch(walks_[static_cast<std::size_t>(track)], walks_[static_cast<std::size_t>(track)].slot, Beat(0));
    play(context, controls, track);
  }
  running_ = context.running;
}

/// Walks through the quantum in stretches, from one event of the track, adoption or change of slot to the
/// next.
void Sequencer::play(const Context& context, Controls controls, int track) {
  Beat from = context.begin;
  const auto go_to = [&](Beat until) {
    while (from < until) {
      const bool before = from < context.adopted_from;
      const Stretch stretch{from, before ? std::min(context.adopted_from, until) : until, &context.at(from)};
      walk(context, controls, track, stretch);
      from = stretch.until;
    }
  };
  for (const Applied& event : context.events) {
    int instance = 0;
    bool mine = false;
    for (const Control c : {on, slot, reroll})
      mine = mine || (controls.match(event.control, c, instance) && instance == track);
    if (!mine) continue;
    if (context.running) go_to(std::min(event.beat, context.end));
    obey(event, controls, track);
  }
  if (context.running) go_to(context.end);
}

void Sequencer::obey(const Applied& event, Controls controls, int track) {
  Walk& walk = walks_[static_cast<std::size_t>(track)];
  int instance = 0;
  if (controls.match(event.control, on, instance)) {
    walk.on = event.value > 0.5;
    if (!walk.on) walk.ratchet.left = 0;
  } else if (controls.match(event.control, reroll, instance)) {
    walk.drawer.release();
  } else {
    const int asked = static_cast<int>(event.value) - 1;
    if (event.beat.ticks % kSixteenth == 0) {
      launch(walk, asked, event.beat);
    } else if (asked != walk.slot) {
      launch(walk, asked, walk.origin);
    }
  }
}

/// One stretch of one slot after the other: a pattern may end in it and lead to the next.
void Sequencer::walk(const Context& context, Controls controls, int track, Stretch stretch) {
  Walk& walk = walks_[static_cast<std::size_t>(track)];
  for (int slots = 0; slots < kSlots; ++slots) {
    const Track* t = stretch.performance->tracks[static_cast<std::size_t>(track)].get();
    const Pattern* pattern = t ? t->patterns[static_cast<std::size_t>(walk.slot)].get() : nullptr;
    if (pattern == nullptr || pattern->steps.empty()) {
      walk.speed_num = 0;
      return ratchet(context, track, *stretch.performance, stretch.until);
    }
    if (pattern->speed_num != walk.speed_num || pattern->speed_den != walk.speed_den) {
      walk.speed_num = pattern->speed_num;
      walk.speed_den = pattern->speed_den;
      walk.passed = pattern->first_at_or_after(std::max(stretch.from, walk.origin) - walk.origin) - 1;
    }
    const std::int64_t end = pattern->next < 0 ? INT64_MAX : pattern->round() * pattern->repeats;
    for (;;) {
      const std::int64_t k = walk.passed + 1;
      if (k >= end) break;
      const Beat at = placed(context, controls, track, *stretch.performance, *pattern, k);
      ratchet(context, track, *stretch.performance, std::min(at, stretch.until));
      if (at >= stretch.until) return;
      step(context, controls, track, stretch, *pattern, k, std::max(at, stretch.from));
      walk.passed = k;
    }
    const Beat ended = walk.origin + pattern->begins(end);
    ratchet(context, track, *stretch.performance, std::min(ended, stretch.until));
    if (ended >= stretch.until) return;
    const int next = pattern->next;
    launch(walk, next, ended);
    controls.set(slot, track, next + 1, context.frame);
    stretch.from = std::max(stretch.from, ended);
  }
}

/// Where step k falls: at most half a step from where it begins, so that steps never change their order.
Beat Sequencer::placed(const Context& context, Controls controls, int track, const Performance& performance,
                       const Pattern& pattern, std::int64_t k) const {
  const Walk& walk = walks_[static_cast<std::size_t>(track)];
  const Beat begins = pattern.begins(k), at = walk.origin + begins;
  const double straying = controls.base(humanise, track), following = controls.base(groove, track);
  double part = static_cast<double>(pattern.steps[position_of(context, pattern, track, k, at)].shift);
  if (k % 2 != 0) part += controls.base(swing, track) / 50.0 - 1.0;
  if (straying > 0) part += straying * kStray * stray(context, DrawFor::late, DrawFor::early, track, at);
  const Beat lasts = pattern.begins(k + 1) - begins;
  Beat moved = part == 0 ? Beat(0) : part_of(lasts, part);
  if (performance.groove && following > 0)
    moved =
        moved + part_of(Beat(kSixteenth), following * static_cast<double>(groove_at(performance, at).shift));
  const Beat half(lasts.ticks / 2);
  return std::max(walk.origin, at + std::clamp(moved, Beat(0) - half, half));
}

void Sequencer::step(const Context& context, Controls controls, int track, const Stretch& stretch,
                     const Pattern& pattern, std::int64_t k, Beat at) {
  Walk& walk = walks_[static_cast<std::size_t>(track)];
  const auto unit = static_cast<std::uint64_t>(track);
  const Beat begins = walk.origin + pattern.begins(k);
  const std::size_t position = position_of(context, pattern, track, k, begins);
  walk.position = static_cast<std::int16_t>(position);
  const Step& step = pattern.steps[position];
  if (!walk.on || !step.hits()) return;
  walk.ratchet.left = 0;
  const Track& t = *stretch.performance->tracks[static_cast<std::size_t>(track)];
  if (t.cluster == nullptr) return;
  if (step.probability < 1 && draw_part(entrain::draw(context.seed, DrawFor::chance, unit, begins.ticks)) >=
                                  static_cast<double>(step.probability))
    return;

  double level = static_cast<double>(step.velocity);
  if (step.accent) level *= amplitude(controls.base(accent, track));
  if (stretch.performance->groove) {
    const double follows = controls.base(groove, track);
    level *= 1 + follows * (static_cast<double>(groove_at(*stretch.performance, begins).velocity) - 1);
  }
  if (const double straying = controls.base(humanise, track); straying > 0)
    level *= 1 + straying * kStrayLevel * stray(context, DrawFor::harder, DrawFor::softer, track, begins);

  const int size = static_cast<int>(t.cluster->samples.size());
  const int held = controls.base(hold, track) > 0.5 ? walk.drawer.held(position) : -1;
  int sample = step.lock >= 0 ? step.lock : held;
  if (sample >= 0 && sample < size) {
    walk.drawer.heard(sample);
  } else {
    sample = walk.drawer.draw(*t.cluster, {static_cast<DrawMode>(controls.base(draw, track)),
                                           static_cast<int>(controls.base(memory, track)),
                                           entrain::draw(context.seed, DrawFor::sample, unit, begins.ticks)});
  }
  walk.drawer.hold(position, sample);
  const auto velocity = static_cast<float>(level);
  if (step.ratchet > 1) {
    const Beat gap(pattern.lasts(k).ticks / step.ratchet);
    walk.ratchet = {at + gap, gap, step.ratchet - 1, sample, velocity, k};
  }
  strike(context, *stretch.performance, track, context.offset_of(at),
         {Report::What::hit, {}, {}, sample, k, at, {}, velocity, {}, {}});
}

/// The further hits of a ratchet that fall before `until`.
void Sequencer::ratchet(const Context& context, int track, const Performance& performance, Beat until) {
  Ratchet& r = walks_[static_cast<std::size_t>(track)].ratchet;
  for (; r.left > 0 && r.next < until; --r.left, r.next = r.next + r.gap)
    strike(context, performance, track, context.offset_of(r.next),
           {Report::What::hit, {}, {}, r.sample, r.step, r.next, {}, r.velocity, {}, {}});
}

void Sequencer::play_by_hand(const Context& context, Controls controls) {
  for (const Applied& e : context.events) {
    int track = 0;
    if (!controls.match(e.control, hit, track)) continue;
    const Performance& performance = e.offset < context.adopted_offset ? *context.before : *context.current;
    const Track* t = performance.tracks[static_cast<std::size_t>(track)].get();
    if (t == nullptr || t->cluster == nullptr) continue;
    const int sample = walks_[static_cast<std::size_t>(track)].drawer.draw(
        *t->cluster,
        {static_cast<DrawMode>(controls.base(draw, track)), static_cast<int>(controls.base(memory, track)),
         entrain::draw(context.seed, DrawFor::sample, static_cast<std::uint64_t>(track),
                       kByHand + hand_hits_++)});
    strike(context, performance, track, e.offset,
           {Report::What::hit, {}, {}, sample, -1, e.beat, {}, static_cast<float>(e.value), {}, {}});
  }
}

void Sequencer::strike(const Context& context, const Performance& performance, int track, int offset,
                       Report report) {
  const auto unit = static_cast<std::int16_t>(track);
  const Track* t = performance.tracks[static_cast<std::size_t>(track)].get();
  // A ratchet may find its cluster changed, or gone.
  if (t == nullptr || t->cluster == nullptr || report.sample >= static_cast<int>(t->cluster->samples.size()))
    return;
  const Asset* asset = t->cluster->samples[static_cast<std::size_t>(report.sample)].get();
  context.triggers->add({asset, performance.epoch, unit, static_cast<std::int16_t>(offset), report.velocity});
  report.frame = context.frame + offset;
  report.unit = unit;
  report.slot = static_cast<std::int16_t>(walks_[static_cast<std::size_t>(track)].slot);
  report.since = report.beat - walks_[static_cast<std::size_t>(track)].origin;
  report.position = walks_[static_cast<std::size_t>(track)].position;
  context.reports->add(report);
}

void Sequencer::observe(Snapshot& snapshot) const {
  for (std::size_t track = 0; track < kTracks; ++track) snapshot.step[track] = walks_[track].position;
}

}  // namespace entrain
