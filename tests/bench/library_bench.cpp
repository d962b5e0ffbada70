// The library at ten thousand sounds, and whether a scan that runs flat out is felt by the music.
//
//   library_bench ENTRAIN DIR     the program whose workers analyse, and a folder of sounds
#include <fmt/format.h>
#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "control/library/ingest.h"
#include "engine/core/draws.h"
#include "engine/library/sound_folder.h"
#include "engine/library/store/analysis_bytes.h"
#include "tests/support/scenes.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRate = 48'000, kPeriod = 64;
constexpr double kPeriodSeconds = static_cast<double>(kPeriod) / kRate;

double since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

double resident_megabytes() {
  std::ifstream status("/proc/self/statm");
  long pages = 0, resident = 0;
  status >> pages >> resident;
  return static_cast<double>(resident) * 4096 / 1e6;
}

void must(bool done, const char* what) {
  if (done) return;
  fmt::print(stderr, "{} failed\n", what);
  std::exit(1);
}

/// Ten thousand sounds like those of the folder, each a little different.
void print_scale(const fs::path& dir, const std::vector<fs::path>& sounds) {
  constexpr int kSounds = 10'000;
  std::vector<Analysis> models;
  for (std::size_t i = 0; i < std::min<std::size_t>(sounds.size(), 40); ++i)
    if (const auto pcm = decode(sounds[i], kOwnRate)) models.push_back(analyse(*pcm));
  must(!models.empty(), "reading the folder");
  const fs::path file = dir / "scale.db";
  const auto begun = Clock::now();
  {
    auto library = Library::open(file);
    must(static_cast<bool>(library), "opening a library");
    for (int i = 0; i < kSounds; ++i) {
      Analysis a = models[static_cast<std::size_t>(i) % models.size()];
      for (float& d : a.descriptors)
        d += 0.01f * static_cast<float>(mix_bits(static_cast<std::uint64_t>(i)) % 100);
      must(static_cast<bool>(library->library.store(fmt::format("/loops/{:03}/{:05}.wav", i % 100, i), {i, i},
                                                    static_cast<std::uint64_t>(i), a)),
           "storing");
    }
  }
  fmt::print("{} sounds stored: {:.2f} ms each, {:.0f} MB on disk\n", kSounds, 1000 * since(begun) / kSounds,
             static_cast<double>(fs::file_size(file)) / 1e6);
  const double before = resident_megabytes();
  const auto again = Clock::now();
  auto library = Library::open(file);
  must(static_cast<bool>(library), "opening it again");
  const double open = since(again);
  const auto cards = library->library.cards();
  must(cards && cards->size() == kSounds, "reading its cards");
  fmt::print("opened in {:.0f} ms, with all cards read in {:.0f} ms; {:.0f} MB of memory for them\n",
             1000 * open, 1000 * since(again), resident_megabytes() - before);
}

/// Plays the heavy scene in real time on a thread of the callback's priority: when each period was done, in
/// shares of a period from when it was due.
void print_deadlines(const char* what, double seconds) {
  std::vector<double> done;
  bool realtime = false;
  std::thread([&] {
    const Performance p = heavy_scene(kRate);
    Rig rig({kRate, 1, best_isa()});
    start_scene(rig, p, 4);
    rig.run(kRate);
    sched_param priority{};
    priority.sched_priority = 70;
    realtime = pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority) == 0;
    const int periods = static_cast<int>(seconds / kPeriodSeconds);
    const auto begun = Clock::now();
    for (int i = 0; i < periods; ++i) {
      const auto due = begun + std::chrono::duration_cast<Clock::duration>(
                                   std::chrono::duration<double>(i * kPeriodSeconds));
      std::this_thread::sleep_until(due);
      for (int q = 0; q < kPeriod / kQuantum; ++q) rig.quantum();
      done.push_back(std::chrono::duration<double>(Clock::now() - due).count() / kPeriodSeconds);
      rig.left.clear(), rig.right.clear(), rig.journal.clear(), rig.reports.clear();
    }
  }).join();
  const auto late = std::ranges::count_if(done, [](double share) { return share > 1; });
  std::ranges::sort(done);
  const auto at = [&](double part) {
    return 100 * done[static_cast<std::size_t>(part * static_cast<double>(done.size() - 1))];
  };
  fmt::print("{:<34} {:7.1f} {:7.1f} {:7.1f} {:9.1f} {:6} of {}{}\n", what, at(0.5), at(0.99), at(0.999),
             at(1), late, done.size(), realtime ? "" : " (without real-time priority)");
}

void print_scan(const fs::path& dir, const char* program, const fs::path& sounds) {
  constexpr double kSeconds = 15;
  fmt::print(
      "\nThe heavy scene in real time, periods of {} frames: when each was done, percent of a period\n",
      kPeriod);
  fmt::print("{:<34} {:>7} {:>7} {:>7} {:>9} {:>6}\n", "", "p50", "p99", "p99.9", "worst", "late");
  print_deadlines("alone", kSeconds);
  auto library = Library::open(dir / "scan.db");
  must(static_cast<bool>(library), "opening a library");
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  WorkerPool workers({{program, "worker"}, cores});
  std::atomic<int> files{0};
  std::jthread scanning([&](std::stop_token stop) {
    while (!stop.stop_requested())
      static_cast<void>(ingest(library->library, workers, std::array{sounds}, {true, true},
                               [&](const IngestProgress&) { ++files; }));
  });
  print_deadlines("while a scan runs flat out", kSeconds);
  scanning.request_stop();
  workers.cancel();
  scanning.join();
  fmt::print("({} files analysed and stored meanwhile, by {} workers)\n", files.load(), cores);
  print_deadlines("alone again", kSeconds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return fmt::print(stderr, "usage: library_bench ENTRAIN DIR\n"), 2;
  const auto sounds = some_sounds_in(argv[2]);
  if (!sounds) return fmt::print(stderr, "{}\n", sounds.error().sentence), 1;
  std::string name = (fs::temp_directory_path() / "entrain-bench-XXXXXX").string();
  const fs::path dir = ::mkdtemp(name.data());
  print_scale(dir, *sounds);
  print_scan(dir, argv[1], argv[2]);
  fs::remove_all(dir);
}
