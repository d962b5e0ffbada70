// Decoding for analysis: at the file's own rate, where that is sensible.
#include <cmath>
#include <numbers>

#include "engine/analysis/decode.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("at its own rate a file is not resampled, unless that rate is extreme", "[decode]") {
  constexpr int kFloatWav = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
  const TempDir dir;
  const auto sent = exact_noise(8'000);
  for (const int rate : {16'000, 22'050, 44'100, 48'000, 96'000}) {
    write_sound(dir.path / "own.wav", kFloatWav, rate, 1, sent);
    const auto pcm = decode(dir.path / "own.wav", kOwnRate);
    REQUIRE(pcm);
    CHECK(pcm->rate == rate);
    CHECK(pcm->left == sent);
  }
  for (const int rate : {8'000, 192'000}) {
    write_sound(dir.path / "own.wav", kFloatWav, rate, 1, sent);
    const auto pcm = decode(dir.path / "own.wav", kOwnRate);
    REQUIRE(pcm);
    CHECK(pcm->rate == 44'100);
  }
}

TEST_CASE("what is resampled for analysis is the same sound", "[decode]") {
  const TempDir dir;
  const auto tone = [](std::size_t frame, int rate) {
    return 0.5 * std::sin(2 * std::numbers::pi * 1'000 * static_cast<double>(frame) / rate);
  };
  for (const int rate : {8'000, 192'000}) {
    INFO(rate << " Hz");
    std::vector<float> sent;
    for (std::size_t i = 0; i < static_cast<std::size_t>(rate); ++i)
      sent.push_back(static_cast<float>(tone(i, rate)));
    write_sound(dir.path / "tone.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, rate, 1, sent);
    const auto pcm = decode(dir.path / "tone.wav", kOwnRate);
    REQUIRE(pcm);
    REQUIRE(pcm->left.size() == 44'100);
    for (std::size_t i = 2'000; i < 42'000; ++i)
      REQUIRE(static_cast<double>(pcm->left[i]) == Approx(tone(i, 44'100)).margin(1e-4));
  }
}
