// Folders become a library through worker processes, file by file.
#include "control/library/ingest.h"

#include <algorithm>
#include <thread>

#include "control/library/ingest_lock.h"
#include "tests/support/library_sounds.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

struct Studio {
  Studio() : known(opened(dir.path / "library.db")) {}

  fs::path at(const std::string& name) const { return dir.path / "sounds" / name; }
  IngestSummary scan(IngestOptions options = {}, const OnIngest& progress = {}) {
    WorkerPool workers({{ENTRAIN_BAD_WORKER}, 2, std::chrono::seconds(2)});
    return held(ingest(known, workers, std::array{dir.path / "sounds"}, options, progress));
  }
  Card card(const std::string& name) {
    for (const Card& card : held(known.cards()))
      if (card.path == at(name).native()) return card;
    FAIL("no card of " << name);
    return {};
  }

  TempDir dir;
  Library known;
};

}  // namespace

TEST_CASE("every sound of a folder is analysed once, and told") {
  Studio s;
  put_old_sound(s.at("loop.wav"), a_loop());
  put_old_sound(s.at("deep/hit.wav"), a_hit());
  std::vector<IngestProgress> told;
  IngestSummary summary = s.scan({}, [&](const IngestProgress& p) { told.push_back(p); });
  CHECK(summary.analysed == 2);
  REQUIRE(told.size() == 2);
  CHECK(told[1].done == 2);
  CHECK(told[1].of == 2);
  CHECK(told[1].seconds_left == 0);
  CHECK_THAT(s.card("loop.wav").bpm, Catch::Matchers::WithinAbs(120, 0.5));
  CHECK(s.card("deep/hit.wav").hit.has_value());
  summary = s.scan();
  CHECK(summary.analysed == 0);
  CHECK(summary.unchanged == 2);
  CHECK(summary_line(summary) == "0 analysed, 2 unchanged");
}

TEST_CASE("what a worker analyses is what is analysed here") {
  Studio s;
  put_old_sound(s.at("loop_93bpm_Am.wav"), a_loop());
  s.scan();
  const auto stored = held(s.known.find(s.at("loop_93bpm_Am.wav").native()));
  REQUIRE(stored);
  const Pcm pcm = decoded(s.at("loop_93bpm_Am.wav"), kSoundRate);
  CHECK(analysis_bytes(stored->analysis) ==
        analysis_bytes(*analysis_from(analysis_bytes(analyse(pcm, hints_in("loop_93bpm_Am.wav"))))));
  CHECK(stored->file.hash == pcm.file_hash);
  s.scan({false, true});
  CHECK(analysis_bytes(held(s.known.find(s.at("loop_93bpm_Am.wav").native()))->analysis) ==
        analysis_bytes(*analysis_from(analysis_bytes(analyse(pcm)))));
}

TEST_CASE("a bad file costs itself, once") {
  Studio s;
  put_old_sound(s.at("good.wav"), a_hit());
  for (const char* name : {"crash.wav", "hang.wav", "exit.wav"}) put_old_sound(s.at(name), a_hit());
  put_bytes(s.at("empty.wav"), "");
  put_bytes(s.at("noise.mp3"), std::string(5000, 'x'));
  for (const char* name : {"empty.wav", "noise.mp3"})
    fs::last_write_time(s.at(name), fs::file_time_type::clock::now() - std::chrono::hours(1));
  IngestSummary summary = s.scan();
  CHECK(summary.analysed == 1);
  CHECK(summary.failed == 5);
  REQUIRE(summary.sentences.size() == 5);
  for (const std::string& sentence : summary.sentences) CHECK(sentence.ends_with('.'));
  summary = s.scan();
  CHECK(summary.failed == 0);
  CHECK(summary.unchanged == 6);
  const auto failure = held(s.known.find(s.at("crash.wav").native()))->file.failure;
  CHECK(failure.find("SIGSEGV") != std::string::npos);
  put_old_sound(s.at("empty.wav"), a_hit());
  CHECK(s.scan().analysed == 1);
}

TEST_CASE("a worker that answers with no analysis is not believed") {
  Studio s;
  put_old_sound(s.at("lie-analysis.wav"), a_hit());
  const IngestSummary summary = s.scan();
  REQUIRE(summary.sentences.size() == 1);
  CHECK(summary.sentences[0].find("answer nonsense") != std::string::npos);
  CHECK(held(s.known.cards()).empty());
}

TEST_CASE("a file that changes while it is read waits for the next scan") {
  Studio s;
  const std::vector<std::string> both{"a.wav", "b.wav"};
  for (const std::string& name : both) put_old_sound(s.at(name), a_hit());
  fs::path changed;
  IngestSummary summary = s.scan({}, [&](const IngestProgress& p) {
    if (p.done > 1) return;
    changed = s.at(p.name == both[0] ? both[1] : both[0]);
    fs::last_write_time(changed, fs::file_time_type::clock::now() - std::chrono::hours(1));
  });
  CHECK(summary.analysed == 1);
  CHECK(summary.unready == std::vector{changed});
  CHECK_FALSE(held(s.known.find(changed.native())));
  summary = s.scan();
  CHECK(summary.analysed == 1);
  CHECK(summary.unready.empty());
}

TEST_CASE("workers that cannot be started are no fault of the files") {
  Studio s;
  put_old_sound(s.at("good.wav"), a_hit());
  WorkerPool none({{"/nowhere/at/all"}, 1, std::chrono::seconds(2)});
  const auto summary = held(ingest(s.known, none, std::array{s.dir.path / "sounds"}, {}));
  CHECK(summary.failed == 1);
  CHECK(held(s.known.known()).empty());
  CHECK(s.scan().analysed == 1);
}

TEST_CASE("a scan that is stopped keeps what it did, and the next one does the rest") {
  Studio s;
  for (int i = 0; i < 12; ++i) put_old_sound(s.at(std::to_string(i) + ".wav"), a_hit(0.5 + 0.01 * i));
  IngestSummary summary;
  {
    WorkerPool workers({{ENTRAIN_BAD_WORKER, "real"}, 2});
    summary =
        held(ingest(s.known, workers, std::array{s.dir.path / "sounds"}, {}, [&](const IngestProgress& p) {
          if (p.done == 4) workers.cancel();
        }));
  }
  CHECK(summary.stopped);
  CHECK(summary.failed == 0);
  CHECK(summary.analysed == 4);
  CHECK(held(s.known.known()).size() == 4);
  summary = s.scan();
  CHECK(summary.unchanged == 4);
  CHECK(summary.analysed == 8);
}

TEST_CASE("a correction holds through scans, changes and moves") {
  Studio s;
  put_old_sound(s.at("loop.wav"), a_loop());
  s.scan();
  done(s.known.correct(s.at("loop.wav").native(), {"bpm", "60"}));
  s.scan({true, true});
  CHECK(s.card("loop.wav").bpm == 60);
  fs::rename(s.at("loop.wav"), s.at("moved.wav"));
  CHECK(s.scan().settled == 1);
  CHECK(s.card("moved.wav").bpm == 60);
  auto other = a_loop();
  other[5] = 0.1f;
  put_old_sound(s.at("moved.wav"), other);
  fs::last_write_time(s.at("moved.wav"), fs::file_time_type::clock::now() - std::chrono::hours(1));
  CHECK(s.scan().analysed == 1);
  CHECK(s.card("moved.wav").bpm == 60);
}

TEST_CASE("a file that is still being written is left for the next time") {
  Studio s;
  put_old_sound(s.at("done.wav"), a_hit());
  std::atomic<bool> writing{true};
  std::jthread writer([&] {
    while (writing) {
      std::ofstream(s.at("copy.wav"), std::ios::app) << "more";
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  while (!fs::exists(s.at("copy.wav"))) std::this_thread::yield();
  const IngestSummary summary = s.scan({true, false, std::chrono::milliseconds(1500)});
  writing = false;
  CHECK(summary.analysed == 1);
  REQUIRE(summary.unready.size() == 1);
  CHECK(summary.unready[0] == s.at("copy.wav"));
  CHECK(held(s.known.known()).size() == 1);
}

TEST_CASE("one at a time brings a library up to date") {
  const TempDir dir;
  const fs::path file = dir.path / "library.db";
  std::optional<IngestLock> first(file);
  CHECK(first->held());
  CHECK_FALSE(IngestLock(file).held());
  first.reset();
  CHECK(IngestLock(file).held());
}
