// Feeds any bytes to the reader of stored analyses: as they are, and with their hash made right. What comes
// back can be corrected, and written and read again to the same bytes.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/library/corrections.h"
#include "engine/library/store/analysis_bytes.h"
#include "tests/support/rehashed.h"

using namespace entrain;

namespace {

void read(const std::string& bytes) {
  const auto analysis = analysis_from(bytes);
  if (!analysis) return;
  if (analysis_bytes(*analysis) != bytes) std::abort();
  const std::array said{Correction{"bpm", "400"}, Correction{"downbeat", "0.3"}, Correction{"key", "8A"}};
  if (!analysis_from(analysis_bytes(corrected(*analysis, said)))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Without a seed file: an analysis, with bytes exchanged where the input says so (three bytes each).
  static const std::string whole = [] {
    Pcm pcm;
    pcm.rate = 8'000;
    for (int i = 0; i < 8'000; ++i) pcm.left.push_back(i % 2'000 < 60 ? 0.5f : 0.0f);
    pcm.right = pcm.left;
    return analysis_bytes(analyse(pcm));
  }();
  std::string bytes = whole;
  for (std::size_t i = 0; i + 2 < size; i += 3) {
    const auto at = (std::size_t{data[i]} << 8 | data[i + 1]) % bytes.size();
    bytes[at] = static_cast<char>(data[i + 2]);
  }
  read(bytes);
  read(test::rehashed(bytes));
  read(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
