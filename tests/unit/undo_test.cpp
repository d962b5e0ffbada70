// The laws of what an undo leaves alone.
#include "control/stage/undo.h"
#include "tests/support/catch.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("an undo leaves alone the decks that hold something else by now", "[undo]") {
  const auto loop = [] { return make_deck(make_click(), 4); };
  const auto before = loop(), loaded = loop(), flows = loop();
  Performance now;
  now.decks[0] = now.decks[1] = loaded;

  SECTION("one deck") {
    Undo act;
    act.edits = {SetDeck{0, before}};
    act.decks[0] = loaded;
    CHECK(spare_changed_decks(act, now).empty());
    CHECK(act.edits.size() == 1);
    now.decks[0] = flows;
    CHECK(spare_changed_decks(act, now) == std::vector{1});
    CHECK(act.edits.empty());
  }
  SECTION("many parts: the others still go back") {
    Undo act;
    SetParts parts;
    parts.decks[0] = before;
    parts.decks[1] = nullptr;
    parts.groove = nullptr;
    act.edits = {parts};
    act.decks[0] = act.decks[1] = loaded;
    now.decks[0] = flows;
    CHECK(spare_changed_decks(act, now) == std::vector{1});
    const auto& left = std::get<SetParts>(act.edits.at(0));
    CHECK((!left.decks[0] && left.decks[1] && left.groove));
  }
}
