// Laws of the decks: loops on the beat, launches on the grid, switches nobody hears.
#include "engine/units/decks.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/loops.h"
#include "tests/support/rate.h"
#include "tests/support/rig.h"
#include "tests/support/sanitized.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr std::int64_t kBeatFrames = 24'000;  // the loops' own tempo is 120

/// A loop with a sharp hit on every beat over a quiet bed.
std::shared_ptr<const Asset> hits_on_beats(int beats) {
  std::vector<double> all;
  for (int beat = 0; beat < beats; ++beat) all.push_back(beat);
  return clicks_on(all, beats);
}

struct Errors {
  double median, p95, max;  ///< milliseconds
};
Errors errors_of(std::vector<double> ms) {
  std::sort(ms.begin(), ms.end());
  return {ms[ms.size() / 2], ms[ms.size() * 95 / 100], ms.back()};
}

struct PlayingDeck {
  PlayingDeck(int beats, double tempo) : PlayingDeck(make_deck(hits_on_beats(beats), beats), tempo) {}
  PlayingDeck(std::shared_ptr<const DeckDocument> document, double tempo) {
    performance.epoch = 1;
    performance.decks[0] = std::move(document);
    rig.load(performance);
    rig.post("/transport/tempo", tempo);
    rig.post("/deck/1/play", 1);
    zero = rig.play();
  }
  /// How far the hits of beats [from, to) lie from where `timeline` puts them.
  std::vector<double> beat_errors(const Timeline& timeline, int from, int to) {
    std::vector<double> ms;
    for (int b = from; b < to; ++b) {
      const std::int64_t expected = timeline.frame_at(Beat::beats(b)).index + rig.engine.latency();
      ms.push_back(std::abs(static_cast<double>(rise_near(rig.left, expected) - expected)) * 1000 / kRate);
    }
    return ms;
  }
  Performance performance;
  Rig rig;
  Frame zero;
};

}  // namespace

TEST_CASE("a deck keeps its hits on the beat at every ratio from one half to two") {
  std::string table = "ratio: beat error p95 / max, ms\n";
  const std::vector<double> tempi{60, 80, 96, 108, 114, 118, 120, 122, 126, 133.7, 150, 174, 200, 240};
  for (const double tempo : kSanitized ? std::vector<double>{133.7} : tempi) {
    PlayingDeck deck(8, tempo);
    const int beats = 34;
    deck.rig.run(static_cast<std::int64_t>((beats + 2) * 60.0 / tempo * kRate));
    const Timeline line{Beat(0), deck.zero, kRate, Tempo::nearest(tempo), Tempo::nearest(tempo), 0};
    const Errors e = errors_of(deck.beat_errors(line, 1, beats));
    table += std::to_string(120 / tempo) + ": " + std::to_string(e.p95) + " / " + std::to_string(e.max) + "\n";
    CHECK(e.p95 < 3);
    CHECK(e.max < 6);
    CHECK(deck.rig.snapshot().late == 0);
  }
  INFO(table);
}

TEST_CASE("a deck is back on the beat within a bar after the tempo has gone up and down") {
  PlayingDeck deck(8, 60);
  const auto second = static_cast<std::int64_t>(kRate);
  deck.rig.run(8 * second);
  Timeline line{Beat(0), deck.zero, kRate, Tempo::nearest(60), Tempo::nearest(60), 0};
  std::vector<double> after;
  for (const double target : {180.0, 60.0}) {
    const Frame turn = deck.rig.engine.frame();
    deck.rig.post("/transport/tempo", target, Grid::now, {}, Beat::beats(16));
    line = line.turned(turn, Tempo::nearest(target), static_cast<std::int64_t>(16.0 / (240.0 / 120) * kRate));
    deck.rig.run(10 * second);
    const int first = static_cast<int>(line.beat_at(turn + line.ramp).ticks / Beat::kPerBeat) + 1;
    for (const double e : deck.beat_errors(line, first, first + 4)) after.push_back(e);
  }
  const Errors e = errors_of(after);
  INFO("median " << e.median << " ms, max " << e.max << " ms");
  CHECK(e.median < 2);
}

TEST_CASE("at the end of each round the stretcher's count of the source is the map's to a frame") {
  // Of a sound without attacks: attacks are put in their place, and the count with them.
  const auto tone = make_deck(make_sine(4 * kBeatFrames, 375.0 / kRate, 0.3f), 4);
  for (const double tempo : {97.0, 120.0, 143.0}) {
    if (kSanitized && tempo != 143) continue;
    PlayingDeck deck(tone, tempo);
    double worst = 0;
    std::size_t wraps = 0, seen = 0;
    for (int q = 0; q < 20'000; ++q) {
      deck.rig.quantum();
      for (; seen < deck.rig.reports.size(); ++seen) wraps += deck.rig.reports[seen].what == Report::What::wrap;
      const Snapshot s = deck.rig.snapshot();
      const double to_end = 4 - s.decks[0].beat;  // the outgoing player, just before the next comes in
      if (wraps > 0 && to_end * 60 / tempo * kRate < 600 && to_end * 60 / tempo * kRate > 500)
        worst = std::max(worst, std::abs(s.decks[0].source_error));
    }
    INFO(tempo << " BPM: " << worst);
    CHECK(wraps > 4);
    CHECK(worst <= 1.0);
  }
}

TEST_CASE("a launch asked for in time falls on its bar, one asked too late on the next") {
  for (const int before : {1, 200, 1'000, 1'900, 2'100, 4'000, 20'000}) {
    if (kSanitized && before != 1'900 && before != 20'000) continue;
    Performance p;
    p.epoch = 1;
    p.decks[0] = make_deck(hits_on_beats(4), 4);
    Rig rig;
    rig.load(p);
    const Frame zero = rig.play();
    const std::int64_t bar = 4 * kBeatFrames;
    rig.run(zero.index + bar - before - 0);
    const std::int64_t asked = rig.engine.frame().index;
    rig.post("/deck/1/play", 1, Grid::bar);
    rig.run(3 * bar);
    const auto launch = std::find_if(rig.reports.begin(), rig.reports.end(), [](auto& r) { return r.what == Report::What::launch; });
    REQUIRE(launch != rig.reports.end());
    const std::int64_t soonest = asked + rig.engine.lead() - zero.index;
    const std::int64_t expected = zero.index + (soonest + bar - 1) / bar * bar;
    CHECK(launch->frame.index == expected);
    CHECK(std::abs(rise_near(rig.left, expected + kBeatFrames + rig.engine.latency()) - expected - kBeatFrames - rig.engine.latency()) < 100);
    CHECK(rig.snapshot().late == 0);
  }
}

TEST_CASE("before its launch a deck is silent, and after its stop") {
  PlayingDeck deck(4, 120);
  const Frame bar4 = deck.zero + 12 * kBeatFrames;
  deck.rig.run(deck.zero.index + 10 * kBeatFrames);
  deck.rig.post("/deck/1/play", 0, Grid::bar);
  deck.rig.run(6 * kBeatFrames);
  const auto latency = deck.rig.engine.latency();
  const auto loudest = [&](std::int64_t from, std::int64_t to) {
    float most = 0;
    for (std::int64_t i = from; i < to; ++i) most = std::max(most, std::abs(deck.rig.left[static_cast<std::size_t>(i)]));
    return most;
  };
  CHECK(loudest(0, deck.zero.index + latency - kRate / 1000 - 1) == 0);
  CHECK(loudest(deck.zero.index, bar4.index) > 0.1f);
  CHECK(loudest(bar4.index - 400, bar4.index + latency) > 0);
  CHECK(loudest(bar4.index + latency + kRate / 200 + kQuantum, static_cast<std::int64_t>(deck.rig.left.size())) == 0);
}

TEST_CASE("another loop on a playing deck comes in at its boundary, from its first beat") {
  PlayingDeck deck(4, 120);
  Performance next = deck.performance;
  next.epoch = 2;
  next.decks[0] = make_deck(make_sine(4 * kBeatFrames, 1'000.0 / kRate, 0.3f), 4);
  deck.rig.run(deck.zero.index + 6 * kBeatFrames);
  deck.rig.schedule({{Beat::beats(8), Grid::bar, &next}});
  deck.rig.run(8 * kBeatFrames);
  const auto rms = [&](std::int64_t from) {
    double sum = 0;
    for (std::int64_t i = from; i < from + 4'000; ++i) sum += std::pow(deck.rig.left[static_cast<std::size_t>(i)], 2);
    return std::sqrt(sum / 4'000);
  };
  const std::int64_t boundary = deck.zero.index + 8 * kBeatFrames + deck.rig.engine.latency();
  CHECK(rms(boundary - 6'000) < 0.01);   // the bed between two hits
  CHECK(rms(boundary + 500) == Approx(0.3 / std::sqrt(2)).epsilon(0.02));
  CHECK(deck.rig.snapshot().late == 0);
  CHECK(deck.rig.snapshot().oldest_epoch == 2);
}

TEST_CASE("a loop that goes on through another version holds the old one no longer") {
  PlayingDeck deck(4, 120);
  Performance next = deck.performance;
  next.epoch = 2;
  deck.rig.run(deck.zero.index + 2 * kBeatFrames);
  const auto launches = [&] {
    return std::count_if(deck.rig.reports.begin(), deck.rig.reports.end(),
                         [](auto& r) { return r.what == Report::What::launch; });
  };
  const auto before = launches();
  deck.rig.schedule({{Beat::beats(8), Grid::bar, &next}});
  deck.rig.run(12 * kBeatFrames);
  CHECK(deck.rig.snapshot().decks[0].playing);
  CHECK(deck.rig.snapshot().oldest_epoch == 2);
  CHECK(launches() == before);
}

TEST_CASE("a deck that plays when the transport stops begins again from the top with it") {
  PlayingDeck deck(4, 120);
  deck.rig.run(deck.zero.index + 5 * kBeatFrames);
  deck.rig.post("/transport/play", 0);
  deck.rig.run(kBeatFrames);
  CHECK_FALSE(deck.rig.snapshot().decks[0].playing);
  const auto before = deck.rig.left.size();
  const Frame again = deck.rig.play();
  deck.rig.run(4 * kBeatFrames);
  CHECK(deck.rig.snapshot().decks[0].playing);
  CHECK(deck.rig.snapshot().late == 0);
  const std::int64_t expected = again.index + kBeatFrames + deck.rig.engine.latency();
  REQUIRE(expected > static_cast<std::int64_t>(before));
  CHECK(std::abs(rise_near(deck.rig.left, expected) - expected) < 100);
}
