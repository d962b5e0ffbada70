// Laws of what a session and its follower say to each other, and of the session's own journal.
#include <fstream>

#include "control/prehear/own_journal.h"
#include "control/prehear/prehear_wire.h"
#include "tests/support/catch.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

TEST_CASE("what is asked of a follower arrives as it was sent") {
  PrehearOrder order;
  order.follow = "/a folder/\xff%\n.journal";
  CHECK(prehear_order(line_of(order))->follow == order.follow);
  auto& hear = order.hear.emplace();
  hear = {7, Frame(96'000), {}};
  Conductor::Placed& c = hear.coming;
  c.part.tag = (std::uint64_t{1} << 41) + 3;
  c.part.tempo = 1 / 3.0;
  c.part.tempo_at_once = true;
  c.part.crossing = Beat(5);
  c.part.relaxes_to = 120.1;
  c.transition.id = 9;
  c.transition.from = 1;
  c.transition.to = -1;
  c.transition.at = Beat::beats(16);
  c.transition.length = Beat::beats(4);
  c.deck = 2;
  c.heard = Beat::beats(20);
  c.before = Beat::beats(4);
  const auto again = prehear_order(line_of(order));
  REQUIRE((again && again->hear));
  const Conductor::Placed& d = again->hear->coming;
  CHECK(again->hear->id == 7);
  CHECK(again->hear->after == Frame(96'000));
  CHECK((d.part.tag == c.part.tag && d.part.tempo == c.part.tempo && d.part.tempo_at_once));
  CHECK((d.part.crossing == c.part.crossing && d.part.relaxes_to == c.part.relaxes_to));
  CHECK((d.transition.id == 9 && d.transition.from == 1 && d.transition.to == -1));
  CHECK((d.transition.at == c.transition.at && d.transition.length == c.transition.length));
  CHECK((d.deck == 2 && d.heard == c.heard && d.before == c.before));
  CHECK(line_of(*again) == line_of(order));
  CHECK_FALSE(prehear_order("{\"hear\":1}"));
  CHECK_FALSE(prehear_order("no JSON"));
}

TEST_CASE("what a follower answers arrives as it was sent") {
  using What = PrehearAnswer::What;
  for (const What what : {What::catching_up, What::rendering, What::beginning, What::rendered, What::changed, What::error}) {
    PrehearAnswer answer{.what = what, .id = 3, .part = 0.25, .frames = 64, .text = "a reason"};
    answer.span = {Frame(1), Frame(2), Frame(3), Frame(4)};
    const auto again = prehear_answer(line_of(answer));
    REQUIRE(again);
    CHECK((again->what == what && again->id == 3));
    CHECK(line_of(*again) == line_of(answer));
  }
  CHECK_FALSE(prehear_answer("{\"id\":1}"));
  CHECK_FALSE(prehear_answer("{\"id\":1,\"frames\":0,\"from\":0,\"begins\":0,\"ends\":0,\"until\":0}"));
}

TEST_CASE("a session's own journal goes with it, and takes along what dead sessions left") {
  const TempDir dir;
  const fs::path folder = dir.path / "deep" / "entrain";
  fs::create_directories(folder);
  for (const char* name : {"jam-999999999.journal", "jam-1.journal", "jam-x.journal", "mine.journal"})
    std::ofstream(folder / name) << "x";
  fs::path own;
  {
    const OwnJournal journal(folder);
    own = journal.path();
    CHECK_FALSE(fs::exists(own));
    std::ofstream(own) << "x";
  }
  CHECK_FALSE(fs::exists(own));
  CHECK_FALSE(fs::exists(folder / "jam-999999999.journal"));
  for (const char* name : {"jam-1.journal", "jam-x.journal", "mine.journal"})
    CHECK(fs::exists(folder / name));
}
