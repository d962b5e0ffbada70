// Decoding for analysis: at the file's own rate, where that is sensible.
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
