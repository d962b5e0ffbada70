#include "control/stage/set_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/catalogue.h"
#include "engine/core/pattern.h"

namespace entrain {
namespace {

constexpr std::size_t kWide = 110;  ///< a longer list is broken into lines

std::string spelled(double value) { return fmt::format("{}", value); }
const char* spelled(bool value) { return value ? "true" : "false"; }

/// A list on one line, or where that gets long, of so many items a line.
std::string list_of(const std::vector<std::string>& items, std::size_t indent, std::size_t a_line) {
  std::string flat = "[", lines = "[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    flat += (i > 0 ? ", " : "") + items[i];
    lines += (i % a_line == 0 ? "\n  " : " ") + items[i] + ",";
  }
  return indent + flat.size() < kWide ? flat + "]" : lines + "\n]";
}
std::string list_of_texts(const std::vector<std::string>& texts, std::size_t indent) {
  std::vector<std::string> items;
  for (const std::string& text : texts) items.push_back(toml_quoted(text));
  return list_of(items, indent, 1);
}
/// Of floats, each as the shortest number that reads back as it.
template <class Take>
std::string list_of_floats(const std::vector<Groove::Sixteenth>& all, std::size_t indent, Take take) {
  std::vector<std::string> items;
  for (const Groove::Sixteenth& sixteenth : all) items.push_back(fmt::format("{}", take(sixteenth)));
  return list_of(items, indent, 8);
}

/// A folder as it is written: relative to the set's where it lies inside.
std::string folder_text(const std::filesystem::path& folder, const std::filesystem::path& home) {
  const auto relative = folder.lexically_relative(home.lexically_normal());
  const bool inside = !relative.empty() && *relative.begin() != "..";
  if (inside || (folder.is_relative() && !relative.empty())) return relative.string();
  return folder.string();
}

using Items = std::vector<std::pair<std::string, std::string>>;

void add_top(const SetFile& set, Items& top) {
  top.emplace_back("version", fmt::format("{}", SetFile::kVersion));
  if (!set.name.empty()) top.emplace_back("name", toml_quoted(set.name));
  if (set.autoplay) top.emplace_back("autoplay", "true");
  if (set.fade_in != 0) top.emplace_back("fade_in", spelled(set.fade_in));
  const Meter usual;
  if (set.meter.beats_per_bar != usual.beats_per_bar)
    top.emplace_back("beats_per_bar", fmt::format("{}", set.meter.beats_per_bar));
  if (set.meter.bars_per_phrase != usual.bars_per_phrase)
    top.emplace_back("bars_per_phrase", fmt::format("{}", set.meter.bars_per_phrase));
  std::vector<std::string> folders;
  for (std::size_t i = 0; i + 1 < set.folders.size(); ++i)
    folders.push_back(folder_text(set.folders[i], set.path.parent_path()));
  if (!folders.empty()) top.emplace_back("folders", list_of_texts(folders, sizeof "folders = "));
  if (!set.exempt.empty()) top.emplace_back("recall_exempt", list_of_texts(set.exempt, sizeof "recall_exempt = "));
}

/// Controls in the catalogue's order, which is a person's: /track/2 before /track/10.
Items control_items(const SetFile::Parts& parts) {
  std::vector<std::pair<ControlId, double>> sorted;
  for (const auto& [address, value] : parts.controls)
    if (const auto id = catalogue().find(address)) sorted.emplace_back(*id, value);
  std::sort(sorted.begin(), sorted.end());
  Items items;
  for (const auto& [id, value] : sorted) {
    const ControlRow& row = catalogue().row(id);
    const bool toggle = row.kind == Kind::toggle && (value == 0 || value == 1);
    const std::string_view name = choice_name(row, value);
    items.emplace_back(toml_quoted(catalogue().address(id)),
                       toggle ? spelled(value == 1) : name.empty() ? spelled(value) : toml_quoted(name));
  }
  return items;
}

void add_parts(const SetFile::Parts& parts, const std::string& prefix, std::vector<SetTable>& tables) {
  for (std::size_t i = 0; i < parts.tracks.size(); ++i) {
    if (!parts.tracks[i]) continue;
    const SetFile::TrackText& track = *parts.tracks[i];
    SetTable table{fmt::format("{}track.{}", prefix, i + 1), {}}, slots{table.header + ".patterns", {}};
    if (!track.cluster.empty()) table.items.emplace_back("cluster", toml_quoted(track.cluster));
    for (std::size_t slot = 0; slot < track.patterns.size(); ++slot)
      if (track.patterns[slot])
        slots.items.emplace_back(std::string(1, static_cast<char>('A' + slot)),
                                 toml_quoted(to_text(*track.patterns[slot])));
    const bool only_first = slots.items.size() == 1 && track.patterns[0];
    if (only_first) table.items.emplace_back("pattern", slots.items[0].second);
    tables.push_back(std::move(table));
    if (!slots.items.empty() && !only_first) tables.push_back(std::move(slots));
  }
  for (std::size_t i = 0; i < parts.decks.size(); ++i) {
    if (!parts.decks[i]) continue;
    const SetFile::DeckText& deck = *parts.decks[i];
    SetTable table{fmt::format("{}deck.{}", prefix, i + 1), {{"loop", toml_quoted(deck.loop)}}};
    if (deck.beats) table.items.emplace_back("beats", spelled(*deck.beats));
    if (!deck.grid.empty()) {
      std::string points;
      for (const auto& [beat, seconds] : deck.grid)
        points += fmt::format("{}[{}, {}]", points.empty() ? "" : ", ", spelled(beat), spelled(seconds));
      table.items.emplace_back("grid", "[" + points + "]");
    }
    if (deck.one != 0) table.items.emplace_back("one", spelled(deck.one));
    if (deck.gain != 0) table.items.emplace_back("gain", spelled(deck.gain));
    if (!deck.markers.empty()) {
      std::string places;
      for (const auto& [marker, beat] : deck.markers)
        places += fmt::format("{}{} = {}", places.empty() ? "" : ", ", marker, spelled(beat));
      table.items.emplace_back("markers", "{ " + places + " }");
    }
    for (const auto& [name, beats] : {std::pair{"onsets", &deck.onsets}, {"kicks", &deck.kicks}}) {
      std::string all;
      for (const double beat : *beats) all += (all.empty() ? "" : ", ") + spelled(beat);
      if (!all.empty()) table.items.emplace_back(name, "[" + all + "]");
    }
    if (deck.play) table.items.emplace_back("play", "true");
    tables.push_back(std::move(table));
  }
  if (parts.groove) {
    SetTable table{prefix + "groove", {}};
    const auto& all = parts.groove->sixteenths;
    if (!parts.groove->name.empty()) table.items.emplace_back("name", toml_quoted(parts.groove->name));
    table.items.emplace_back("shifts", list_of_floats(all, sizeof "shifts = ", [](auto& s) { return s.shift; }));
    if (std::any_of(all.begin(), all.end(), [](auto& s) { return s.velocity != 1; }))
      table.items.emplace_back("velocities",
                               list_of_floats(all, sizeof "velocities = ", [](auto& s) { return s.velocity; }));
    tables.push_back(std::move(table));
  }
  if (auto items = control_items(parts); !items.empty())
    tables.push_back({prefix + "controls", std::move(items)});
}

std::string table_text(const SetTable& table) {
  std::string text = table.header.empty() ? "" : fmt::format("\n[{}]\n", table.header);
  for (const auto& [key, value] : table.items) text += fmt::format("{} = {}\n", key, value);
  return text;
}

}  // namespace

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::vector<SetTable> set_tables(const SetFile& set) {
  std::vector<SetTable> tables(1);
  add_top(set, tables[0].items);
  if (!set.clusters.empty()) {
    SetTable clusters{"clusters", {}};
    for (const auto& cluster : set.clusters) {
      const bool bare =
          !cluster.name.empty() && std::all_of(cluster.name.begin(), cluster.name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                   c == '-';
          });
      const std::string key = bare ? cluster.name : toml_quoted(cluster.name);
      clusters.items.emplace_back(key, list_of_texts(cluster.samples, key.size() + 3));
    }
    tables.push_back(std::move(clusters));
  }
  add_parts(set.parts, "", tables);
  return tables;
}

std::string scenes_text(const SetFile& set) {
  std::string text;
  for (const SetFile::SceneText& scene : set.scenes) {
    text += fmt::format("\n[[scene]]\nname = {}\n", toml_quoted(scene.name));
    if (scene.partial) text += "partial = true\n";
    std::vector<SetTable> tables;
    add_parts(scene.parts, "scene.", tables);
    for (const SetTable& table : tables) text += table_text(table);
  }
  return text;
}

std::string set_text(const SetFile& set) {
  std::string text;
  for (const SetTable& table : set_tables(set)) text += table_text(table);
  return text + scenes_text(set);
}

SetFile moved_to(SetFile set, const std::filesystem::path& path) {
  const auto home = set.path.parent_path(), to = path.parent_path();
  set.path = path;
  if (home.lexically_normal() == to.lexically_normal() || set.folders.empty()) return set;
  set.folders.back() = home;  // its sounds are still looked for there
  set.folders.push_back(to);
  return set;
}

}  // namespace entrain
