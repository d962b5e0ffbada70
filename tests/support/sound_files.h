// Sound files for tests: a directory that goes away, bytes as they lie on disk, and what libsndfile hears in
// them.
#pragma once

#include <sndfile.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace entrain::test {

/// A file as libsndfile, which is not the writer under test, reads it.
struct FileSound {
  int format = 0, rate = 0, channels = 0;
  std::int64_t frames = 0;
  std::vector<float> samples;  ///< interleaved
};

inline FileSound read_back(const std::filesystem::path& path) {
  SF_INFO info{};
  SNDFILE* file = ::sf_open(path.c_str(), SFM_READ, &info);
  INFO(path.string() << ": " << ::sf_strerror(file));
  REQUIRE(file != nullptr);
  FileSound heard{info.format, info.samplerate, info.channels, info.frames, {}};
  heard.samples.resize(static_cast<std::size_t>(info.frames * info.channels));
  const auto got = ::sf_readf_float(file, heard.samples.data(), info.frames);
  ::sf_close(file);
  REQUIRE(got == info.frames);
  return heard;
}

/// Writes interleaved samples by libsndfile, exactly where `format` can hold them. `map`: loudspeakers, or
/// none.
inline void write_sound(const std::filesystem::path& path, int format, int rate, int channels,
                        const std::vector<float>& samples, std::vector<int> map = {}) {
  SF_INFO info{};
  info.format = format;
  info.samplerate = rate;
  info.channels = channels;
  SNDFILE* file = ::sf_open(path.c_str(), SFM_WRITE, &info);
  INFO(path.string() << ": " << ::sf_strerror(file));
  REQUIRE(file != nullptr);
  if (!map.empty()) {
    const int bytes = static_cast<int>(map.size() * sizeof(int));
    REQUIRE(::sf_command(file, SFC_SET_CHANNEL_MAP_INFO, map.data(), bytes) == SF_TRUE);
  }
  const auto frames = static_cast<sf_count_t>(samples.size()) / channels;
  const int coding = format & SF_FORMAT_SUBMASK;
  if (coding == SF_FORMAT_PCM_16 || coding == SF_FORMAT_PCM_24 || coding == SF_FORMAT_PCM_S8) {
    // As integers: libsndfile scales floats by 2^n - 1 when it writes them and by 2^n when it reads them.
    std::vector<int> exact(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i)
      exact[i] = static_cast<int>(static_cast<double>(samples[i]) * 2'147'483'648.0);
    REQUIRE(::sf_writef_int(file, exact.data(), frames) == frames);
  } else {
    REQUIRE(::sf_writef_float(file, samples.data(), frames) == frames);
  }
  ::sf_close(file);
}

/// Noise below full scale, exact in 16 bits.
inline std::vector<float> exact_noise(std::size_t samples, std::uint32_t seed = 1) {
  std::vector<float> out(samples);
  for (float& x : out) {
    seed = seed * 1'664'525u + 1'013'904'223u;
    x = static_cast<float>(static_cast<std::int32_t>(seed) >> 17) / 32'768.0f;
  }
  return out;
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void put_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// The little-endian number of `count` bytes at `at`.
inline std::uint64_t little(const std::string& bytes, std::size_t at, int count) {
  std::uint64_t v = 0;
  for (int k = 0; k < count; ++k)
    v |= std::uint64_t{static_cast<unsigned char>(bytes.at(at + static_cast<std::size_t>(k)))} << (8 * k);
  return v;
}

}  // namespace entrain::test
