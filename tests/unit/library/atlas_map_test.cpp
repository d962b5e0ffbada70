// The atlas of a library stays as it is while the library grows a little, and every sound has a cell.
#include "control/library/atlas/atlas_map.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "control/library/atlas/atlas_groups.h"
#include "engine/core/draws.h"
#include "tests/support/library_sounds.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// A sound of one of three kinds, in nothing but numbers.
Analysis made(std::size_t i) {
  Analysis analysis;
  analysis.seconds = 1;
  analysis.loudness.integrated = -20 - static_cast<double>(i % 7);
  for (std::size_t d = 0; d < descriptor::kCount; ++d)
    analysis.descriptors[d] =
        static_cast<float>(draw_part(draw(9, DrawFor::sample, i % 3, static_cast<std::int64_t>(d)))) +
        0.2f * static_cast<float>(draw_part(draw(8, DrawFor::sample, i, static_cast<std::int64_t>(d))));
  analysis.thumbnail = {2, 2, {0, 0, 1, 1}};
  analysis.overview.resize(Analysis::kOverviewColumns);
  return analysis;
}

void add(Library& library, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i)
    done(library.store("/sounds/" + std::to_string(1'000 + i) + ".wav", {1, 1}, i, made(i)));
}

std::vector<MapPoint> first(const std::vector<MapPoint>& map, std::size_t count) {
  return {map.begin(), map.begin() + static_cast<std::ptrdiff_t>(count)};
}

Card card(std::optional<HitClass> hit, double bpm, std::optional<Key> key, const char* path) {
  Card made;
  made.hit = hit;
  made.bpm = bpm;
  made.key = key;
  made.path = path;
  return made;
}

std::string group_of(const AtlasGroups& groups, std::size_t i) { return groups.groups[groups.of[i]].name; }

}  // namespace

TEST_CASE("The atlas of a library is kept, and new sounds find their place on it") {
  const TempDir dir;
  const auto file = dir.path / "library.db";
  std::vector<MapPoint> map;
  {
    Library library = opened(file);
    add(library, 0, 60);
    map = held(library_places(library, held(library.cards())));
    REQUIRE(map.size() == 60);
  }
  Library library = opened(file);
  CHECK(held(library.places()).size() == 60);
  CHECK(held(library_places(library, held(library.cards()))) == map);
  add(library, 60, 75);
  const auto grown = held(library_places(library, held(library.cards())));
  REQUIRE(grown.size() == 75);
  CHECK(first(grown, 60) == map);
  CHECK(held(library.places()).size() == 75);
  const auto distance = [&](std::size_t a, std::size_t b) {
    return std::hypot(grown[a].x - grown[b].x, grown[a].y - grown[b].y);
  };
  for (std::size_t i = 60; i < 75; ++i) {  // beside those of its kind
    float own = 1e9f, other = 1e9f;
    for (std::size_t j = 0; j < 60; ++j)
      (i % 3 == j % 3 ? own : other) = std::min(i % 3 == j % 3 ? own : other, distance(i, j));
    CHECK(own < other);
  }
  CHECK(held(library_places(library, held(library.cards()))) == grown);
  add(library, 75, 90);  // half as many again as it was made for
  const auto anew = held(library_places(library, held(library.cards())));
  CHECK(first(anew, 60) != map);
  CHECK(held(library_places(library, held(library.cards()))) == anew);
  CHECK(held(library.remove("/sounds/1000.wav")) == 1);
  const auto less = held(library_places(library, held(library.cards())));
  CHECK(less == std::vector<MapPoint>(anew.begin() + 1, anew.end()));
  CHECK(held(library_places(library, {})).empty());
}

TEST_CASE("Every sound of a library lies in a cell of the self-organising map") {
  const TempDir dir;
  Library library = opened(dir.path / "library.db");
  add(library, 0, 40);
  const auto cards = held(library.cards());
  const SoundMap map = sound_map(cards);
  CHECK(map.symbols.cells.size() == 32 * 16);
  REQUIRE(map.cell_of.size() == 40);
  for (const std::uint32_t cell : map.cell_of) CHECK(cell < 32 * 16);
  done(store_sound_map(library, cards, map));
  const auto json = nlohmann::json::parse(held(library.note("som")));
  CHECK(json["width"] == 32);
  CHECK(json["symbols"].size() == 16);
  std::size_t sounds = 0;
  for (const auto& cell : json["cells"]) sounds += cell["sounds"].size();
  CHECK(sounds == 40);
  const std::string text = sound_map_text(map);
  CHECK(std::ranges::count(text, '\n') == 17);
  CHECK(mentions(text, "· no sound"));
  CHECK(sound_map({}).cell_of.empty());
  CHECK(std::ranges::count(symbol_grid_text(symbol_grid({})), '\n') == 17);
}

TEST_CASE("Sounds are grouped by class, key, tempo, folder and place") {
  const std::vector<Card> cards{
      card(HitClass::hat_open, 0, {}, "/a/drums/h.wav"), card({}, 124.9, Key{9, true}, "/a/loops/l.wav"),
      card({}, 160, Key{0, false}, "/b/drums/m.wav"), card({}, 0, {}, "/b/drums/n.wav")};
  const std::vector<MapPoint> map{{0, 0}, {0.1f, 0}, {9, 9}, {9.1f, 9}};
  const auto kinds = group_cards(cards, map, AtlasColours::kind);
  CHECK(group_of(kinds, 0) == "hat open");
  CHECK(group_of(kinds, 1) == "loops");
  CHECK(group_of(kinds, 3) == "other");
  const auto keys = group_cards(cards, map, AtlasColours::key);
  CHECK(group_of(keys, 0) == "no key");
  CHECK(group_of(keys, 1) == "8A A minor");
  CHECK(group_of(keys, 2) == "8B C major");
  const auto tempos = group_cards(cards, map, AtlasColours::tempo);
  CHECK(group_of(tempos, 0) == "no tempo");
  CHECK(group_of(tempos, 1) == "110 to 125 BPM");
  CHECK(group_of(tempos, 2) == "160 BPM and more");
  const auto folders = group_cards(cards, map, AtlasColours::folder);
  CHECK(group_of(folders, 2) == "drums");
  CHECK(folders.of[2] == folders.of[3]);
  CHECK(folders.of[0] != folders.of[2]);
  const auto clusters = group_cards(cards, map, AtlasColours::cluster);
  CHECK(clusters.of == std::vector<std::size_t>{0, 0, 1, 1});
  for (const auto colours : {AtlasColours::kind, AtlasColours::cluster})
    CHECK(group_cards({}, {}, colours).of.empty());
  std::vector<Card> many;
  for (int f = 0; f < 20; ++f) many.push_back(card({}, 0, {}, ("/f" + std::to_string(f) + "/x.wav").c_str()));
  const auto most = group_cards(many, std::vector<MapPoint>(20), AtlasColours::folder);
  CHECK(most.groups.size() == 12);
  CHECK(group_of(most, 19) == "other folders");
}
