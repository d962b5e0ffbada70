#include "control/record/take.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

/// Never zero, and exact in 24 bits: silence in a file can only be a dropped frame.
float marked_at(std::size_t sample) { return static_cast<float>(1 + sample % 1'000'003) / 8'388'608.0f; }

/// Pushes blocks and keeps what the file must hold: the signal, or silence where a push was refused.
struct Performer {
  Take& take;
  int channels;
  std::vector<float> law;
  std::int64_t refused = 0;

  bool play(int frames) {
    const std::size_t first = law.size(), count = static_cast<std::size_t>(frames * channels);
    for (std::size_t i = 0; i < count; ++i) law.push_back(marked_at(first + i));
    if (take.push(law.data() + first, frames)) return true;
    std::fill(law.begin() + static_cast<std::ptrdiff_t>(first), law.end(), 0.0f);
    refused += frames;
    return false;
  }
};

}  // namespace

TEST_CASE("a take holds every frame that was pushed, to the last", "[take]") {
  const TempDir dir;
  for (const int channels : {1, 2, 6}) {
    TakeSpec spec;
    spec.channels = channels;
    const auto path = dir.path / (std::to_string(channels) + ".wav");
    auto take = Take::start(path, spec);
    REQUIRE(take);
    Performer performer{**take, channels, {}};
    for (int block = 0; block < 1000; ++block) REQUIRE(performer.play(1 + block % 129));
    const auto status = (*take)->stop();
    CHECK(status.frames_lost == 0);
    CHECK(status.error.empty());
    CHECK(status.remark.empty());
    CHECK(status.frames_written * channels == static_cast<std::int64_t>(performer.law.size()));
    CHECK((read_back(path).samples == performer.law));
  }
}

TEST_CASE("a lost frame is a silent frame at its own place, so that the take keeps time", "[take]") {
  const TempDir dir;
  for (int round = 0; round < 10; ++round) {
    TakeSpec spec;
    spec.ring_frames = 200;  // so small that whether a block finds room is a matter of luck
    const auto path = dir.path / (std::to_string(round) + ".wav");
    auto take = Take::start(path, spec);
    REQUIRE(take);
    Performer performer{**take, 2, {}};
    for (int block = 0; block < 200; ++block) {
      performer.play(32 + block % 64);
      if (block % 50 == 7) CHECK_FALSE(performer.play(500));  // never finds room
      if (block % 20 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (round % 2) CHECK_FALSE(performer.play(500));  // dropped at the very end
    const auto status = (*take)->stop();
    CHECK(performer.refused >= 2000);
    CHECK(status.frames_lost == performer.refused);
    CHECK(status.frames_written * 2 == static_cast<std::int64_t>(performer.law.size()));
    CHECK(status.remark.find("silence") != std::string::npos);
    CHECK(status.error.empty());
    CHECK((read_back(path).samples == performer.law));
  }
}

TEST_CASE("gaps of any number keep their places in a ring nobody empties", "[take]") {
  SampleRing ring(1, 100);
  std::vector<float> law, block(64, 0.5f), heard;
  std::int64_t refused = 0, silence = 0, gap = 0;
  for (int turn = 0; turn < 50; ++turn) {
    for (int i = 0; i < 7; ++i) {
      const int frames = 1 + (turn * 7 + i * 13) % 40;
      const bool in = ring.push(block.data(), frames);
      law.insert(law.end(), static_cast<std::size_t>(frames), in ? 0.5f : 0.0f);
      if (!in) refused += frames;
    }
    for (int i = 0; i < turn % 4 && ring.pop(block, gap); ++i) {
      heard.insert(heard.end(), static_cast<std::size_t>(gap), 0.0f);
      heard.insert(heard.end(), block.begin(), block.end());
      silence += gap;
    }
    block.assign(64, 0.5f);
  }
  while (ring.pop(block, gap)) {
    heard.insert(heard.end(), static_cast<std::size_t>(gap), 0.0f);
    heard.insert(heard.end(), block.begin(), block.end());
    silence += gap;
  }
  REQUIRE(refused > 0);
  CHECK(ring.lost() == refused);
  heard.insert(heard.end(), static_cast<std::size_t>(ring.lost() - silence), 0.0f);
  CHECK((heard == law));
}

TEST_CASE("a take that cannot be created says so instead of starting", "[take]") {
  const auto take = Take::start("/nonexistent/x.wav", {});
  REQUIRE_FALSE(take);
  CHECK(take.error().sentence.find("/nonexistent") != std::string::npos);
}

TEST_CASE("a take that meets a full disk tells one sentence and the music goes on", "[take]") {
  const TempDir dir;
  const auto path = dir.path / "full.wav";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit size{60'000, 60'000};
    ::setrlimit(RLIMIT_FSIZE, &size);
    auto take = Take::start(path, {});
    if (!take) ::_exit(1);
    std::vector<float> law;
    for (std::size_t i = 0; i < 2 * 64 * 500; ++i) law.push_back(marked_at(i));
    for (std::size_t block = 0; block < 500; ++block)
      if (!(*take)->push(law.data() + block * 128, 64)) ::_exit(2);
    const auto status = (*take)->stop();
    const bool right = status.error.find(path.string()) != std::string::npos &&
                       status.frames_written > 9'000 && status.frames_written <= 10'000;
    ::_exit(right ? 0 : 3);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  const auto heard = read_back(path).samples;
  CHECK(heard.size() > 18'000);
  for (std::size_t i = 0; i < heard.size(); ++i)
    if (heard[i] != marked_at(i)) FAIL("sample " << i);
}
