// How far the beats of two decks lie apart: every loop that a flow would take is played on a deck at another
// tempo than its own, and an onset detector that is not ours (aubio's, as a program) says where its beats
// are.
//
//   flam_bench FOLDER...      loops to judge, by the grids that the library finds in them
//
// For each loop: the median distance of its onsets from the beats, ms. For all pairs of loops: how far apart
// their beats would lie in a transition. A detector's constant lateness cancels out.
#include <sndfile.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "control/flow/stitch.h"
#include "control/library/ingest.h"
#include "engine/library/trust.h"

using namespace entrain;
namespace fs = std::filesystem;

namespace {

constexpr int kRate = 48'000;
constexpr double kReach = 0.06;  // seconds: an onset farther from a beat belongs to something else
constexpr double kOtherTempo = 1.03;

std::vector<double> onsets_by_aubio(const std::vector<float>& mono, const fs::path& file) {
  SF_INFO info{};
  info.samplerate = kRate;
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
  SNDFILE* out = sf_open(file.c_str(), SFM_WRITE, &info);
  if (out == nullptr) return {};
  sf_writef_float(out, mono.data(), static_cast<sf_count_t>(mono.size()));
  sf_close(out);
  std::vector<double> onsets;
  const std::string command = "aubioonset -H 128 -B 512 '" + file.string() + "' 2>/dev/null";
  FILE* said = popen(command.c_str(), "r");
  if (said == nullptr) return {};
  for (double at; std::fscanf(said, "%lf", &at) == 1;) onsets.push_back(at);
  pclose(said);
  return onsets;
}

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return x[x.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::puts("Name a folder of loops."), 0;
  std::string name = (fs::temp_directory_path() / "entrain-flam-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  auto opened = Library::open(folder / "library.db");
  if (!opened) return std::puts(opened.error().sentence.c_str()), 1;
  Library& library = opened->library;
  const std::string program =
      (fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "entrain").string();
  WorkerPool workers({{program, "worker"}, 2});
  const std::vector<fs::path> roots(argv + 1, argv + argc);
  if (auto done = ingest(library, workers, roots, {}); !done)
    return std::puts(done.error().sentence.c_str()), 1;
  auto cards = library.cards();
  if (!cards) return std::puts(cards.error().sentence.c_str()), 1;
  const auto finder = std::make_shared<const Finder>(std::make_shared<const std::vector<Card>>(*cards));
  const auto analysis_of = [&](const std::string& path) -> Result<Analysis> {
    auto entry = library.find(path);
    if (!entry || !*entry) return Error{path + " is gone"};
    return (*entry)->analysis;
  };
  Sounds sounds(workers, kRate, {});
  std::vector<double> medians, within;
  for (const Card& card : *cards) {
    if (!trusted(card) || card.span.beats < 4) continue;
    StitchSpec spec;
    spec.config = {kRate, 1, best_isa()};
    spec.wishes = locked({}, 0, card.id);
    spec.settings.least_bars = spec.settings.most_bars = 8;
    spec.tempo = std::clamp(card.bpm * kOtherTempo, 40.0, 300.0);
    spec.minutes = 0.05;
    std::vector<float> mono;
    int latency = 0;
    const auto summary = stitch(spec, finder, analysis_of, sounds, [&](const auto& channels, Engine& engine) {
      latency = engine.latency();
      for (int i = 0; i < kQuantum; ++i) mono.push_back((channels[0][i] + channels[1][i]) / 2);
      return Result<void>();
    });
    if (!summary || summary->cues.empty()) continue;
    const double beat = 60 / summary->cues[0].step.tempo;
    const double first = summary->cues[0].seconds + static_cast<double>(latency) / kRate;
    std::vector<double> apart;
    const auto onsets = onsets_by_aubio(mono, folder / "played.wav");
    for (int b = 1; b < 32; ++b)
      for (const double onset : onsets)
        if (const double d = onset - (first + b * beat); std::abs(d) < kReach) apart.push_back(d * 1000);
    if (apart.size() < 6) continue;
    medians.push_back(median(apart));
    std::vector<double> stray;
    for (const double d : apart) stray.push_back(std::abs(d - medians.back()));
    within.push_back(median(stray));
    std::printf("%6.1f ms, strays %4.1f, %3zu onsets  %s\n", medians.back(), within.back(), apart.size(),
                fs::path(card.path).filename().c_str());
  }
  fs::remove_all(folder);
  if (medians.size() < 2) return std::puts("Too few loops with a tempo to be trusted."), 0;
  std::vector<double> pairs;
  for (std::size_t i = 0; i < medians.size(); ++i)
    for (std::size_t j = i + 1; j < medians.size(); ++j) pairs.push_back(std::abs(medians[i] - medians[j]));
  std::sort(pairs.begin(), pairs.end());
  const auto far = std::count_if(pairs.begin(), pairs.end(), [](double d) { return d > 20; });
  std::printf("%zu loops, %zu pairs: median %.1f ms, 95 %% %.1f ms, more than 20 ms apart: %.1f %%\n",
              medians.size(), pairs.size(), pairs[pairs.size() / 2], pairs[pairs.size() * 95 / 100],
              100.0 * static_cast<double>(far) / static_cast<double>(pairs.size()));
}
