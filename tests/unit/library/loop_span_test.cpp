// What of a sound repeats when it plays as a loop.
#include "engine/library/loop_span.h"

#include "engine/library/analysed_card.h"
#include "engine/library/store/library_file.h"
#include "tests/support/library_sounds.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

/// So many even beats from `first`; `cut`: beats that fill the file.
Analysis grid(double bpm, double first, int beats, double seconds, int downbeat = 0, int cut = 0) {
  Analysis all;
  all.seconds = seconds;
  all.tempo.bpm = bpm;
  all.tempo.beats = cut;
  for (int k = 0; k < beats; ++k) all.beats.seconds.push_back(first + k * 60 / bpm);
  all.beats.even = true;
  all.beats.first_downbeat = downbeat;
  return all;
}

void check(const LoopSpan& span, double in, double out, int beats) {
  CHECK(span.in == Approx(in).margin(1e-9));
  CHECK(span.out == Approx(out).margin(1e-9));
  CHECK(span.beats == beats);
}

}  // namespace

TEST_CASE("a file cut to a power of two of bars that begins with its downbeat is a loop from edge to edge") {
  check(loop_span(grid(120, 0, 16, 8, 0, 16)), 0, 8, 16);
  // A tempo read a little off, and a first beat behind the edge, move neither edge.
  check(loop_span(grid(119.9, 0.012, 16, 8, 0, 16)), 0, 8, 16);
  // An odd number of bars: the longest power of two of them, in whole parts of the length.
  check(loop_span(grid(120.1, 0, 12, 6, 0, 12)), 0, 4, 8);
}

TEST_CASE("a loop begins with the first downbeat, not with the first beat") {
  check(loop_span(grid(120, 0.2, 20, 10, 3)), 1.7, 9.7, 16);
  check(loop_span(grid(120, 0, 16, 8, 1, 16)), 0.5, 4.5, 8);
}

TEST_CASE("a loop is the longest power of two of bars that fits, or of beats where no bar does") {
  check(loop_span(grid(120, 0, 39, 19.5)), 0, 16, 32);
  check(loop_span(grid(120, 0, 3, 1.5)), 0, 1, 2);
  check(loop_span(grid(120, 0, 1, 0.5)), 0, 0.5, 1);
  check(loop_span(grid(120, 0.3, 1, 0.6)), 0, 0, 0);
  check(loop_span(grid(120, 0, 12, 6), 3), 0, 6, 12);
}

TEST_CASE("a file that ends a few ms before its last beat would still holds it") {
  check(loop_span(grid(120, 0.4, 16, 8.38)), 0.4, 8.38, 16);
  check(loop_span(grid(120, 0.4, 16, 8.36)), 0.4, 4.4, 8);
  // At a fast tempo, a sixteenth of a beat is as much as is let go.
  check(loop_span(grid(240, 0.4, 16, 4.38)), 0.4, 2.4, 8);
}

TEST_CASE("beats need not be even: the loop ends on the beat that is there") {
  Analysis all = grid(100, 0, 0, 12);
  for (const double at : {1.0, 1.6, 2.25, 2.8, 3.5, 4.2, 4.7, 5.3, 6.1, 6.8}) all.beats.seconds.push_back(at);
  all.beats.even = false;
  check(loop_span(all), 1, 6.1, 8);
  all.beats.seconds.resize(8);  // the last beat lasts as long as the one before it
  check(loop_span(all), 1, 5.9, 8);
}

TEST_CASE("a first beat that the cut took begins the loop at the edge and keeps its length") {
  check(loop_span(grid(120, -0.012, 16, 8.2)), 0, 8, 16);
}

TEST_CASE("what has no beats has no loop, whatever else it says") {
  check(loop_span({}), 0, 0, 0);
  check(loop_span(grid(0, 0, 0, 3)), 0, 0, 0);
  check(loop_span(grid(120, 0, 8, 4, 8)), 0, 0, 0);
  check(loop_span(grid(120, 0, 8, 4, -1), 0), 0, 4, 8);
  check(loop_span(grid(120, 5, 8, 4)), 0, 0, 0);
}

TEST_CASE("a loop that was heard is cut where it was made to be cut") {
  const Card card = card_of("/loop.wav", analyse(as_pcm(a_loop())));
  check(card.span, 0, 4, 8);
}

TEST_CASE("the library keeps the loop of a sound, and moves it with what a person says") {
  const TempDir dir;
  Library library = opened(dir.path / "library.db");
  done(library.store("/x.wav", {1, 1}, 1, analyse(as_pcm(a_loop()))));
  CHECK(held(library.cards()).at(0).span == LoopSpan{0, 4, 8});
  done(library.correct("/x.wav", {"downbeat", "0.5"}));
  CHECK(held(library.cards()).at(0).span == LoopSpan{0.5, 2.5, 4});
  done(library.correct("/x.wav", {"bpm", "none"}));
  CHECK(held(library.cards()).at(0).span == LoopSpan{});
}

TEST_CASE("a library from before there were loops gets them from its analyses, and keeps all else") {
  const TempDir dir;
  const fs::path file = dir.path / "library.db";
  Card before;
  {
    Library library = opened(file);
    done(library.add_folder("/loops"));
    done(library.store("/x.wav", {1, 1}, 7, analyse(as_pcm(a_loop()))));
    done(library.store("/y.wav", {1, 1}, 8, analyse(as_pcm(a_hit()))));
    done(library.correct("/x.wav", {"downbeat", "0.5"}));
    done(library.put_note("som", "map"));
    before = held(library.cards()).at(0);
    sql::Database old(file);
    for (const char* column : {"span_in", "span_out", "span_beats"})
      old.run(std::string("ALTER TABLE sounds DROP COLUMN ") + column);
    old.run("PRAGMA user_version = 2");
  }
  Library library = opened(file);
  const auto cards = held(library.cards());
  REQUIRE(cards.size() == 2);
  CHECK(cards[0].span == LoopSpan{0.5, 2.5, 4});
  CHECK(cards[0].bpm == before.bpm);
  CHECK(cards[0].descriptors == before.descriptors);
  CHECK(cards[1].span == LoopSpan{});
  CHECK(held(library.known()).at(0).hash == 7);
  CHECK(held(library.find("/x.wav"))->corrections == std::vector<Correction>{{"downbeat", "0.5"}});
  CHECK(held(library.folders()).size() == 1);
  CHECK(held(library.note("som")) == "map");
}
