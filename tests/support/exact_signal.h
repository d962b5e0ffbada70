// A signal that 24 bits hold exactly, and a file opened for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "control/record/wave_writer.h"
#include "tests/support/catch.h"

namespace entrain::test {

/// Any sample of the test signal, a value that 24 bits hold exactly and no neighbour shares.
inline float signal_at(std::int64_t sample) {
  const auto mixed = static_cast<std::uint32_t>(sample) * 2'654'435'761u;
  return static_cast<float>(static_cast<std::int32_t>(mixed) >> 8) / 8'388'608.0f;
}

inline std::vector<float> signal(std::int64_t first, std::size_t count) {
  std::vector<float> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = signal_at(first + static_cast<std::int64_t>(i));
  return out;
}

inline WaveWriter opened(const std::filesystem::path& path, WaveSpec spec) {
  auto writer = WaveWriter::open(path, spec);
  INFO((writer ? std::string() : writer.error().sentence));
  REQUIRE(writer);
  return std::move(*writer);
}

}  // namespace entrain::test
