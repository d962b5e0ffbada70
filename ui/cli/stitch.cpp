// `entrain stitch`: a continuous mix of loops, rendered offline.
#include "control/flow/stitch.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>

#include "control/flow/flow_file.h"
#include "control/record/render_files.h"
#include "control/text_file.h"
#include "ui/cli/command.h"
#include "ui/cli/library_option.h"
#include "ui/cli/passing_library.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

struct StitchArgs {
  std::vector<std::string> paths;
  std::string library, start, output;
  double minutes = 0, bpm = 0;  ///< minutes 0: ten, or a saved flow as it stands
  std::optional<FlowFile> flow;
  FlowSettings settings;
  std::uint64_t seed = 1;
  int rate = 0;  ///< Hz; 0: as most of the loops
  bool float32 = false, quiet = false, finer = false;
};

constexpr double kUsualMinutes = 10;

/// Lays a saved flow down: its settings, and its loops in their order. What could not be taken along is said.
Result<void> arrange(const StitchArgs& args, const Finder& finder, StitchSpec& spec) {
  ArrangedFlow flow = arranged(*args.flow, FlowShelf(finder.cards(), finder.likeness()));
  if (!flow.left_out.empty()) fmt::print(stderr, "left out: {}\n", flow.left_out);
  const std::size_t loops = flow.wishes.slots.size();
  if (loops == 0)
    return Error{
        fmt::format("{} has no loop that is in the library; add its sounds first, or name their folder",
                    args.flow->path.string())};
  spec.settings = args.flow->settings;
  spec.wishes = std::move(flow.wishes);
  if (args.minutes == 0) {
    spec.wishes.end_after = loops;
    spec.minutes = std::numeric_limits<double>::max();
  }
  return {};
}

/// The card of the loop to begin with, as a path or a part of one.
Result<std::int64_t> card_to_start(const std::vector<Card>& cards, const std::string& start) {
  const std::string path = absolute_path(start);
  for (const Card& card : cards)
    if (card.path == path) return card.id;
  for (const Card& card : cards)
    if (card.path.find(start) != std::string::npos) return card.id;
  return Error{fmt::format("{} is not among the sounds to choose from; give its folder as well", start)};
}

Result<void> write_beside(fs::path wave, const char* extension, const std::string& text) {
  return write_text(wave.replace_extension(extension), text);
}

Result<void> render(const StitchArgs& args, Library& library) {
  auto cards = library.cards();
  if (!cards) return cards.error();
  const auto analysis_of = [&](const std::string& path) -> Result<Analysis> {
    auto entry = library.find(path);
    if (!entry) return entry.error();
    if (!*entry) return Error{fmt::format("{} is not in the library any more", path)};
    return std::move((*entry)->analysis);
  };
  const int rate = args.rate > 0 ? args.rate : usual_rate(*cards, analysis_of);
  StitchSpec spec;
  spec.config = {rate, args.seed, best_isa()};
  spec.settings = args.settings;
  spec.settings.seed = args.seed;
  spec.minutes = args.minutes > 0 ? args.minutes : kUsualMinutes;
  spec.finer = args.finer;
  spec.tempo = args.bpm;
  if (!args.start.empty()) {
    const auto start = card_to_start(*cards, args.start);
    if (!start) return start.error();
    spec.wishes = locked({}, 0, *start);
  }
  const auto finder =
      std::make_shared<const Finder>(std::make_shared<const std::vector<Card>>(*std::move(cards)));
  if (args.flow)
    if (auto done = arrange(args, *finder, spec); !done) return done;
  WorkerPool workers({{"/proc/self/exe", "worker"}});
  Sounds sounds(workers, rate, {});
  auto files = RenderFiles::open(args.output, rate,
                                 args.float32 ? WaveFormat::float32 : WaveFormat::pcm24, false);
  if (!files) return files.error();
  auto summary = stitch(
      spec, finder, analysis_of, sounds,
      [&](const auto& channels, Engine& engine) { return files->add(channels, engine); },
      [&](const StitchCue& cue) {
        const auto at = static_cast<int>(cue.seconds);
        if (!args.quiet)
          fmt::print("{:3}:{:02}  {}\n", at / 60, at % 60, fs::path(cue.path).filename().string());
      });
  if (!summary) return summary.error();
  if (auto finished = files->finish(); !finished) return finished;
  if (auto done = write_beside(args.output, ".cue", cue_sheet(args.output, summary->cues)); !done)
    return done;
  if (auto done = write_beside(args.output, ".log", stitch_log(*summary)); !done) return done;
  for (const std::string& remark : summary->remarks) fmt::print(stderr, "note: {}\n", remark);
  if (files->clipped() > 0) fmt::print(stderr, "{} samples clipped.\n", files->clipped());
  fmt::print("{}: {} loops, {:.1f} minutes; the .cue and .log beside it say what plays when, and why.\n",
             args.output, summary->cues.size(), summary->seconds / 60);
  return {};
}

/// Takes the flow file out of the paths, if there is one.
Result<void> take_flow(StitchArgs& args) {
  for (auto path = args.paths.begin(); path != args.paths.end(); ++path) {
    if (fs::path(*path).extension() != ".toml") continue;
    auto flow = read_flow(absolute_path(*path));
    if (!flow) return flow.error();
    args.flow = *std::move(flow);
    args.paths.erase(path);
    break;
  }
  if (args.flow && !args.start.empty())
    return Error{"a saved flow begins with its own first loop; leave out --start or the .toml"};
  return {};
}

Result<void> run(StitchArgs& args) {
  if (auto taken = take_flow(args); !taken) return taken;
  if (args.paths.empty()) {
    auto library = open_library(args.library);
    return library ? render(args, *library) : library.error();
  }
  auto passing = PassingLibrary::of(args.paths);
  return passing ? render(args, passing->library()) : passing.error();
}

}  // namespace

void add_stitch(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<StitchArgs>();
  CLI::App* sub = app.add_subcommand("stitch", "Stitches loops into one continuous, beat-matched mix.");
  sub->footer(
      "Example: entrain stitch ~/loops --start intro.wav --minutes 20 --bpm 124 -o mix.wav\n"
      "         entrain stitch friday.toml --finer -o mix.wav\n"
      "Writes mix.cue and mix.log beside it: what plays when, and why it was chosen. A flow that was saved\n"
      "(/flow/save, .toml) is played as it stands: its loops in their order, then the end.");
  sub->add_option("paths", args->paths,
                  "Folders and files to choose from, or a saved flow; without folders: the library");
  sub->add_option("-o,--output", args->output, "The WAV file to write, 24 bits")->required();
  sub->add_option("--start", args->start, "The loop to begin with: its file, or a part of its name");
  sub->add_option("--minutes", args->minutes,
                  "How long the mix gets, about (default 10, or a saved flow as it stands)")
      ->check(CLI::Range(0.1, 1440.0));
  sub->add_option("--bpm", args->bpm, "The tempo to begin at; without it, the first loop's")
      ->check(CLI::Range(20.0, 999.0));
  sub->add_option("--least-bars", args->settings.least_bars, "Bars that a loop plays at least")
      ->check(CLI::Range(1.0, FlowSettings::kLongestBars))
      ->capture_default_str();
  sub->add_option("--most-bars", args->settings.most_bars, "Bars that a loop plays at most")
      ->check(CLI::Range(1.0, FlowSettings::kLongestBars))
      ->capture_default_str();
  sub->add_option("--transition-bars", args->settings.transition_bars, "Bars of a usual transition")
      ->check(CLI::Range(FlowSettings::kShortestTransition, FlowSettings::kLongestTransition))
      ->capture_default_str();
  sub->add_option("--seed", args->seed, "Decides between equals")->capture_default_str();
  sub->add_option("--rate", args->rate, "Hz (default: as most of the loops)")
      ->check(CLI::Range(EngineConfig::kLeastRate, EngineConfig::kMostRate));
  sub->add_flag("--float", args->float32, "32-bit float instead of 24 bits");
  sub->add_flag("--finer", args->finer, "Stretches ahead of time, with Rubber Band's finer engine (R3): slower");
  sub->add_flag("--quiet", args->quiet, "Prints no list of what plays");
  add_library_option(*sub, args->library);
  sub->callback([args, &exit] {
    if (const auto done = run(*args); !done) fail(exit, done.error().sentence);
  });
}

}  // namespace entrain
