// `entrain sequence`: a pattern file on clusters of sounds, rendered into a WAV file; seed 0's sequencer.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <random>

#include "control/sequence/sequence_sounds.h"
#include "ui/cli/command.h"

namespace entrain {
namespace {

struct SequenceArgs {
  std::string pattern = "pattern.txt", clusters = "cluster_mapping.json", samples = "samples",
              output = "sequence.wav";
  SequenceOptions options;
};

void print(const std::string& line) { fmt::print("{}\n", line); }

/// Says how many samples were clipped, by how much, and what volumes would fit.
void report_clipping(const SequenceArgs& args, const SequenceSound& sound) {
  if (sound.clipped == 0) return;
  const double over = 20 * std::log10(sound.peak);
  fmt::print(stderr,
             "{} samples clipped, by up to {:.1f} dB: multiply the volumes in {} by {:.2f} or less.\n",
             sound.clipped, over, args.pattern, std::floor(99 / sound.peak) / 100);
}

Result<void> sequence(const SequenceArgs& args) {
  auto patterns = read_pattern_file(args.pattern);
  if (!patterns) return patterns.error();
  auto mapping = read_cluster_mapping(args.clusters);
  if (!mapping) return mapping.error();
  const auto name = std::filesystem::path(args.pattern).filename().string();
  auto plan = Sequence::plan(*std::move(patterns), *std::move(mapping), args.options, name);
  if (!plan) return plan.error();
  log_plan(*plan, print);

  WorkerPool workers({{"/proc/self/exe", "worker"}});
  Sounds sounds(workers, Sequence::kRate, {});
  std::vector<std::string> remarks;
  const auto tracks = load_sequence_sounds(*plan, args.samples, sounds, remarks);
  if (!tracks) return tracks.error();
  for (const std::string& remark : remarks) fmt::print(stderr, "{}\n", remark);
  log_triggers(*plan, print);

  auto output =
      WaveWriter::open(args.output, {Sequence::kRate, 1, WaveFormat::pcm16, WaveMode::render, true});
  if (!output) return output.error();
  const auto sound = render_sequence(*plan, *tracks, *output);
  if (!sound) return sound.error();
  if (auto finished = output->finish(); !finished) return finished;
  print(fmt::format("Sequence saved to {} (duration: {:.5f}s)", args.output,
                    static_cast<double>(output->frames()) / Sequence::kRate));
  report_clipping(args, *sound);
  return {};
}

}  // namespace

void add_sequence(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<SequenceArgs>();
  CLI::App* sub = app.add_subcommand(
      "sequence", "Renders a pattern file on clusters of sounds into a WAV file, offline.");
  sub->footer(
      "Example: entrain sequence --pattern pattern.txt --clusters cluster_mapping.json --samples samples "
      "--bpm 140\n"
      "The output is mono, 16 bits, 44100 Hz: the plain sum of the hits. It replaces an older one of that "
      "name.");
  sub->add_option("--pattern", args->pattern, "A line of steps for each track, then their volumes")
      ->capture_default_str();
  sub->add_option("--clusters", args->clusters, "Which samples belong together (JSON)")
      ->capture_default_str();
  sub->add_option("--samples", args->samples, "Where samples are looked for that are not where the JSON says")
      ->capture_default_str();
  sub->add_option("--bpm", args->options.bpm, "Tempo; a step is a sixteenth")->capture_default_str();
  sub->add_option("--length", args->options.seconds, "Seconds of output; short patterns repeat")
      ->capture_default_str();
  auto* seed = sub->add_option("--seed", args->options.seed,
                               "Seed of every draw; without one it is drawn and printed");
  sub->add_option("-o,--output", args->output, "The WAV file to write")->capture_default_str();
  sub->callback([args, seed, &exit] {
    if (seed->count() == 0) args->options.seed = std::random_device{}();
    if (const auto done = sequence(*args); !done) fail(exit, done.error().sentence);
  });
}

}  // namespace entrain
