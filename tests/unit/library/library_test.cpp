// The library keeps what it is told, whatever lies where its file should be.
#include "engine/library/library.h"

#include <sqlite3.h>

#include <algorithm>

#include "engine/library/store/library_file.h"
#include "tests/support/library_sounds.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

const Analysis& loop_analysis() {
  static const Analysis analysis = analyse(as_pcm(a_loop()));
  return analysis;
}

void run_sql(const fs::path& file, const std::string& statements) { sql::Database(file).run(statements); }

}  // namespace

TEST_CASE("what is stored is there when the library is opened again") {
  const TempDir dir;
  const fs::path file = dir.path / "deep/down/library.db";
  {
    Library library = opened(file);
    done(library.add_folder("/loops"));
    done(library.store("/loops/b.wav", {100, 5}, 77, loop_analysis()));
    done(library.store("/loops/a.wav", {200, 6}, 78, analyse(as_pcm(a_hit()))));
    done(library.store_failure("/loops/c.wav", {3, 7}, "c.wav is empty."));
  }
  Library library = opened(file);
  CHECK(held(library.folders()) == std::vector<fs::path>{"/loops"});
  const auto cards = held(library.cards());
  REQUIRE(cards.size() == 2);
  CHECK(cards[0].path == "/loops/a.wav");
  CHECK(cards[0].hit.has_value());
  CHECK(cards[1].bpm == loop_analysis().tempo.bpm);
  CHECK(cards[1].fingerprint == loop_analysis().fingerprint);
  CHECK(cards[1].descriptors == loop_analysis().descriptors);
  CHECK(cards[1].beats == loop_analysis().tempo.beats);
  const auto known = held(library.known());
  REQUIRE(known.size() == 3);
  CHECK(known[1].hash == 77);
  CHECK(known[1].stamp == FileStamp{100, 5});
  CHECK(known[2].failure == "c.wav is empty.");
  const auto entry = held(library.find("/loops/b.wav"));
  REQUIRE(entry);
  CHECK(entry->analysis.onsets.size() == loop_analysis().onsets.size());
  CHECK_FALSE(held(library.find("/loops/z.wav")));
}

TEST_CASE("paths are bytes, and only what lies below a folder goes with it") {
  const TempDir dir;
  Library library = opened(dir.path / "library.db");
  for (const char* path :
       {"/a/x.wav", "/a/sub/y%_*.wav", "/a.wav", "/ab/z.wav", "/a\xFF\xFE/q.wav", "/a0/n.wav"})
    done(library.store(path, {1, 1}, 1, loop_analysis()));
  done(library.add_folder("/a"));
  done(library.add_folder("/ab"));
  CHECK(held(library.remove("/a")) == 2);
  CHECK(held(library.folders()) == std::vector<fs::path>{"/ab"});
  std::vector<std::string> left;
  for (const Card& card : held(library.cards())) left.push_back(card.path);
  CHECK(left == std::vector<std::string>{"/a.wav", "/a0/n.wav", "/ab/z.wav", "/a\xFF\xFE/q.wav"});
  CHECK(held(library.remove("/a\xFF\xFE/q.wav")) == 1);
}

TEST_CASE("a correction outlives every later analysis, a move and a time away") {
  const TempDir dir;
  Library library = opened(dir.path / "library.db");
  done(library.store("/x.wav", {1, 1}, 1, loop_analysis()));
  done(library.correct("/x.wav", {"bpm", "90"}));
  CHECK(held(library.cards()).at(0).bpm == 90);
  CHECK(held(library.cards()).at(0).bpm_confidence == 1);
  done(library.store("/x.wav", {2, 2}, 2, loop_analysis()));
  CHECK(held(library.cards()).at(0).bpm == 90);
  const auto id = held(library.known()).at(0).id;
  done(library.mark_missing(std::array{id}));
  CHECK(held(library.cards()).empty());
  done(library.settle(id, "/y.wav", {2, 2}));
  CHECK(held(library.cards()).at(0).path == "/y.wav");
  CHECK(held(library.cards()).at(0).bpm == 90);
  CHECK(held(library.find("/y.wav"))->corrections == std::vector<Correction>{{"bpm", "90"}});
  done(library.store_failure("/y.wav", {3, 3}, "broken"));
  done(library.store("/y.wav", {4, 4}, 4, loop_analysis()));
  CHECK(held(library.cards()).at(0).bpm == 90);
  done(library.uncorrect("/y.wav"));
  CHECK(held(library.cards()).at(0).bpm == loop_analysis().tempo.bpm);
  CHECK_FALSE(library.correct("/nowhere.wav", {"bpm", "90"}));
}

TEST_CASE("a file that comes back keeps its corrections, or takes them to where another stood") {
  const TempDir dir;
  Library library = opened(dir.path / "library.db");
  done(library.store("/x.wav", {1, 1}, 1, loop_analysis()));
  done(library.store("/y.wav", {2, 2}, 2, loop_analysis()));
  done(library.correct("/x.wav", {"bpm", "90"}));
  const auto id = held(library.find("/x.wav"))->file.id;
  done(library.settle(id, "/x.wav", {1, 3}));
  CHECK(held(library.find("/x.wav"))->file.stamp == FileStamp{1, 3});
  CHECK(held(library.cards()).at(0).bpm == 90);
  done(library.settle(id, "/y.wav", {1, 4}));
  const auto cards = held(library.cards());
  REQUIRE(cards.size() == 1);
  CHECK(cards[0].path == "/y.wav");
  CHECK(cards[0].bpm == 90);
}

TEST_CASE("every change, whoever makes it, makes another generation") {
  const TempDir dir;
  Library one = opened(dir.path / "library.db"), other = opened(dir.path / "library.db");
  auto before = held(one.generation());
  CHECK(held(one.generation()) == before);
  done(one.store("/x.wav", {1, 1}, 1, loop_analysis()));
  CHECK(held(one.generation()) != before);
  before = held(one.generation());
  done(other.correct("/x.wav", {"key", "Am"}));
  CHECK(held(one.generation()) != before);
  CHECK(held(one.cards()).at(0).key == Key{9, true});
}

TEST_CASE("places and notes are kept, and go with their sound") {
  const TempDir dir;
  Library library = opened(dir.path / "library.db");
  done(library.store("/x.wav", {1, 1}, 1, loop_analysis()));
  done(library.store("/y.wav", {1, 1}, 1, loop_analysis()));
  const auto known = held(library.known());
  done(library.put_places(
      std::array{AtlasPlace{known[0].id, 0.25f, -3}, AtlasPlace{known[1].id, 1, 2}, AtlasPlace{9999, 1, 1}}));
  CHECK(held(library.places()).size() == 2);
  CHECK(held(library.places())[0].x == 0.25f);
  held(library.remove("/x.wav"));
  CHECK(held(library.places()).size() == 1);
  CHECK(held(library.note("som")).empty());
  done(library.put_note("som", std::string("a\0b", 3)));
  CHECK(held(library.note("som")) == std::string("a\0b", 3));
}

TEST_CASE("a file that is no library is kept aside, byte for byte, and a new one begun") {
  const TempDir dir;
  const fs::path file = dir.path / "library.db";
  const auto begun_anew = [&](const std::string& bytes, const char* aside) {
    auto library = Library::open(file);
    REQUIRE(library);
    INFO(library->remark);
    CHECK(library->remark.find(aside) != std::string::npos);
    CHECK(bytes_of(dir.path / aside) == bytes);
    CHECK(held(library->library.cards()).empty());
    done(library->library.add_folder("/loops"));
    fs::remove(file);  // with what lies beside it, once the connection is gone
    fs::remove(file.string() + "-wal");
    fs::remove(file.string() + "-shm");
  };
  put_bytes(file, "This is a diary, not a database.");
  begun_anew("This is a diary, not a database.", "library.db.aside-1");

  run_sql(file, "CREATE TABLE mine(x); INSERT INTO mine VALUES('precious')");
  begun_anew(bytes_of(file), "library.db.aside-2");

  { done(opened(file).store("/x.wav", {1, 1}, 1, loop_analysis())); }
  std::string damaged = bytes_of(file);
  for (std::size_t at = 4096; at < damaged.size(); at += 64) damaged[at] = static_cast<char>(~damaged[at]);
  put_bytes(file, damaged);
  begun_anew(damaged, "library.db.aside-3");
}

TEST_CASE("a library of a later version is left alone") {
  const TempDir dir;
  const fs::path file = dir.path / "library.db";
  { opened(file); }
  run_sql(file, "PRAGMA user_version = 99");
  const auto library = Library::open(file);
  REQUIRE_FALSE(library);
  CHECK(library.error().sentence.find("later Entrain") != std::string::npos);
  CHECK_FALSE(fs::exists(file.string() + ".aside-1"));
}

TEST_CASE("a library of every earlier version is brought up to date with all it holds") {
  for (std::size_t version = 1; version < kSchemaSteps.size(); ++version) {
    const TempDir dir;
    const fs::path file = dir.path / "library.db";
    {
      sql::Database old(file);
      for (std::size_t step = 0; step < version; ++step) old.run(std::string(kSchemaSteps[step]));
      old.run("PRAGMA application_id = " + std::to_string(kLibraryMark));
      old.run("PRAGMA user_version = " + std::to_string(version));
      old.run("INSERT INTO folders VALUES('/loops')");
      old.run(
          "INSERT INTO sounds(path, size, modified, hash, version, failure) VALUES('/x.wav', 1, 2, 3, 1, "
          "'no')");
    }
    Library library = opened(file);
    CHECK(held(library.folders()).size() == 1);
    CHECK(held(library.known()).at(0).stamp == FileStamp{1, 2});
    CHECK(held(library.places()).empty());
    CHECK(sql::Database(file).number("PRAGMA user_version") ==
          static_cast<std::int64_t>(kSchemaSteps.size()));
  }
}

TEST_CASE("values that no analysis gives are taken from the analysis again, or not handed out") {
  const TempDir dir;
  const fs::path file = dir.path / "library.db";
  Library library = opened(file);
  for (const char* nonsense :
       {"bpm = 10000", "bpm = -1", "root = 12", "class = 9", "fingerprint = x'00'", "descriptors = NULL",
        "bpm = 'fast', root = -1", "seconds = -5", "energy = 1e99", "lufs = 1e9", "span_beats = -1",
        "span_in = 2, span_out = 1"}) {
    INFO(nonsense);
    done(library.store("/x.wav", {1, 1}, 1, loop_analysis()));
    REQUIRE(held(library.cards()).size() == 1);
    const Card before = held(library.cards()).front();
    run_sql(file, std::string("UPDATE sounds SET ") + nonsense);
    const auto mended = held(library.cards());
    REQUIRE(mended.size() == 1);
    CHECK((mended[0].bpm == before.bpm && mended[0].seconds == before.seconds && mended[0].key == before.key));
    CHECK((mended[0].descriptors == before.descriptors && mended[0].span.out == before.span.out));

    run_sql(file, std::string("UPDATE analyses SET bytes = x'00'; UPDATE sounds SET ") + nonsense);
    CHECK(held(library.cards()).empty());
    CHECK(held(library.known()).at(0).version == 0);  // the next scan analyses it anew
    const auto generation = held(library.generation());
    CHECK(held(library.cards()).empty());
    CHECK(held(library.generation()) == generation);
  }
}

TEST_CASE("a library that cannot be made says so") {
  const auto library = Library::open("/dev/null/library.db");
  REQUIRE_FALSE(library);
  CHECK(library.error().sentence.find("/dev/null/library.db") != std::string::npos);
}
