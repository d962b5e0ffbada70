// How varied the draw modes are over real clusters, against plain chance. Prints; never fails.
//   variety_bench SET
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "control/stage/set_file.h"
#include "engine/analysis/decode.h"
#include "engine/analysis/hit.h"
#include "engine/analysis/hit_features.h"
#include "engine/core/drawer.h"
#include "engine/core/draws.h"

using namespace entrain;

namespace {

constexpr int kRate = 48'000, kDraws = 20'000;

struct Sounds {
  Cluster cluster;
  std::vector<Timbre> timbres;
  double distance(int a, int b) const {
    double sum = 0;
    const Timbre &x = timbres[static_cast<std::size_t>(a)], &y = timbres[static_cast<std::size_t>(b)];
    for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - y[i]) * static_cast<double>(x[i] - y[i]);
    return std::sqrt(sum);
  }
};

Sounds load(const SetFile& set, const SetFile::ClusterText& text) {
  std::vector<std::shared_ptr<const Asset>> samples;
  std::vector<Timbre> timbres;
  Describer describe(kRate);
  for (const std::string& name : text.samples)
    for (const auto& folder : set.folders) {
      auto pcm = decode(folder / name, kRate);
      if (!pcm) continue;
      auto asset = std::make_shared<Asset>();
      asset->onset = pre_roll(pcm->left, pcm->right, kRate);
      timbres.push_back(timbre_of(describe_hit(*pcm, describe)));
      asset->left = std::move(pcm->left);
      asset->right = std::move(pcm->right);
      samples.push_back(std::move(asset));
      break;
    }
  return {make_cluster(text.name, std::move(samples), kRate), std::move(timbres)};
}

/// Of successive draws: how often the same again, how far apart the same one comes back at least and on
/// average, and how far one lies from the last in timbre.
struct Variety {
  double again = 0, least = 0, interval = 0, step = 0;
};

Variety measure(const Sounds& sounds, DrawMode mode, int memory) {
  Drawer drawer;
  drawer.reset();
  std::map<int, int> last;
  int previous = -1, again = 0, least = kDraws, returns = 0;
  double intervals = 0, steps = 0;
  for (int i = 0; i < kDraws; ++i) {
    const int sample = drawer.draw(sounds.cluster, {mode, memory, draw(1, DrawFor::sample, 0, i)});
    if (const auto at = last.find(sample); at != last.end()) {
      least = std::min(least, i - at->second);
      intervals += i - at->second;
      ++returns;
    }
    again += sample == previous;
    if (previous >= 0) steps += sounds.distance(previous, sample);
    last[sample] = i;
    previous = sample;
  }
  return {100.0 * again / kDraws, static_cast<double>(least), intervals / returns, steps / (kDraws - 1)};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return fmt::print("usage: variety_bench SET\n"), 2;
  const auto set = read_set(argv[1]);
  if (!set) return fmt::print("{}\n", set.error().sentence), 1;
  fmt::print(
      "Successive draws of one track, {} each: the same again; after how many draws a sample comes\n"
      "back, at least and on average; the timbral step, beside chance\n\n{:<30} {:>8} {:>6} {:>6} {:>8}\n",
      kDraws, "", "again %", "least", "mean", "step");
  const std::pair<const char*, std::pair<DrawMode, int>> modes[] = {
      {"random", {DrawMode::random, 1}},
      {"no-repeat, memory 1", {DrawMode::no_repeat, 1}},
      {"no-repeat, memory 3", {DrawMode::no_repeat, 3}},
      {"round-robin", {DrawMode::round_robin, 1}},
      {"nearest, memory 1", {DrawMode::nearest, 1}},
      {"nearest, memory 3", {DrawMode::nearest, 3}},
      {"farthest, memory 1", {DrawMode::farthest, 1}},
      {"farthest, memory 3", {DrawMode::farthest, 3}}};
  for (const auto& text : set->clusters) {
    const Sounds sounds = load(*set, text);
    if (sounds.timbres.size() < 5) continue;
    fmt::print("{} ({} samples)\n", text.name, sounds.timbres.size());
    const double chance = measure(sounds, DrawMode::random, 1).step;
    for (const auto& [name, mode] : modes) {
      const Variety v = measure(sounds, mode.first, mode.second);
      fmt::print("  {:<28} {:8.1f} {:6.0f} {:6.1f} {:7.2f}x\n", name, v.again, v.least, v.interval,
                 v.step / chance);
    }
  }
}
