// `entrain render`: a set or a journal, rendered offline into a WAV file.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <random>

#include "control/record/journal_reader.h"
#include "control/record/render_files.h"
#include "control/record/replay.h"
#include "control/stage/set_loader.h"
#include "ui/cli/command.h"

namespace entrain {
namespace {

struct RenderArgs {
  std::string input, output, isa;
  double bars = 0, seconds = 0;
  std::uint64_t seed = 0;
  bool seeded = false, stems = false, float32 = false;
  int rate = 48'000;

  WaveFormat format() const { return float32 ? WaveFormat::float32 : WaveFormat::pcm24; }
};

bool is_journal(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char head[64] = {};
  file.read(head, sizeof head - 1);
  return std::string(head).find("\"entrain-journal\"") != std::string::npos;
}

void say(const std::string& sentence) { std::fprintf(stderr, "%s\n", sentence.c_str()); }

Result<void> finish(const RenderArgs& args, RenderFiles& files, int rate) {
  if (auto finished = files.finish(); !finished) return finished;
  say(fmt::format("{}: {:.2f} s.", args.output, static_cast<double>(files.frames()) / rate));
  if (files.clipped() > 0) say(fmt::format("{} samples clipped; lower /master/ceiling.", files.clipped()));
  return {};
}

Result<void> render_journal(const RenderArgs& args) {
  auto journal = read_journal(args.input);
  if (!journal) return journal.error();
  if (!journal->remark.empty()) say(journal->remark);
  const int rate = journal->header.rate;
  WorkerPool workers({{"/proc/self/exe", "worker"}});
  Sounds sounds(workers, rate, {});
  const auto load = [&](const AssetLine& line) -> Result<std::shared_ptr<const Asset>> {
    auto loaded = sounds.load(line.path);
    if (!loaded) return loaded.error();
    return loaded->asset;
  };
  const EngineConfig here{rate, journal->header.seed, best_isa()};
  auto replay = Replay::prepare(*std::move(journal), load, header_of_this_process(here, ENTRAIN_VERSION, ""));
  if (!replay) return replay.error();
  auto files = RenderFiles::open(args.output, rate, args.format(), args.stems);
  if (!files) return files.error();
  auto summary = replay->run([&](const auto& channels, Engine& engine) { return files->add(channels, engine); });
  if (!summary) return summary.error();
  say(summary->sentence);
  return finish(args, *files, rate);
}

Result<void> render_set(const RenderArgs& args) {
  auto set = read_set(args.input);
  if (!set) return set.error();
  set->autoplay = true;
  EngineConfig config{args.rate, args.seed, best_isa()};
  if (!args.seeded) config.seed = std::uint64_t{std::random_device{}()} << 32 | std::random_device{}();
  if (!args.isa.empty()) {
    const auto isa = isa_named(args.isa);
    if (!isa) return Error{fmt::format("--isa {} is not to be had on this machine", args.isa)};
    config.isa = *isa;
  }
  say(fmt::format("Seed {}.", config.seed));
  WorkerPool workers({{"/proc/self/exe", "worker"}});
  Sounds sounds(workers, config.rate, set->folders);
  LoadedSet loaded = load_set(*set, sounds);
  for (const std::string& remark : loaded.remarks) say(remark);

  auto files = RenderFiles::open(args.output, config.rate, args.format(), args.stems);
  if (!files) return files.error();
  Offline offline(config, [&](const auto& channels, Engine& engine) { return files->add(channels, engine); });
  loaded.performance.epoch = 1;
  Schedule schedule;
  schedule.serial = schedule.count = 1;
  schedule.entries[0] = {Beat(0), Grid::now, &loaded.performance};
  const std::size_t most = Engine::kEventsPerQuantum;
  for (std::size_t i = 0; i == 0 || i < loaded.events.size(); i += most) {
    const auto part = std::span(loaded.events).subspan(i, std::min(most, loaded.events.size() - i));
    if (auto done = offline.process(part, i == 0 ? &schedule : nullptr); !done) return done;
  }
  const Frame by_seconds(static_cast<std::int64_t>(args.seconds * config.rate));
  const Beat by_bars = Beat::nearest((args.bars > 0 ? args.bars : 16) * set->meter.beats_per_bar);
  auto rendered = args.seconds > 0 ? offline.run_until(by_seconds) : offline.run_until(by_bars, Frame(config.rate * std::int64_t{86'400}));
  if (!rendered) return rendered;
  return finish(args, *files, config.rate);
}

}  // namespace

void add_render(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<RenderArgs>();
  CLI::App* sub = app.add_subcommand("render", "Renders a set, or a jam from its journal bit for bit, into a WAV file.");
  sub->footer("Examples:\n  entrain render scenes/demo.toml -o demo.wav --bars 16 --seed 7 --stems\n"
              "  entrain render jam.journal -o jam.wav");
  sub->add_option("input", args->input, "A set (.toml) or a journal")->required()->check(CLI::ExistingFile);
  sub->add_option("-o,--output", args->output, "The WAV file to write, 24 bits")->required();
  auto* bars = sub->add_option("--bars", args->bars, "Sets: stop after so many bars (default 16)")->check(CLI::PositiveNumber);
  sub->add_option("--seconds", args->seconds, "Sets: stop after so many seconds")->check(CLI::PositiveNumber)->excludes(bars);
  auto* seed = sub->add_option("--seed", args->seed, "Sets: seed of every draw; without one it is drawn and printed");
  sub->add_option("--rate", args->rate, "Sets: Hz")->check(CLI::Range(EngineConfig::kLeastRate, EngineConfig::kMostRate));
  sub->add_option("--isa", args->isa, "Sets: instruction-set level");
  sub->add_flag("--stems", args->stems, "Also write a file for each group and return: OUTPUT-drums.wav and so on");
  sub->add_flag("--float", args->float32, "32-bit float instead of 24 bits");
  sub->callback([args, seed, &exit] {
    args->seeded = seed->count() > 0;
    const auto done = is_journal(args->input) ? render_journal(*args) : render_set(*args);
    if (!done) fail(exit, done.error().sentence);
  });
}

}  // namespace entrain
