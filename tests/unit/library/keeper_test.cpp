// While a set plays: folders are watched, and the library follows.
#include "control/library/keeper.h"

#include <algorithm>

#include "control/library/folder_watch.h"
#include "control/library/library_queries.h"
#include "tests/support/library_sounds.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

/// Waits for what must come true in the end, however slow the machine is.
template <class Condition>
bool comes_true(Condition condition) {
  for (const auto until = Clock::now() + std::chrono::minutes(2); Clock::now() < until;) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

struct Gig {
  Gig() {
    fs::create_directories(dir.path / "sounds");
    done(opened(file).add_folder(dir.path / "sounds"));
  }
  void open() {
    keeper = held(LibraryKeeper::start({file, {ENTRAIN_BAD_WORKER}, 1, {}, {}}, [this](const std::string& s) {
      const std::lock_guard lock(mutex);
      said.push_back(s);
    }));
  }
  fs::path at(const std::string& name) const { return dir.path / "sounds" / name; }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    const LibraryView view = keeper->view();
    for (const Card& card : view.cards())
      out.push_back(fs::path(card.path).lexically_relative(dir.path / "sounds").string());
    return out;
  }
  bool holds(const std::vector<std::string>& wanted) const {
    return comes_true([&] { return names() == wanted; });
  }

  TempDir dir;
  const fs::path file = dir.path / "library.db";
  std::mutex mutex;
  std::vector<std::string> said;
  std::unique_ptr<LibraryKeeper> keeper;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("new, moved, changed and deleted files are followed while it runs") {
  Gig s;
  put_old_sound(s.at("first.wav"), a_hit());
  s.open();
  CHECK(s.holds(Names{"first.wav"}));
  write_sound(s.at("second.wav"), kFloatWav, kSoundRate, 1, a_hit(0.5));
  CHECK(s.holds(Names{"first.wav", "second.wav"}));
  fs::create_directories(s.at("deep/er"));
  write_sound(s.at("deep/er/third.wav"), kFloatWav, kSoundRate, 1, a_hit(0.6));
  CHECK(s.holds(Names{"deep/er/third.wav", "first.wav", "second.wav"}));
  fs::rename(s.at("deep"), s.at("other"));
  CHECK(s.holds(Names{"first.wav", "other/er/third.wav", "second.wav"}));
  write_sound(s.at("other/er/fourth.wav"), kFloatWav, kSoundRate, 1, a_hit(0.7));
  CHECK(s.holds(Names{"first.wav", "other/er/fourth.wav", "other/er/third.wav", "second.wav"}));
  fs::remove(s.at("first.wav"));
  fs::remove_all(s.at("other"));
  CHECK(s.holds(Names{"second.wav"}));
  write_sound(s.at("second.wav"), kFloatWav, kSoundRate, 1, a_loop());
  CHECK(comes_true([&] { return s.keeper->view().cards().at(0).bpm > 0; }));
}

TEST_CASE("a library that somebody else changes is followed too") {
  Gig s;
  put_old_sound(s.at("loop.wav"), a_loop());
  fs::create_directories(s.dir.path / "more");
  put_old_sound(s.dir.path / "more/hit.wav", a_hit());
  s.open();
  CHECK(s.holds(Names{"loop.wav"}));
  Library other = opened(s.file);
  done(other.correct(s.at("loop.wav").native(), {"bpm", "60"}));
  CHECK(comes_true([&] { return s.keeper->view().cards().at(0).bpm == 60; }));
  done(other.add_folder(s.dir.path / "more"));
  CHECK(comes_true([&] { return s.keeper->view().cards().size() == 2; }));
}

TEST_CASE("a folder that is plugged in later is scanned then") {
  Gig s;
  fs::remove_all(s.dir.path / "sounds");
  s.open();
  put_old_sound(s.at("late.wav"), a_hit());
  CHECK(s.holds(Names{"late.wav"}));
}

TEST_CASE("folders in which nothing happens, and those that are not there, are not told") {
  const TempDir dir;
  FolderWatch watch;
  watch.watch(std::array{dir.path, dir.path / "unplugged"});
  CHECK(watch.wait(2 * FolderWatch::kQuiet).empty());
}

TEST_CASE("a keeper stops in the middle of a file that hangs") {
  Gig s;
  put_old_sound(s.at("hang.wav"), a_hit());
  s.open();
  CHECK(comes_true([&] { return fs::exists(s.at("hang.wav.by")); }));
  s.keeper.reset();
  CHECK(held(opened(s.file).known()).empty());
}

TEST_CASE("what the library knows can be asked for") {
  Gig s;
  put_old_sound(s.at("loop.wav"), a_loop());
  put_old_sound(s.at("hit.wav"), a_hit());
  put_bytes(s.at("bad.wav"), "");
  s.open();
  CHECK(s.holds(Names{"hit.wav", "loop.wav"}));
  CHECK(comes_true([&] { return !s.keeper->view().scanning && s.keeper->view().sentences.size() == 1; }));
  const MoreQueries ask = library_queries(*s.keeper);
  CHECK_FALSE(ask("weather", {}));
  const Json library = (*ask("library", {}))["library"];
  CHECK(library["sounds"] == 2);
  CHECK(library["folders"][0] == s.at("").parent_path().string());
  CHECK(library["sentences"].size() == 1);
  const Json sounds = *ask("sounds", {{"text", "loop"}});
  CHECK(sounds["found"] == 1);
  CHECK(sounds["sounds"][0]["path"] == s.at("loop.wav").string());
  CHECK((*ask("sounds", {{"from", 1}, {"count", 5}}))["sounds"].size() == 1);
  CHECK((*ask("sounds", {{"from", -1}, {"count", "many"}}))["sounds"].size() == 2);
  CHECK((*ask("sound", {{"path", s.at("loop.wav").string()}}))["sound"]["bpm"].get<double>() > 100);
  CHECK((*ask("sound", {{"path", "/nowhere"}})).contains("error"));
  const Json found = *ask("search", {{"words", "loop"}, {"tempo", "118-122"}});
  REQUIRE(found["sounds"].size() == 1);
  CHECK(found["sounds"][0]["path"] == s.at("loop.wav").string());
  CHECK(found["sounds"][0]["reasons"].size() >= 1);
  const Json like = *ask("similar", {{"path", s.at("loop.wav").string()}, {"count", 5}});
  REQUIRE(like["sounds"].size() == 1);
  CHECK(like["sounds"][0]["path"] == s.at("hit.wav").string());
  CHECK((*ask("next", {{"path", s.at("loop.wav").string()}}))["sounds"].empty());  // a hit follows no loop
  CHECK((*ask("search", {{"words", "loop"}, {"key", "H"}})).contains("error"));
  CHECK((*ask("search", {{"count", 3}})).contains("error"));
  CHECK((*ask("next", {{"path", "/nowhere"}})).contains("error"));
}
