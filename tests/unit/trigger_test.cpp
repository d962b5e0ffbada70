// Triggers fall on the frames that exact fractions give: for an hour, at any speed, through any tempo ramp.
//
// The oracle here shares nothing with Timeline or Pattern: it sums tempo over frames in 128-bit fractions.
#include <array>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/rig.h"
#include "tests/support/sanitized.h"

using namespace entrain;
using namespace entrain::test;

namespace {

__extension__ using Wide = __int128;

struct Speed {
  std::int64_t num, den;
  std::string steps;
};
const std::array<Speed, 4> kSpeeds{{{1, 1, "1"}, {3, 1, "1"}, {1, 3, "1"}, {1, 7, "101"}}};

/// Ticks (1/967 680 beat) at which step k of a pattern begins: a sixteenth is a quarter of a beat.
std::int64_t step_ticks(const Speed& s, std::int64_t k) {
  return static_cast<std::int64_t>(Wide{k} * s.den * 241'920 / s.num);
}

/// The first frame at or after `ticks`, at one tempo (in 1/10 000 BPM), from a start at frame `start`.
std::int64_t frame_of_ticks(std::int64_t ticks, std::int64_t units, std::int64_t rate, std::int64_t start) {
  const Wide top = Wide{ticks} * 600'000 * rate, bottom = Wide{units} * 967'680;
  return start + static_cast<std::int64_t>((top + bottom - 1) / bottom);
}

/// A tempo that changes: the ticks at every frame, by integrating it exactly from the last change.
struct MovingOracle {
  std::int64_t rate, anchor_frame, anchor_ticks = 0, from, to, ramp = 0;

  std::int64_t ticks(std::int64_t frame) const {
    const Wide t = frame - anchor_frame, unit = Wide{600'000} * rate;
    if (ramp == 0 || t <= 0) return anchor_ticks + static_cast<std::int64_t>(Wide{to} * t * 967'680 / unit);
    const Wide inside = t < ramp ? t : Wide{ramp};
    // from*inside + (to-from)*inside^2/(2*ramp) + to*(t-inside), over one common denominator
    const Wide twice = 2 * Wide{from} * ramp * inside + (Wide{to} - from) * inside * inside + 2 * Wide{to} * ramp * (t - inside);
    return anchor_ticks + static_cast<std::int64_t>(twice * 967'680 / (2 * Wide{ramp} * unit));
  }
  std::int64_t tempo(std::int64_t frame) const {
    const std::int64_t t = frame - anchor_frame;
    if (t >= ramp) return to;
    const Wide moved = (Wide{to} - from) * t;
    return from + static_cast<std::int64_t>(moved >= 0 ? moved / ramp : -((-moved + ramp - 1) / ramp));
  }
  void turn(std::int64_t frame, std::int64_t target, std::int64_t ramp_frames) {
    const std::int64_t now = tempo(frame);
    anchor_ticks = ticks(frame);
    anchor_frame = frame;
    from = ramp_frames == 0 ? target : now;
    to = target;
    ramp = ramp_frames;
  }
};

Performance patterns() {
  Performance p;
  p.epoch = 1;
  for (std::size_t t = 0; t < kSpeeds.size(); ++t)
    p.tracks[t] = make_track({make_click()}, kSpeeds[t].steps, static_cast<int>(kSpeeds[t].num), static_cast<int>(kSpeeds[t].den));
  return p;
}

bool hits_at(const Speed& s, std::int64_t k) { return s.steps[static_cast<std::size_t>(k) % s.steps.size()] == '1'; }

/// The sequencer alone, given the beats of each quantum; calls `heard(track, frame, step)` for each hit.
template <class Heard>
void sequence(const Timeline& timeline, std::int64_t frames, Heard heard) {
  constexpr std::array<Section, 1> sections{Section{Sequencer::rows, Sequencer::instances, 0}};
  const Catalogue table(sections);
  Parameters parameters;
  parameters.prepare(table, timeline.rate);
  const Performance performance = patterns();
  Sequencer sequencer;
  sequencer.prepare(timeline.rate);
  Buses buses;
  Triggers triggers;
  Reports reports;
  Context context;
  context.running = context.rolling = true;
  context.timeline = timeline;
  context.before = context.current = &performance;
  context.triggers = &triggers;
  context.reports = &reports;
  std::int64_t lost = 0;
  for (std::int64_t q = 0; q < frames; q += kQuantum) {
    context.frame = Frame(q);
    context.begin = context.adopted_from = context.end;
    context.end = timeline.beat_at(Frame(q + kQuantum - 1)) + Beat(1);
    triggers.clear();
    reports.clear();
    sequencer.process(context, Controls(parameters, sections[0]), buses);
    for (const Report& r : reports.items()) heard(r.unit, r.frame.index, r.step);
    lost += triggers.items().size() != reports.items().size();
  }
  REQUIRE(lost == 0);
}

}  // namespace

TEST_CASE("triggers fall on their exact frames for an hour, at any speed") {
  for (const int rate : {44'100, 48'000}) {
    for (const std::int32_t units : {1'200'000, 1'337'000}) {
      INFO("rate " << rate << ", tempo " << units / 10'000.0);
      const Timeline timeline{Beat(0), Frame(0), rate, Tempo{units}, Tempo{units}, 0};
      constexpr std::int64_t kSeconds = kSanitized ? 120 : 3600;
      const std::int64_t frames = kSeconds * rate;
      std::array<std::int64_t, 4> next{}, heard{};
      std::int64_t wrong = 0;
      sequence(timeline, frames, [&](int track, std::int64_t frame, std::int64_t step) {
        const auto t = static_cast<std::size_t>(track);
        while (!hits_at(kSpeeds[t], next[t])) ++next[t];
        wrong += step != next[t] || frame != frame_of_ticks(step_ticks(kSpeeds[t], step), units, rate, 0);
        next[t] = step + 1;
        ++heard[t];
      });
      CHECK(wrong == 0);
      for (std::size_t t = 0; t < 4; ++t) {  // none is missing at the end either
        while (!hits_at(kSpeeds[t], next[t])) ++next[t];
        CHECK(frame_of_ticks(step_ticks(kSpeeds[t], next[t]), units, rate, 0) >= frames - frames % kQuantum);
        CHECK(heard[t] > kSeconds / 4);
      }
    }
  }
}

TEST_CASE("an engine's hits fall on their exact frames and sound there, sample by sample") {
  for (const int rate : {44'100, 48'000}) {
    for (const std::int32_t units : {1'200'000, 1'337'000}) {
      if (kSanitized && (rate == 48'000 || units == 1'200'000)) continue;
      INFO("rate " << rate << ", tempo " << units / 10'000.0);
      Rig rig({rate, 1, best_isa()});
      Performance p;
      p.epoch = 1;
      const Speed speed{3, 7, "1011"};
      p.tracks[5] = make_track({make_click()}, speed.steps, 3, 7);
      rig.load(p);
      rig.post("/transport/tempo", units / 10'000.0);
      const Frame start = rig.play();
      rig.run(40 * rate);
      std::int64_t k = 0, wrong = 0;
      std::size_t heard = 0;
      for (; heard < rig.reports.size(); ++heard) {
        while (!hits_at(speed, k)) ++k;
        const std::int64_t f = frame_of_ticks(step_ticks(speed, k), units, rate, start.index);
        wrong += rig.reports[heard].frame.index != f || rig.reports[heard].step != k++;
      }
      REQUIRE(heard > 80);
      std::size_t sounded = 0;
      for (std::size_t i = 0; i < rig.left.size(); ++i) {
        if (rig.left[i] == 0.0f) continue;
        REQUIRE(sounded < heard);
        wrong += static_cast<std::int64_t>(i) != rig.reports[sounded++].frame.index + rig.engine.latency();
      }
      CHECK(wrong == 0);
      CHECK(sounded >= heard - 1);
    }
  }
}

TEST_CASE("through tempo jumps and ramps every step sounds once, on the frame that the integral of tempo gives") {
  struct Change {
    double at_seconds, bpm, glide_beats;
  };
  const std::vector<Change> changes{{3, 60, 7.0123},   {9, 999, 0},    {11, 20, 0},  {15, 133.7, 13.0457}, {17, 90.1, 5.0391},
                                    {21, 174, 0}, {21.5, 20, 11.0203}, {30, 999, 3.0071}, {40, 120, 0},    {41, 121.3, 0.3019}};
  for (const int rate : {44'100, 48'000}) {
    if (kSanitized && rate == 48'000) continue;
    INFO("rate " << rate);
    Rig rig({rate, 1, best_isa()});
    const Performance p = patterns();
    rig.load(p);
    const Frame start = rig.play();
    MovingOracle oracle{rate, start.index, 0, 1'200'000, 1'200'000, 0};
    std::array<std::int64_t, 4> next{};
    std::size_t seen = 0, change = 0, wrong = 0;
    const auto check_until = [&](std::int64_t end, std::int64_t from) {
      std::vector<std::pair<std::int64_t, std::pair<int, std::int64_t>>> expected;
      for (std::int64_t f = std::max(from, start.index); f < end; ++f) {
        const std::int64_t ticks = oracle.ticks(f);
        for (std::size_t t = 0; t < 4; ++t)
          for (; step_ticks(kSpeeds[t], next[t]) <= ticks; ++next[t])
            if (hits_at(kSpeeds[t], next[t])) expected.push_back({f, {static_cast<int>(t), next[t]}});
      }
      std::vector<std::pair<std::int64_t, std::pair<int, std::int64_t>>> got;
      for (; seen < rig.reports.size(); ++seen)
        got.push_back({rig.reports[seen].frame.index, {rig.reports[seen].unit, rig.reports[seen].step}});
      std::sort(got.begin(), got.end());
      std::sort(expected.begin(), expected.end());
      wrong += got != expected;
    };
    while (rig.engine.frame().index < 45 * rate) {
      const std::int64_t now = rig.engine.frame().index;
      if (change < changes.size() && static_cast<double>(now) >= changes[change].at_seconds * rate) {
        const Change& c = changes[change++];
        const auto target = static_cast<std::int64_t>(std::llround(c.bpm * 10'000));
        const Beat glide = Beat::nearest(c.glide_beats);
        rig.post("/transport/tempo", c.bpm, Grid::now, {}, glide);
        // The ramp lasts its beats: their number over the mean tempo.
        const Wide top = Wide{glide.ticks} * 2 * 600'000 * rate;
        const Wide bottom = Wide{967'680} * (oracle.tempo(now) + target);
        REQUIRE((top % bottom != 0 || glide.ticks == 0));  // the case must not hang on a rounding
        oracle.turn(now, target, static_cast<std::int64_t>(top / bottom));
      }
      rig.quantum();
      check_until(now + kQuantum, now);
    }
    CHECK(wrong == 0);
    CHECK(change == changes.size());
    CHECK(next[1] > 2000);
  }
}

TEST_CASE("however wildly the tempo turns no step is lost and none sounds twice") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    INFO("seed " << seed);
    Rig rig({48'000, seed, Isa::baseline});
    Performance p;
    p.epoch = 1;
    p.tracks[0] = make_track({make_click()}, "1", 1, 1);
    p.tracks[1] = make_track({make_click()}, "1", 64, 1);
    rig.load(p);
    rig.play();
    const Grid grids[] = {Grid::now, Grid::step, Grid::beat, Grid::bar};
    for (int q = 0; q < 20'000; ++q) {
      const std::uint64_t b = mix_bits(seed * 1'000'000 + static_cast<std::uint64_t>(q));
      if (b % 3 == 0) {
        const double bpm = b >> 8 & 1 ? 20 + static_cast<double>((b >> 16) % 979) : (b >> 9 & 1 ? 999 : 20);
        const Beat glide = b >> 10 & 1 ? Beat(static_cast<std::int64_t>((b >> 32) % 3'000'000)) : Beat(0);
        rig.post("/transport/tempo", bpm, grids[(b >> 12) % 4], {}, glide);
      }
      rig.quantum();
    }
    std::array<std::int64_t, 2> next{};
    std::int64_t wrong = 0, last = 0;
    for (const Report& r : rig.reports) {
      wrong += r.step != next[static_cast<std::size_t>(r.unit)]++;
      last = r.frame.index;
    }
    CHECK(wrong == 0);
    CHECK(last > 0);
    CHECK(next[0] > 100);
    CHECK(next[1] >= (next[0] - 1) * 64);
  }
}
