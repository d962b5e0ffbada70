#include "control/stage/set_file.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "control/text_file.h"
#include "control/values.h"
#include "engine/core/catalogue.h"
#include "engine/core/hash.h"
#include "engine/core/pattern.h"
#include "engine/core/text.h"

namespace entrain {
namespace {

/// Thrown inside the parser only; read_set turns it into an Error.
struct Wrong {
  std::string sentence;
};

/// Walks the TOML tree, and knows how to complain about a node.
class Reader {
 public:
  Reader(const toml::table& root, SetFile& set) : set_(set) {
    each(root, {{"version", [&](auto& n) { version(n); }},
                {"name", [&](auto& n) { set.name = text(n); }},
                {"autoplay", [&](auto& n) { set.autoplay = boolean(n); }},
                {"fade_in", [&](auto& n) { set.fade_in = number(n, 0, 600); }},
                {"beats_per_bar", [&](auto& n) { set.meter.beats_per_bar = whole(n, 1, 64); }},
                {"bars_per_phrase", [&](auto& n) { set.meter.bars_per_phrase = whole(n, 1, 64); }},
                {"folders", [&](auto& n) { folders(n); }},
                {"clusters", [&](auto& n) { clusters(n); }},
                {"track", [&](auto& n) { tracks(n, set.parts); }},
                {"deck", [&](auto& n) { decks(n, set.parts); }},
                {"groove", [&](auto& n) { groove(n, set.parts); }},
                {"controls", [&](auto& n) { controls(n, set.parts); }},
                {"recall_exempt", [&](auto& n) { exempt(n); }},
                {"scene", [&](auto& n) { scenes(n); }}});
    set.folders.push_back(set.path.parent_path());
    check_clusters(set.parts);
    for (const auto& scene : set.scenes) check_clusters(scene.parts);
  }

 private:
  using Handlers = std::vector<std::pair<std::string_view, std::function<void(const toml::node&)>>>;

  std::string where(const toml::node& node) const {
    return fmt::format("{}:{}", set_.path.filename().string(), node.source().begin.line);
  }
  [[noreturn]] void fail(const toml::node& node, const std::string& what) const {
    throw Wrong{fmt::format("{}: {}", where(node), what)};
  }

  /// Calls the handler of each key; an unknown key is an error that offers the nearest known one.
  void each(const toml::table& table, const Handlers& handlers) const {
    for (const auto& [key, node] : table) {
      const Handlers::value_type* nearest = &handlers[0];
      bool known = false;
      for (const auto& handler : handlers) {
        if (handler.first == key.str()) {
          handler.second(node);
          known = true;
        }
        if (edit_distance(handler.first, key.str()) < edit_distance(nearest->first, key.str())) nearest = &handler;
      }
      if (!known) fail(node, fmt::format("unknown key \"{}\"; did you mean \"{}\"?", key.str(), nearest->first));
    }
  }
  const toml::table& table(const toml::node& node) const {
    if (!node.is_table()) fail(node, "this must be a table");
    return *node.as_table();
  }
  const toml::array& array(const toml::node& node) const {
    if (!node.is_array()) fail(node, "this must be a list in [ ]");
    return *node.as_array();
  }
  std::string text(const toml::node& node) const {
    if (!node.is_string()) fail(node, "this must be text in quotes");
    return node.as_string()->get();
  }
  bool boolean(const toml::node& node) const {
    if (!node.is_boolean()) fail(node, "this must be true or false");
    return node.as_boolean()->get();
  }
  double number(const toml::node& node, double min, double max) const {
    const auto value = node.value<double>();
    if (!value || !(node.is_integer() || node.is_floating_point())) fail(node, "this must be a number");
    if (!(*value >= min && *value <= max)) fail(node, fmt::format("{} is out of range: {} to {}", *value, min, max));
    return *value;
  }
  int whole(const toml::node& node, int min, int max) const {
    const double value = number(node, min, max);
    if (value != std::floor(value)) fail(node, "this must be a whole number");
    return static_cast<int>(value);
  }
  template <class F>
  void numbered(const toml::node& node, int count, std::string_view what, F f) const {
    for (const auto& [key, child] : table(node)) {
      const std::string k(key.str());
      const bool digits = !k.empty() && k.size() < 4 && k.find_first_not_of("0123456789") == std::string::npos;
      const int number = digits ? std::stoi(k) : 0;
      if (number < 1 || number > count) fail(child, fmt::format("there are {0}s 1 to {1}; \"{2}\" is none", what, count, k));
      f(number - 1, table(child));
    }
  }
  void check_clusters(const SetFile::Parts& parts) const {
    for (const auto& t : parts.tracks)
      if (t && !t->cluster.empty() && !has_cluster(t->cluster))
        throw Wrong{fmt::format("{}: there is no cluster \"{}\"; add it under [clusters]", t->place.where, t->cluster)};
  }
  bool has_cluster(std::string_view name) const {
    for (const auto& c : set_.clusters)
      if (c.name == name) return true;
    return false;
  }

  void version(const toml::node& node) const {
    const double value = number(node, 1, 1e9);
    if (value > SetFile::kVersion)
      fail(node, fmt::format("this set is of version {}, newer than this program knows ({}); update Entrain", value,
                             SetFile::kVersion));
  }
  void folders(const toml::node& node) {
    for (const toml::node& item : array(node)) {
      const std::filesystem::path folder = text(item);
      auto whole = (folder.is_absolute() ? folder : set_.path.parent_path() / folder).lexically_normal();
      if (!whole.has_filename() && whole.has_parent_path() && whole != whole.root_path()) whole = whole.parent_path();
      set_.folders.push_back(std::move(whole));
    }
  }
  void clusters(const toml::node& node) {
    for (const auto& [key, child] : table(node)) {
      SetFile::ClusterText cluster{std::string(key.str()), {}, {where(child), false}};
      for (const toml::node& item : array(child)) cluster.samples.push_back(text(item));
      if (cluster.samples.empty()) fail(child, fmt::format("cluster \"{}\" is empty; list at least one sample", cluster.name));
      set_.clusters.push_back(std::move(cluster));
    }
  }
  void tracks(const toml::node& node, SetFile::Parts& parts) const {
    numbered(node, kTracks, "track", [&](int i, const toml::table& t) { parts.tracks[static_cast<std::size_t>(i)] = track(t); });
  }
  void decks(const toml::node& node, SetFile::Parts& parts) const {
    numbered(node, kDecks, "deck", [&](int i, const toml::table& t) { parts.decks[static_cast<std::size_t>(i)] = deck(t); });
  }
  SetFile::TrackText track(const toml::table& t) const {
    SetFile::TrackText track;
    track.place = {where(t), false};
    each(t, {{"cluster", [&](auto& n) { track.cluster = text(n); }},
             {"pattern", [&](auto& n) { track.patterns[0] = pattern(n); }},
             {"patterns", [&](auto& n) { patterns(n, track); }}});
    return track;
  }
  Pattern pattern(const toml::node& node) const {
    auto pattern = parse_pattern(text(node));
    if (!pattern) fail(node, pattern.error().sentence);
    return *std::move(pattern);
  }
  void patterns(const toml::node& node, SetFile::TrackText& track) const {
    for (const auto& [key, child] : table(node)) {
      const bool slot = key.str().size() == 1 && key.str()[0] >= 'A' && key.str()[0] < 'A' + kSlots;
      if (!slot) fail(child, fmt::format("there are slots A to H; \"{}\" is none", key.str()));
      track.patterns[static_cast<std::size_t>(key.str()[0] - 'A')] = pattern(child);
    }
  }
  SetFile::DeckText deck(const toml::table& t) const {
    SetFile::DeckText deck;
    deck.place = {where(t), false};
    each(t, {{"loop", [&](auto& n) { deck.loop = text(n); }},
             {"beats", [&](auto& n) { deck.beats = number(n, 0.25, 4096); }},
             {"grid", [&](auto& n) { deck.grid = grid(n); }},
             {"one", [&](auto& n) { deck.one = number(n, 0, 4096); }},
             {"gain", [&](auto& n) { deck.gain = number(n, -24, 24); }},
             {"markers", [&](auto& n) { deck.markers = markers(n); }},
             {"onsets", [&](auto& n) { deck.onsets = moments(n); }},
             {"kicks", [&](auto& n) { deck.kicks = moments(n); }},
             {"play", [&](auto& n) { deck.play = boolean(n); }}});
    if (!deck.grid.empty() && deck.beats) fail(t, "a deck has either \"beats\" or a \"grid\"; leave one of them out");
    if (deck.loop.empty()) fail(t, "a deck needs a loop: loop = \"file\"");
    return deck;
  }
  std::vector<std::pair<double, double>> grid(const toml::node& node) const {
    std::vector<std::pair<double, double>> points;
    for (const toml::node& item : array(node)) {
      const toml::array& pair = array(item);
      if (pair.size() != 2) fail(item, "a point of a grid is [beats, seconds]");
      points.emplace_back(number(*pair.get(0), 0, 4096), number(*pair.get(1), 0, 3600));
      if (points.size() > 1 && !(points.back().first > points[points.size() - 2].first &&
                                 points.back().second > points[points.size() - 2].second))
        fail(item, "the points of a grid rise, in beats and in seconds");
    }
    if (points.size() < 2 || points.front().first != 0) fail(node, "a grid has two points or more, the first at beat 0");
    return points;
  }
  std::map<int, double> markers(const toml::node& node) const {
    std::map<int, double> all;
    for (const auto& [key, child] : table(node)) {
      const auto place = number_in(key.str());
      if (!place || !(*place >= 1 && *place <= kMarkers) || *place != std::floor(*place))
        fail(child, fmt::format("there are markers 1 to {}; \"{}\" is none", kMarkers, key.str()));
      all[static_cast<int>(*place)] = number(child, 0, 4096);
    }
    return all;
  }
  std::vector<double> moments(const toml::node& node) const {
    std::vector<double> beats = numbers(node, 0, 4096);
    if (std::adjacent_find(beats.begin(), beats.end(), std::greater_equal<>()) != beats.end())
      fail(node, "these beats rise, each above the one before");
    return beats;
  }
  std::vector<double> numbers(const toml::node& list, double min, double max) const {
    std::vector<double> out;
    for (const toml::node& item : array(list)) out.push_back(number(item, min, max));
    return out;
  }
  void groove(const toml::node& node, SetFile::Parts& parts) const {
    std::string name;
    std::vector<double> shifts, velocities;
    each(table(node), {{"name", [&](auto& n) { name = text(n); }},
                       {"shifts", [&](auto& n) { shifts = numbers(n, -0.5, 0.5); }},
                       {"velocities", [&](auto& n) { velocities = numbers(n, 0, 2); }}});
    if (shifts.empty() || shifts.size() > 64) fail(node, "a groove needs \"shifts\" for 1 to 64 sixteenths of a bar");
    if (velocities.empty()) velocities.assign(shifts.size(), 1);
    if (velocities.size() != shifts.size())
      fail(node, fmt::format("the groove has {} shifts but {} velocities; write as many of both", shifts.size(), velocities.size()));
    parts.groove = Groove{std::move(name), {}};
    for (std::size_t i = 0; i < shifts.size(); ++i)
      parts.groove->sixteenths.push_back({static_cast<float>(shifts[i]), static_cast<float>(velocities[i])});
  }
  ControlId control(std::string_view address, const toml::node& node) const {
    const auto id = catalogue().find(address);
    if (!id) fail(node, fmt::format("there is no control \"{}\"; did you mean \"{}\"?", address, catalogue().nearest_address(address)));
    if (catalogue().row(*id).kind == Kind::trigger) fail(node, fmt::format("\"{}\" is a trigger; a set cannot hold it", address));
    return *id;
  }
  void controls(const toml::node& node, SetFile::Parts& parts) const {
    for (const auto& [key, child] : table(node)) {
      const ControlRow& row = catalogue().row(control(key.str(), child));
      parts.controls.emplace_back(key.str(), value_of(row, child));
    }
  }
  double value_of(const ControlRow& row, const toml::node& node) const {
    if (node.is_boolean()) return boolean(node) ? 1 : 0;
    if (!node.is_string() || choice_name(row, row.min).empty()) return number(node, row.min, row.max);
    const auto value = value_named(row, text(node));
    if (!value || !(*value >= row.min && *value <= row.max))
      fail(node, fmt::format("{} takes {}; \"{}\" is none of these", row.address, values_of(row), text(node)));
    return *value;
  }
  void exempt(const toml::node& node) {
    for (const toml::node& item : array(node)) set_.exempt.push_back(catalogue().address(control(text(item), item)));
  }
  void scenes(const toml::node& node) {
    if (!node.is_array_of_tables()) fail(node, "scenes are written as [[scene]] with a name each");
    for (const toml::node& item : *node.as_array()) {
      SetFile::SceneText scene;
      scene.place = {where(item), false};
      each(table(item), {{"name", [&](auto& n) { scene.name = text(n); }},
                         {"partial", [&](auto& n) { scene.partial = boolean(n); }},
                         {"track", [&](auto& n) { tracks(n, scene.parts); }},
                         {"deck", [&](auto& n) { decks(n, scene.parts); }},
                         {"groove", [&](auto& n) { groove(n, scene.parts); }},
                         {"controls", [&](auto& n) { controls(n, scene.parts); }}});
      if (scene.name.empty()) fail(item, "a scene needs a name: name = \"Drop\"");
      for (const auto& other : set_.scenes)
        if (other.name == scene.name) fail(item, fmt::format("there is a scene \"{}\" already; give this one another name", scene.name));
      if (set_.scenes.size() == kMaxScenes) fail(item, fmt::format("a set holds at most {} scenes", kMaxScenes));
      set_.scenes.push_back(std::move(scene));
    }
  }

  SetFile& set_;
};

}  // namespace

bool SetFile::operator==(const SetFile& o) const {
  return path == o.path && name == o.name && autoplay == o.autoplay && fade_in == o.fade_in &&
         meter.beats_per_bar == o.meter.beats_per_bar && meter.bars_per_phrase == o.meter.bars_per_phrase && folders == o.folders &&
         clusters == o.clusters && parts == o.parts && exempt == o.exempt && scenes == o.scenes;
}

std::uint64_t text_hash(std::string_view text) { return Hash64().add(std::as_bytes(std::span(text))).value(); }

Result<SetFile> parse_set(std::string_view source, const std::filesystem::path& path) {
  SetFile set;
  set.path = path;
  set.text_hash = text_hash(source);
  try {
    const toml::table root = toml::parse(source, path.string());
    Reader(root, set);
    return set;
  } catch (const toml::parse_error& e) {
    return Error{fmt::format("{}:{}: {}", path.filename().string(), e.source().begin.line, e.description())};
  } catch (const Wrong& wrong) {
    return Error{wrong.sentence};
  }
}

Result<SetFile> read_set(const std::filesystem::path& path) {
  const auto text = read_text(path, "set", kMaxSetFile);
  if (!text) return text.error();
  return parse_set(*text, path);
}

}  // namespace entrain
