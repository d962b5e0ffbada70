// `entrain cluster`: groups a folder of sounds by how they sound; seed 0's clustering.
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <map>

#include "control/sequence/clustering.h"
#include "control/text_file.h"
#include "engine/library/sound_folder.h"
#include "ui/cli/command.h"

namespace entrain {
namespace {

struct ClusterArgs {
  std::string folder = "samples", output = "cluster_mapping.json", clusters = "3", thumbnail = "100x100";
  bool json = false;
  ClusteringOptions options;
};

/// Reads a whole number that fills `text`.
std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

Result<void> read_options(ClusterArgs& args) {
  args.options.clusters = number(args.clusters);
  if (!args.options.clusters && args.clusters != "auto")
    return Error{fmt::format("--clusters is \"{}\"; give a number such as 3, or auto", args.clusters)};
  const std::string_view size = args.thumbnail;
  const auto cross = size.find('x');
  const auto width = number(size.substr(0, cross)),
             height = cross == size.npos ? width : number(size.substr(cross + 1));
  if (!width || !height)
    return Error{fmt::format("--thumbnail is \"{}\"; give width and height in pixels, such as 100x100",
                             args.thumbnail)};
  args.options.width = *width;
  args.options.height = *height;
  return {};
}

/// Tells a person who waits at a terminal how far it is.
void show_progress(std::size_t done, std::size_t of) {
  if (isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\r{} of {}{}", done, of, done == of ? "\n" : "");
}

Result<void> cluster(ClusterArgs& args) {
  if (auto read = read_options(args); !read) return read;
  const auto files = some_sounds_in(args.folder);
  if (!files) return files.error();
  WorkerPool workers({{"/proc/self/exe", "worker"}});
  const auto clustering = cluster_sounds(
      *files, args.options, workers,
      [](std::size_t done, std::size_t of, const auto&, const Error*) { show_progress(done, of); });
  if (!clustering) return clustering.error();
  for (const std::string& sentence : clustering->skipped) fmt::print(stderr, "left out: {}\n", sentence);
  const std::string mapping = mapping_text(*clustering);
  if (auto written = write_text(args.output, mapping); !written) return written;
  if (args.json) {
    fmt::print("{}", mapping);
    return {};
  }
  log_clusters(*clustering, [](const std::string& line) { fmt::print("{}\n", line); });
  fmt::print("Cluster mapping saved to '{}'\n", args.output);
  return {};
}

}  // namespace

void add_cluster(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<ClusterArgs>();
  CLI::App* sub = app.add_subcommand(
      "cluster", "Groups a folder of sounds by how they sound, for `sequence` and for sets.");
  sub->footer(
      "Example: entrain cluster samples --clusters 3 -o cluster_mapping.json\n"
      "The same sounds and options give the same clusters. A file that cannot be read is left out.");
  sub->add_option("folder", args->folder, "Where the sounds are; folders in it count too")
      ->capture_default_str();
  sub->add_option("--clusters", args->clusters, "How many, or auto")->capture_default_str();
  sub->add_option("-o,--output", args->output, "The mapping to write (JSON)")->capture_default_str();
  sub->add_option("--method", args->options.method,
                  "features: by what tells drum sounds apart; picture: by spectrogram pictures")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, ClusteringOptions::Method>{{"features", ClusteringOptions::Method::features},
                                                           {"picture", ClusteringOptions::Method::picture}}))
      ->default_str("features");
  sub->add_option("--rate", args->options.rate, "Sample rate at which sounds are compared, in Hz")
      ->capture_default_str();
  sub->add_option("--thumbnail", args->thumbnail, "Size of the pictures, in pixels")->capture_default_str();
  sub->add_option("--seed", args->options.seed, "Seed of the draws of k-means (--method picture)")
      ->capture_default_str();
  sub->add_flag("--json", args->json, "Prints the mapping instead of the listing");
  sub->callback([args, &exit] {
    if (const auto done = cluster(*args); !done) fail(exit, done.error().sentence);
  });
}

}  // namespace entrain
