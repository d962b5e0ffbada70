#include "control/record/journal_writer.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "control/record/journal_reader.h"
#include "tests/support/catch.h"
#include "tests/support/sanitized.h"
#include "tests/support/some_journal.h"

using namespace entrain;
namespace fs = std::filesystem;

namespace {

struct TempDir {
  TempDir() {
    std::string name = (fs::temp_directory_path() / "entrain-journal-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

}  // namespace

TEST_CASE("a journal read back holds what was written", "[journal]") {
  const TempDir dir;
  const fs::path path = dir.path / "jam.journal";
  auto writer = JournalWriter::start(path, some_header());
  REQUIRE(writer);
  for (const auto& version : some_versions()) (*writer)->add(version);
  (*writer)->add(some_versions()[0]);  // an epoch handed over twice is the same version
  for (const Record& record : some_records()) REQUIRE((*writer)->push(record));
  const JournalStatus status = (*writer)->stop(Frame(736));
  CHECK(status.error.empty());
  CHECK(status.records == static_cast<std::int64_t>(some_records().size()));

  const auto journal = read_journal(path);
  REQUIRE(journal);
  CHECK(journal->remark.empty());
  CHECK(journal->complete);
  CHECK(journal->end == Frame(736));
  CHECK(equal(journal->records, some_records()));
  const JournalHeader &h = journal->header, was = some_header();
  CHECK((h.version == was.version && h.build == was.build && h.rate == was.rate && h.seed == was.seed));
  CHECK((h.isa == was.isa && h.cpu == was.cpu && h.libraries == was.libraries && h.set == was.set));
  REQUIRE(journal->assets.size() == 2);
  CHECK(journal->assets.at(1).path == "kick\\\n.wav");
  CHECK(journal->assets.at(1).channels == 1);
  CHECK(journal->assets.at(2).frames == 1000);
  CHECK(journal->assets.at(2).file_hash == 0xFEDC'BA98'7654'3210u);
  CHECK(journal->assets.at(2).pcm_hash == 17);

  REQUIRE(journal->versions.size() == 3);
  const VersionLine &one = journal->versions.at(1), &two = journal->versions.at(2),
                    &seven = journal->versions.at(7);
  CHECK(two.meter.beats_per_bar == 3);
  CHECK(two.meter.bars_per_phrase == 8);
  const TrackPart& track = journal->tracks.at(one.tracks[0]);
  CHECK(to_text(journal->patterns.at(track.patterns[0])) == "1001*3/2");
  CHECK(journal->patterns.at(track.patterns[1]) == *some_versions()[0]->tracks[0]->patterns[1]);
  CHECK(track.patterns[2] == 0);
  CHECK(journal->grooves.at(one.groove).name == "late");
  CHECK(journal->grooves.at(seven.groove).sixteenths == some_versions()[0]->groove->sixteenths);
  CHECK(journal->clusters.at(track.cluster).name == "kicks \xC3\xBC");
  CHECK(journal->clusters.at(track.cluster).samples == std::vector<int>{1, 2, 1});
  CHECK(journal->tracks.at(one.tracks[15]).cluster == 0);
  CHECK(one.tracks[2] == 0);
  CHECK(journal->tracks.at(one.tracks[1]).cluster == journal->tracks.at(one.tracks[9]).cluster);
  CHECK(journal->decks.at(one.decks[3]).loop == 0);
  const Loop& loop = journal->loops.at(journal->decks.at(one.decks[1]).loop).loop;
  REQUIRE(loop.warp.size() == 3);
  CHECK((loop.warp[1].beat == Beat(3) && loop.warp[1].source == 1.0 / 3));

  const auto written = some_versions()[0];
  const Loop& given = *written->decks[1]->loop;
  const auto same_beats = [](const auto& a, const auto& b) { return a == b; };
  CHECK((loop.one == given.one && loop.seam == given.seam && loop.gain == given.gain));
  CHECK((same_beats(loop.onsets, given.onsets) && same_beats(loop.kicks, given.kicks) && same_beats(loop.markers, given.markers)));
  CHECK_FALSE(loop.onsets.empty());

  const TransitionPart& part = journal->transitions.at(one.transition);
  const Transition& planned = *written->transition;
  CHECK((part.transition.id == planned.id && part.transition.from == planned.from && part.transition.to == planned.to));
  CHECK((part.transition.at == planned.at && part.transition.length == planned.length && part.transition.entry == planned.entry));
  const TransitionShape& shape = journal->shapes.at(part.shape);
  CHECK(shape.name == planned.shape->name);
  for (const auto& [read, made] : {std::pair{&shape.out, &planned.shape->out}, std::pair{&shape.in, &planned.shape->in}})
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      REQUIRE((*read)[lane].size() == (*made)[lane].size());
      for (std::size_t i = 0; i < (*read)[lane].size(); ++i)
        CHECK(((*read)[lane][i].part == (*made)[lane][i].part && (*read)[lane][i].value == (*made)[lane][i].value));
    }
  CHECK(two.transition == one.transition);

  // Who shares what with whom: the engine tells by identity whether a deck changes.
  CHECK((one.tracks == two.tracks && one.decks == two.decks && two.tracks == seven.tracks));
  CHECK(seven.decks[1] != two.decks[1]);
  CHECK(journal->decks.at(seven.decks[1]).loop != journal->decks.at(two.decks[1]).loop);
}

TEST_CASE("a version stands before every record that names it, however the threads meet", "[journal]") {
  const TempDir dir;
  const fs::path path = dir.path / "jam.journal";
  auto writer = JournalWriter::start(path, some_header());
  REQUIRE(writer);
  constexpr std::uint64_t kVersions = test::kSanitized ? 8'000 : 40'000;
  for (std::uint64_t epoch = 1; epoch <= kVersions; ++epoch) {
    auto version = std::make_shared<Performance>();
    version->epoch = epoch;
    while ((*writer)->free_room() < static_cast<int>(JournalWriter::kRoom / 2)) std::this_thread::yield();
    (*writer)->add(version);
    const Frame frame(static_cast<std::int64_t>(epoch) * kQuantum);
    REQUIRE((*writer)->push(
        {.what = Record::What::schedule, .frame = frame, .serial = epoch, .epoch = epoch, .entries = 1}));
    REQUIRE((*writer)->push({.what = Record::What::adopted, .frame = frame, .epoch = epoch}));
  }
  CHECK((*writer)->stop(Frame((kVersions + 1) * kQuantum)).error.empty());
  const auto journal = read_journal(path);
  REQUIRE(journal);
  CHECK(journal->remark.empty());
  CHECK(journal->complete);
  CHECK(journal->records.size() == 2 * kVersions);
}

TEST_CASE("inputs that found no room are counted, and the journal says it is incomplete", "[journal]") {
  const TempDir dir;
  const fs::path path = dir.path / "jam.journal";
  auto writer = JournalWriter::start(path, some_header());
  REQUIRE(writer);
  CHECK((*writer)->free_room() == static_cast<int>(JournalWriter::kRoom));
  std::int64_t kept = 0, lost = 0;
  while (lost < 10) ++((*writer)->push({}) ? kept : lost);
  const JournalStatus status = (*writer)->stop(Frame(32));
  CHECK(status.lost == lost);
  CHECK(status.records == kept);
  CHECK(says(status.error, path.string()));
  const auto journal = read_journal(path);
  REQUIRE(journal);
  CHECK(static_cast<std::int64_t>(journal->records.size()) == kept);
  CHECK(journal->left_out == lost);
  CHECK_FALSE(journal->complete);
  CHECK(says(journal->remark, "too slow"));
}

TEST_CASE("a journal that meets a full disk ends at a whole line, says one sentence, and nobody waits",
          "[journal]") {
  const TempDir dir;
  const fs::path path = dir.path / "jam.journal";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit size{20'000, 20'000};
    ::setrlimit(RLIMIT_FSIZE, &size);
    auto writer = JournalWriter::start(path, some_header());
    if (!writer) ::_exit(1);
    for (int i = 0; i < 100'000; ++i) {
      while ((*writer)->free_room() == 0) ::usleep(1000);  // would never end if the ring were not emptied
      if (!(*writer)->push({.frame = Frame(i * kQuantum)})) ::_exit(2);
    }
    const JournalStatus status = (*writer)->stop(Frame(100'000 * kQuantum));
    ::_exit(status.lost == 0 && says(status.error, path.string()) && says(status.error, "music goes on") ? 0
                                                                                                         : 3);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  const auto journal = read_journal(path);
  REQUIRE(journal);
  CHECK(journal->remark.empty());
  CHECK_FALSE(journal->complete);
  CHECK(fs::file_size(path) <= 20'000);
}

TEST_CASE("a killed process leaves a journal up to its last moments", "[journal]") {
  const TempDir dir;
  const fs::path path = dir.path / "jam.journal";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto writer = JournalWriter::start(path, some_header());
    if (!writer) ::_exit(1);
    for (std::int64_t i = 0; fs::file_size(path) < 1'000'000; ++i)
      if ((*writer)->free_room() > 0) (*writer)->push({.frame = Frame(i * kQuantum)});
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  const auto journal = read_journal(path);
  REQUIRE(journal);
  CHECK_FALSE(journal->complete);
  CHECK(journal->records.size() > 5'000);
  CHECK((journal->remark.empty() || says(journal->remark, " is torn")));
}

TEST_CASE("a journal never replaces a file, and one that cannot be created says so", "[journal]") {
  const TempDir dir;
  const fs::path path = dir.path / "jam.journal";
  std::ofstream(path) << "mine";
  const auto writer = JournalWriter::start(path, some_header());
  REQUIRE_FALSE(writer);
  CHECK(says(writer.error().sentence, path.string() + " exists already"));
  CHECK(fs::file_size(path) == 4);
  CHECK_FALSE(JournalWriter::start(dir.path / "nowhere" / "jam", some_header()));
}
