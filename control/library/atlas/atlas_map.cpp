#include "control/library/atlas/atlas_map.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/analysis/atlas.h"
#include "engine/analysis/atlas_space.h"
#include "engine/analysis/som.h"

namespace entrain {
namespace {

constexpr const char *kLaidOut = "atlas", *kSom = "som";  // names of notes

/// Cards whose place is known, and those whose is not: their indices.
struct Sorted {
  std::vector<std::size_t> known, fresh;
};

std::vector<Descriptors> descriptors_of(std::span<const Card> cards, std::span<const std::size_t> which) {
  std::vector<Descriptors> out;
  for (const std::size_t i : which) out.push_back(cards[i].descriptors);
  return out;
}

std::vector<MapPoint> lay_out_all(std::span<const Card> cards) {
  std::vector<Descriptors> sounds;
  for (const Card& card : cards) sounds.push_back(card.descriptors);
  return atlas(AtlasSpace(sounds)(sounds));
}

void lay_out_fresh(std::span<const Card> cards, const Sorted& sorted, std::vector<MapPoint>& map) {
  const auto known = descriptors_of(cards, sorted.known), fresh = descriptors_of(cards, sorted.fresh);
  std::vector<MapPoint> places;
  for (const std::size_t i : sorted.known) places.push_back(map[i]);
  const AtlasSpace space(known);
  const auto found = place_in(space(known), places, space(fresh));
  for (std::size_t n = 0; n < found.size(); ++n) map[sorted.fresh[n]] = found[n];
}

Result<void> store(Library& library, std::span<const Card> cards, const std::vector<MapPoint>& map) {
  std::vector<AtlasPlace> places;
  for (std::size_t i = 0; i < cards.size(); ++i) places.push_back({cards[i].id, map[i].x, map[i].y});
  return library.put_places(places);
}

std::string legend_text() {
  std::string text;
  for (std::size_t s = 0; s < kSymbols; ++s)
    text += fmt::format("{}{} {}", s == 0 ? "" : "   ", text_of(static_cast<Symbol>(s)),
                        name_of(static_cast<Symbol>(s)));
  return text;
}

}  // namespace

Result<std::vector<MapPoint>> library_places(Library& library, std::span<const Card> cards, bool again) {
  const auto stored = library.places();
  if (!stored) return stored.error();
  const auto note = library.note(kLaidOut);
  if (!note) return note.error();
  std::size_t laid_out = 0;  // how many sounds the map was made for
  std::from_chars(note->data(), note->data() + note->size(), laid_out);
  std::map<std::int64_t, MapPoint> place_of;
  for (const AtlasPlace& place : *stored) place_of[place.id] = {place.x, place.y};
  std::vector<MapPoint> map(cards.size());
  Sorted sorted;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    const auto found = place_of.find(cards[i].id);
    (found == place_of.end() ? sorted.fresh : sorted.known).push_back(i);
    if (found != place_of.end()) map[i] = found->second;
  }
  const bool outgrown = 3 * cards.size() > 4 * laid_out || 4 * sorted.known.size() < 3 * laid_out;
  if (again || outgrown) {
    map = lay_out_all(cards);
    if (auto done = library.put_note(kLaidOut, std::to_string(cards.size())); !done) return done.error();
  } else if (sorted.fresh.empty()) {
    return map;
  } else {
    lay_out_fresh(cards, sorted, map);
  }
  if (auto done = store(library, cards, map); !done) return done.error();
  return map;
}

SoundMap sound_map(std::span<const Card> cards) {
  Points points(std::tuple_size_v<PitchLevels>);
  for (const Card& card : cards) points.add(pitch_levels(card.descriptors, card.lufs));
  const Som som(points);
  SoundMap map{{som.width(), som.height(), {}}, som.best_cells(points)};
  for (int y = 0; y < som.height(); ++y)
    for (int x = 0; x < som.width(); ++x) map.symbols.cells.push_back(symbol_of(som.cell(x, y)));
  return map;
}

Result<void> store_sound_map(Library& library, std::span<const Card> cards, const SoundMap& map) {
  using Json = nlohmann::ordered_json;
  return library.put_note(kSom,
                          sound_map_json(cards, map).dump(-1, ' ', false, Json::error_handler_t::replace));
}

nlohmann::ordered_json sound_map_json(std::span<const Card> cards, const SoundMap& map) {
  using Json = nlohmann::ordered_json;
  Json json{{"width", map.symbols.width},
            {"height", map.symbols.height},
            {"symbols", Json::array()},
            {"cells", Json::array()}};
  std::map<std::uint32_t, Json> sounds;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    Json& in_cell = sounds[map.cell_of[i]];
    in_cell.push_back(cards[i].path);
  }
  for (int y = 0; y < map.symbols.height; ++y) {
    std::string row;
    for (int x = 0; x < map.symbols.width; ++x) row += text_of(map.symbols.at(x, y));
    json["symbols"].push_back(row);
  }
  for (const auto& [cell, paths] : sounds)
    json["cells"].push_back({{"x", cell % static_cast<std::uint32_t>(map.symbols.width)},
                             {"y", cell / static_cast<std::uint32_t>(map.symbols.width)},
                             {"symbol", std::string(text_of(map.symbols.cells[cell]))},
                             {"sounds", paths}});
  return json;
}

std::string sound_map_text(const SoundMap& map) {
  std::vector<bool> lived_in(map.symbols.cells.size());
  for (const std::uint32_t cell : map.cell_of) lived_in[cell] = true;
  std::string text;
  for (int y = 0; y < map.symbols.height; ++y) {
    for (int x = 0; x < map.symbols.width; ++x)
      text += fmt::format("{}{}", x == 0 ? "" : " ",
                          lived_in[static_cast<std::size_t>(y * map.symbols.width + x)]
                              ? text_of(map.symbols.at(x, y))
                              : "·");
    text += '\n';
  }
  return text + legend_text() + "   · no sound\n";
}

std::string symbol_grid_text(const SymbolGrid& grid) {
  std::string text;
  for (int y = grid.height - 1; y >= 0; --y) {
    for (int x = 0; x < grid.width; ++x)
      text += fmt::format("{}{}", x == 0 ? "" : " ", text_of(grid.at(x, y)));
    text += '\n';
  }
  return text + legend_text() + '\n';
}

}  // namespace entrain
