#include "engine/analysis/tempo.h"

#include <cmath>

#include "engine/analysis/beats.h"
#include "engine/analysis/tempo_candidates.h"
#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;

namespace {

struct Read {
  TempoReading tempo;
  Beats beats;
};

Read read(const std::vector<float>& x, TempoHint hint = {}) {
  const double seconds = static_cast<double>(x.size()) / kSoundRate;
  const Novelty rises = novelty(x, kSoundRate);
  const auto onsets = find_onsets(x, kSoundRate, rises);
  Read out;
  out.tempo = find_tempo(rises, onsets, seconds, hint);
  out.beats = find_beats(rises, onsets, seconds, out.tempo);
  return out;
}

/// A rock beat: kicks on one and three, snares on two and four, hats on eighths, the second of which comes
/// `swing` of a beat after the first. `from` seconds of silence first; `extra` seconds at the end.
std::vector<float> groove(double bpm, int bars, double swing = 0.5, double from = 0, double extra = 0) {
  const double beat = 60 / bpm;
  std::vector<float> x = silence(from + 4 * bars * beat + extra);
  for (int b = 0; b < 4 * bars; ++b) {
    const double t = from + b * beat;
    if (b % 2 == 0)
      add_kick(x, t, b % 4 == 0 ? 0.9 : 0.7);
    else
      add_snare(x, t, 0.5);
    add_hat(x, t, 0.3);
    add_hat(x, t + swing * beat, 0.2);
  }
  return x;
}

}  // namespace

TEST_CASE("a loop's tempo is exact, straight or swung, and it holds whole beats", "[tempo]") {
  for (const double bpm : {83.0, 97.5, 120.0, 133.7, 160.0}) {
    for (const double swing : {0.5, 0.64}) {
      INFO(bpm << " BPM, swing " << swing);
      const Read r = read(groove(bpm, 2, swing));
      CHECK(std::abs(r.tempo.bpm - bpm) < 0.002 * bpm);
      CHECK(r.tempo.beats == 8);
    }
  }
}

TEST_CASE("a sound that is not cut to beats keeps the tempo it plays", "[tempo]") {
  const Read r = read(groove(112, 4, 0.5, 0.23, 0.04));
  CHECK(std::abs(r.tempo.bpm - 112) < 0.5);
  CHECK(r.tempo.beats == 0);
}

TEST_CASE("noise 20 dB below does not change a tempo", "[tempo]") {
  std::vector<float> x = groove(104, 4);
  add_noise(x, 0.08, 3);
  CHECK(std::abs(read(x).tempo.bpm - 104) < 1);
}

TEST_CASE("half or double the tempo stands among the other readings, and confidences are shares", "[tempo]") {
  const TempoReading tempo = read(groove(128, 4)).tempo;
  REQUIRE(!tempo.others.empty());
  float sum = tempo.confidence;
  bool octave = false;
  for (const TempoGuess& g : tempo.others) {
    CHECK(g.confidence <= tempo.confidence);
    sum += g.confidence;
    octave = octave || std::abs(g.bpm - 64) < 1;
  }
  CHECK(octave);
  CHECK(sum <= 1.001f);
  CHECK(tempo.confidence > 0.3f);
}

TEST_CASE("one-shots, silence and nothing have no tempo and no beats", "[tempo]") {
  std::vector<float> kick = silence(1);
  add_kick(kick, 0, 0.9);
  std::vector<float> note = silence(2);
  add_note(note, 0, 1.9, 220, 0.5);
  for (const auto& x : {kick, note, silence(4), silence(0), std::vector<float>{0.5f}}) {
    const Read r = read(x);
    CHECK(r.tempo.bpm == 0);
    CHECK(r.beats.seconds.empty());
  }
}

TEST_CASE("a hint decides between readings, and cannot make up a tempo that is not there", "[tempo]") {
  const std::vector<float> x = groove(150, 2);
  CHECK(std::abs(read(x, {75, true}).tempo.bpm - 75) < 0.2);
  CHECK(std::abs(read(x, {150, true}).tempo.bpm - 150) < 0.2);
  CHECK(std::abs(read(x, {111, false}).tempo.bpm - 111) > 5);
  CHECK(read(silence(2), {120, true}).tempo.bpm == 0);
}

TEST_CASE("beats stand within 5 ms of the music's, and the bar begins with the loop", "[beats]") {
  for (const double bpm : {90.0, 125.0}) {
    const Read r = read(groove(bpm, 4));
    REQUIRE(r.beats.even);
    REQUIRE(r.beats.seconds.size() == 16);
    for (std::size_t k = 0; k < 16; ++k)
      REQUIRE(std::abs(r.beats.seconds[k] - static_cast<double>(k) * 60 / bpm) < 0.005);
    CHECK(r.beats.first_downbeat == 0);
    CHECK(r.beats.confidence > 0.2f);
  }
}

TEST_CASE("beats of a piece that begins late begin late", "[beats]") {
  const Read r = read(groove(120, 6, 0.5, 0.35));
  REQUIRE(!r.beats.seconds.empty());
  const double off = std::fmod(r.beats.seconds.front() - 0.35 + 10, 0.5);
  CHECK(std::min(off, 0.5 - off) < 0.01);
}

TEST_CASE("beats follow a piece that speeds up", "[beats]") {
  std::vector<float> x = silence(64);
  std::vector<double> expected;
  for (double t = 0.5, beat = 0.56; t < 63; t += beat, beat *= 0.998) {
    expected.push_back(t);
    add_kick(x, t, 0.8);
    add_hat(x, t + beat / 2, 0.2);
  }
  const Read r = read(x);
  REQUIRE(!r.beats.seconds.empty());
  CHECK(!r.beats.even);
  std::size_t near = 0;
  for (const double t : expected)
    near += std::any_of(r.beats.seconds.begin(), r.beats.seconds.end(),
                        [&](double b) { return std::abs(b - t) < 0.05; });
  CHECK(near > expected.size() * 8 / 10);
}

TEST_CASE("every input has a finite tempo and rising beats within it", "[tempo][beats]") {
  for (const auto& [name, x] : named_odd_sounds(kSoundRate)) {
    INFO(name);
    const Read r = read(x);
    REQUIRE(std::isfinite(r.tempo.bpm));
    REQUIRE((r.tempo.confidence >= 0 && r.tempo.confidence <= 1));
    REQUIRE((r.tempo.bpm == 0 || (r.tempo.bpm >= kSlowest - 1e-6 && r.tempo.bpm <= kFastest + 1e-6)));
    double last = -1;
    for (const double b : r.beats.seconds) {
      REQUIRE(b > last);
      REQUIRE(b <= static_cast<double>(x.size()) / kSoundRate);
      last = b;
    }
    REQUIRE((r.beats.confidence >= 0 && r.beats.confidence <= 1));
    REQUIRE((r.beats.downbeat_confidence >= 0 && r.beats.downbeat_confidence <= 1));
  }
}
