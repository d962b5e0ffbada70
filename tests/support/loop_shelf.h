// A library of loops in files, for the laws of flows from files to sound.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "control/flow/stitch.h"
#include "control/library/ingest.h"
#include "tests/support/library_sounds.h"

namespace entrain::test {

/// Eight bars at a tempo: kicks on the beats, hats between, a note of its own on each first beat.
inline std::vector<float> groove(double bpm, double hertz) {
  const double beat = 60 / bpm;
  auto x = silence(32 * beat);
  for (int b = 0; b < 32; ++b) {
    add_kick(x, b * beat, 0.8);
    add_hat(x, (b + 0.5) * beat, 0.3);
    if (b % 4 == 0) add_note(x, b * beat, 2 * beat, hertz, 0.3);
    if (b % 4 == 2) add_snare(x, b * beat, 0.5);
  }
  return x;
}

/// A library of such loops, whose tempi and ones a person has said.
struct Shelf : TempDir {
  explicit Shelf(const std::vector<double>& tempi) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < tempi.size(); ++i) {
      paths.push_back((path / ("loop" + std::to_string(i) + ".wav")).string());
      put_old_sound(paths.back(), groove(tempi[i], 200 + 40 * static_cast<double>(i)));
    }
    WorkerPool workers({{ENTRAIN_BAD_WORKER, "real"}, 2});
    held(ingest(library, workers, std::vector<std::filesystem::path>{path}, {}));
    for (std::size_t i = 0; i < tempi.size(); ++i) {
      done(library.correct(paths[i], {"bpm", std::to_string(tempi[i])}));
      done(library.correct(paths[i], {"downbeat", "0"}));
    }
    finder = std::make_shared<const Finder>(std::make_shared<const std::vector<Card>>(held(library.cards())));
  }
  AnalysisOf analysis_of() {
    return [this](const std::string& p) -> Result<Analysis> {
      auto entry = held(library.find(p));
      if (!entry) return Error{"gone"};
      return entry->analysis;
    };
  }
  std::filesystem::path file = path / "library.db";
  Library library = opened(file);
  std::shared_ptr<const Finder> finder;
};

}  // namespace entrain::test
