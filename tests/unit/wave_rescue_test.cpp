#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iterator>
#include <new>
#include <string>
#include <vector>

#include "control/record/wave_writer.h"
#include "tests/support/exact_signal.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

TEST_CASE("a take is readable up to its last second whatever kills the process", "[wave]") {
  const TempDir dir;
  auto* shared = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  auto* appended = new (shared) std::atomic<std::int64_t>(0);
  std::uint32_t random = 12'345;
  for (int round = 0; round < 24; ++round) {
    const auto path = dir.path / (std::to_string(round) + ".wav");
    WaveSpec spec;
    spec.rate = 8'000;
    if (round % 2) spec.riff_limit = 300'000;  // half of the takes cross over to RF64
    random = random * 1'664'525u + 1'013'904'223u;
    const std::int64_t until = random >> 16;  // frames after which the blow falls
    random = random * 1'664'525u + 1'013'904'223u;
    const std::size_t block = 1 + (random >> 20);
    appended->store(0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto writer = WaveWriter::open(path, spec);
      for (std::int64_t sent = 0; writer;) {
        if (!writer->append(signal(2 * sent, 2 * block))) ::_exit(1);
        sent += static_cast<std::int64_t>(block);
        appended->store(sent);
      }
      ::_exit(1);
    }
    while (appended->load() <= until && ::waitpid(child, nullptr, WNOHANG) == 0) {
    }
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));

    const auto heard = read_back(path);
    INFO("round " << round << ", appended " << appended->load() << ", in the file " << heard.frames);
    CHECK(heard.frames > appended->load() - spec.rate);
    CHECK((heard.samples == signal(0, heard.samples.size())));
    if (!(round % 2) && std::system("command -v sox >/dev/null") == 0)
      CHECK(std::system(("sox " + path.string() + " -n stat >/dev/null 2>&1").c_str()) == 0);
    if (!(round % 2) && std::system("python3 -c 'import wave' 2>/dev/null") == 0)
      CHECK(std::system(("python3 -c \"import wave; w = wave.open('" + path.string() +
                         "'); n = w.getnframes(); " + "assert len(w.readframes(n)) == n * 6\"")
                            .c_str()) == 0);
  }
  ::munmap(shared, 4096);
}

TEST_CASE("a full disk ends a take with one sentence, and what was written stays readable", "[wave]") {
  const TempDir dir;
  // A limit on the file's size meets the same path as a full disk, at any byte, with no rights needed.
  for (const int channels : {1, 2, 5}) {
    for (const long limit : {20'000L, 20'001L, 20'002L, 20'003L, 100'000L}) {
      const auto path = dir.path / (std::to_string(channels) + "-" + std::to_string(limit) + ".wav");
      int told[2];
      REQUIRE(::pipe(told) == 0);
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit size{static_cast<rlim_t>(limit), static_cast<rlim_t>(limit)};
        ::setrlimit(RLIMIT_FSIZE, &size);
        WaveSpec spec;
        spec.channels = channels;
        auto writer = WaveWriter::open(path, spec);
        std::string sentences;
        for (int block = 0; writer && block < 100; ++block) {
          const auto part =
              signal(std::int64_t{block} * 1000 * channels, 1000 * static_cast<std::size_t>(channels));
          if (auto ok = writer->append(part); !ok) sentences += ok.error().sentence + "\n";
          if (auto ok = writer->flush(); !ok) sentences += ok.error().sentence + "\n";
        }
        const bool repeats = writer && !writer->finish();
        const auto n = ::write(told[1], sentences.data(), sentences.size());
        ::_exit(repeats && n > 0 ? 0 : 1);
      }
      ::close(told[1]);
      char text[2000] = {};
      CHECK(::read(told[0], text, sizeof text - 1) > 0);
      ::close(told[0]);
      int status = 0;
      ::waitpid(child, &status, 0);
      CHECK(status == 0);
      const std::string sentence = text;
      INFO(sentence);
      CHECK(std::count(sentence.begin(), sentence.end(), '\n') == 1);
      CHECK(mentions(sentence, path.string()));

      const auto heard = read_back(path);
      const auto frame = 3 * channels;
      CHECK(heard.frames >= (limit - 200) / frame - 1);
      CHECK((heard.samples == signal(0, heard.samples.size())));
      CHECK(fs::file_size(path) <= static_cast<std::uintmax_t>(limit));
      CHECK(little(bytes_of(path), 4, 4) == fs::file_size(path) - 8);
    }
  }
}

TEST_CASE("a file that exists is never touched, and the sentence names it", "[wave]") {
  const TempDir dir;
  const auto path = dir.path / "kept.wav";
  std::ofstream(path) << "precious";
  for (const auto mode : {WaveMode::take, WaveMode::render}) {
    WaveSpec spec;
    spec.mode = mode;
    const auto refused = WaveWriter::open(path, spec);
    REQUIRE_FALSE(refused);
    CHECK(mentions(refused.error().sentence, path.string() + " exists already"));
  }
  CHECK(bytes_of(path).size() == 8);
  CHECK(std::distance(fs::directory_iterator(dir.path), {}) == 1);
}

TEST_CASE("a directory that is missing or not writable is refused with a sentence that names it", "[wave]") {
  const TempDir dir;
  for (const auto mode : {WaveMode::take, WaveMode::render}) {
    WaveSpec spec;
    spec.mode = mode;
    const auto missing = WaveWriter::open(dir.path / "none" / "x.wav", spec);
    REQUIRE_FALSE(missing);
    CHECK(mentions(missing.error().sentence, (dir.path / "none").string() + " is not a directory"));

    fs::permissions(dir.path, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_exec);
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::seteuid(65'534) == 0);  // root may write anywhere
    const auto locked = WaveWriter::open(dir.path / "x.wav", spec);
    if (root) REQUIRE(::seteuid(0) == 0);
    REQUIRE_FALSE(locked);
    CHECK(mentions(locked.error().sentence, "Nothing may be written in " + dir.path.string()));
    fs::permissions(dir.path, fs::perms::owner_all);
  }
}

TEST_CASE("a render appears whole under its name or not at all", "[wave]") {
  const TempDir dir;
  WaveSpec spec;
  spec.mode = WaveMode::render;
  const auto path = dir.path / "r.wav";
  const auto sent = signal(0, 2 * 30'000);
  SECTION("finished") {
    auto writer = opened(path, spec);
    REQUIRE(writer.append(sent));
    CHECK_FALSE(fs::exists(path));
    REQUIRE(writer.finish());
    CHECK((read_back(path).samples == sent));
    CHECK(writer.finish());
  }
  SECTION("abandoned") {
    {
      auto writer = opened(path, spec);
      REQUIRE(writer.append(sent));
    }
    CHECK_FALSE(fs::exists(path));
  }
  SECTION("something took the name meanwhile") {
    auto writer = opened(path, spec);
    REQUIRE(writer.append(sent));
    std::ofstream(path) << "precious";
    const auto refused = writer.finish();
    REQUIRE_FALSE(refused);
    CHECK(mentions(refused.error().sentence, path.string() + " exists already"));
    CHECK(bytes_of(path).size() == 8);
  }
  SECTION("replacing is asked for") {
    std::ofstream(path) << "old";
    spec.replace = true;
    auto writer = opened(path, spec);
    REQUIRE(writer.append(sent));
    CHECK(bytes_of(path).size() == 3);
    REQUIRE(writer.finish());
    CHECK((read_back(path).samples == sent));
  }
  SECTION("a dead process left its part, longer than ours") {
    std::ofstream(path.string() + ".part") << std::string(1'000'000, 'x');
    auto writer = opened(path, spec);
    REQUIRE(writer.append(sent));
    REQUIRE(writer.finish());
    CHECK((read_back(path).samples == sent));
    CHECK(fs::file_size(path) < 1'000'000);
  }
  SECTION("a live process writes the same part") {
    auto first = opened(path, spec);
    REQUIRE(first.append(sent));
    const auto second = WaveWriter::open(path, spec);
    REQUIRE_FALSE(second);
    CHECK(mentions(second.error().sentence, "another process"));
    REQUIRE(first.finish());
    CHECK((read_back(path).samples == sent));
  }
  CHECK_FALSE(fs::exists(path.string() + ".part"));
}

TEST_CASE("a render that meets a full disk leaves nothing behind", "[wave]") {
  const TempDir dir;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit size{30'000, 30'000};
    ::setrlimit(RLIMIT_FSIZE, &size);
    WaveSpec spec;
    spec.mode = WaveMode::render;
    auto writer = WaveWriter::open(dir.path / "r.wav", spec);
    if (!writer) ::_exit(1);
    const bool told = !writer->append(signal(0, 100'000));
    ::_exit(told && writer->append(signal(0, 10)) && !writer->finish() ? 0 : 2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(fs::is_empty(dir.path));
}
