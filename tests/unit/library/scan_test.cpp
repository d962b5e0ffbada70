// A scan finds what is new, changed, moved and gone, and nothing else.
#include "control/library/scan.h"

#include <algorithm>

#include "engine/analysis/file_hash.h"
#include "engine/library/sound_folder.h"
#include "tests/support/library_sounds.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

/// A folder of sounds, and what a library that read them all knows of it.
struct Collection {
  Collection() {
    put("a.wav", 0.5);
    put("deep/b_120bpm.wav", 0.6);
    put("deep/c.wav", 0.7);
    learn();
  }
  fs::path at(const std::string& name) const { return dir.path / "sounds" / name; }
  void put(const std::string& name, double level) const { put_old_sound(at(name), a_hit(level)); }
  void learn() {
    known.clear();
    for (const fs::path& path : held(sounds_in(at(""))))
      known.push_back({static_cast<std::int64_t>(known.size() + 1),
                       path.native(),
                       *stamp_of(path),
                       *hash_file(path),
                       kAnalysisVersion,
                       false,
                       {}});
  }
  std::int64_t id(const std::string& name) const {
    return std::ranges::find(known, at(name).native(), &KnownFile::path)->id;
  }
  ScanPlan scan(bool again = false) const {
    return plan_scan(std::array{at("").parent_path()}, known, again);
  }

  TempDir dir;
  std::vector<KnownFile> known;
};

std::vector<std::string> names(const std::vector<ScanOrder>& orders) {
  std::vector<std::string> out;
  for (const ScanOrder& order : orders) out.push_back(order.path.filename().string());
  return out;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a folder that did not change asks for nothing") {
  const Collection c;
  const ScanPlan plan = c.scan();
  CHECK(plan.unchanged == 3);
  CHECK(plan.analyse.empty());
  CHECK(plan.settled.empty());
  CHECK(plan.missing.empty());
  CHECK(names(c.scan(true).analyse) == Names{"a.wav", "b_120bpm.wav", "c.wav"});
}

TEST_CASE("what is new or changed is analysed, what was only touched is not") {
  Collection c;
  c.put("new.wav", 0.9);
  c.put("a.wav", 0.4);  // other bytes of the same size
  fs::last_write_time(c.at("deep/c.wav"), fs::file_time_type::clock::now() - std::chrono::hours(5));
  const ScanPlan plan = c.scan();
  CHECK(names(plan.analyse) == Names{"a.wav", "new.wav"});
  REQUIRE(plan.settled.size() == 1);
  CHECK(plan.settled[0].id == c.id("deep/c.wav"));
  CHECK(plan.settled[0].stamp == *stamp_of(c.at("deep/c.wav")));
  CHECK(plan.unchanged == 1);
}

TEST_CASE("a file that moved keeps what is known of it, unless its new name says something else") {
  Collection c;
  fs::rename(c.at("a.wav"), c.at("deep/z.wav"));
  fs::rename(c.at("deep/b_120bpm.wav"), c.at("deep/b_97bpm.wav"));
  const ScanPlan plan = c.scan();
  REQUIRE(plan.settled.size() == 1);
  CHECK(plan.settled[0].id == c.id("a.wav"));
  CHECK(plan.settled[0].path == c.at("deep/z.wav"));
  CHECK(names(plan.analyse) == Names{"b_97bpm.wav"});
  CHECK(plan.missing == std::vector<std::int64_t>{c.id("deep/b_120bpm.wav")});
}

TEST_CASE("a copy is a new file") {
  Collection c;
  fs::copy_file(c.at("a.wav"), c.at("copy.wav"));
  const ScanPlan plan = c.scan();
  CHECK(names(plan.analyse) == Names{"copy.wav"});
  CHECK(plan.missing.empty());
}

TEST_CASE("what went is missing once, and comes back without being analysed") {
  Collection c;
  fs::rename(c.at("deep"), c.dir.path / "elsewhere");
  ScanPlan plan = c.scan();
  CHECK(plan.missing == std::vector<std::int64_t>{c.id("deep/b_120bpm.wav"), c.id("deep/c.wav")});
  for (KnownFile& file : c.known) file.missing = !fs::exists(file.path);
  CHECK(c.scan().missing.empty());
  fs::rename(c.dir.path / "elsewhere", c.at("deep"));
  plan = c.scan();
  CHECK(plan.settled.size() == 2);
  CHECK(plan.analyse.empty());
}

TEST_CASE("a failure is remembered until the file changes") {
  Collection c;
  c.known[0].failure = "broken";
  CHECK(c.scan().unchanged == 3);
  c.put("a.wav", 0.5);
  fs::last_write_time(c.at("a.wav"), fs::file_time_type::clock::now() - std::chrono::hours(1));
  CHECK(names(c.scan().analyse) == Names{"a.wav"});
}

TEST_CASE("what an earlier version analysed is analysed anew") {
  Collection c;
  c.known[1].version = kAnalysisVersion - 1;
  CHECK(names(c.scan().analyse) == Names{"b_120bpm.wav"});
}

TEST_CASE("single files and folders are looked at alone") {
  Collection c;
  c.put("new.wav", 0.9);
  fs::remove(c.at("a.wav"));
  fs::remove(c.at("deep/c.wav"));
  const ScanPlan plan =
      plan_scan(std::array{c.at("a.wav"), c.at("new.wav"), c.at("notes.txt")}, c.known, false);
  CHECK(plan.missing == std::vector<std::int64_t>{c.id("a.wav")});
  CHECK(names(plan.analyse) == Names{"new.wav"});
}

TEST_CASE("a folder that is not there keeps what is known, and says so") {
  Collection c;
  fs::rename(c.at("").parent_path(), c.dir.path / "unplugged");
  const ScanPlan plan = c.scan();
  CHECK(plan.missing.size() == 3);
  REQUIRE(plan.sentences.size() == 1);
  CHECK(plan.sentences[0].find("is not there") != std::string::npos);
}

TEST_CASE("links that go round in a circle end, hidden files are not looked at") {
  Collection c;
  fs::create_directory_symlink(c.at("").parent_path(), c.at("deep/round"));
  put_bytes(c.at(".hidden.wav"), "x");
  fs::create_directory(c.at(".trash"));
  put_bytes(c.at(".trash/old.wav"), "x");
  put_bytes(c.at("notes.txt"), "x");
  CHECK(held(sounds_in(c.at("").parent_path())).size() == 3);
}
