// How many voices of the sampler one percent of a core plays, beside fluidsynth rendering as many offline in
// the same run. Prints; never fails.
//   voices_bench SOUNDFONT
#include <time.h>

#include <filesystem>
#include <fstream>

#include "engine/groove/midi_file.h"
#include "tests/support/midi.h"
#include "tests/support/program_cost.h"
#include "tests/support/rig.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr int kRate = 48'000, kVoices = 256, kSeconds = 20, kRuns = 3;

double thread_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// CPU seconds for kSeconds of sound with so many voices on each of 16 tracks.
double ours(int a_track, double semitones, double& sounding) {
  Performance p;
  p.epoch = 1;
  const auto sound = make_noise(std::int64_t{kRate} * kSeconds * 3, 0.001f);
  for (std::size_t t = 0; t < kTracks; ++t) p.tracks[t] = make_track({sound}, "");
  Rig rig({kRate, 1, best_isa()});
  rig.load(p);
  for (int t = 1; t <= kTracks; ++t) rig.post("/track/" + std::to_string(t) + "/tune", semitones);
  rig.quantum();
  for (int i = 0; i < a_track; ++i) {
    for (int t = 1; t <= kTracks; ++t) rig.post("/track/" + std::to_string(t) + "/hit", 1);
    rig.quantum();
  }
  rig.run(kRate / 10);
  const double before = thread_seconds();
  for (std::int64_t quanta = std::int64_t{kSeconds} * kRate / kQuantum; quanta > 0; --quanta) {
    rig.quantum();
    rig.left.clear(), rig.right.clear(), rig.journal.clear(), rig.reports.clear();
  }
  const double spent = thread_seconds() - before;
  sounding = rig.snapshot().voices;
  return spent;
}

/// The same by fluidsynth: organs that hold their keys.
double fluidsynth(const std::string& font, int keys_a_channel) {
  constexpr std::uint32_t kTicks = 480;
  MidiBytes body{0, 0xFF, 0x51, 3, 0x07, 0xA1, 0x20};  // 120 BPM
  for (std::uint8_t channel = 0; channel < 16; ++channel) {
    if (channel == MidiFile::kDrums) continue;
    body.insert(body.end(), {0, static_cast<std::uint8_t>(0xC0 | channel), 16});
    for (int key = 0; key < keys_a_channel; ++key)
      body.insert(body.end(),
                  {0, static_cast<std::uint8_t>(0x90 | channel), static_cast<std::uint8_t>(40 + key), 20});
  }
  put_delta(body, kTicks * 2 * kSeconds);
  body.insert(body.end(), {0xB0, 120, 0});  // it renders on until all are silent
  for (std::uint8_t channel = 1; channel < 16; ++channel)
    body.insert(body.end(), {0, static_cast<std::uint8_t>(0xB0 | channel), 120, 0});
  body.insert(body.end(), {0, 0xFF, 0x2F, 0});
  const auto folder = std::filesystem::temp_directory_path();
  const auto midi = folder / fmt::format("entrain-voices-{}.mid", getpid()),
             raw = folder / (midi.stem().string() + ".raw");
  const MidiBytes bytes = midi_file(0, kTicks, {body});
  std::ofstream(midi, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  const double cpu =
      run_program({"fluidsynth", "-n",  "-i", "-q",    "-F", raw,
                   "-T",         "raw", "-O", "float", "-r", std::to_string(kRate),
                   "-R",         "0",   "-C", "0",     "-o", fmt::format("synth.polyphony={}", kVoices),
                   font,         midi})
          .cpu;
  std::filesystem::remove(midi);
  std::filesystem::remove(raw);
  return cpu;
}

/// The least of several runs: the machine is shared.
template <class F>
double least(F cost) {
  double best = 1e9;
  for (int i = 0; i < kRuns; ++i) best = std::min(best, cost());
  return best;
}

double voices_a_percent(double with, double without, double voices) {
  return voices / (100 * (with - without) / kSeconds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return fmt::print("usage: voices_bench SOUNDFONT\n"), 2;
  double voices = 0, none = 0;
  const double idle = least([&] { return ours(0, 0, none); });
  const double plain = least([&] { return ours(kVoices / kTracks, 0, voices); });
  const double tuned = least([&] { return ours(kVoices / kTracks, 3.7, voices); });
  const double quiet = least([&] { return fluidsynth(argv[1], 0); });
  const double organs = least([&] { return fluidsynth(argv[1], 20); });
  fmt::print("Voices that one percent of a core plays at {} Hz ({} for {} s)\n\n", kRate, voices, kSeconds);
  const double a = voices_a_percent(plain, idle, voices), b = voices_a_percent(tuned, idle, voices),
               peer = voices_a_percent(organs, quiet, kVoices);
  fmt::print("{:<36} {:8.0f}  {:5.1f} x fluidsynth\n", "at their own pitch", a, a / peer);
  fmt::print("{:<36} {:8.0f}  {:5.1f} x fluidsynth\n", "tuned, band-limited", b, b / peer);
  fmt::print("{:<36} {:8.0f}\n", "fluidsynth, no reverb or chorus", peer);
}
