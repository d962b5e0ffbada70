#include "engine/analysis/key.h"

#include <cmath>

#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"
#include "tests/support/odd_sounds.h"

using namespace entrain;
using namespace entrain::test;

namespace {

double hertz(int note, double cents = 0) { return 440 * std::exp2((note - 69 + cents / 100) / 12.0); }

void add_triad(std::vector<float>& x, double at, int root, bool minor, double cents) {
  add_note(x, at, 0.95, hertz(36 + root % 12, cents), 0.3);
  for (const int interval : {0, minor ? 3 : 4, 7})
    add_note(x, at, 0.95, hertz(60 + root % 12 + interval, cents), 0.2);
}

/// I, IV, V, I; in minor i, iv, V, i.
std::vector<float> cadence(Key key, double cents = 0) {
  std::vector<float> x = silence(4);
  add_triad(x, 0, key.root, key.minor, cents);
  add_triad(x, 1, key.root + 5, key.minor, cents);
  add_triad(x, 2, key.root + 7, false, cents);
  add_triad(x, 3, key.root, key.minor, cents);
  return x;
}

KeyReading read_key(const std::vector<float>& x, const Key* hint = nullptr) {
  return find_key(chroma_of(x, kSoundRate), hint);
}

}  // namespace

TEST_CASE("a cadence has its key, in all 24", "[key]") {
  for (int root = 0; root < 12; ++root)
    for (const bool minor : {false, true}) {
      const Key key{root, minor};
      const KeyReading r = read_key(cadence(key));
      INFO(key_name(key) << ", read as " << key_name(r.best.key));
      REQUIRE(r.has_key);
      CHECK(r.best.key == key);
    }
}

TEST_CASE("tuning is told to two cents, and does not change the key", "[key]") {
  for (const double cents : {-38.0, -15.0, 0.0, 22.0, 40.0}) {
    const KeyReading r = read_key(cadence({7, true}, cents));
    INFO(cents << " cents, read as " << r.cents);
    CHECK(std::abs(r.cents - cents) < 2);
    CHECK((r.has_key && r.best.key == Key{7, true}));
  }
}

TEST_CASE("percussion, noise and silence have no key", "[key]") {
  std::vector<float> drums = silence(4);
  for (int b = 0; b < 8; ++b) {
    add_kick(drums, 0.5 * b, 0.8);
    add_hat(drums, 0.5 * b + 0.25, 0.4);
    if (b % 2 == 1) add_snare(drums, 0.5 * b, 0.6);
  }
  std::vector<float> noise = silence(3);
  add_noise(noise, 0.5, 9);
  CHECK(!read_key(drums).has_key);
  CHECK(!read_key(noise).has_key);
  CHECK(!read_key(silence(2)).has_key);
  CHECK(!read_key({}).has_key);
}

TEST_CASE("confidences are shares, the other readings no likelier", "[key]") {
  const KeyReading r = read_key(cadence({2, false}));
  float sum = r.best.confidence;
  for (const KeyGuess& g : r.others) {
    CHECK(g.confidence <= r.best.confidence);
    sum += g.confidence;
  }
  CHECK(r.others.size() == 3);
  CHECK(sum <= 1.001f);
}

TEST_CASE("a hint decides between relatives, and makes no key of drums", "[key]") {
  std::vector<float> x = silence(2);
  for (const int note : {57, 60, 64, 67}) add_note(x, 0, 1.9, hertz(note), 0.2);  // A C E G: A minor, or C
  const Key a{9, true}, c{0, false};
  CHECK(read_key(x, &a).best.key == a);
  CHECK(read_key(x, &c).best.key == c);
  std::vector<float> noise = silence(2);
  add_noise(noise, 0.5, 4);
  CHECK(!read_key(noise, &a).has_key);
}

TEST_CASE("every input has finite pitch classes", "[key]") {
  for (const auto& [name, x] : named_odd_sounds(kSoundRate)) {
    INFO(name);
    const Chroma chroma = chroma_of(x, kSoundRate);
    REQUIRE((chroma.tonal >= 0 && chroma.tonal <= 1));
    REQUIRE(std::abs(chroma.cents) <= 50);
    for (const PitchClasses* classes : {&chroma.all, &chroma.bass})
      for (const double v : *classes) REQUIRE((v >= 0 && v <= 1 + 1e-9));
    const KeyReading r = find_key(chroma);
    REQUIRE((r.best.confidence >= 0 && r.best.confidence <= 1));
  }
}

TEST_CASE("keys have their names and their places on the wheel", "[key]") {
  CHECK(key_name({9, true}) == "A minor");
  CHECK(key_name({6, false}) == "F# major");
  CHECK(camelot({9, true}) == "8A");
  CHECK(camelot({0, false}) == "8B");
  CHECK(camelot({6, true}) == "11A");
  CHECK(camelot({11, false}) == "1B");
  CHECK(camelot({4, false}) == "12B");
  CHECK(camelot({8, true}) == "1A");
}
