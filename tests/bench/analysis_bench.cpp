// What each stage of the analysis costs: seconds of sound per second of one core.
//
//   analysis_bench DIR      every sound file below DIR, decoded in this process
#include <sys/resource.h>

#include <cstdio>
#include <ctime>
#include <string>

#include "engine/analysis/analysis.h"
#include "engine/analysis/chroma.h"
#include "engine/analysis/stft.h"
#include "engine/library/sound_folder.h"

using namespace entrain;

namespace {

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
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
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: analysis_bench DIR\n");
    return 2;
  }
  Stage decoding{"decode"}, rising{"novelty"}, finding{"onsets"}, timing{"tempo"}, beating{"beats"},
      pitching{"chroma"}, keying{"key"};
  double sound = 0;
  int files = 0;
  const auto paths = some_sounds_in(argv[1]);
  if (!paths) {
    std::fprintf(stderr, "%s\n", paths.error().sentence.c_str());
    return 1;
  }
  for (const auto& path : *paths) {
    const auto pcm = decoding.time([&] { return decode(path, kOwnRate); });
    if (!pcm) continue;
    const auto x = mono(*pcm);
    const double seconds = static_cast<double>(x.size()) / pcm->rate;
    const auto rises = rising.time([&] { return novelty(x, pcm->rate); });
    const auto onsets = finding.time([&] { return find_onsets(x, pcm->rate, rises); });
    const auto tempo = timing.time([&] { return find_tempo(rises, onsets, seconds); });
    beating.time([&] { return find_beats(rises, onsets, seconds, tempo); });
    const auto chroma = pitching.time([&] { return chroma_of(x, pcm->rate); });
    keying.time([&] { return find_key(chroma); });
    sound += seconds;
    ++files;
  }
  double whole = 0;
  for (const Stage* s : {&decoding, &rising, &finding, &timing, &beating, &pitching, &keying}) {
    std::printf("%-8s %8.0f x real time\n", s->name, sound / s->seconds);
    whole += s->seconds;
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("together %8.0f x real time, %.0f files/s (%d files, %.0f s), peak memory %ld MB\n",
              sound / whole, files / whole, files, sound, usage.ru_maxrss / 1024);
  return 0;
}
