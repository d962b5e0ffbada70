// Files read by decode(), as its laws ask for them.
#pragma once

#include <filesystem>
#include <string>

#include "engine/analysis/decode.h"
#include "tests/support/catch.h"
#include "tests/support/sound_files.h"

namespace entrain::test {

inline constexpr int kWav = SF_FORMAT_WAV | SF_FORMAT_PCM_16, kFloatWav = SF_FORMAT_WAV | SF_FORMAT_FLOAT;

/// The sound in a file that must be good.
inline Pcm decoded(const std::filesystem::path& path, int rate) {
  auto pcm = decode(path, rate);
  INFO((pcm ? std::string() : pcm.error().sentence));
  REQUIRE(pcm);
  CHECK(pcm->rate == rate);
  CHECK(pcm->left.size() == pcm->right.size());
  return std::move(*pcm);
}

/// The sentence about a file that must be bad.
inline std::string refused(const std::filesystem::path& path, int rate = 48'000) {
  const auto pcm = decode(path, rate);
  REQUIRE_FALSE(pcm);
  const std::string& sentence = pcm.error().sentence;
  INFO(sentence);
  CHECK(sentence.find(path.filename().string()) != std::string::npos);
  CHECK(sentence.back() == '.');
  return sentence;
}

}  // namespace entrain::test
