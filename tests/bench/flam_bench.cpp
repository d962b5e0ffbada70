// How far the beats of two decks lie apart: every loop that a flow would take is played on a deck at another
// tempo than its own, and an onset detector that is not ours (aubio's, as a program) says where its beats
// are.
//
//   flam_bench [--labels LABELS.CSV] FOLDER...   loops to judge, by the grids that the library finds in them
//
// --labels: by trusted grids instead, of a table with the columns path (from the table's folder), bpm, and
// onsets_file: the label's tempo, and its beats where the file's onsets lie that are near them, by the table, or
// by the detector where it names none.
//
// For each loop: the median distance of its onsets from the beats, ms; how far they stray from it; and the same
// distance in the file itself, before any deck. For all pairs of loops: how far apart their beats would lie in a
// transition. For all pairs of onsets: how far apart they would be, each laid where it is in its file (see
// lateness.h): free of the detector's bias and of the grid's error, and so what two decks with true grids are
// apart. Then groove lock: how far the onsets of one loop lie from the kicks of another that they belong to, off
// and on, by our own detector.
#include <sndfile.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "control/flow/library_loop.h"
#include "control/flow/stitch.h"
#include "control/library/ingest.h"
#include "engine/analysis/novelty.h"
#include "engine/analysis/onsets.h"
#include "engine/analysis/stft.h"
#include "engine/library/analysed_card.h"
#include "engine/library/corrections.h"
#include "engine/library/trust.h"
#include "engine/units/dsp/loop_player.h"
#include "tests/bench/lateness.h"

using namespace entrain;
using entrain::test::late;
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

struct Label {
  double bpm = 0;
  fs::path onsets;  ///< one in seconds per line; empty: not known
};

/// By absolute path.
std::map<std::string, Label> labelled(const fs::path& table) {
  std::map<std::string, Label> labels;
  const fs::path folder = fs::absolute(table).parent_path();
  std::ifstream in(table);
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> fields;
    std::istringstream cells(line);
    for (std::string cell; fields.size() < 7 && std::getline(cells, cell, ',');) fields.push_back(cell);
    if (fields.size() == 7 && std::atof(fields[3].c_str()) > 0)
      labels[(folder / fields[0]).string()] = {std::atof(fields[3].c_str()),
                                               fields[6].empty() ? fs::path() : folder / fields[6]};
  }
  return labels;
}

/// Where the beat lies that is nearest to the beginning of a sound whose tempo is known; seconds.
std::optional<double> first_beat(const std::string& path, const Label& label, const fs::path& spare) {
  std::vector<double> onsets;
  if (std::ifstream in(label.onsets); !label.onsets.empty()) {
    for (double at; in >> at;) onsets.push_back(at);
  } else if (const auto pcm = decode(path, kOwnRate)) {
    onsets = onsets_by_aubio(mono(*pcm), pcm->rate, spare);
  }
  const double beat = 60 / label.bpm;
  const auto late = apart(onsets, 0, beat, static_cast<int>(onsets.empty() ? 0 : onsets.back() / beat) + 1);
  return late.size() < 2 ? std::nullopt : std::optional(median(late) / 1000);
}

void report(const char* what, const std::vector<double>& medians) {
  std::vector<double> pairs;
  for (std::size_t i = 0; i < medians.size(); ++i)
    for (std::size_t j = i + 1; j < medians.size(); ++j) pairs.push_back(std::abs(medians[i] - medians[j]));
  std::sort(pairs.begin(), pairs.end());
  const auto far = std::count_if(pairs.begin(), pairs.end(), [](double d) { return d > 20; });
  std::printf("%-16s %zu, %zu pairs: median %.1f ms, 95 %% %.1f ms, more than 20 ms apart: %.1f %%\n",
              what, medians.size(), pairs.size(), pairs[pairs.size() / 2], pairs[pairs.size() * 95 / 100],
              100.0 * static_cast<double>(far) / static_cast<double>(pairs.size()));
}

// --- groove lock, judged by our own onsets: aubio's stray by more, on cymbals, than what there is to lock

constexpr double kGrooveTempo = 122;
constexpr std::size_t kMostLoops = 16;  // of each kind, so that it takes a minute

/// A loop as a deck plays it for 16 beats from beat 0 at frame 0, locked to `foundation` as far as `lock` says.
std::vector<float> grooving(const Loop& loop, const Loop* foundation, double lock) {
  const Tempo tempo = Tempo::nearest(kGrooveTempo);
  const Timeline timeline{Beat(0), Frame(0), kRate, tempo, tempo, 0};
  LoopPlayer player;
  player.prepare(kRate, 0);
  player.begin(loop, 0, Beat(0), Frame(0), false);
  const Bend bend{1, 0, lock, foundation, Beat(0)};
  std::vector<float> mono;
  for (Frame q(-player.lead()); q < timeline.frame_at(Beat::beats(16)); q = q + kQuantum) {
    std::array<float, kQuantum> left{}, right{};
    if (q == Frame(0)) player.enter(q, 1);
    player.process(timeline, bend, q, kernels_for(best_isa()), left.data(), right.data());
    for (std::size_t i = 0; q >= Frame(0) && i < kQuantum; ++i) mono.push_back((left[i] + right[i]) / 2);
  }
  return mono;
}

/// From each heard kick to the nearest onset within the lock's reach, ms.
std::vector<double> to_kicks(const std::vector<double>& kicks, const std::vector<double>& onsets) {
  constexpr double kReachMs = kLockReach * 60'000 / kGrooveTempo;
  std::vector<double> found;
  for (const double kick : kicks) {
    double nearest = kReachMs;
    for (const double onset : onsets) nearest = std::min(nearest, 1000 * std::abs(onset - kick));
    if (nearest < kReachMs) found.push_back(nearest);
  }
  return found;
}

void report_groove(const std::vector<std::shared_ptr<const Loop>>& loops) {
  std::vector<double> off, on;
  std::size_t pairs = 0, foundations = 0;
  const auto mean = [](const std::vector<double>& x) {
    double sum = 0;
    for (const double v : x) sum += v;
    return sum / static_cast<double>(x.size());
  };
  const auto heard = [&](const Loop& loop, const Loop* under, double lock) {
    const auto mono = grooving(loop, under, lock);
    std::vector<double> at;
    for (const Onset& onset : find_onsets(mono, kRate, novelty(mono, kRate))) at.push_back(onset.seconds);
    return at;
  };
  for (const auto& foundation : loops) {
    if (foundation->kicks.size() < 4 || ++foundations > kMostLoops) continue;
    std::vector<double> kicks;  // where they are heard
    for (const double onset : heard(*foundation, nullptr, 0))
      for (const Beat kick : foundation->kicks) {
        const double turns = (onset * kGrooveTempo / 60 - kick.value()) / foundation->length().value();
        if (std::abs(turns - std::round(turns)) * foundation->length().value() < kLockReach / 2) {
          kicks.push_back(onset);
          break;
        }
      }
    std::size_t layers = 0;
    for (const auto& layer : loops) {
      if (layer == foundation || layer->onsets.empty() || ++layers > kMostLoops) continue;
      const auto loose = to_kicks(kicks, heard(*layer, foundation.get(), 0));
      const auto tight = to_kicks(kicks, heard(*layer, foundation.get(), 1));
      off.insert(off.end(), loose.begin(), loose.end());
      on.insert(on.end(), tight.begin(), tight.end());
      ++pairs;
    }
  }
  if (off.empty() || on.empty()) return;
  std::printf("groove lock:     %zu pairs, kick to onset: off median %.1f, mean %.1f ms (%zu), on median %.1f, mean "
              "%.1f ms (%zu)\n",
              pairs, median(off), mean(off), off.size(), median(on), mean(on), on.size());
}

}  // namespace

int main(int argc, char** argv) {
  const bool by_labels = argc > 2 && std::string(argv[1]) == "--labels";
  const std::vector<fs::path> roots(argv + (by_labels ? 3 : 1), argv + argc);
  if (roots.empty()) return std::puts("Name a folder of loops."), 0;
  const auto labels = by_labels ? labelled(argv[2]) : std::map<std::string, Label>();
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
    const double beats = card.seconds * label->second.bpm / 60;
    if (std::abs(beats - std::round(beats)) > kWhole) continue;
    const auto first = first_beat(card.path, label->second, folder / "file.wav");
    if (!first) continue;
    (void)library.correct(card.path, {"bpm", std::to_string(label->second.bpm)});
    (void)library.correct(card.path, {"downbeat", std::to_string(*first)});
  }
  auto cards = library.cards();
  if (!cards) return std::puts(cards.error().sentence.c_str()), 1;
  const auto finder = std::make_shared<const Finder>(std::make_shared<const std::vector<Card>>(*cards));
  Sounds sounds(workers, kRate, {});
  std::vector<double> medians, added;
  std::size_t asked = 0;
  std::vector<std::shared_ptr<const Loop>> loops;
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
    const auto heard = onsets_by_aubio(mono, kRate, folder / "played.wav");
    const auto played = apart(heard, first, beat, 32);
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
    const auto in_file = onsets_by_aubio(file, pcm->rate, folder / "file.wav");
    for (const double onset : in_file) {
      const double due = first + (onset - one) / own_beat * beat;
      if (due <= first + beat || due >= first + 31 * beat) continue;
      ++asked;
      if (const auto by = late(file, pcm->rate, onset, mono, kRate, due, own_beat / beat)) added.push_back(*by);
    }
    if (auto sound = sounds.load(card.path); sound)
      if (auto loop = library_loop(sound->asset, kRate, *analysis); loop) loops.push_back(*std::move(loop));
    std::printf("%6.1f ms, strays %4.1f, %3zu onsets; in the file %6.1f ms  %s\n", medians.back(),
                median(stray), played.size(), median(apart(in_file, one, own_beat, 32)),
                fs::path(card.path).filename().c_str());
    std::fflush(stdout);
  }
  if (medians.size() < 2) {
    std::puts("Too few loops with a tempo to be trusted.");
  } else {
    report("played:", medians);
    report("playing adds:", added);
    std::printf("                 (of %zu onsets; where the others came cannot be told clearly)\n", asked);
    report_groove(loops);
  }
  fs::remove_all(folder);
}
