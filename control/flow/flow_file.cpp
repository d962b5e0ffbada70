#include "control/flow/flow_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <unordered_map>
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "control/flow/flow_settings.h"
#include "control/library/atlas/atlas_plan.h"
#include "control/stage/set_writer.h"
#include "control/text_file.h"
#include "engine/core/text.h"
#include "engine/library/flow/planner.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

/// Thrown inside the parser only.
struct Wrong {
  std::string sentence;
};

/// Walks the TOML tree, and knows how to complain about a node.
class Reader {
 public:
  Reader(const toml::table& root, FlowFile& file) : file_(file) {
    Handlers handlers{{"version", [&](auto& n) { version(n); }},
                      {"name", [&](auto& n) { file.name = text(n); }},
                      {"tempo", [&](auto& n) { file.settings.tempo = choice<TempoPolicy>(n); }},
                      {"seed", [&](auto& n) { seed(n); }},
                      {"arc", [&](auto& n) { arc(n); }},
                      {"vetoes", [&](auto& n) { vetoes(n); }},
                      {"loop", [&](auto& n) { loops(n); }}};
    for (const NumberSetting& s : kNumberSettings)
      handlers.emplace_back(s.name, [&](auto& n) { file.settings.*s.value = number(n, s.least, s.most); });
    for (const WholeSetting& s : kWholeSettings)
      handlers.emplace_back(s.name, [&](auto& n) { file.settings.*s.value = whole(n, s.least, s.most); });
    each(root, handlers);
    if (file.settings.most_bars < file.settings.least_bars)
      fail(root.contains("most_bars") ? *root.get("most_bars") : *root.get("least_bars"),
           fmt::format("most_bars ({}) is less than least_bars ({}); make it at least as many",
                       file.settings.most_bars, file.settings.least_bars));
  }

 private:
  using Handlers = std::vector<std::pair<std::string_view, std::function<void(const toml::node&)>>>;

  [[noreturn]] void fail(const toml::node& node, const std::string& what) const {
    throw Wrong{fmt::format("{}:{}: {}", file_.path.filename().string(), node.source().begin.line, what)};
  }
  /// Calls the handler of each key; an unknown key is an error that offers the nearest known one.
  void each(const toml::table& table, const Handlers& handlers) const {
    for (const auto& [key, node] : table) {
      const auto distance = [&](const auto& handler) { return edit_distance(handler.first, key.str()); };
      const auto nearest = std::ranges::min_element(handlers, {}, distance);
      if (nearest->first != key.str())
        fail(node, fmt::format("unknown key \"{}\"; did you mean \"{}\"?", key.str(), nearest->first));
      nearest->second(node);
    }
  }
  const toml::array& list(const toml::node& node, std::size_t most) const {
    if (!node.is_array()) fail(node, "this must be a list in [ ]");
    if (node.as_array()->size() > most) fail(node, fmt::format("this holds at most {}; take some out", most));
    return *node.as_array();
  }
  std::string text(const toml::node& node) const {
    if (!node.is_string()) fail(node, "this must be text in quotes");
    return node.as_string()->get();
  }
  double number(const toml::node& node, double least, double most) const {
    const auto value = node.value<double>();
    if (!value || !(node.is_integer() || node.is_floating_point())) fail(node, "this must be a number");
    if (!(*value >= least && *value <= most))
      fail(node, fmt::format("{} is out of range: {} to {}", *value, least, most));
    return *value;
  }
  int whole(const toml::node& node, int least, int most) const {
    const double value = number(node, least, most);
    if (value != std::floor(value)) fail(node, "this must be a whole number");
    return static_cast<int>(value);
  }
  template <class Choice>
  Choice choice(const toml::node& node) const {
    const auto chosen = choice_from<Choice>(text(node));
    if (!chosen) fail(node, fmt::format("\"{}\" is none of: {}", text(node), choices<Choice>()));
    return *chosen;
  }
  std::string sound(const toml::node& node) const {
    const fs::path path = text(node);
    if (path.empty()) fail(node, "a path is missing between the quotes");
    return (path.is_absolute() ? path : file_.path.parent_path() / path).lexically_normal().string();
  }

  void version(const toml::node& node) const {
    const double value = number(node, 1, 1e9);
    if (value > FlowFile::kVersion)
      fail(node, fmt::format("this flow is of version {}, newer than this program knows ({}); update Entrain",
                             value, FlowFile::kVersion));
  }
  void seed(const toml::node& node) {
    if (!node.is_integer() || node.as_integer()->get() < 0) fail(node, "a seed is a whole number from 0");
    file_.settings.seed = static_cast<std::uint64_t>(node.as_integer()->get());
  }
  void arc(const toml::node& node) {
    for (const toml::node& item : list(node, kMostArcPoints)) {
      const toml::array& pair = list(item, 2);
      if (pair.size() != 2) fail(item, "a point of the arc is [minute, energy]");
      file_.arc.push_back({number(pair[0], 0, FlowSettings::kMostMinutes), number(pair[1], 0, 10)});
    }
    file_.arc = in_order(std::move(file_.arc));
  }
  void vetoes(const toml::node& node) {
    for (const toml::node& item : list(node, kMostVetoes)) file_.vetoes.push_back(sound(item));
  }
  void loops(const toml::node& node) {
    if (!node.is_array_of_tables()) fail(node, "loops are written as [[loop]] with a path each");
    for (const toml::node& item : list(node, FlowWishes::kMostSlots)) {
      FlowFile::Loop loop;
      const double shortest = FlowSettings::kShortestTransition;
      each(*item.as_table(),
           {{"path", [&](auto& n) { loop.path = sound(n); }},
            {"hold", [&](auto& n) { loop.hold = choice<Hold>(n); }},
            {"bars", [&](auto& n) { loop.bars = number(n, shortest, FlowSettings::kLongestBars); }},
            {"transition", [&](auto& n) { loop.kind = choice<TransitionKind>(n); }},
            {"transition_bars",
             [&](auto& n) { loop.transition_bars = number(n, shortest, FlowSettings::kLongestTransition); }},
            {"tempo", [&](auto& n) { loop.tempo = choice<TempoPolicy>(n); }}});
      if (loop.path.empty()) fail(item, "a loop needs a path: path = \"amen.wav\"");
      if (loop.hold == Hold::free) fail(item, "a loop that is named is kept, pinned or locked, not free");
      file_.loops.push_back(std::move(loop));
    }
  }

  FlowFile& file_;
};

/// Relative to the file's folder where it lies below.
std::string path_text(const std::string& sound, const fs::path& file) {
  const auto relative = fs::path(sound).lexically_relative(file.parent_path().lexically_normal());
  const bool below = !relative.empty() && *relative.begin() != ".." && *relative.begin() != ".";
  return toml_quoted(below ? relative.string() : sound);
}

/// Whether TOML can say it.
bool is_utf8(std::string_view text) {
  try {
    return toml::parse("x = " + toml_quoted(text))["x"].value<std::string>() == text;
  } catch (const toml::parse_error&) {
    return false;
  }
}

/// "a.wav, b.wav and 3 more".
std::string some_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t k = 0; k < std::min<std::size_t>(names.size(), 3); ++k) text += (k ? ", " : "") + names[k];
  return names.size() > 3 ? text + fmt::format(" and {} more", names.size() - 3) : text;
}

}  // namespace

Result<FlowFile> parse_flow(std::string_view source, const fs::path& path) {
  FlowFile file;
  file.path = path;
  try {
    const toml::table root = toml::parse(source, path.string());
    Reader(root, file);
    return file;
  } catch (const toml::parse_error& e) {
    return Error{fmt::format("{}:{}: {}", path.filename().string(), e.source().begin.line, e.description())};
  } catch (const Wrong& wrong) {
    return Error{wrong.sentence};
  }
}

Result<FlowFile> read_flow(const fs::path& path) {
  const auto text = read_text(path, "flow", kMaxFlowFile);
  if (!text) return text.error();
  return parse_flow(*text, fs::absolute(path).lexically_normal());
}

std::string flow_text(const FlowFile& file) {
  const FlowSettings usual;
  std::string text = fmt::format("version = {}\n", FlowFile::kVersion);
  if (!file.name.empty()) text += fmt::format("name = {}\n", toml_quoted(file.name));
  for (const WholeSetting& s : kWholeSettings)
    if (file.settings.*s.value != usual.*s.value)
      text += fmt::format("{} = {}\n", s.name, file.settings.*s.value);
  for (const NumberSetting& s : kNumberSettings)
    if (file.settings.*s.value != usual.*s.value)
      text += fmt::format("{} = {}\n", s.name, file.settings.*s.value);
  if (file.settings.tempo != usual.tempo)
    text += fmt::format("tempo = \"{}\"\n", name_of(file.settings.tempo));
  if (file.settings.seed != usual.seed) text += fmt::format("seed = {}\n", file.settings.seed);
  if (!file.arc.empty()) {
    text += "arc = [";
    for (std::size_t k = 0; k < file.arc.size(); ++k)
      text += fmt::format("{}[{}, {}]", k ? ", " : "", file.arc[k].minute, file.arc[k].energy);
    text += "]\n";
  }
  if (!file.vetoes.empty()) {
    text += "vetoes = [";
    for (const std::string& veto : file.vetoes) text += fmt::format("\n  {},", path_text(veto, file.path));
    text += "\n]\n";
  }
  for (const FlowFile::Loop& loop : file.loops) {
    text += fmt::format("\n[[loop]]\npath = {}\n", path_text(loop.path, file.path));
    if (loop.hold != Hold::pinned) text += fmt::format("hold = \"{}\"\n", name_of(loop.hold));
    if (loop.bars) text += fmt::format("bars = {}\n", *loop.bars);
    if (loop.kind) text += fmt::format("transition = \"{}\"\n", name_of(*loop.kind));
    if (loop.transition_bars) text += fmt::format("transition_bars = {}\n", *loop.transition_bars);
    if (loop.tempo) text += fmt::format("tempo = \"{}\"\n", name_of(*loop.tempo));
  }
  return text;
}

ArrangedFlow arranged(const FlowFile& file, const FlowShelf& shelf) {
  std::unordered_map<std::string_view, const Card*> by_path;
  for (const Card& card : shelf.cards()) by_path.emplace(card.path, &card);
  const auto find = [&](const std::string& path) {
    const auto at = by_path.find(path);
    return at == by_path.end() ? nullptr : at->second;
  };
  ArrangedFlow flow;
  flow.wishes.arc = file.arc;
  for (const std::string& veto : file.vetoes)
    if (const Card* card = find(veto)) flow.wishes.vetoes.push_back(card->id);
  std::vector<std::string> missing;
  for (const FlowFile::Loop& loop : file.loops) {
    const Card* card = find(loop.path);
    if (!card || !(loop_tempo(*card) > 0)) {
      missing.push_back(fs::path(loop.path).filename().string() +
                        (card ? " (no whole beats)" : " (not in the library)"));
      continue;
    }
    FlowSlot& slot = flow.wishes.slots.emplace_back();
    slot.id = card->id;
    slot.hold = loop.hold;
    slot.bars = loop.bars;
    slot.kind = loop.kind;
    slot.transition_bars = loop.transition_bars;
    slot.tempo = loop.tempo;
    slot.level = static_cast<int>(kFlowRules);  // it was arranged so: nothing is too much
  }
  if (!missing.empty())
    flow.left_out =
        fmt::format("{}: left out {}; add their folder (entrain library add FOLDER) or correct their tempo.",
                    file.path.filename().string(), some_of(missing));
  return flow;
}

SavedFlow saved(const FlowWishes& wishes, const FlowSettings& settings, const FlowShelf& shelf,
                const fs::path& path) {
  SavedFlow flow;
  FlowRequest sane;
  sane.wishes = wishes;
  sane.settings = settings;
  sane = in_ranges(std::move(sane));
  flow.file.path = path;
  flow.file.settings = sane.settings;
  flow.file.settings.seed &= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  flow.file.arc = std::move(sane.wishes.arc);
  flow.file.arc.resize(std::min(flow.file.arc.size(), kMostArcPoints));
  std::vector<std::string> unsaid;
  const auto path_of = [&](std::int64_t id) -> std::string {
    const Card* card = shelf.card(id);
    if (!card) return {};
    if (is_utf8(card->path)) return card->path;
    unsaid.push_back(printable(fs::path(card->path).filename().string(), 60));
    return {};
  };
  for (const std::int64_t id : wishes.vetoes)
    if (std::string veto = path_of(id); !veto.empty()) flow.file.vetoes.push_back(std::move(veto));
  for (const FlowSlot& slot : sane.wishes.slots) {
    if (slot.hold == Hold::free) continue;
    if (std::string loop = path_of(slot.id); !loop.empty())
      flow.file.loops.push_back(
          {std::move(loop), slot.hold, slot.bars, slot.kind, slot.transition_bars, slot.tempo});
  }
  if (!unsaid.empty())
    flow.left_out = fmt::format("{}: left out {}, whose names are no UTF-8; rename them.",
                                path.filename().string(), some_of(unsaid));
  return flow;
}

}  // namespace entrain
