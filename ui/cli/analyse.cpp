// `entrain analyse`: tempo, beats, key and onsets of files and folders.
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

/// A table, and beside it a folder with the onsets of each file: seconds, one a line.
class Table {
 public:
  static Result<Table> open(const fs::path& path) {
    Table table;
    table.onsets_ = fs::path(path).replace_extension(".onsets");
    std::error_code error;
    fs::create_directories(table.onsets_, error);
    table.out_.open(path);
    if (error || !table.out_)
      return Error{path.string() + " cannot be written; name a place you may write to."};
    table.out_ << analysis_csv_head() << '\n';
    return Result<Table>(std::move(table));
  }

  Result<void> add(const std::string& name, const Analysis& analysis) {
    const fs::path onsets = onsets_ / fmt::format("{:05}.txt", rows_++);
    std::ofstream times(onsets);
    for (const Onset& o : analysis.onsets) times << fmt::format("{:.4f}\n", o.seconds);
    out_ << analysis_csv_row(name, analysis, (onsets_.filename() / onsets.filename()).generic_string())
         << '\n';
    if (times.flush() && out_.flush()) return {};
    return Error{onsets.string() + " cannot be written; free some room on the disk."};
  }

 private:
  fs::path onsets_;
  std::ofstream out_;
  std::size_t rows_ = 0;
};

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

Result<void> analyse_all(const AnalyseArgs& args, Exit& exit) {
  const auto asked = all_asked(args.paths);
  if (!asked) return asked.error();
  std::optional<Table> table;
  if (!args.csv.empty()) {
    auto opened = Table::open(args.csv);
    if (!opened) return opened.error();
    table = *std::move(opened);
  }
  WorkerPool workers({{"/proc/self/exe", "worker"}, 1});
  auto json = nlohmann::ordered_json::array();
  for (const auto& [path, name] : *asked) {
    const auto loaded = workers.load(path, kOwnRate);
    if (!loaded) {
      fail(exit, loaded.error().sentence);
      continue;
    }
    const Hints hints = args.no_hints ? Hints{} : hints_in(path.filename().string());
    const Analysis analysis = analyse(loaded->pcm, hints);
    if (table)
      if (auto added = table->add(name, analysis); !added) return added;
    if (args.json)
      json.push_back(analysis_json(name, analysis));
    else if (!table)
      fmt::print("{}\n", analysis_line(name, analysis));
  }
  if (args.json)
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  return {};
}

}  // namespace

void add_analyse(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<AnalyseArgs>();
  CLI::App* sub =
      app.add_subcommand("analyse", "Prints tempo, beats, key and onsets of sound files and folders.");
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
