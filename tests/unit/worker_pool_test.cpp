#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <thread>

#include "control/worker/pool.h"
#include "control/worker/wire.h"
#include "engine/core/hash.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

/// tests/support/bad_worker.cpp, which lies beside the tests.
std::string helper() {
#ifdef ENTRAIN_BAD_WORKER
  return ENTRAIN_BAD_WORKER;
#else
  return (fs::read_symlink("/proc/self/exe").parent_path() / "bad_worker").string();
#endif
}

struct Files : TempDir {
  /// A sound of its own for each seed; `format` a major one of libsndfile's.
  fs::path sound(const std::string& name, std::uint32_t seed, int format = SF_FORMAT_WAV, int channels = 2,
                 int rate = 48'000) const {
    const auto samples = exact_noise(static_cast<std::size_t>(channels) * 5'000, seed);
    write_sound(path / name, format | SF_FORMAT_PCM_16, rate, channels, samples);
    return path / name;
  }
  fs::path bytes(const std::string& name, const std::string& content) const {
    put_bytes(path / name, content);
    return path / name;
  }
  /// A file cut to its first `keep` bytes.
  fs::path cut(const fs::path& file, std::uintmax_t keep) {
    fs::resize_file(file, keep);
    return file;
  }
};

PoolSpec with(int workers, std::vector<std::string> arguments = {}) {
  PoolSpec spec;
  spec.command = {helper()};
  spec.command.insert(spec.command.end(), arguments.begin(), arguments.end());
  spec.workers = workers;
  return spec;
}

void check_same(const Result<LoadedPcm>& loaded, const fs::path& path, int rate) {
  INFO(path.string() << (loaded ? "" : ": " + loaded.error().sentence));
  REQUIRE(loaded);
  const auto direct = decode(path, rate);
  REQUIRE(direct);
  CHECK((loaded->pcm.left == direct->left));
  CHECK((loaded->pcm.right == direct->right));
  CHECK(loaded->pcm.rate == rate);
  CHECK(loaded->pcm.file_hash == direct->file_hash);
  CHECK(loaded->pcm.silent == direct->silent);
  CHECK(loaded->pcm.remark == direct->remark);
  CHECK(loaded->pcm_hash == pcm_hash(direct->left, direct->right));
}

/// Waits until a worker hangs over `file`; its process.
pid_t hanging(const fs::path& file) {
  for (int tries = 0; tries < 6'000; ++tries, ::usleep(10'000)) {
    const std::string said = fs::exists(file.string() + ".by") ? bytes_of(file.string() + ".by") : "";
    if (mentions(said, "\n")) return static_cast<pid_t>(std::stoi(said));
  }
  FAIL("nobody hangs over " << file);
  return -1;
}

bool is_gone(pid_t pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

std::string refusal(const Result<LoadedPcm>& loaded) {
  REQUIRE_FALSE(loaded);
  return loaded.error().sentence;
}

}  // namespace

TEST_CASE("a worker gives the very samples that decoding in place gives", "[worker]") {
  Files files;
  WorkerPool pool(with(2, {"real"}));
  const std::vector<fs::path> paths = {
      files.sound("a.wav", 1), files.sound("b.flac", 2, SF_FORMAT_FLAC, 1, 44'100),
      files.sound("c.aiff", 3, SF_FORMAT_AIFF, 2, 96'000), files.sound("d.wav", 4, SF_FORMAT_WAV, 8, 8'000)};
  for (const int rate : {44'100, 48'000}) {
    const auto loaded = pool.load_all(paths, rate);
    REQUIRE(loaded.size() == paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) check_same(loaded[i], paths[i], rate);
  }
  CHECK(pool.replaced() == 0);
}

TEST_CASE("a file's name may be any bytes", "[worker]") {
  Files files;
  WorkerPool pool(with(1, {"real"}));
  for (const char* name :
       {"with space.wav", "100%41.wav", "\"quoted\\.wav", "caf\xc3\xa9.wav", "caf\xe9.wav", "new\nline.wav"})
    check_same(pool.load(files.sound(name, 5), 48'000), files.path / name, 48'000);
  CHECK(mentions(refusal(pool.load(files.path / "gone \xe9.wav", 48'000)), "does not exist"));
  CHECK(pool.replaced() == 0);
  for (const char* text : {"%", "%4", "%GG", "a%4"}) CHECK(unescape_path(text) == fs::path(text));
}

TEST_CASE("a directory of broken files costs each its sentence and no worker", "[worker]") {
  Files files;
  std::vector<fs::path> broken = {
      files.bytes("zero.wav", ""),
      files.bytes("text.wav", "This is a shopping list, not a loop.\n"),
      files.bytes("text.mp3", std::string(5'000, 'x')),
      files.bytes("riff.wav", std::string("RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff", 20)),
      files.bytes("flac.flac", "fLaC" + std::string(200, '\xff')),
      files.bytes("ogg.ogg", "OggS" + std::string(200, '\0')),
      files.bytes("id3.mp3", std::string("ID3\x04\0\0\x7f\x7f\x7f\x7f", 10)),
      files.cut(files.sound("head.wav", 1), 44),
      files.cut(files.sound("head.flac", 1, SF_FORMAT_FLAC), 50),
      files.path / "absent.wav",
      files.path,
  };
  std::vector<fs::path> mended = {
      files.cut(files.sound("lying.wav", 6), 8'000),
      files.cut(files.sound("truncated.flac", 7, SF_FORMAT_FLAC), 18'000),
      files.sound("eight.wav", 8, SF_FORMAT_WAV, 8, 192'000),
  };
  WorkerPool pool(with(2, {"real"}));
  for (const auto& answer : pool.load_all(broken, 48'000)) {
    const std::string sentence = refusal(answer);
    INFO(sentence);
    CHECK(sentence.back() == '.');
    CHECK_FALSE(mentions(sentence, "crash"));
  }
  for (std::size_t i = 0; const auto& answer : pool.load_all(mended, 48'000)) {
    check_same(answer, mended[i++], 48'000);
    CHECK_FALSE(answer->pcm.remark.empty());
  }
  CHECK(pool.replaced() == 0);
}

TEST_CASE("a crash costs one file and one sentence; the worker is replaced and the others go on",
          "[worker]") {
  Files files;
  for (const int workers : {1, 2}) {
    WorkerPool pool(with(workers));
    std::vector<fs::path> paths;
    for (std::uint32_t i = 0; i < 4; ++i) {
      paths.push_back(files.sound("good" + std::to_string(i) + ".wav", i));
      paths.push_back(files.sound("crash" + std::to_string(i) + ".mp3", i));
    }
    const auto loaded = pool.load_all(paths, 48'000);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (i % 2 == 0)
        check_same(loaded[i], paths[i], 48'000);
      else
        CHECK(refusal(loaded[i]) ==
              paths[i].filename().string() +
                  " made the decoder crash (SIGSEGV); it is left out: convert it with ffmpeg or "
                  "remove it from the set.");
    }
    CHECK(pool.replaced() == 4);
    CHECK(mentions(refusal(pool.load(files.path / "exit.wav", 48'000)), "exit code 3"));
    check_same(pool.load(paths[0], 48'000), paths[0], 48'000);
  }
}

TEST_CASE("a hang, asleep or spinning, costs one file and one sentence, and slow progress is no hang",
          "[worker]") {
  Files files;
  PoolSpec spec = with(2);
  spec.patience = std::chrono::milliseconds(2'000);
  WorkerPool pool(spec);
  const std::vector<fs::path> paths = {files.sound("hang.wav", 1), files.sound("slow.wav", 2),
                                       files.sound("good.wav", 3)};
  const auto loaded = pool.load_all(paths, 48'000);
  CHECK(mentions(refusal(loaded[0]),
                 "hang.wav kept the decoder busy without progress for 2 s; it is left out"));
  check_same(loaded[1], paths[1], 48'000);
  check_same(loaded[2], paths[2], 48'000);
  CHECK(pool.replaced() == 1);
  CHECK(is_gone(hanging(paths[0])));

  spec.patience = std::chrono::milliseconds(500);  // half a second of processor time can be long to come by
  CHECK(mentions(refusal(WorkerPool(spec).load("spin.wav", 48'000)), "spin.wav kept the decoder busy"));
}

TEST_CASE("nonsense from a worker is never believed", "[worker]") {
  Files files;
  for (const char* name : {"garbage", "drip", "lie-nan", "lie-short", "lie-long", "lie-unsealed",
                           "lie-number", "lie-rate", "lie-stranger", "lie-kind", "lie-nothing"}) {
    WorkerPool pool(with(1));
    const auto good = files.sound("good.wav", 1);
    INFO(name);
    CHECK(mentions(refusal(pool.load(files.path / name, 48'000)),
                   std::string(name) + " made the decoder answer nonsense"));
    CHECK(pool.replaced() == 1);
    check_same(pool.load(good, 48'000), good, 48'000);
  }
  WorkerPool pool(with(1));  // and the lie's honest twin is
  CHECK(pool.load(files.path / "lie-not", 48'000));
}

TEST_CASE("a worker keeps no descriptor but its own, runs idle, dumps no core and dies with its parent",
          "[worker]") {
  const int leaked[] = {::open("/dev/null", O_RDONLY), ::dup(0), ::dup(2)};  // none of them closed on exec
  WorkerPool pool(with(1, {"isolated"}));
  const std::string is = refusal(pool.load("circumstances", 48'000));
  for (const int fd : leaked) ::close(fd);
  CHECK(mentions(is, "descriptors 3, idle, core 0, dies by 9, memory "));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(mentions(is, "memory 2048"));
#endif
}

TEST_CASE("a worker outlives the thread that first asked it", "[worker]") {
  WorkerPool pool(with(1, {"isolated"}));
  std::string first;
  std::thread([&] { first = refusal(pool.load("who", 48'000)); }).join();
  for (int again = 0; again < 3; ++again) CHECK(refusal(pool.load("who", 48'000)) == first);
  CHECK(pool.replaced() == 0);
}

TEST_CASE("a worker that died while idle costs no file", "[worker]") {
  Files files;
  WorkerPool pool(with(1));
  const auto good = files.sound("good.wav", 1);
  const auto pid = static_cast<pid_t>(std::stoi(refusal(pool.load("who", 48'000))));
  ::kill(pid, SIGKILL);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);  // dead, and left for the pool to bury
  check_same(pool.load(good, 48'000), good, 48'000);
  CHECK(pool.replaced() == 1);
}

TEST_CASE("workers die with their parent, even in the middle of a file", "[worker]") {
  Files files;
  REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  int told[2];
  REQUIRE(::pipe2(told, O_CLOEXEC) == 0);
  const pid_t parent = ::fork();
  REQUIRE(parent >= 0);
  if (parent == 0) {
    WorkerPool pool(with(1, {"isolated"}));
    const auto who = pool.load("who", 48'000);
    const auto pid = static_cast<pid_t>(std::stoi(who.error().sentence));
    std::jthread stuck([&] { (void)pool.load(files.path / "hang", 48'000); });
    hanging(files.path / "hang");
    const auto n = ::write(told[1], &pid, sizeof pid);
    for (;;) ::pause();
    ::_exit(static_cast<int>(n));
  }
  pid_t worker = -1;
  REQUIRE(::read(told[0], &worker, sizeof worker) == sizeof worker);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  int status = 0;
  pid_t buried = 0;
  for (int tries = 0; tries < 3'000 && buried == 0; ++tries, ::usleep(10'000))
    buried = ::waitpid(worker, &status, WNOHANG);
  CHECK(buried == worker);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  ::close(told[0]);
  ::close(told[1]);
}

TEST_CASE("a program that is no worker is told as such, and blames no file", "[worker]") {
  for (const auto& [command, why] :
       {std::pair<std::vector<std::string>, std::string>{{helper(), "mute"}, "exit code 7"},
        {{"/nonexistent/decoder"}, "No such file"},
        {{"cat"}, "did not start"}}) {
    PoolSpec spec;
    spec.command = command;
    WorkerPool pool(spec);
    const std::string sentence = refusal(pool.load("x.wav", 48'000));
    INFO(sentence);
    CHECK(mentions(sentence, why));
    CHECK(mentions(sentence, command[0]));
    CHECK_FALSE(mentions(sentence, "x.wav"));
  }
}

TEST_CASE("progress tells every file once, in the calling thread, with its error", "[worker]") {
  Files files;
  WorkerPool pool(with(2));
  const std::vector<fs::path> paths = {files.sound("a.wav", 1), files.path / "crash.wav",
                                       files.path / "absent.wav", files.sound("b.wav", 2)};
  std::vector<fs::path> told, wrong;
  const auto self = std::this_thread::get_id();
  std::size_t last = 0;
  bool here = true, counted = true;
  const auto loaded = pool.load_all(
      paths, 48'000, [&](std::size_t done, std::size_t of, const fs::path& path, const Error* error) {
        here = here && std::this_thread::get_id() == self;
        counted = counted && done == ++last && of == paths.size();
        told.push_back(path);
        if (error) wrong.push_back(path);
      });
  CHECK(here);
  CHECK(counted);
  std::sort(told.begin(), told.end());
  auto all = paths;
  std::sort(all.begin(), all.end());
  CHECK(told == all);
  CHECK(wrong.size() == 2);
  CHECK(pool.load_all({}, 48'000).empty());
}

TEST_CASE("many threads may load at once, and cancelling frees them all", "[worker]") {
  Files files;
  const auto good = files.sound("good.wav", 1);
  WorkerPool pool(with(2));
  {
    std::vector<std::jthread> threads;
    std::atomic<int> right{0};
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { right += static_cast<bool>(pool.load(good, 48'000)); });
    threads.clear();
    CHECK(right == 8);
  }
  std::vector<std::string> sentences(6);
  {
    std::vector<std::jthread> threads;
    for (auto& sentence : sentences)
      threads.emplace_back([&] { sentence = pool.load(files.path / "hang.wav", 48'000).error().sentence; });
    const pid_t stuck = hanging(files.path / "hang.wav");
    pool.cancel();
    threads.clear();
    CHECK(is_gone(stuck));
  }
  for (const auto& sentence : sentences) CHECK(mentions(sentence, "was stopped"));
  CHECK_FALSE(pool.load(good, 48'000));
}
