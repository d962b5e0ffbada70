#include "control/library/compatibility_config.h"

#include <fmt/format.h>

#include <array>
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "control/text_file.h"
#include "engine/core/text.h"
#include "engine/library/user_folder.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

/// One key of the section: the only place its name stands.
struct Setting {
  std::string_view name;
  double CompatibilityWeights::*value;
  double least, most;
  std::string_view help;
};

using W = CompatibilityWeights;
constexpr std::array<Setting, 11> kSettings{{
    {"tempo", &W::tempo, 0, 100, "share of the score"},
    {"key", &W::key, 0, 100, "share of the score"},
    {"likeness", &W::likeness, 0, 100, "share of the score"},
    {"energy", &W::energy, 0, 100, "share of the score"},
    {"density", &W::density, 0, 100, "share of the score: onsets a second"},
    {"tempo_limit", &W::tempo_limit, 0.1, 100, "percent; sounds farther apart are refused"},
    {"half_time", &W::half_time, 0, 1, "worth of a tempo counted in half or double time"},
    {"neighbour", &W::neighbour, 0, 1, "worth of a step of one number on the Camelot wheel (8A to 9A)"},
    {"relative", &W::relative, 0, 1, "worth of the other letter (8A to 8B)"},
    {"diagonal", &W::diagonal, 0, 1, "worth of a step of both (8A to 9B)"},
    {"energy_boost", &W::energy_boost, 0, 1, "worth of a step of two numbers (8A to 10A)"},
}};
constexpr std::string_view kDiagonals = "diagonals";
constexpr std::string_view kSection = "compatibility";

std::string nearest_name(std::string_view key) {
  std::string_view best = kDiagonals;
  for (const Setting& setting : kSettings)
    if (edit_distance(setting.name, key) < edit_distance(best, key)) best = setting.name;
  return std::string(best);
}

/// Sets one key, or says what is wrong with it.
std::string set(CompatibilityWeights& weights, std::string_view key, const toml::node& node) {
  if (key == kDiagonals) {
    if (!node.is_boolean()) return fmt::format("{} must be true or false", key);
    weights.diagonals = node.as_boolean()->get();
    return {};
  }
  for (const Setting& setting : kSettings) {
    if (setting.name != key) continue;
    const auto value = node.is_number() ? node.value<double>() : std::nullopt;
    if (!value || !(*value >= setting.least && *value <= setting.most))
      return fmt::format("{} must be a number from {} to {}", key, setting.least, setting.most);
    weights.*setting.value = *value;
    return {};
  }
  return fmt::format("unknown key \"{}\"; did you mean \"{}\"?", key, nearest_name(key));
}

}  // namespace

fs::path default_config_file() { return user_folder("XDG_CONFIG_HOME", ".config") / "config.toml"; }

Result<CompatibilityWeights> parse_compatibility(std::string_view text, const fs::path& path) {
  const auto wrong = [&](const toml::source_region& where, std::string_view what) {
    return Error{fmt::format("{}:{}: {}", path.string(), where.begin.line, what)};
  };
  try {
    const toml::table root = toml::parse(text, path.string());
    CompatibilityWeights weights;
    const toml::node* section = root.get(kSection);
    if (!section) return weights;
    if (!section->is_table())
      return wrong(section->source(), fmt::format("{0} must be a section: [{0}]", kSection));
    for (const auto& [key, node] : *section->as_table())
      if (const std::string sentence = set(weights, key.str(), node); !sentence.empty())
        return wrong(node.source(), sentence);
    return weights;
  } catch (const toml::parse_error& e) {
    return wrong(e.source(), e.description());
  }
}

Result<CompatibilityWeights> read_compatibility(const fs::path& path) {
  std::error_code none;
  if (!fs::exists(path, none)) return CompatibilityWeights{};
  const auto text = read_text(path, "configuration file", kMaxConfigFile);
  if (!text) return text.error();
  return parse_compatibility(*text, path);
}

std::string compatibility_text(const CompatibilityWeights& weights) {
  std::string text = fmt::format("[{}]\n", kSection);
  for (const Setting& setting : kSettings)
    text += fmt::format("{:<22} # {}\n", fmt::format("{} = {}", setting.name, weights.*setting.value),
                        setting.help);
  return text + fmt::format("{:<22} # false: diagonals are worth nothing and no filter by key admits them\n",
                            fmt::format("{} = {}", kDiagonals, weights.diagonals));
}

}  // namespace entrain
