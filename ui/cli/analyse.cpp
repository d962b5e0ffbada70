// `entrain analyse`: what is known of files and folders from their sound.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "control/analyse/report.h"
#include "control/analyse/table.h"
#include "control/worker/pool.h"
#include "engine/analysis/hit.h"
#include "engine/library/sound_folder.h"
#include "ui/cli/command.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

struct AnalyseArgs {
  std::vector<std::string> paths;
  std::string csv, descriptors;
  bool json = false, no_hints = false;
};

/// A file as it was asked for: below its folder, or as named.
struct Asked {
  fs::path path;
  std::string name;
};

Result<std::vector<Asked>> all_asked(const std::vector<std::string>& paths) {
  std::vector<Asked> all;
  for (const std::string& path : paths) {
    std::error_code none;
    const bool folder = fs::is_directory(path, none);
    if (!folder) {
      all.push_back({path, path});
      continue;
    }
    const auto files = some_sounds_in(path);
    if (!files) return files.error();
    for (const fs::path& file : *files) all.push_back({file, file.lexically_relative(path).generic_string()});
  }
  return all;
}

/// Descriptors alone, which take a fraction of the time; nothing else is computed.
Result<void> describe_all(const AnalyseArgs& args, Exit& exit) {
  const auto asked = all_asked(args.paths);
  if (!asked) return asked.error();
  const Error unwritten{args.descriptors +
                        " cannot be written; name a place with room that you may write to."};
  std::ofstream out(args.descriptors);
  out << descriptors_csv_head() << '\n';
  if (!out.flush()) return unwritten;
  WorkerPool workers({{"/proc/self/exe", "worker"}, 1});
  std::map<int, Describer> describers;  // by rate
  for (const auto& [path, name] : *asked) {
    const auto loaded = workers.load(path, kOwnRate);
    if (!loaded) {
      fail(exit, loaded.error().sentence);
      continue;
    }
    auto& describer = describers.try_emplace(loaded->pcm.rate, loaded->pcm.rate).first->second;
    out << descriptors_csv_row(name, describe_hit(loaded->pcm, describer)) << '\n';
  }
  if (!out.flush()) return unwritten;
  return {};
}

/// Prints and writes down what is known, in the order of what was asked.
Result<void> analyse_all(const AnalyseArgs& args, Exit& exit) {
  const auto asked = all_asked(args.paths);
  if (!asked) return asked.error();
  std::optional<AnalysisTable> table;
  if (!args.csv.empty()) {
    auto opened = AnalysisTable::open(args.csv);
    if (!opened) return opened.error();
    table = *std::move(opened);
  }
  std::vector<WorkerPool::AnalysisOrder> orders;
  for (const Asked& file : *asked) orders.push_back({file.path, !args.no_hints});
  WorkerPool workers({{"/proc/self/exe", "worker"}, 1});
  std::vector<std::optional<Result<AnalysedSound>>> known(orders.size());
  std::size_t next = 0;
  Result<void> written;
  auto json = nlohmann::ordered_json::array();
  const auto tell = [&](const std::string& name, const Result<AnalysedSound>& sound) {
    if (!sound) return fail(exit, sound.error().sentence);
    if (table && written) written = table->add(name, sound->analysis);
    if (args.json) json.push_back(analysis_json(name, sound->analysis));
    if (!args.json && !table) fmt::print("{}\n", analysis_line(name, sound->analysis));
  };
  workers.analyse_all(orders, [&](std::size_t index, Result<AnalysedSound> sound, bool) {
    known[index] = std::move(sound);
    for (; next < known.size() && known[next]; known[next++].reset()) tell((*asked)[next].name, *known[next]);
    if (!written) workers.cancel();
  });
  if (args.json)
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  return written;
}

}  // namespace

void add_analyse(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<AnalyseArgs>();
  CLI::App* sub = app.add_subcommand(
      "analyse",
      "Prints tempo, beats, key, onsets, loudness, energy and the kind of hit of sound files and folders.");
  sub->footer(
      "Example: entrain analyse ~/loops --csv loops.csv\n"
      "A table names, for each file, a file with its onsets (seconds, one a line), in a folder beside it. A "
      "file that cannot be read costs one sentence and the exit code, not the rest.");
  sub->add_option("paths", args->paths, "Sound files, and folders of them")->required();
  auto* json = sub->add_flag("--json", args->json, "Print everything, as JSON");
  auto* csv = sub->add_option("--csv", args->csv, "Write a table here");
  sub->add_option("--descriptors", args->descriptors,
                  "Write a table of descriptors here (what classes and clusters of hits are made from), and "
                  "nothing else")
      ->excludes(json, csv);
  sub->add_flag("--no-hints", args->no_hints, "Ignore what file names say of tempo and key");
  sub->callback([args, &exit] {
    const auto work = args->descriptors.empty() ? analyse_all : describe_all;
    if (const auto done = work(*args, exit); !done) fail(exit, done.error().sentence);
  });
}

}  // namespace entrain
