// How far the beats of two decks lie apart: every loop that a flow would take is played on a deck at another
// tempo than its own, and an onset detector that is not ours (aubio's, as a program) says where its beats
// are.
//
//   flam_bench [--labels LABELS.CSV] FOLDER...   loops to judge, by the grids that the library finds in them
//
// --labels: by the grids of a table instead (columns path, from the table's folder, and bpm): beat 0 begins
// the file. For each loop: the median distance of its onsets from the beats, ms; how far they stray from it;
// and the same distance in the file itself, before any deck. For all pairs of loops: how far apart their
// beats would lie in a transition, and how far apart what the playing alone adds, which is free of the
// detector's bias and of the grid's error.
#include <sndfile.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "control/flow/stitch.h"
#include "control/library/ingest.h"
#include "engine/library/analysed_card.h"
#include "engine/library/corrections.h"
#include "engine/library/trust.h"

using namespace entrain;
namespace fs = std::filesystem;

namespace {

constexpr int kRate = 48'000;
constexpr double kReach = 0.06;  // seconds: an onset farther from a beat belongs to something else
constexpr int kInaudible = -45;  // dBFS: a tail cut off at -55 dB is no beat, though aubio takes it for one
constexpr double kOtherTempo = 1.03;
constexpr double kWhole = 0.1;  // beats a labelled loop's length may be off whole ones

std::vector<double> onsets_by_aubio(const std::vector<float>& mono, int rate, const fs::path& file) {
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
  SNDFILE* out = sf_open(file.c_str(), SFM_WRITE, &info);
  if (out == nullptr) return {};
  sf_writef_float(out, mono.data(), static_cast<sf_count_t>(mono.size()));
  sf_close(out);
  std::vector<double> onsets;
  const std::string command =
      "aubioonset -H 128 -B 512 -s " + std::to_string(kInaudible) + " '" + file.string() + "' 2>/dev/null";
  FILE* said = popen(command.c_str(), "r");
  if (said == nullptr) return {};
  for (double at; std::fscanf(said, "%lf", &at) == 1;) onsets.push_back(at);
  pclose(said);
  return onsets;
}

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return x.empty() ? 0 : x[x.size() / 2];
}

/// Of onsets near the beats first + k * beat, k from 1: how far behind them, ms.
std::vector<double> apart(const std::vector<double>& onsets, double first, double beat, int beats) {
  std::vector<double> found;
  for (int b = 1; b < beats; ++b)
    for (const double onset : onsets)
      if (const double d = onset - (first + b * beat); std::abs(d) < kReach) found.push_back(d * 1000);
  return found;
}

/// BPM by absolute path.
std::map<std::string, double> labelled(const fs::path& table) {
  std::map<std::string, double> tempi;
  std::ifstream in(table);
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> fields;
    std::istringstream cells(line);
    for (std::string cell; fields.size() < 4 && std::getline(cells, cell, ',');) fields.push_back(cell);
    if (fields.size() > 3 && std::atof(fields[3].c_str()) > 0)
      tempi[fs::absolute(table.parent_path() / fields[0]).string()] = std::atof(fields[3].c_str());
  }
  return tempi;
}

void report(const char* what, const std::vector<double>& medians) {
  std::vector<double> pairs;
  for (std::size_t i = 0; i < medians.size(); ++i)
    for (std::size_t j = i + 1; j < medians.size(); ++j) pairs.push_back(std::abs(medians[i] - medians[j]));
  std::sort(pairs.begin(), pairs.end());
  const auto far = std::count_if(pairs.begin(), pairs.end(), [](double d) { return d > 20; });
  std::printf("%-16s %zu loops, %zu pairs: median %.1f ms, 95 %% %.1f ms, more than 20 ms apart: %.1f %%\n",
              what, medians.size(), pairs.size(), pairs[pairs.size() / 2], pairs[pairs.size() * 95 / 100],
              100.0 * static_cast<double>(far) / static_cast<double>(pairs.size()));
}

}  // namespace

int main(int argc, char** argv) {
  const bool by_labels = argc > 2 && std::string(argv[1]) == "--labels";
  const std::vector<fs::path> roots(argv + (by_labels ? 3 : 1), argv + argc);
  if (roots.empty()) return std::puts("Name a folder of loops."), 0;
  const auto labels = by_labels ? labelled(argv[2]) : std::map<std::string, double>();
  std::string name = (fs::temp_directory_path() / "entrain-flam-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  auto opened = Library::open(folder / "library.db");
  if (!opened) return std::puts(opened.error().sentence.c_str()), 1;
  Library& library = opened->library;
  const std::string program =
      (fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "entrain").string();
  WorkerPool workers({{program, "worker"}, 2});
  if (auto done = ingest(library, workers, roots, {}); !done)
    return std::puts(done.error().sentence.c_str()), 1;
  auto known = library.cards();
  if (!known) return std::puts(known.error().sentence.c_str()), 1;
  const auto analysis_of = [&](const std::string& path) -> Result<Analysis> {
    auto entry = library.find(path);
    if (!entry || !*entry) return Error{path + " is gone"};
    return (*entry)->analysis;
  };
  for (const Card& card : *known) {
    const auto label = labels.find(card.path);
    if (label == labels.end()) continue;
    const double beats = card.seconds * label->second / 60;
    if (std::abs(beats - std::round(beats)) > kWhole) continue;
    for (const char* field : {"bpm", "downbeat"})
      (void)library.correct(card.path, {field, field[0] == 'b' ? std::to_string(label->second) : "0"});
  }
  auto cards = library.cards();
  if (!cards) return std::puts(cards.error().sentence.c_str()), 1;
  const auto finder = std::make_shared<const Finder>(std::make_shared<const std::vector<Card>>(*cards));
  Sounds sounds(workers, kRate, {});
  std::vector<double> medians, added;
  for (const Card& card : *cards) {
    const bool by_label = card.bpm_confidence == 1 && card.downbeat_confidence == 1;
    if (!trusted(card) || card.span.beats < 4 || (by_labels && !by_label)) continue;
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
    const auto played = apart(onsets_by_aubio(mono, kRate, folder / "played.wav"), first, beat, 32);
    if (played.size() < 6) continue;
    medians.push_back(median(played));
    std::vector<double> stray;
    for (const double d : played) stray.push_back(std::abs(d - medians.back()));

    // The same in the file itself, repeated as a deck repeats it.
    const auto analysis = analysis_of(card.path);
    const auto pcm = decode(card.path, kOwnRate);
    if (!analysis || !pcm) continue;
    std::vector<float> file;
    const auto in = static_cast<std::size_t>(card.span.in * pcm->rate),
               out = std::min(pcm->left.size(), static_cast<std::size_t>(card.span.out * pcm->rate));
    for (int round = 0; round * card.span.beats < 32; ++round)
      for (std::size_t i = in; i < out; ++i) file.push_back((pcm->left[i] + pcm->right[i]) / 2);
    const double own_beat = (card.span.out - card.span.in) / card.span.beats;
    const double one =
        analysis->beats.seconds[static_cast<std::size_t>(analysis->beats.first_downbeat)] - card.span.in;
    const double in_file =
        median(apart(onsets_by_aubio(file, pcm->rate, folder / "file.wav"), one, own_beat, 32));
    added.push_back(medians.back() - in_file);
    std::printf("%6.1f ms, strays %4.1f, %3zu onsets; in the file %6.1f ms  %s\n", medians.back(),
                median(stray), played.size(), in_file, fs::path(card.path).filename().c_str());
    std::fflush(stdout);
  }
  fs::remove_all(folder);
  if (medians.size() < 2) return std::puts("Too few loops with a tempo to be trusted."), 0;
  report("played:", medians);
  report("playing adds:", added);
}
