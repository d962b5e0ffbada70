// `entrain library`: the library of the performer's sounds.
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "control/analyse/report.h"
#include "control/library/card_json.h"
#include "control/library/ingest.h"
#include "control/library/ingest_lock.h"
#include "engine/library/trust.h"
#include "ui/cli/command.h"
#include "ui/cli/library_option.h"
#include "ui/cli/print_json.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

struct LibraryArgs {
  std::string library, file, filter;
  std::vector<std::string> paths, corrections;
  bool json = false, no_hints = false, again = false, check = false;
  int workers = 0;
};

/// Cancels the workers on Ctrl-C or SIGTERM, for as long as it lives; to be made before any other thread.
class StopOnSignal {
 public:
  StopOnSignal() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int s : {SIGINT, SIGTERM}) sigaddset(&signals, s);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    file_ = OwnedFd(signalfd(-1, &signals, SFD_CLOEXEC));
  }
  void watch(WorkerPool& workers) {
    thread_ = std::jthread([this, &workers](std::stop_token stop) {
      pollfd fd{file_.get(), POLLIN, 0};
      while (!stop.stop_requested())
        if (poll(&fd, 1, 100) > 0) return workers.cancel();
    });
  }

 private:
  OwnedFd file_;
  std::jthread thread_;
};

void show_progress(const IngestProgress& p) {
  if (isatty(STDERR_FILENO) != 1) return;
  const std::string left = p.seconds_left < 0 ? ""
                           : p.seconds_left < 90
                               ? fmt::format(", {:.0f} s left", std::ceil(p.seconds_left))
                               : fmt::format(", {:.0f} min left", std::ceil(p.seconds_left / 60));
  fmt::print(stderr, "\r\033[K{} of {}{}  {}{}", p.done, p.of, left, p.name.substr(0, 48),
             p.done == p.of ? "\n" : "");
}

Result<void> scan(const LibraryArgs& args, Exit& exit) {
  StopOnSignal stop;
  auto library = open_library(args.library);
  if (!library) return library.error();
  std::vector<fs::path> roots;
  for (const std::string& path : args.paths) {
    std::error_code none;
    if (!fs::is_directory(path, none)) return Error{path + " is not a folder; name one that holds sounds."};
    roots.push_back(absolute_path(path));
    if (auto added = library->add_folder(roots.back()); !added) return added;
  }
  if (roots.empty()) {
    auto folders = library->folders();
    if (!folders) return folders.error();
    roots = *std::move(folders);
  }
  if (roots.empty()) return Error{"The library has no folders yet; begin with: entrain library add FOLDER"};
  const IngestLock lock(library->file());
  if (!lock.held()) {
    fmt::print("Another Entrain is reading this library's folders just now; it takes these too.\n");
    return {};
  }
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  WorkerPool workers({{"/proc/self/exe", "worker"}, args.workers > 0 ? args.workers : cores});
  stop.watch(workers);
  const auto summary = ingest(*library, workers, roots, {!args.no_hints, args.again}, show_progress);
  if (!summary) return summary.error();
  for (const std::string& sentence : summary->sentences) fmt::print(stderr, "{}\n", sentence);
  fmt::print("{}\n", summary_line(*summary));
  if (summary->stopped)
    fail(exit, "Stopped; what was analysed is kept, `entrain library scan` goes on from there.");
  return {};
}

std::string table_line(const Card& card) {
  const std::string tempo = card.bpm > 0 ? fmt::format("{:7.2f}", card.bpm) : "      -";
  const std::string key = card.key ? fmt::format("{:>3} {}", camelot(*card.key), key_name(*card.key)) : "  -";
  const std::string kind = card.hit ? std::string(name_of(*card.hit)) : "";
  return fmt::format("{}{} {:<13} {:5.1f} {:6.1f}  {:<10} {:7.1f}  {}", tempo, needs_check(card) ? "?" : " ",
                     key, card.lufs, card.energy, kind, card.seconds, card.path);
}

constexpr const char* kTableHead = "    BPM  key            LUFS energy  kind       seconds  file";

Result<void> list(const LibraryArgs& args) {
  auto library = open_library(args.library);
  if (!library) return library.error();
  const auto cards = library->cards();
  if (!cards) return cards.error();
  const auto folders = library->folders();
  if (!folders) return folders.error();
  auto json = nlohmann::ordered_json::array();
  if (!args.json && !cards->empty()) fmt::print("{}\n", kTableHead);
  std::size_t shown = 0;
  for (const Card& card : *cards) {
    if ((args.check && !needs_check(card)) || card.path.find(args.filter) == std::string::npos) continue;
    ++shown;
    if (args.json)
      json.push_back(card_json(card));
    else
      fmt::print("{}\n", table_line(card));
  }
  if (args.json) {
    print_json(json);
    return {};
  }
  fmt::print("{} of {} sounds in {} folders{}\n", shown, cards->size(), folders->size(),
             folders->empty() ? "; begin with: entrain library add FOLDER" : "");
  return {};
}

Result<void> show(const LibraryArgs& args) {
  auto library = open_library(args.library);
  if (!library) return library.error();
  const std::string path = absolute_path(args.file).native();
  const auto found = library->find(path);
  if (!found) return found.error();
  if (!*found) return Error{path + " is not in the library; `entrain library add` its folder first."};
  const SoundEntry& entry = **found;
  if (!entry.file.failure.empty()) return Error{entry.file.failure};
  if (args.json) {
    auto json = analysis_json(path, entry.analysis);
    json["corrections"] = nlohmann::ordered_json::object();
    for (const Correction& c : entry.corrections) json["corrections"][c.field] = c.value;
    json["missing"] = entry.file.missing;
    print_json(json);
    return {};
  }
  fmt::print("{}\n", analysis_line(path, entry.analysis));
  for (const Correction& c : entry.corrections) fmt::print("  {} is {}, as you said\n", c.field, c.value);
  if (entry.file.missing) fmt::print("  the file was not there when the folder was last scanned\n");
  return {};
}

Result<void> set(const LibraryArgs& args) {
  auto library = open_library(args.library);
  if (!library) return library.error();
  const std::string path = absolute_path(args.file).native();
  for (const std::string& text : args.corrections) {
    if (text.ends_with('=')) {
      if (auto done = library->uncorrect(path, text.substr(0, text.size() - 1)); !done) return done;
      continue;
    }
    const auto correction = correction_from(text);
    if (!correction) return correction.error();
    if (auto done = library->correct(path, *correction); !done) return done;
  }
  return show(args);
}

Result<void> remove(const LibraryArgs& args) {
  auto library = open_library(args.library);
  if (!library) return library.error();
  for (const std::string& path : args.paths) {
    const auto sounds = library->remove(absolute_path(path));
    if (!sounds) return sounds.error();
    fmt::print("{}: {} sounds forgotten; the files stay where they are\n", path, *sounds);
  }
  return {};
}

}  // namespace

void add_library(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<LibraryArgs>();
  CLI::App* group = app.add_subcommand("library", "Knows every sound you own: tempo, key, loudness, timbre.");
  group->require_subcommand(1);
  group->footer(
      "Example: entrain library add ~/loops ~/drums\n"
      "The sounds stay where they are; what is known of them lies in ~/.local/share/entrain/library.db.");
  const auto command = [&](const char* name, const char* help, auto work) {
    CLI::App* sub = group->add_subcommand(name, help);
    add_library_option(*sub, args->library);
    sub->callback([args, &exit, work] {
      if (const Result<void> done = work(*args, exit); !done) fail(exit, done.error().sentence);
    });
    return sub;
  };
  const auto add_scan_options = [&](CLI::App* sub) {
    sub->add_flag("--no-hints", args->no_hints, "Ignore what file names say of tempo and key");
    sub->add_flag("--again", args->again, "Analyse everything anew; your corrections stay");
    sub->add_option("--workers", args->workers, "Files at once (default: one for each core)")
        ->check(CLI::Range(1, 64));
  };
  CLI::App* add = command("add", "Adds folders, and analyses what is in them.", scan);
  add->add_option("folders", args->paths, "Folders of sounds")->required();
  add_scan_options(add);
  add_scan_options(command("scan", "Looks for new, changed, moved and deleted files in all folders.", scan));
  const auto plain = [](auto work) { return [work](const LibraryArgs& a, Exit&) { return work(a); }; };
  CLI::App* listing = command(
      "list", "Lists the sounds: tempo, key, loudness, energy; ? marks a tempo to check.", plain(list));
  listing->add_option("text", args->filter, "Only paths that hold this");
  listing->add_flag("--check", args->check, "Only those whose tempo or downbeat is not trusted");
  listing->add_flag("--json", args->json, "As JSON");
  CLI::App* showing = command("show", "Shows all that is known of one file.", plain(show));
  showing->add_option("file", args->file, "A sound file")->required();
  showing->add_flag("--json", args->json, "Everything, as JSON");
  CLI::App* setting =
      command("set", "Corrects what was measured; corrections are never overwritten.", plain(set));
  setting->add_option("file", args->file, "A sound file")->required();
  setting->add_option("corrections", args->corrections, "FIELD=VALUE; FIELD= takes it back")->required();
  std::string fields = "Example: entrain library set amen.wav bpm=136.9 downbeat=0.01 key=none\n";
  for (const CorrectionField& f : kCorrectionFields) fields += fmt::format("  {:<12}{}\n", f.name, f.values);
  setting->footer(fields);
  command("remove", "Forgets folders or files, and your corrections of them.", plain(remove))
      ->add_option("paths", args->paths, "Folders or files")
      ->required();
}

}  // namespace entrain
