#include "engine/groove/midi_file.h"

#include "tests/support/catch.h"
#include "tests/support/midi.h"

using namespace entrain;
using namespace entrain::test;

namespace {

MidiFile read(const MidiBytes& bytes) {
  auto file = parse_midi(bytes, "x.mid");
  REQUIRE(file);
  return *std::move(file);
}
std::string error_of(const MidiBytes& bytes) {
  const auto file = parse_midi(bytes, "x.mid");
  return file ? "none" : file.error().sentence;
}

}  // namespace

TEST_CASE("notes are read with where, how long, how hard", "[midi]") {
  // Running status; a note-on of no velocity ends a note; the first that began is the first to end.
  const MidiBytes track{0, 0x90, 60,   100, 96, 60,   50,   96, 60, 0,    96,   60,
                        0, 0,    0xB3, 7,   1,  0,    0xC3, 5,  0,  0xE3, 0,    64,
                        0, 0x99, 36,   127, 48, 0x89, 36,   64, 0,  0xFF, 0x2F, 0};
  const MidiFile file = read(midi_file(0, 96, {track}));
  REQUIRE(file.notes.size() == 3);
  CHECK(file.notes[0].start == Beat(0));
  CHECK(file.notes[0].length == Beat::beats(2));
  CHECK(file.notes[0].velocity == 100);
  CHECK(file.notes[1].start == Beat::beats(1));
  CHECK(file.notes[1].length == Beat::beats(2));
  CHECK(file.notes[2].channel == MidiFile::kDrums);
  CHECK(file.notes[2].key == 36);
  CHECK(file.notes[2].start == Beat::beats(3));
  CHECK(file.notes[2].length == Beat::nearest(0.5));
  CHECK(file.length == Beat::nearest(3.5));
  CHECK(file.remark.empty());
}

TEST_CASE("tempo and time signature are read", "[midi]") {
  const MidiBytes track{0,    0xFF, 0x51, 3,    0x07, 0xA1, 0x20, 96, 0xFF, 0x51, 3,    0x0F, 0x42,
                        0x40, 0,    0xFF, 0x58, 4,    3,    2,    24, 8,    0,    0xFF, 0x2F, 0};
  const MidiFile file = read(midi_file(1, 96, {track}));
  REQUIRE(file.tempos.size() == 2);
  CHECK(file.tempos[0].bpm == 120);
  CHECK(file.tempos[1].bpm == 60);
  CHECK(file.tempos[1].at == Beat::beats(1));
  REQUIRE(file.signatures.size() == 1);
  CHECK(file.signatures[0].numerator == 3);
  CHECK(file.signatures[0].denominator == 4);
}

TEST_CASE("tracks sound together, or one after another in format 2; SMPTE frames are time at 120 BPM",
          "[midi]") {
  const MidiBytes one = midi_notes({{0}, {95}}), two = midi_notes({{48}});
  const MidiFile together = read(midi_file(1, 96, {one, two}));
  REQUIRE(together.notes.size() == 3);
  CHECK(together.notes[1].start == Beat::nearest(0.5));
  const MidiFile after = read(midi_file(2, 96, {one, two}));
  REQUIRE(after.notes.size() == 3);
  CHECK(after.notes[2].start == Beat::nearest(1.5));
  const MidiFile frames = read(midi_file(0, 0xE728, {midi_notes({{0}, {1000}})}));  // 25 frames of 40 ticks
  CHECK(frames.notes[1].start == Beat::beats(2));
  const MidiFile drop = read(midi_file(0, 0xE300 | 100, {midi_notes({{0}, {3000}})}));  // 30000/1001 of 100
  CHECK(std::abs(drop.notes[1].start.value() - 2 * 1.001) < 1e-5);
}

TEST_CASE("what is inside a RIFF, and chunks that nobody knows, do no harm", "[midi]") {
  MidiBytes riff;
  put_text(riff, "RIFF....RMIDdata....");
  const MidiBytes file = midi_file(0, 96, {midi_notes({{0}, {96}})});
  riff.insert(riff.end(), file.begin(), file.end());
  CHECK(read(riff).notes.size() == 2);
  MidiBytes odd = midi_chunk("MThd", {0, 1, 0, 1, 0, 96, 9, 9});
  for (const MidiBytes& chunk : {midi_chunk("XFIH", {1, 2, 3}), midi_chunk("MTrk", midi_notes({{0}}))})
    odd.insert(odd.end(), chunk.begin(), chunk.end());
  CHECK(read(odd).notes.size() == 1);
}

TEST_CASE("of a damaged MIDI file what can be read is used, with a remark", "[midi]") {
  const MidiBytes whole = midi_file(1, 96, {midi_notes({{0}, {96}}), midi_notes({{192}})});
  MidiBytes cut = whole;
  cut.resize(cut.size() - 8);
  CHECK(read(cut).notes.size() >= 2);
  CHECK(read(cut).remark == "x.mid: 1 of 2 tracks are damaged; what comes before the damage is used");
  MidiBytes wild = midi_notes({{0}});
  wild.insert(wild.end() - 4, {0, 0xF4, 1});  // no file may hold it
  const MidiFile file = read(midi_file(0, 96, {wild}));
  CHECK(file.notes.size() == 1);
  CHECK_FALSE(file.remark.empty());
  const MidiBytes stray{0, 60, 100};  // data without a status
  CHECK(read(midi_file(0, 96, {stray})).notes.empty());
  const MidiBytes open{0, 0x90, 60, 100, 96, 0xFF, 0x2F, 0};  // a note that never ends ends with its track
  CHECK(read(midi_file(0, 96, {open})).notes[0].length == Beat::beats(1));
}

TEST_CASE("what is no MIDI file says so", "[midi]") {
  for (const MidiBytes& bytes : {MidiBytes{}, MidiBytes{'M', 'T'}, MidiBytes(64, 0)})
    CHECK(error_of(bytes) ==
          "x.mid is no MIDI file: it does not begin with \"MThd\"; save it as a Standard MIDI File");
  CHECK(error_of({'M', 'T', 'h', 'd', 0, 0}).find("cut short") != std::string::npos);
  CHECK(error_of(midi_file(0, 96, {})).find("no track") != std::string::npos);
}
