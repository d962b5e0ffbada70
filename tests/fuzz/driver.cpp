// Runs a fuzz target without libFuzzer: every seed file as it is, then mutations of the seeds drawn from a hash,
// so that a run is the same on every machine. With libFuzzer (clang -fsanitize=fuzzer) leave this file out.
//
// usage: NAME_fuzz RUNS [SEED_FILE...]
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/core/draws.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::uint64_t state = 1;
std::uint64_t random_bits() { return state = entrain::mix_bits(state); }
std::size_t below(std::size_t n) { return n == 0 ? 0 : random_bits() % n; }

void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

void mutate(std::string& bytes, const std::vector<std::string>& seeds) {
  const std::size_t at = below(bytes.size());
  switch (below(7)) {
    case 0: if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
    case 1: if (!bytes.empty()) bytes[at] = static_cast<char>(random_bits()); break;
    case 2: bytes.resize(at); break;
    case 3: bytes.insert(at, 1 + below(8), static_cast<char>(random_bits())); break;
    case 4: bytes.erase(at, 1 + below(16)); break;
    case 5: bytes.insert(at, bytes.substr(below(bytes.size()), below(64))); break;
    default: {
      const std::string& other = seeds[below(seeds.size())];
      bytes = bytes.substr(0, at) + other.substr(below(other.size()));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: %s RUNS [SEED_FILE...]\n", argv[0]), 2;
  std::vector<std::string> seeds{std::string()};
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) return std::fprintf(stderr, "no seed %s\n", argv[i]), 1;
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    run(seeds.back());
  }
  const long runs = std::atol(argv[1]);
  for (long i = 0; i < runs; ++i) {
    std::string bytes = seeds[below(seeds.size())];
    for (std::size_t m = 0; m <= below(6); ++m) mutate(bytes, seeds);
    run(bytes);
  }
  std::printf("%ld runs, %zu seeds\n", runs, seeds.size() - 1);
}
