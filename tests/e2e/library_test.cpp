// `entrain library` as a person uses it, and as a power cut ends it.
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/core/draws.h"
#include "engine/library/store/library_file.h"
#include "tests/support/library_sounds.h"
#include "tests/support/program.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

struct Shell {
  std::vector<std::string> words(std::vector<std::string> more) const {
    std::vector<std::string> all{ENTRAIN_BINARY, "library"};
    all.insert(all.end(), more.begin(), more.end());
    all.insert(all.end(), {"--library", file.string()});
    return all;
  }
  /// What it printed; its exit code must be `code`.
  std::string says(const std::vector<std::string>& more, int code = 0) const {
    const std::string log = dir.path / "log";
    const int got = run(words(more), log);
    INFO(bytes_of(log));
    CHECK(got == code);
    return bytes_of(log);
  }

  TempDir dir;
  const fs::path file = dir.path / "library.db";
};

/// Three of Debian's loops, in a folder of their own.
fs::path dir_of_loops(const fs::path& dir) {
  for (const char* name : {"loop_amen.flac", "loop_breakbeat.flac", "loop_tabla.flac"}) {
    fs::create_directories(dir / "loops");
    fs::copy_file(fs::path(kSonicPiSamples) / name, dir / "loops" / name);
    fs::last_write_time(dir / "loops" / name, fs::file_time_type::clock::now() - std::chrono::hours(1));
  }
  return dir / "loops";
}

}  // namespace

TEST_CASE("a person adds a folder, looks, corrects and forgets") {
  const Shell shell;
  const fs::path sounds = dir_of_loops(shell.dir.path);
  CHECK(mentions(shell.says({"list"}), "begin with: entrain library add FOLDER"));
  CHECK(mentions(shell.says({"scan"}, 1), "no folders yet"));
  CHECK(mentions(shell.says({"add", sounds / "nowhere"}, 1), "is not a folder"));
  CHECK(mentions(shell.says({"add", sounds}), "3 analysed"));
  CHECK(mentions(shell.says({"scan"}), "0 analysed, 3 unchanged"));
  const auto list = nlohmann::json::parse(shell.says({"list", "--json"}));
  REQUIRE(list.size() == 3);
  const std::string amen = sounds / "loop_amen.flac";
  CHECK(mentions(shell.says({"show", amen}), "136.8"));
  CHECK(mentions(shell.says({"set", amen, "bpm=68.5", "key=Am"}), "bpm is 68.5, as you said"));
  CHECK(mentions(shell.says({"scan", "--again"}), "3 analysed"));
  auto shown = nlohmann::json::parse(shell.says({"show", amen, "--json"}));
  CHECK(shown["tempo"]["bpm"] == 68.5);
  CHECK(shown["corrections"]["key"] == "Am");
  CHECK_FALSE(mentions(shell.says({"set", amen, "bpm="}), "as you said\n  bpm"));
  CHECK(mentions(shell.says({"set", amen, "bpm=900"}, 1), "20 to 400"));
  CHECK(mentions(shell.says({"set", sounds / "other.wav", "bpm=100"}, 1), "not in the library"));
  CHECK(mentions(shell.says({"remove", sounds}), "3 sounds forgotten"));
  CHECK(nlohmann::json::parse(shell.says({"list", "--json"})).empty());
  CHECK(fs::exists(amen));
}

TEST_CASE("killed fifty times while it reads, a library is whole and did nothing twice") {
  const Shell shell;
  {
    // The library's own file keeps the count: every analysis that is written leaves its mark.
    static_cast<void>(opened(shell.file));
    sql::Database(shell.file)
        .run(
            "CREATE TABLE written(id INTEGER);"
            "CREATE TRIGGER mark AFTER INSERT ON analyses BEGIN INSERT INTO written VALUES(NEW.id); END");
  }
  std::int64_t stored = 0;
  int cut_short = 0, got_on = 0;
  for (std::uint64_t kill = 0; kill < 50; ++kill) {
    const pid_t pid = spawn(shell.words({"add", kSonicPiSamples}));
    REQUIRE(pid > 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + mix_bits(kill) % 180));
    ::kill(pid, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    cut_short += WIFSIGNALED(status) ? 1 : 0;
    sql::Database db(shell.file);
    CHECK(db.text("PRAGMA integrity_check") == "ok");
    const auto now = db.number("SELECT count(*) FROM analyses");
    CHECK(now >= stored);
    got_on += now > stored ? 1 : 0;
    stored = now;
  }
  CHECK(cut_short > 5);  // else nothing was tried
  CHECK(got_on > 2);
  static_cast<void>(shell.says({"add", kSonicPiSamples}));
  sql::Database db(shell.file);
  CHECK(db.number("SELECT count(*) FROM written") == db.number("SELECT count(DISTINCT id) FROM written"));
  CHECK(db.number("SELECT count(*) FROM analyses") > 100);
  CHECK(db.number("SELECT count(*) FROM sounds WHERE failure != ''") == 0);
}

TEST_CASE("Ctrl-C keeps what was analysed and says how to go on") {
  const Shell shell;
  const std::string log = shell.dir.path / "stopped";
  const pid_t pid = spawn(shell.words({"add", kSonicPiSamples, "--workers", "1"}), log);
  REQUIRE(pid > 0);
  const auto stored = [&] {
    auto library = Library::open(shell.file);
    return library ? held(library->library.known()).size() : 0;
  };
  int status = 0;
  while (stored() < 3) {
    REQUIRE(::waitpid(pid, &status, WNOHANG) == 0);  // it still reads
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(pid, SIGINT);
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  INFO(bytes_of(log));
  CHECK(WIFEXITED(status));
  CHECK(mentions(bytes_of(log), "goes on from there"));
  CHECK(stored() >= 3);
}
