// What `entrain sequence` costs: the whole program, log and disk included, for 16 s and 600 s of the seed's
// example pattern, beside the Python sequencer's figures. Prints; never fails.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/program_cost.h"

using namespace entrain::test;

namespace {

namespace fs = std::filesystem;

/// Python's for 600 s, on the same sort of machine: seconds and MB.
constexpr double kPeerSeconds = 0.77, kPeerMegabytes = 612;

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return fmt::print("usage: sequence_bench ENTRAIN FOLDER_OF_SOUNDS\n"), 2;
  const fs::path folder = fs::temp_directory_path() / fmt::format("entrain-bench-{}", getpid());
  fs::create_directories(folder);
  std::ofstream(folder / "pattern.txt") << "1000100010001010/3\n00001000\n100001000010\n[1.0, 0.8, 0.6]\n";
  // 27 short sounds in three clusters of 5, 14 and 8, as in the seed's example.
  std::vector<fs::path> sounds;
  for (const auto& file : fs::directory_iterator(argv[2]))
    if (file.file_size() < 200'000 && file.path().extension() == ".flac") sounds.push_back(file.path());
  std::sort(sounds.begin(), sounds.end());
  if (sounds.size() < 27) return fmt::print("{} holds fewer than 27 short sounds\n", argv[2]), 1;
  std::string json;
  for (std::size_t i = 0; i < 27; ++i) {
    json += i == 0 ? "{\"2\": [" : i == 5 ? "], \"1\": [" : i == 19 ? "], \"0\": [" : ", ";
    json += "\"" + sounds[i].string() + "\"";
  }
  std::ofstream(folder / "mapping.json") << json << "]}\n";

  fmt::print("The seed's sequence, the best of five runs of the whole program\n\n");
  fmt::print("{:<12} {:>8} {:>8} {:>8} {:>14}\n", "", "wall s", "CPU s", "MB", "x real time");
  ProgramCost at_600;
  for (const int length : {16, 600}) {
    ProgramCost best{1e9, 1e9, 1e9};
    for (int i = 0; i < 5; ++i) {
      const ProgramCost c = run_program({argv[1], "sequence", "--pattern", folder / "pattern.txt",
                                         "--clusters", folder / "mapping.json", "--seed", "42", "--length",
                                         std::to_string(length), "-o", folder / "out.wav"});
      best = {std::min(best.wall, c.wall), std::min(best.cpu, c.cpu), std::min(best.megabytes, c.megabytes)};
    }
    fmt::print("{:<12} {:8.3f} {:8.3f} {:8.1f} {:14.0f}\n", fmt::format("{} s", length), best.wall, best.cpu,
               best.megabytes, length / best.cpu);
    at_600 = best;
  }
  fmt::print("\nPython takes {} s and {} MB for 600 s: {:.1f} times the CPU time, {:.1f} times the memory.\n",
             kPeerSeconds, kPeerMegabytes, kPeerSeconds / at_600.cpu, kPeerMegabytes / at_600.megabytes);
  fs::remove_all(folder);
}
