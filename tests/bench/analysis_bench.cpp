// What each stage of the analysis costs, in seconds of sound per second of one core, and how long aubio takes
// for its onsets and beats alone.
//
//   analysis_bench DIR      every sound file below DIR, decoded in this process
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/analysis/analysis.h"
#include "engine/analysis/chroma.h"
#include "engine/analysis/hit.h"
#include "engine/analysis/memory.h"
#include "engine/analysis/stft.h"
#include "engine/library/sound_folder.h"
#include "tests/support/cpu_time.h"

using namespace entrain;
using entrain::test::cpu_seconds;

namespace {

double cpu_seconds_of_children() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Stage {
  const char* name;
  double seconds = 0;

  template <class Work>
  auto time(Work work) {
    const double before = cpu_seconds();
    auto result = work();
    seconds += cpu_seconds() - before;
    return result;
  }
  void print(double sound) const {
    std::printf("%-12s %8.0f x real time, %6.3f ms for a second\n", name, sound / seconds,
                1000 * seconds / sound);
  }
};

/// Runs a program of aubio's on a file, quietly; whether it is there and did well.
bool run_aubio(const char* program, const std::string& file) {
  std::array<std::string, 3> words{program, "-i", file};
  std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  for (const int fd : {1, 2}) ::posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", 01, 0);
  pid_t child = 0;
  const bool started = ::posix_spawnp(&child, program, &quiet, nullptr, arguments.data(), environ) == 0;
  ::posix_spawn_file_actions_destroy(&quiet);
  int status = 1;
  return started && ::waitpid(child, &status, 0) == child && status == 0;
}

/// The stages of analyse(), one by one; the sums of all files.
struct Stages {
  Stage decode{"decode"}, novelty{"novelty"}, onsets{"onsets"}, tempo{"tempo"}, beats{"beats"},
      chroma{"chroma"}, key{"key"}, loudness{"loudness"}, fingerprint{"fingerprint"},
      descriptors{"descriptors"}, thumbnail{"thumbnail"}, overview{"overview"}, peaks{"peaks"},
      together{"analyse()"};

  void run(const Pcm& pcm) {
    const auto x = mono(pcm);
    const double seconds = static_cast<double>(x.size()) / pcm.rate;
    const auto rises = novelty.time([&] { return entrain::novelty(x, pcm.rate); });
    const auto found = onsets.time([&] { return find_onsets(x, pcm.rate, rises); });
    const auto read = tempo.time([&] { return find_tempo(rises, found, seconds); });
    beats.time([&] { return find_beats(rises, found, seconds, read); });
    const auto pitches = chroma.time([&] { return chroma_of(x, pcm.rate); });
    key.time([&] { return find_key(pitches); });
    loudness.time([&] { return measure_loudness(pcm); });
    fingerprint.time([&] { return entrain::fingerprint(x, pcm.rate, MeasuredLoudness{-18, 0}); });
    descriptors.time([&] {
      return Describer(pcm.rate)(
          std::span(x).subspan(static_cast<std::size_t>(pre_roll(pcm.left, pcm.right, pcm.rate))));
    });
    thumbnail.time([&] { return spectrogram_thumbnail(x); });
    overview.time([&] { return waveform_overview(x, Analysis::kOverviewColumns); });
    peaks.time([&] { return group_peaks(spectral_peaks(x, pcm.rate, Analysis::kPeakFrames)); });
  }
  void print(double sound) const {
    for (const Stage* s : {&decode, &novelty, &onsets, &tempo, &beats, &chroma, &key, &loudness, &fingerprint,
                           &descriptors, &thumbnail, &overview, &peaks, &together})
      s->print(sound);
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: analysis_bench DIR\n");
    return 2;
  }
  const auto paths = some_sounds_in(argv[1]);
  if (!paths) {
    std::fprintf(stderr, "%s\n", paths.error().sentence.c_str());
    return 1;
  }
  keep_freed_memory();  // as workers do
  Stages stages;
  std::vector<std::string> heard;
  double sound = 0;
  for (const auto& path : *paths) {
    const auto pcm = stages.decode.time([&] { return decode(path, kOwnRate); });
    if (!pcm) continue;
    stages.together.time([&] { return analyse(*pcm); });
    stages.run(*pcm);
    sound += static_cast<double>(pcm->left.size()) / pcm->rate;
    heard.push_back(path.string());
  }
  stages.print(sound);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const double whole = stages.decode.seconds + stages.together.seconds;
  std::printf("%-12s %8.0f x real time, %.0f files/s (%zu files, %.0f s), peak memory %ld MB\n", "both",
              sound / whole, static_cast<double>(heard.size()) / whole, heard.size(), sound,
              usage.ru_maxrss / 1024);

  const double before = cpu_seconds_of_children();
  const bool there = std::all_of(heard.begin(), heard.end(), [](const std::string& file) {
    return run_aubio("aubioonset", file) && run_aubio("aubiotrack", file);
  });
  const double aubio = cpu_seconds_of_children() - before;
  if (there)
    std::printf("%-12s %8.0f x real time: ours is %.2f times as fast\n", "aubio", sound / aubio,
                aubio / whole);
  else
    std::printf("aubio-tools are not installed, or do not read these files.\n");
  return 0;
}
