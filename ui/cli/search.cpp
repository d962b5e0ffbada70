// `entrain search` and `entrain similar`: sounds of the library by words, by likeness, by what could follow.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "control/library/card_json.h"
#include "control/library/compatibility_config.h"
#include "control/library/filter_text.h"
#include "control/library/finder.h"
#include "ui/cli/known_sounds.h"
#include "ui/cli/library_option.h"
#include "ui/cli/print_json.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

struct FindArgs {
  std::string library, config, file;
  std::vector<std::string> words;
  FilterText filter;
  std::size_t count = 10;
  bool json = false, next = false;
};

/// One sound that was found, as lines or into `json`.
void show(const FindArgs& args, const Card& card, double score, const std::vector<std::string>& reasons,
          Json& json) {
  if (args.json) {
    Json sound = card_json(card);
    sound["score"] = score;
    sound["reasons"] = reasons;
    json.push_back(std::move(sound));
    return;
  }
  fmt::print("{:5.2f}  {}\n       {}\n", score, card.path, about(card));
  for (const std::string& reason : reasons) fmt::print("       - {}\n", reason);
}

Result<Filter> wanted(const FindArgs& args) {
  FilterText text = args.filter;
  if (!text.folder.empty()) text.folder = absolute_path(text.folder).native();
  return filter_from(text);
}

Result<void> search(const FindArgs& args) {
  const auto filter = wanted(args);
  if (!filter) return filter.error();
  const auto finder = open_finder(args.library, args.config);
  if (!finder) return finder.error();
  std::string text;
  for (const std::string& word : args.words) text += word + " ";
  const Found found = (*finder)->search(text, args.count, *filter);
  for (const std::string& remark : found.remarks) fmt::print(stderr, "{}\n", remark);
  Json json = Json::array();
  for (const FoundSound& sound : found.sounds)
    show(args, (*finder)->cards()[sound.index], static_cast<double>(sound.score), sound.reasons, json);
  if (args.json)
    print_json(json);
  else if (found.sounds.empty())
    fmt::print("nothing fits; ask for less, or with other words\n");
  return {};
}

Result<void> similar(const FindArgs& args) {
  const auto filter = wanted(args);
  if (!filter) return filter.error();
  const auto finder = open_finder(args.library, args.config);
  if (!finder) return finder.error();
  const auto card = card_at(**finder, args.file);
  if (!card) return card.error();
  if (!args.json) fmt::print("{}\n{}\n\n", card->path, about(*card));
  Json json = Json::array();
  const auto suggestions = args.next ? (*finder)->next(*card, args.count, *filter)
                                     : (*finder)->similar(*card, args.count, *filter);
  for (const Suggestion& s : suggestions) show(args, (*finder)->cards()[s.index], s.score, s.reasons, json);
  if (args.json)
    print_json(json);
  else if (suggestions.empty())
    fmt::print("nothing fits; ask for less\n");
  return {};
}

void add_find_options(CLI::App& sub, FindArgs& args) {
  add_library_option(sub, args.library);
  sub.add_option("--count", args.count, "How many sounds at most (default 10)")->check(CLI::Range(1, 10'000));
  sub.add_option("--tempo", args.filter.tempo, "BPM: 118-126 or 120; half and double time count too");
  sub.add_option("--key", args.filter.key, "What mixes with a key on the Camelot wheel: 8A or Am");
  sub.add_option("--energy", args.filter.energy, "0 to 10: 3-6 or 5");
  sub.add_option("--class", args.filter.hit, "Hits of one kind: kick, snare, hat_closed...");
  sub.add_option("--in", args.filter.folder, "Only in this folder and those below");
  sub.add_option("--config", args.config, "Weights and settings (default: ~/.config/entrain/config.toml)");
  sub.add_flag("--json", args.json, "As JSON");
}

}  // namespace

void add_search(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<FindArgs>();
  CLI::App* sub = app.add_subcommand("search", "Finds sounds of the library by words.");
  sub->footer(
      "Examples:\n  entrain search \"dark heavy bass\"\n  entrain search \"chill ambient piano\" 120 bpm Am\n"
      "  entrain search \"pad not bright\" --energy 2-5 --in ~/loops\n"
      "Words are looked for in the names of files and folders and in how sounds sound; \"not\" turns a word "
      "round.");
  sub->add_option("words", args->words, "What it sounds like; tempo (128-130bpm) and key (8A, Am) too")
      ->required();
  add_find_options(*sub, *args);
  sub->callback([args, &exit] {
    if (const auto done = search(*args); !done) fail(exit, done.error().sentence);
  });
}

void add_similar(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<FindArgs>();
  CLI::App* sub =
      app.add_subcommand("similar", "Finds sounds of the library that are like one, or could follow it.");
  sub->footer(
      "Examples:\n  entrain similar kick.wav --count 20\n  entrain similar amen.wav --next --tempo 130-140\n"
      "What counts how much for --next is in section [compatibility] of the configuration file:\n" +
      compatibility_text({}));
  sub->add_option("file", args->file, "A sound file, of the library or not")->required();
  sub->add_flag("--next", args->next, "Order by what could follow: tempo, key, likeness, energy, density");
  add_find_options(*sub, *args);
  sub->callback([args, &exit] {
    if (const auto done = similar(*args); !done) fail(exit, done.error().sentence);
  });
}

}  // namespace entrain
