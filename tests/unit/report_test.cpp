// What an analysis says, for people, for programs and for tables.
#include "control/analyse/report.h"

#include <nlohmann/json.hpp>

#include "control/analyse/table.h"
#include "tests/support/analysis_sounds.h"
#include "tests/support/catch.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;

namespace {

Analysis analysed_hit() {
  std::vector<float> x = silence(0.4);
  add_kick(x, 0.01, 0.8);
  return analyse(as_pcm(x));
}

Analysis analysed_loop() {
  std::vector<float> x = silence(4);
  for (int k = 0; k < 8; ++k) {
    add_kick(x, 0.5 * k, 0.8);
    add_note(x, 0.5 * k, 0.45, k % 2 == 0 ? 220 : 261.6, 0.3);
  }
  return analyse(as_pcm(x));
}

/// RFC 4180.
std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
      out.back() += line[i++];
    else if (line[i] == '"')
      quoted = !quoted;
    else if (line[i] == ',' && !quoted)
      out.emplace_back();
    else
      out.back() += line[i];
  }
  return out;
}

std::string field(const std::string& row, const std::string& column) {
  const auto head = fields(analysis_csv_head()), values = fields(row);
  REQUIRE(values.size() == head.size());
  const auto at = std::ranges::find(head, column);
  INFO(column);
  REQUIRE(at != head.end());
  return values[static_cast<std::size_t>(at - head.begin())];
}

}  // namespace

TEST_CASE("a line says what a sound has, and what it has not", "[report]") {
  const std::string loop = analysis_line("loop.wav", analysed_loop());
  INFO(loop);
  CHECK(loop.starts_with("loop.wav  120.0"));
  for (const char* part : {"cut to whole beats", "8 kicks", "LUFS", "dB to -18", "dBTP", "energy", "4.00 s"})
    CHECK(mentions(loop, part));
  const std::string hit = analysis_line("hit.wav", analysed_hit());
  INFO(hit);
  CHECK(mentions(hit, "no tempo"));
  CHECK(mentions(hit, "kick ("));
  const std::string nothing = analysis_line("nothing.wav", analyse(as_pcm(silence(1))));
  CHECK(nothing == "nothing.wav  no tempo; no key; 0 onsets, 0 kicks; silent; energy 0.0; 1.00 s");
}

TEST_CASE("JSON holds every value under its name, and null for what a sound has not", "[report]") {
  const Analysis a = analysed_loop();
  const auto json = analysis_json("loop.wav", a);
  CHECK(json["tempo"]["bpm"] == a.tempo.bpm);
  CHECK(json["loudness"]["integrated_lufs"] == a.loudness.integrated);
  CHECK(json["loudness"]["gain_db"] == a.loudness.gain());
  CHECK(json["loudness"]["true_peak_dbtp"] == a.loudness.true_peak);
  CHECK(json["energy"] == a.energy);
  CHECK(json["hit"].is_null());
  CHECK(json["onsets"].size() == a.onsets.size());
  CHECK(json["onsets_per_second"] == a.onsets_per_second());
  CHECK(json["fingerprint"].size() == kFingerprintSize);
  CHECK(json["fingerprint"]["mfcc_00"] == a.fingerprint[FingerprintColumn::kMfcc]);
  CHECK(json["descriptors"].size() == descriptor::kCount);
  CHECK(json["bands"]["bass"]["peaks"] == a.bands[0].count);
  CHECK(json["bands"].size() == kPeakBands.size());

  const auto hit = analysis_json("hit.wav", analysed_hit());
  CHECK(hit["hit"]["class"] == "kick");
  CHECK(hit["hit"]["chances"].size() == kHitClasses);
  CHECK(hit["tempo"].is_null());
  const auto nothing = analysis_json("nothing.wav", analyse(as_pcm(silence(1))));
  for (const char* what : {"tempo", "beats", "key", "loudness"}) CHECK(nothing[what].is_null());
  CHECK(nothing["bands"]["mid"]["mean_hertz"].is_null());
}

TEST_CASE("a row has a field for each column, quoted where it must be", "[report]") {
  const Analysis a = analysed_loop();
  const std::string row = analysis_csv_row("odd, \"name\"\n.wav", a, "onsets/1.txt");
  CHECK(field(row, "path") == "odd, \"name\"\n.wav");
  CHECK(field(row, "onsets_file") == "onsets/1.txt");
  CHECK(std::stod(field(row, "bpm")) == Approx(a.tempo.bpm).margin(1e-4));
  CHECK(std::stod(field(row, "lufs")) == Approx(a.loudness.integrated).margin(1e-4));
  CHECK(field(row, "kicks") == "8");
  CHECK(field(row, "class").empty());
  CHECK(field(row, "bass_peaks") == std::to_string(a.bands[0].count));
  CHECK(std::stod(field(row, "spectral_centroid")) == Approx(a.fingerprint[0]).margin(1e-4));
  CHECK(field(analysis_csv_row("hit.wav", analysed_hit(), ""), "class") == "kick");
  const std::string nothing = analysis_csv_row("nothing.wav", analyse(as_pcm(silence(1))), "");
  for (const char* column : {"bpm", "key", "lufs", "gain_db", "first_beat_seconds", "mid_hertz"})
    CHECK(field(nothing, column).empty());
  CHECK(field(nothing, "energy") == "0.0000");
}

TEST_CASE("the columns of a table keep their places", "[report]") {
  CHECK(analysis_csv_head().starts_with(
      "path,bpm,key,onsets_file,cluster,camelot,bpm_confidence,key_confidence,tuning_cents,whole_beats,"
      "first_beat_seconds,onsets,kicks,seconds,lufs,range_lu,true_peak_dbtp,gain_db,energy,onsets_per_second,"
      "class,class_confidence,bass_peaks,bass_hertz,bass_energy,"));
}

TEST_CASE("a table on disk has a row and a list of onsets for each sound", "[report]") {
  const TempDir folder;
  auto table = AnalysisTable::open(folder.path / "loops.csv");
  REQUIRE(table);
  const Analysis a = analysed_loop();
  REQUIRE(table->add("loop.wav", a));
  REQUIRE(table->add("hit.wav", analysed_hit()));
  const std::string text = bytes_of(folder.path / "loops.csv");
  CHECK(std::ranges::count(text, '\n') == 3);
  CHECK(text.starts_with(analysis_csv_head() + "\n"));
  CHECK(mentions(text, "loops.onsets/00000.txt"));
  const std::string onsets = bytes_of(folder.path / "loops.onsets" / "00000.txt");
  CHECK(static_cast<std::size_t>(std::ranges::count(onsets, '\n')) == a.onsets.size());
}

TEST_CASE("a table that cannot be written says which, and how to mend it", "[report]") {
  const TempDir folder;
  put_bytes(folder.path / "file", "");
  const auto table = AnalysisTable::open(folder.path / "file" / "loops.csv");
  REQUIRE(!table);
  CHECK(mentions(table.error().sentence, "loops.csv cannot be written; name a place you may write to."));
}
