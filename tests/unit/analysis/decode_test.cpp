#include "engine/analysis/decode.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "engine/analysis/downmix.h"
#include "engine/core/hash.h"
#include "tests/support/decoded.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

std::vector<float> sine(int rate, double hertz, std::size_t frames, float level = 0.5f) {
  std::vector<float> out(frames);
  for (std::size_t i = 0; i < frames; ++i)
    out[i] =
        level * static_cast<float>(std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
  return out;
}

}  // namespace

TEST_CASE("a lossless file at the engine's rate is read back bit for bit", "[decode]") {
  const TempDir dir;
  const auto sent = exact_noise(2 * 40'001);
  for (const auto& [name, format] :
       {std::pair{"a.wav", kWav}, std::pair{"a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24},
        std::pair{"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16}, std::pair{"f.wav", kFloatWav}}) {
    write_sound(dir.path / name, format, 48'000, 2, sent);
    const Pcm pcm = decoded(dir.path / name, 48'000);
    REQUIRE(pcm.left.size() == 40'001);
    bool same = true;
    for (std::size_t i = 0; i < 40'001; ++i)
      same = same && pcm.left[i] == sent[2 * i] && pcm.right[i] == sent[2 * i + 1];
    CHECK(same);
    CHECK_FALSE(pcm.silent);
    CHECK(pcm.remark.empty());
  }
}

TEST_CASE("Ogg and MP3 are read to their length", "[decode]") {
  const TempDir dir;
  const auto sent = sine(44'100, 440, 44'100);
  write_sound(dir.path / "a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44'100, 1, sent);
  CHECK(decoded(dir.path / "a.ogg", 44'100).left.size() == 44'100);
#ifdef SF_FORMAT_MPEG_LAYER_III
  write_sound(dir.path / "a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44'100, 1, sent);
#else
  write_sound(dir.path / "a.mp3", SF_FORMAT_MPEG | 0x82, 44'100, 1, sent);
#endif
  const Pcm pcm = decoded(dir.path / "a.mp3", 48'000);
  CHECK(static_cast<double>(pcm.left.size()) == Approx(48'000).epsilon(0.06));
  CHECK(pcm.remark.empty());
}

TEST_CASE("one channel sounds on both sides", "[decode]") {
  const TempDir dir;
  const auto sent = exact_noise(500);
  write_sound(dir.path / "m.wav", kWav, 48'000, 1, sent);
  const Pcm pcm = decoded(dir.path / "m.wav", 48'000);
  CHECK((pcm.left == sent));
  CHECK((pcm.right == sent));
}

TEST_CASE("resampling keeps pitch, place and length, from any rate", "[decode]") {
  const TempDir dir;
  for (const int from : {8'000, 11'025, 44'100, 96'000, 192'000}) {
    for (const int to : {44'100, 48'000}) {
      const auto frames = static_cast<std::size_t>(from / 2 + 1);
      std::vector<float> stereo;
      const auto left = sine(from, 1000, frames), right = sine(from, 333, frames);
      for (std::size_t i = 0; i < frames; ++i) stereo.insert(stereo.end(), {left[i], right[i]});
      write_sound(dir.path / "r.wav", kFloatWav, from, 2, stereo);
      const Pcm pcm = decoded(dir.path / "r.wav", to);
      const auto length = static_cast<std::size_t>(std::llround(static_cast<double>(frames) * to / from));
      CHECK(pcm.left.size() == length);
      const auto ideal_left = sine(to, 1000, length), ideal_right = sine(to, 333, length);
      float worst = 0;
      for (std::size_t i = length / 4; i < length * 3 / 4; ++i)
        worst = std::max(
            {worst, std::fabs(pcm.left[i] - ideal_left[i]), std::fabs(pcm.right[i] - ideal_right[i])});
      INFO(from << " to " << to << ": " << worst);
      CHECK(worst < 2e-5f);
      worst = 0;  // the last frames ring, since silence follows, but they are there
      for (std::size_t i = length - 60; i < length - 10; ++i)
        worst = std::max(
            {worst, std::fabs(pcm.left[i] - ideal_left[i]), std::fabs(pcm.right[i] - ideal_right[i])});
      INFO("towards the end: " << worst);
      CHECK(worst < 0.15f);
    }
  }
}

TEST_CASE("a mono file is the stereo file whose sides are its own, bit for bit", "[decode]") {
  const TempDir dir;
  const auto mono = exact_noise(50'000);
  std::vector<float> stereo;
  for (const float x : mono) stereo.insert(stereo.end(), {x, x});
  write_sound(dir.path / "mono.wav", kFloatWav, 44'100, 1, mono);
  write_sound(dir.path / "stereo.wav", kFloatWav, 44'100, 2, stereo);
  for (const int rate : {44'100, 48'000}) {
    const Pcm one = decoded(dir.path / "mono.wav", rate), two = decoded(dir.path / "stereo.wav", rate);
    CHECK((one.left == two.left));
    CHECK((one.right == two.right));
    CHECK((one.left == one.right));
  }
}

TEST_CASE("the same file gives the same bits, and a changed byte another hash", "[decode]") {
  const TempDir dir;
  write_sound(dir.path / "a.wav", kWav, 44'100, 2, exact_noise(2 * 30'000));
  const Pcm once = decoded(dir.path / "a.wav", 48'000), again = decoded(dir.path / "a.wav", 48'000);
  CHECK(once.file_hash == again.file_hash);
  CHECK(pcm_hash(once.left, once.right) == pcm_hash(again.left, again.right));
  CHECK((once.left == again.left));
  const std::string bytes = bytes_of(dir.path / "a.wav");
  CHECK(once.file_hash == Hash64().add(std::as_bytes(std::span(bytes))).value());
  std::string other = bytes;
  other[other.size() / 2] ^= 1;
  put_bytes(dir.path / "b.wav", other);
  const Pcm changed = decoded(dir.path / "b.wav", 48'000);
  CHECK(changed.file_hash != once.file_hash);
  CHECK(pcm_hash(changed.left, changed.right) != pcm_hash(once.left, once.right));
}

TEST_CASE("channels without names are paired, odd ones left, even ones right", "[decode]") {
  const Downmix eight = downmix(8, {});
  for (std::size_t c = 0; c < 8; ++c) {
    CHECK(eight.left[c] == Approx(c % 2 == 0 ? 0.25 : 0.0));
    CHECK(eight.right[c] == Approx(c % 2 == 0 ? 0.0 : 0.25));
  }
  const Downmix three = downmix(3, {});
  CHECK(three.left[2] == three.right[2]);
  CHECK(three.left[2] / three.left[0] == Approx(0.70710678));
  CHECK(three.left[0] + three.left[2] == Approx(1.0));
}

TEST_CASE("channels with names go where their loudspeaker stands", "[decode]") {
  const TempDir dir;
  const std::vector<int> map = {SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT,     SF_CHANNEL_MAP_CENTER,
                                SF_CHANNEL_MAP_LFE,  SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT};
  const float whole = 1 + 0.70710678f + 1;
  const std::vector<std::pair<float, float>> law = {{1, 0}, {0, 1}, {0.70710678f, 0.70710678f},
                                                    {0, 0}, {1, 0}, {0, 1}};
  for (std::size_t channel = 0; channel < 6; ++channel) {
    std::vector<float> samples(6 * 100);
    for (std::size_t i = 0; i < 100; ++i) samples[i * 6 + channel] = 0.5f;
    write_sound(dir.path / "5.1.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 48'000, 6, samples, map);
    const Pcm pcm = decoded(dir.path / "5.1.wav", 48'000);
    CHECK(pcm.left[50] == Approx(0.5f * law[channel].first / whole));
    CHECK(pcm.right[50] == Approx(0.5f * law[channel].second / whole));
    CHECK(mentions(pcm.remark, "6 channels"));
  }
}

TEST_CASE("eight channels at 192 kHz become two at 48", "[decode]") {
  const TempDir dir;
  write_sound(dir.path / "8.wav", kWav, 192'000, 8, exact_noise(8 * 19'200));
  CHECK(decoded(dir.path / "8.wav", 48'000).left.size() == 4'800);
  write_sound(dir.path / "9.wav", kWav, 48'000, 9, exact_noise(9 * 100));
  CHECK(mentions(refused(dir.path / "9.wav"), "9 channels"));
}

TEST_CASE("a silent file is allowed, and flagged", "[decode]") {
  const TempDir dir;
  write_sound(dir.path / "s.wav", kWav, 48'000, 2, std::vector<float>(2'000));
  CHECK(decoded(dir.path / "s.wav", 48'000).silent);
  write_sound(dir.path / "t.wav", kWav, 48'000, 2, std::vector<float>(2'000, 0.001f));
  CHECK_FALSE(decoded(dir.path / "t.wav", 48'000).silent);
}

TEST_CASE("progress rises strictly, stays within a hundred, and can stop a decoding", "[decode]") {
  const TempDir dir;
  write_sound(dir.path / "p.wav", kWav, 8'000, 1, std::vector<float>(100 * 8'000, 0.25f));
  std::vector<int> told;
  REQUIRE(decode(dir.path / "p.wav", 8'000, [&](int percent) {
    told.push_back(percent);
    return true;
  }));
  REQUIRE(told.size() >= 5);
  CHECK(std::adjacent_find(told.begin(), told.end(), std::greater_equal<>()) == told.end());
  CHECK(told.back() == 8);
  CHECK(mentions(decode(dir.path / "p.wav", 8'000, [](int) { return false; }).error().sentence, "stopped"));
}
