#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/decoded.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

TEST_CASE("samples that are no numbers become silence and are counted", "[decode]") {
  const TempDir dir;
  auto sent = exact_noise(2 * 1'000);
  sent[10] = std::numeric_limits<float>::quiet_NaN();
  sent[501] = -std::numeric_limits<float>::infinity();
  sent[900] = 1e30f;
  for (const int from : {48'000, 44'100}) {
    write_sound(dir.path / "n.wav", kFloatWav, from, 2, sent);
    const Pcm pcm = decoded(dir.path / "n.wav", 48'000);
    CHECK(mentions(pcm.remark, "3 samples that are no sound"));
    float loudest = 0;
    for (std::size_t i = 0; i < pcm.left.size(); ++i) {
      REQUIRE(std::isfinite(pcm.left[i]));
      REQUIRE(std::isfinite(pcm.right[i]));
      loudest = std::max({loudest, std::fabs(pcm.left[i]), std::fabs(pcm.right[i])});
    }
    CHECK(loudest < 4.0f);
    if (from == 48'000) CHECK(pcm.left[5] == 0.0f);
  }
}

TEST_CASE("a header that promises more than the file holds is believed only as far as it goes", "[decode]") {
  const TempDir dir;
  const auto sent = exact_noise(2 * 10'000);
  for (const auto& [name, format] :
       {std::pair{"l.wav", kWav}, std::pair{"l.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
        std::pair{"x.wav", kWav | SF_ENDIAN_BIG}}) {
    write_sound(dir.path / name, format, 8'000, 2, sent);
    const std::string bytes = bytes_of(dir.path / name);
    put_bytes(dir.path / name, bytes.substr(0, bytes.size() - 30'000));
    const Pcm pcm = decoded(dir.path / name, 8'000);
    CHECK(static_cast<double>(pcm.left.size()) == Approx(2'500).margin(2));
    CHECK(pcm.left[2'000] == sent[4'000]);
    INFO(pcm.remark);
    CHECK(mentions(pcm.remark, "promises 1.25 s but holds 0.31 s"));
  }
}

TEST_CASE("a truncated FLAC gives what is there, and says so", "[decode]") {
  const TempDir dir;
  const auto sent = exact_noise(2 * 50'000);
  write_sound(dir.path / "t.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48'000, 2, sent);
  const std::string bytes = bytes_of(dir.path / "t.flac");
  put_bytes(dir.path / "t.flac", bytes.substr(0, bytes.size() / 2));
  const Pcm pcm = decoded(dir.path / "t.flac", 48'000);
  CHECK(pcm.left.size() > 10'000);
  CHECK(pcm.left.size() < 30'000);
  CHECK(pcm.left[9'999] == sent[19'998]);
  INFO(pcm.remark);
  CHECK(mentions(pcm.remark, "promises 1.04 s but holds"));
  put_bytes(dir.path / "t.flac", bytes.substr(0, 60));
  refused(dir.path / "t.flac");
}

TEST_CASE("what cannot be a sound is refused with its own sentence", "[decode]") {
  const TempDir dir;
  CHECK(mentions(refused(dir.path / "none.wav"), "does not exist"));
  CHECK(mentions(refused(dir.path), "is not a file"));
  put_bytes(dir.path / "zero.wav", "");
  CHECK(mentions(refused(dir.path / "zero.wav"), "is empty"));
  for (const char* name : {"text.wav", "text.mp3", "text.flac", "text.vox", "text.gsm", "text.raw", "text"}) {
    put_bytes(dir.path / name, "Dear diary, today I played a set that nobody recorded.\n");
    CHECK(mentions(refused(dir.path / name), "is not audio"));
  }
  write_sound(dir.path / "frameless.wav", kWav, 48'000, 2, {});
  CHECK(mentions(refused(dir.path / "frameless.wav"), "holds no sound"));
  REQUIRE(::mkfifo((dir.path / "pipe.wav").c_str(), 0600) == 0);
  CHECK(mentions(refused(dir.path / "pipe.wav"), "is not a file"));
  CHECK_FALSE(decode(dir.path / "zero.wav", 0));
}

TEST_CASE("no broken byte of a header takes the decoder down or brings a number that is none", "[decode]") {
  const TempDir dir;
  std::uint32_t random = 99;
  for (const auto& [name, format] :
       {std::pair{"a.wav", kWav}, std::pair{"a.aiff", SF_FORMAT_AIFF | SF_FORMAT_FLOAT},
        std::pair{"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16}}) {
    write_sound(dir.path / name, format, 48'000, 2, exact_noise(2 * 300));
    const std::string bytes = bytes_of(dir.path / name);
    for (int round = 0; round < 150; ++round) {
      std::string broken = bytes;
      for (int hit = 0; hit < 3; ++hit) {
        random = random * 1'664'525u + 1'013'904'223u;
        broken[(random >> 8) % 100] = static_cast<char>(random >> 24);
      }
      put_bytes(dir.path / "broken", broken);
      const auto pcm = decode(dir.path / "broken", 48'000);
      if (!pcm) {
        CHECK_FALSE(pcm.error().sentence.empty());
        continue;
      }
      bool finite = true;
      for (const float x : pcm->left) finite = finite && std::isfinite(x);
      CHECK(finite);
      CHECK(static_cast<std::int64_t>(pcm->left.size()) <= longest_frames(48'000));
    }
  }
}

TEST_CASE("a file longer than twenty minutes is refused, and one of twenty minutes is not", "[decode]") {
  const TempDir dir;
  const std::size_t frames = 20 * 60 * 8'000;
  std::vector<float> samples(frames, 0.25f);
  write_sound(dir.path / "long.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_S8, 8'000, 1, samples);
  CHECK(decoded(dir.path / "long.flac", 8'000).left.size() == frames);
  samples.resize(frames + 1, 0.25f);
  write_sound(dir.path / "long.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_S8, 8'000, 1, samples);
  CHECK(mentions(refused(dir.path / "long.flac", 8'000), "longer than 20 minutes"));
}
