#include "control/record/replay.h"

#include <sndfile.h>

#include <cmath>
#include <cstdlib>
#include <random>
#include <sstream>

#include "control/record/journal_reader.h"
#include "control/record/journal_text.h"
#include "control/record/render_files.h"
#include "engine/core/catalogue.h"
#include "tests/support/catch.h"
#include "tests/support/jam.h"
#include "tests/support/sanitized.h"

using namespace entrain;
namespace fs = std::filesystem;

namespace {

bool says(const std::string& sentence, const std::string& part) {
  return sentence.find(part) != std::string::npos;
}

Result<Journal> parse(const std::string& text) {
  std::istringstream in(text);
  return read_journal(in, "jam");
}

/// The first line that holds `part` changes; its checksum is made right again.
std::string edited(const std::string& text, const std::string& part, const std::string& instead,
                   std::size_t after = 0) {
  const std::size_t at = text.find(part, after);
  REQUIRE(at != std::string::npos);
  const std::size_t begin = text.rfind('\n', at) + 1, end = text.find('\n', at);
  std::string json = text.substr(begin + 9, end - begin - 9);
  json.replace(at - begin - 9, part.size(), instead);
  return text.substr(0, begin) + journal_line(json) + text.substr(end + 1);
}

JournalHeader here(const Jam& jam) { return header_of_this_process(jam.config(), "1", ""); }

ReplaySummary replayed(const Jam& jam, const std::string& text, const AssetLoader& load) {
  auto journal = parse(text);
  REQUIRE(journal);
  auto replay = Replay::prepare(std::move(*journal), load, here(jam));
  REQUIRE(replay);
  auto summary = replay->run({});
  REQUIRE(summary);
  return *summary;
}

ReplaySummary replayed(const Jam& jam, const std::string& text) { return replayed(jam, text, jam.loader()); }

}  // namespace

TEST_CASE("replaying a journal makes the same samples", "[replay]") {
  for (const Isa isa : available_isas()) {
    for (const std::uint64_t seed : {1, 2}) {
      if (test::kSanitized && (seed != 1 || isa != best_isa())) continue;
      Jam jam({48'000, seed, isa});
      jam.play(Frame(48'000 * 4));
      const ReplaySummary summary = replayed(jam, jam.journal(here(jam)));
      INFO(name_of(isa) << ", seed " << seed << ": " << summary.sentence);
      CHECK(summary.bit_exact());
      CHECK(summary.sum == jam.sum());
      CHECK(summary.frames == 48'000 * 4);
      CHECK(summary.isa == isa);
      CHECK(summary.checksums >= 4);
      CHECK(summary.derived > 60);
      CHECK(says(summary.sentence, "Bit-exact"));
      CHECK(jam.loudest() > 0.01f);
      CHECK(jam.adopted() > 5);
      CHECK(jam.launches() > 0);
    }
  }
}

TEST_CASE("a jam journaled to a file while it played replays from the file", "[replay]") {
  std::string name = (fs::temp_directory_path() / "entrain-jam-XXXXXX").string();
  const fs::path dir = ::mkdtemp(name.data());
  const EngineConfig config{48'000, 8, best_isa()};
  auto writer = JournalWriter::start(dir / "jam.journal", header_of_this_process(config, "1", ""));
  REQUIRE(writer);
  Jam jam(config, writer->get());
  jam.play(Frame(48'000 * 3 + 320));
  CHECK((*writer)->stop(jam.frame(), jam.sum()).error.empty());
  auto journal = read_journal(dir / "jam.journal");
  fs::remove_all(dir);
  REQUIRE(journal);
  CHECK(journal->complete);
  auto replay = Replay::prepare(std::move(*journal), jam.loader(), here(jam));
  REQUIRE(replay);
  for (int time = 0; time < 2; ++time) {  // as often as one likes
    const auto summary = replay->run({});
    REQUIRE(summary);
    CHECK(summary->bit_exact());
    CHECK(summary->checksums == 3 + 1);  // the last is told by stop()
    CHECK(summary->sum == jam.sum());
  }
}

TEST_CASE("a jam at another rate, cut short by a torn tail, replays up to the tear", "[replay]") {
  Jam jam({44'100, 9, best_isa()});
  jam.play(Frame(44'096 * 3));
  const std::string text = jam.journal(here(jam));
  const ReplaySummary summary = replayed(jam, text.substr(0, text.size() * 2 / 3));
  CHECK(summary.bit_exact());
  CHECK(summary.frames < 44'096 * 3);
  CHECK(summary.frames > 44'100);
}

TEST_CASE("a journal from another instruction set still renders and says not bit-exact", "[replay]") {
  if (available_isas().size() < 2) return;
  Jam jam({48'000, 4, Isa::baseline});
  jam.play(Frame(48'000 * 2));
  const std::string text = edited(jam.journal(here(jam)), "\"isa\":\"baseline\"", "\"isa\":\"v9\"");
  const ReplaySummary summary = replayed(jam, text);
  CHECK(summary.frames == 48'000 * 2);
  CHECK(summary.isa == best_isa());
  CHECK_FALSE(summary.bit_exact());
  CHECK(says(summary.sentence, "Not bit-exact"));
  CHECK(says(summary.sentence, "instruction set v9"));
}

TEST_CASE("a replay names what differs between then and now, and calls the rest a bug", "[replay]") {
  static Jam jam({48'000, 5, best_isa()});  // played once for all sections
  if (jam.frame() == Frame(0)) jam.play(Frame(48'000 * 2));
  const std::string text = jam.journal(here(jam));
  const std::string start = R"("set":"/transport/play","v":1.0)", stop = R"("set":"/transport/play","v":0.0)";
  SECTION("the sum of one second") {
    const std::size_t at = text.find("\"sum\":\"", text.find("\"sum\":\"") + 10);
    const ReplaySummary summary = replayed(jam, edited(text, text.substr(at, 8), "\"sum\":\"z", at));
    CHECK(summary.frames < 48'000 * 2);  // z is no hex digit: the journal ends there
    const char other = text[at + 7] == '0' ? '1' : '0';
    const ReplaySummary wrong =
        replayed(jam, edited(text, text.substr(at, 8), std::string("\"sum\":\"") + other, at));
    CHECK(wrong.differs.has_value());
    CHECK(wrong.sum == jam.sum());
    CHECK(says(wrong.sentence, "bug of Entrain"));
  }
  SECTION("an input") {
    const ReplaySummary summary = replayed(jam, edited(text, start, stop));
    CHECK_FALSE(summary.bit_exact());
    CHECK(says(summary.sentence, "bug of Entrain"));
  }
  SECTION("what followed from the inputs") {
    const std::size_t at = text.find("\"adopted\":");
    const std::size_t due = text.find("\"due\":{\"", at), colon = text.find(':', due + 8);
    const ReplaySummary summary = replayed(
        jam, edited(text, text.substr(due, colon - due + 1), text.substr(due, colon - due + 1) + "1", at));
    CHECK(summary.sum == jam.sum());
    CHECK(summary.differs.has_value());
  }
  SECTION("the build and a library, where it matters") {
    const JournalHeader now = here(jam);
    REQUIRE(now.libraries.contains("libm"));
    REQUIRE(now.libraries.contains("libsamplerate"));
    REQUIRE(now.build.size() == 16);
    std::string other = edited(text, "\"build\":\"" + now.build, "\"build\":\"x");
    other = edited(other, "\"libm\":\"" + now.libraries.at("libm"), "\"libm\":\"y");
    CHECK(replayed(jam, other).bit_exact());
    const ReplaySummary summary = replayed(jam, edited(other, start, stop));
    CHECK(says(summary.sentence, "another build"));
    CHECK(says(summary.sentence, "libm is another"));
    CHECK_FALSE(says(summary.sentence, "bug"));
  }
  SECTION("a sound") {
    for (const bool shorter : {false, true}) {
      const ReplaySummary summary =
          replayed(jam, text, [&](const AssetLine& line) -> Result<std::shared_ptr<const Asset>> {
            Asset changed = **jam.loader()(line);
            for (float& x : changed.left) x *= 0.5f;
            if (shorter) changed.left.resize(changed.left.size() / 2);  // than its map
            if (!changed.right.empty()) changed.right.resize(changed.left.size());
            changed.file_hash = 5;
            return std::make_shared<const Asset>(std::move(changed));
          });
      CHECK_FALSE(summary.bit_exact());
      CHECK(summary.frames == 48'000 * 2);
      CHECK(says(summary.sentence, "hit0.wav is another file"));
    }
  }
  SECTION("a sound that is gone") {
    auto journal = parse(text);
    REQUIRE(journal);
    const auto replay = Replay::prepare(
        std::move(*journal), [](const AssetLine& line) { return Error{line.path + " is gone."}; }, here(jam));
    REQUIRE_FALSE(replay);
    CHECK(says(replay.error().sentence, ".wav is gone."));
  }
}

TEST_CASE("an error of the sink ends a replay and is told", "[replay]") {
  Jam jam({48'000, 6, best_isa()});
  jam.play(Frame(3200));
  auto journal = parse(jam.journal(here(jam)));
  REQUIRE(journal);
  auto replay = Replay::prepare(std::move(*journal), jam.loader(), here(jam));
  REQUIRE(replay);
  int quanta = 0;
  const auto summary = replay->run([&](const auto&, Engine&) -> Result<void> {
    if (++quanta == 10) return Error{"The disk is full."};
    return {};
  });
  REQUIRE_FALSE(summary);
  CHECK(summary.error().sentence == "The disk is full.");
  CHECK(quanta == 10);
}

namespace {

std::vector<float> samples_in(const fs::path& path) {
  SF_INFO info{};
  SNDFILE* file = ::sf_open(path.c_str(), SFM_READ, &info);
  REQUIRE(file != nullptr);
  std::vector<float> samples(static_cast<std::size_t>(info.frames * info.channels));
  ::sf_readf_float(file, samples.data(), info.frames);
  ::sf_close(file);
  return samples;
}

}  // namespace

TEST_CASE("stems add up to the master where its gain and limiter rest", "[replay]") {
  std::string name = (fs::temp_directory_path() / "entrain-stems-XXXXXX").string();
  const fs::path dir = ::mkdtemp(name.data());
  Jam jam({48'000, 7, best_isa()});
  auto files = RenderFiles::open(dir / "out.wav", 48'000, WaveFormat::float32, true);
  REQUIRE(files);
  Offline offline(jam.config(),
                  [&](const auto& channels, Engine& engine) { return files->add(channels, engine); });
  const Schedule schedule = jam.everything_plays();
  std::vector<Event> events{set_now("/transport/play", 1)};
  for (int deck = 1; deck <= kDecks; ++deck)
    events.push_back(set_now("/deck/" + std::to_string(deck) + "/play", 1));
  for (const char* quiet : {"/track/#/gain", "/deck/#/gain"})
    for (char n = '1'; n <= '4'; ++n) {
      std::string address = quiet;
      address.replace(address.find('#'), 1, 1, n);
      events.push_back(set_now(address, -24));
    }
  events.push_back(set_now("/track/1/send/delay", -3));
  events.push_back(set_now("/track/1/send/reverb", -3));
  REQUIRE(offline.process(events, &schedule));
  REQUIRE(offline.run_until(Beat::beats(2), Frame(100'000)));
  CHECK(offline.frame() > Frame(48'000));
  CHECK(offline.run_until(Frame(offline.frame().index + 100)));
  CHECK_FALSE(offline.run_until(Beat::beats(1000), offline.frame() + 100));
  REQUIRE(files->finish());
  const auto master = samples_in(dir / "out.wav");
  REQUIRE(master.size() == 2 * static_cast<std::size_t>(offline.frame().index));
  REQUIRE(offline.engine().latency() > 0);
  std::vector<float> sum(master.size());
  for (const std::string stem_name : {"drums", "loops", "tones", "delay", "reverb"}) {
    INFO(stem_name);
    const auto stem = samples_in(dir / ("out-" + stem_name + ".wav"));
    REQUIRE(stem.size() == master.size());
    float loud = 0;
    for (std::size_t i = 0; i < stem.size(); ++i) {
      sum[i] += stem[i];
      loud = std::max(loud, std::abs(stem[i]));
    }
    CHECK((loud > 0.0005f) == (stem_name != "tones"));
  }
  for (std::size_t i = 0; i < master.size(); ++i)
    if (std::abs(master[i] - sum[i]) > 1e-6f) FAIL("sample " << i << ": " << master[i] << " for " << sum[i]);
  fs::remove_all(dir);
}
