// What a quantum costs, as a share of a 64-frame period: the heavy scene by parts, and how many voices fit.
// Thread CPU time, so that a busy machine shows in the wall clock only. Prints; never fails.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>

#include "tests/support/scenes.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr int kRate = 48'000, kPeriod = 64;
constexpr double kPeriodSeconds = static_cast<double>(kPeriod) / kRate;

double thread_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

struct Cost {
  double p50, p99, p999, worst;
};

/// Renders `seconds` without keeping the sound, timing each period of two quanta.
Cost measure(Rig& rig, double seconds) {
  std::vector<double> shares;
  const int periods = static_cast<int>(seconds / kPeriodSeconds);
  shares.reserve(static_cast<std::size_t>(periods));
  for (int i = 0; i < periods; ++i) {
    const double before = thread_seconds();
    for (int q = 0; q < kPeriod / kQuantum; ++q) rig.quantum();
    shares.push_back((thread_seconds() - before) / kPeriodSeconds);
    rig.left.clear(), rig.right.clear(), rig.journal.clear(), rig.reports.clear();
  }
  std::sort(shares.begin(), shares.end());
  const auto at = [&](double p) { return 100 * shares[static_cast<std::size_t>(p * static_cast<double>(shares.size() - 1))]; };
  return {at(0.5), at(0.99), at(0.999), at(1.0)};
}

void print(const std::string& what, const Cost& c) {
  fmt::print("{:<44} {:7.2f} {:7.2f} {:7.2f} {:7.2f}\n", what, c.p50, c.p99, c.p999, c.worst);
}

Cost scene_cost(Isa isa, bool tracks, int decks, bool gliding, double seconds) {
  Performance p = heavy_scene(kRate);
  if (!tracks) p.tracks = {};
  Rig rig({kRate, 1, isa});
  start_scene(rig, p, decks);
  rig.run(kRate * 4);
  if (gliding) rig.post("/transport/tempo", 150, Grid::now, {}, Beat::beats(64));
  return measure(rig, seconds);
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::stod(argv[1]) : 20;
  fmt::print("Share of a {}-frame period at {} Hz, in percent of thread CPU time ({} s each)\n\n", kPeriod, kRate, seconds);
  fmt::print("{:<44} {:>7} {:>7} {:>7} {:>7}\n", "", "p50", "p99", "p99.9", "worst");
  for (const Isa isa : available_isas()) {
    const auto name = [&](const char* what) { return fmt::format("{} [{}]", what, name_of(isa)); };
    print(name("nothing plays"), scene_cost(isa, false, 0, false, seconds));
    print(name("16 tracks, 256 voices"), scene_cost(isa, true, 0, false, seconds));
    if (isa == best_isa()) {
      for (const int decks : {1, 2, 4}) print(name(fmt::format("{} decks", decks).c_str()), scene_cost(isa, false, decks, false, seconds));
      print(name("4 decks, tempo gliding"), scene_cost(isa, false, 4, true, seconds));
    }
    print(name("16 tracks, 256 voices, 4 decks"), scene_cost(isa, true, 4, false, seconds));
  }
  const double idle = scene_cost(best_isa(), false, 0, false, 5).p50, full = scene_cost(best_isa(), true, 0, false, 5).p50;
  fmt::print("\nVoices at half a period: {:.0f} (256 cost {:.2f} %)\n", (50 - idle) / ((full - idle) / 256), full - idle);
}
