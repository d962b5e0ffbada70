#include "control/record/wave_writer.h"

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/exact_signal.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

TEST_CASE("what 24 bits can hold is read back exactly, for any number of channels", "[wave]") {
  const TempDir dir;
  for (const int channels : {1, 2, 3, 8}) {
    WaveSpec spec;
    spec.channels = channels;
    spec.rate = 44'100;
    const auto path = dir.path / (std::to_string(channels) + ".wav");
    const auto sent =
        signal(0, static_cast<std::size_t>(channels) * 50'001);  // odd, and more than one buffer
    auto writer = opened(path, spec);
    REQUIRE(writer.append(std::span(sent).first(static_cast<std::size_t>(channels))));
    REQUIRE(writer.append(std::span(sent).subspan(static_cast<std::size_t>(channels))));
    REQUIRE(writer.finish());
    CHECK(writer.frames() == 50'001);
    CHECK(writer.clipped() == 0);
    const auto heard = read_back(path);
    CHECK(heard.format == (SF_FORMAT_WAV | SF_FORMAT_PCM_24));
    CHECK(heard.rate == 44'100);
    CHECK(heard.channels == channels);
    CHECK((heard.samples == sent));
    const auto bytes = bytes_of(path);
    CHECK(bytes.size() % 2 == 0);
    CHECK(little(bytes, 4, 4) == bytes.size() - 8);
    CHECK(std::memcmp(bytes.data() + 12, "JUNK", 4) == 0);
  }
}

TEST_CASE("a sample becomes the nearest of the 2^24 steps, and what lies outside is clipped and counted",
          "[wave]") {
  const TempDir dir;
  const float step = 1.0f / 8'388'608.0f;
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  const std::vector<float> sent = {0.4f * step, 0.6f * step, -0.6f * step,     100.3f * step, 1 - step, -1.0f,
                                   1.0f,        1.5f,        -1.0f - 2 * step, 3e38f,         nan,      inf};
  const std::vector<float> law = {0,        step,     -step, 100 * step, 1 - step, -1.0f,
                                  1 - step, 1 - step, -1.0f, 1 - step,   0,        0};
  WaveSpec spec;
  spec.channels = 1;
  auto writer = opened(dir.path / "q.wav", spec);
  REQUIRE(writer.append(sent));
  REQUIRE(writer.finish());
  CHECK((read_back(dir.path / "q.wav").samples == law));
  CHECK(writer.clipped() == 6);
}

TEST_CASE("16 bits hold the nearest of the 2^16 steps", "[wave]") {
  const TempDir dir;
  const float step = 1.0f / 32'768.0f;
  WaveSpec spec;
  spec.channels = 1;
  spec.format = WaveFormat::pcm16;
  auto writer = opened(dir.path / "q.wav", spec);
  REQUIRE(writer.append(std::vector{0.4f * step, 0.6f * step, -100.3f * step, 1 - step, -1.0f, 1.0f, -1.5f}));
  REQUIRE(writer.finish());
  const auto heard = read_back(dir.path / "q.wav");
  CHECK(heard.format == (SF_FORMAT_WAV | SF_FORMAT_PCM_16));
  CHECK((heard.samples == std::vector{0.0f, step, -100 * step, 1 - step, -1.0f, 1 - step, -1.0f}));
  CHECK(writer.clipped() == 2);
}

TEST_CASE("float files hold the very bits, beyond full scale too", "[wave]") {
  const TempDir dir;
  WaveSpec spec;
  spec.format = WaveFormat::float32;
  auto sent = signal(7, 4000);
  sent[3] = 2.5f;
  sent[4] = 1e-30f;
  auto writer = opened(dir.path / "f.wav", spec);
  REQUIRE(writer.append(sent));
  REQUIRE(writer.finish());
  const auto heard = read_back(dir.path / "f.wav");
  CHECK(heard.format == (SF_FORMAT_WAV | SF_FORMAT_FLOAT));
  CHECK((heard.samples == sent));
  CHECK(writer.clipped() == 0);
  const auto bytes = bytes_of(dir.path / "f.wav");
  CHECK(std::memcmp(bytes.data() + 74, "fact", 4) == 0);  // what is not PCM must say how many frames it has
  CHECK(little(bytes, 82, 4) == 2'000);
}

TEST_CASE("after every flush the header tells exactly what is in the file", "[wave]") {
  const TempDir dir;
  for (const auto format : {WaveFormat::pcm24, WaveFormat::float32}) {
    WaveSpec spec;
    spec.format = format;
    spec.channels = 1;
    const auto path = dir.path / (format == WaveFormat::pcm24 ? "p.wav" : "f.wav");
    auto writer = opened(path, spec);
    CHECK(read_back(path).frames == 0);
    std::int64_t sent = 0;
    for (const int block : {1, 2, 31, 40'000, 7, 100'000}) {
      REQUIRE(writer.append(signal(sent, static_cast<std::size_t>(block))));
      sent += block;
      REQUIRE(writer.flush());
      const auto heard = read_back(path);
      CHECK(heard.frames == sent);
      CHECK((heard.samples == signal(0, static_cast<std::size_t>(sent))));
      CHECK(little(bytes_of(path), 4, 4) == fs::file_size(path) - 8);
    }
  }
}

TEST_CASE("a file that outgrows RIFF becomes RF64 in place and stays readable", "[wave]") {
  const TempDir dir;
  for (const auto format : {WaveFormat::pcm24, WaveFormat::float32}) {
    WaveSpec spec;
    spec.format = format;
    spec.riff_limit = 100'000;
    const auto path = dir.path / (format == WaveFormat::pcm24 ? "p.wav" : "f.wav");
    auto writer = opened(path, spec);
    bool was_riff = false, is_rf64 = false;
    for (std::int64_t sent = 0; sent < 60'000; sent += 6'000) {
      REQUIRE(writer.append(signal(sent, 6'000)));
      REQUIRE(writer.flush());
      const auto bytes = bytes_of(path);
      const bool large = std::memcmp(bytes.data(), "RF64", 4) == 0;
      CHECK(large == (bytes.size() - 8 > spec.riff_limit));
      if (large) {
        CHECK(std::memcmp(bytes.data() + 12, "ds64", 4) == 0);
        CHECK(little(bytes, 4, 4) == 0xFFFF'FFFF);
        CHECK(little(bytes, 20, 8) == bytes.size() - 8);
        CHECK(little(bytes, 36, 8) == static_cast<std::uint64_t>(sent + 6'000) / 2);
      }
      (large ? is_rf64 : was_riff) = true;
      CHECK((read_back(path).samples == signal(0, static_cast<std::size_t>(sent + 6'000))));
    }
    CHECK(was_riff);
    CHECK(is_rf64);
  }
}

TEST_CASE("an impossible rate or channel count is refused before a file exists", "[wave]") {
  const TempDir dir;
  WaveSpec spec;
  spec.channels = 0;
  CHECK_FALSE(WaveWriter::open(dir.path / "x.wav", spec));
  spec.channels = 2;
  spec.rate = 0;
  CHECK_FALSE(WaveWriter::open(dir.path / "x.wav", spec));
  CHECK(fs::is_empty(dir.path));
}
