// What a person says holds over what was measured.
#include "engine/library/corrections.h"

#include "tests/support/library_sounds.h"

using namespace entrain;
using namespace entrain::test;
using Catch::Matchers::WithinAbs;

namespace {

Analysis said(const Analysis& a, std::vector<std::string> texts) {
  std::vector<Correction> corrections;
  for (const auto& text : texts) corrections.push_back(held(correction_from(text)));
  return corrected(a, corrections);
}

}  // namespace

TEST_CASE("a tempo that was said lays an even grid from the downbeat that was found") {
  const Analysis loop = analyse(as_pcm(a_loop()));
  REQUIRE_THAT(loop.tempo.bpm, WithinAbs(120, 0.5));
  const Analysis half = said(loop, {"bpm=60"});
  CHECK(half.tempo.bpm == 60);
  CHECK(half.tempo.confidence == 1);
  CHECK(half.tempo.beats == 4);
  REQUIRE(half.beats.seconds.size() == 4);
  const double one = loop.beats.seconds[static_cast<std::size_t>(loop.beats.first_downbeat)];
  CHECK_THAT(half.beats.seconds[static_cast<std::size_t>(half.beats.first_downbeat)], WithinAbs(one, 1e-9));
  CHECK(said(loop, {"bpm=121.3"}).tempo.beats == 0);  // four seconds hold no whole number of these
  const Analysis none = said(loop, {"bpm=none"});
  CHECK(none.tempo.bpm == 0);
  CHECK(none.beats.seconds.empty());
}

TEST_CASE("a first beat moves the grid, a downbeat says which of it is one") {
  const Analysis loop = analyse(as_pcm(a_loop()));
  const Analysis moved = said(loop, {"first_beat=0.1", "bpm=120"});  // in whatever order
  REQUIRE(moved.beats.seconds.size() == 8);
  CHECK_THAT(moved.beats.seconds.front(), WithinAbs(0.1, 1e-9));
  const Analysis one = said(loop, {"bpm=120", "downbeat=1.3"});
  CHECK(one.beats.first_downbeat == 2);
  CHECK_THAT(one.beats.seconds[2], WithinAbs(1.3, 1e-9));
  CHECK(one.beats.downbeat_confidence == 1);
  CHECK(said(loop, {"bpm=120", "downbeat=3.3"}).beats.first_downbeat == 2);  // the bar's, not the last one
}

TEST_CASE("key, loudness, energy and class are as they are said") {
  const Analysis hit = analyse(as_pcm(a_hit()));
  const Analysis a = said(hit, {"key=F#m", "lufs=-9.5", "energy=7", "class=tom"});
  CHECK(a.key.has_key);
  CHECK(a.key.best.key == Key{6, true});
  CHECK(a.key.best.confidence == 1);
  CHECK(a.loudness.integrated == -9.5);
  CHECK(a.energy == 7);
  REQUIRE(a.hit);
  CHECK(a.hit->hit == HitClass::tom);
  CHECK_FALSE(said(a, {"key=none"}).key.has_key);
  CHECK_FALSE(said(a, {"class=none"}).hit);
  CHECK(said(hit, {"class=kick", "bpm=120"}).hit);  // what has a tempo is no hit, unless one says so
}

TEST_CASE("keys are read as people write them") {
  CHECK(key_from("Am") == Key{9, true});
  CHECK(key_from("a minor") == Key{9, true});
  CHECK(key_from("F# minor") == Key{6, true});
  CHECK(key_from("Bb") == Key{10, false});
  CHECK(key_from("8A") == Key{9, true});
  CHECK(key_from("8b") == Key{0, false});
  CHECK(key_from("12B") == Key{4, false});
  for (const char* wrong : {"", "H", "13A", "0B", "A dorian", "8C", "Amm"}) CHECK_FALSE(key_from(wrong));
  for (int root = 0; root < 12; ++root)
    for (const bool minor : {false, true}) {
      CHECK(key_from(camelot({root, minor})) == Key{root, minor});
      CHECK(key_from(key_name({root, minor})) == Key{root, minor});
    }
}

TEST_CASE("what cannot be said is refused with what can") {
  const auto sentence = [](const char* text) {
    const auto c = correction_from(text);
    REQUIRE_FALSE(c);
    return c.error().sentence;
  };
  CHECK(sentence("bpm=0").find("20 to 400") != std::string::npos);
  CHECK(sentence("bpm=fast").find("20 to 400") != std::string::npos);
  CHECK(sentence("bpm").find("20 to 400") != std::string::npos);
  CHECK(sentence("bpm=nan").find("20 to 400") != std::string::npos);
  CHECK(sentence("key=H").find("such as Am") != std::string::npos);
  CHECK(sentence("class=bang").find("kick") != std::string::npos);
  CHECK(sentence("tempo=120").find("bpm, first_beat") != std::string::npos);
  CHECK(sentence("").find("FIELD=VALUE") != std::string::npos);
}
