// Feeds any bytes to the reader of file names. What it finds lies within its ranges.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/analysis/hints.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto hints = entrain::hints_in({reinterpret_cast<const char*>(data), size});
  if (hints.tempo.bpm != 0 && !(hints.tempo.bpm >= 40 && hints.tempo.bpm <= 250)) std::abort();
  if (hints.key && (hints.key->root < 0 || hints.key->root > 11)) std::abort();
  return 0;
}
