#include "engine/analysis/hints.h"

#include <string>

#include "tests/support/catch.h"

using namespace entrain;

namespace {

double bpm(const std::string& name) { return hints_in(name).tempo.bpm; }
std::string key(const std::string& name) {
  const auto found = hints_in(name).key;
  return found ? key_name(*found) : "";
}

}  // namespace

TEST_CASE("tempi in file names", "[hints]") {
  CHECK(bpm("big_170bpm_TeaBoi.flac") == 170);
  CHECK(bpm("Break 93.5 BPM.wav") == 93.5);
  CHECK(bpm("BPM128-lead.wav") == 128);
  CHECK(bpm("bass_f_150_someone.wav") == 150);
  CHECK(hints_in("120bpm.wav").tempo.sure);
  CHECK(!hints_in("loop_120.wav").tempo.sure);
  CHECK(bpm("take_100_of_120.wav") == 0);  // two numbers: which one?
  CHECK(bpm("808_kick_01.wav") == 0);
  CHECK(bpm("999bpm.wav") == 0);
  CHECK(bpm("99999999999999999999bpm.wav") == 0);
  CHECK(bpm("bpm.wav") == 0);
  CHECK(bpm("") == 0);
}

TEST_CASE("keys in file names", "[hints]") {
  CHECK(key("pad_Am_90bpm.wav") == "A minor");
  CHECK(key("F#min bass.wav") == "F# minor");
  CHECK(key("keys Bb major.aif") == "A# major");
  CHECK(key("Cmaj.wav") == "C major");
  CHECK(key("cb_minor.wav") == "B minor");
  CHECK(key("ebmin_lead.wav") == "D# minor");
  CHECK(key("this is what i am.wav").empty());
  CHECK(key("bass_f_150.wav").empty());  // a letter alone
  CHECK(key("Game Boy.wav").empty());
  CHECK(key("Em.").empty() == false);
}
