// A theatre: a stage with its threads, an engine and real files; the test is the audio callback.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control/stage/stage.h"
#include "engine/core/catalogue.h"
#include "tests/support/performed.h"
#include "tests/support/sound_files.h"

namespace entrain::test {

inline constexpr int kTheatreRate = 48'000;
inline constexpr const char* kNightSet = R"(name = "Night"
recall_exempt = ["/track/2/gain"]
[clusters]
kick = ["a.wav"]
hat = ["b.wav"]
[track.1]
cluster = "kick"
pattern = "1000" # floor
[track.2]
cluster = "hat"
pattern = "0010"
[deck.1]
loop = "gone.wav"
beats = 4
[controls]
"/track/1/gain" = -10
"/track/2/gain" = -20
[[scene]]
name = "Drop"
[scene.track.1]
cluster = "kick"
[scene.track.1.patterns]
A = "1111"
B = "11"
[scene.controls]
"/track/1/gain" = -3
"/track/2/gain" = -4
"/transport/tempo" = 140
[[scene]]
name = "Hush"
partial = true
[scene.controls]
"/track/1/mute" = true
)";
inline ControlId id(const char* address) { return *catalogue().find(address); }

struct Theatre : TempDir {
  explicit Theatre(bool with_journal = false) {
    for (const char* name : {"a.wav", "b.wav", "l.wav"})
      write_sound(path / name, SF_FORMAT_WAV | SF_FORMAT_PCM_16, kTheatreRate, 1, exact_noise(kTheatreRate));
    put_bytes(path / "night.toml", kNightSet);
    put_bytes(path / "day.toml",
              "[clusters]\ntom = [\"b.wav\"]\n[track.3]\ncluster = \"tom\"\npattern = \"10\"\n[deck.2]\nloop "
              "= \"l.wav\"\n"
              "[controls]\n\"/track/3/gain\" = -6\n");
    const EngineConfig config{kTheatreRate, 1, best_isa()};
    engine.prepare(config);
    if (with_journal) journal = *JournalWriter::start(journal_file, header_of_this_process(config, "test", ""));
    wires.emplace(engine, kTheatreRate, journal.get(), nullptr);
    SetFile set = *read_set(path / "night.toml");
    sounds.search(set.folders);
    LoadedSet loaded = load_set(set, sounds);
    CHECK(loaded.remarks.size() == 1);
    const auto events = loaded.events;
    stage.emplace(*wires, sounds, kTheatreRate, engine.lead(),
                  Stage::Start{set, std::move(loaded), [this](auto version) { keep(std::move(version)); }});
    stage->run();
    auto producer = stage->make_producer();
    for (const Event& event : events) producer.post(event);
    until([&] { return value("/track/1/gain") == -10; });
  }

  void render() {
    std::array<std::array<float, kQuantum>, 4> sound{};
    float* out[4] = {sound[0].data(), sound[1].data(), sound[2].data(), sound[3].data()};
    wires->render(out);
  }
  /// Renders until something has come about, slower when it takes long; in vain after a minute of music.
  template <class F>
  void until(F done) {
    for (int i = 0; i < 90'000 && !done(); ++i) {
      render();
      if (i % 8 == 7) std::this_thread::sleep_for(std::chrono::microseconds(i < 9'000 ? 200 : 5'000));
    }
    CHECK(done());
  }
  Result<std::string> perform(const char* address, std::vector<ArgValue> args, std::optional<Grid> at = {}) {
    return performed(*stage, [this](const auto& done) { until(done); }, address, std::move(args), at);
  }
  void set(const char* address, double v) {
    auto producer = stage->make_producer();
    producer.post({id(address), Grid::now, Source::socket, Frame(0), v, {}});
    until([&] { return value(address) == v; });
  }
  double value(const char* address) { return stage->snapshot().values[id(address).index]; }
  /// The engine's own state, this very quantum.
  Snapshot here() const {
    Snapshot now;
    engine.observe(now);
    return now;
  }
  void keep(std::shared_ptr<const Performance> version) {
    if (journal) journal->add(version);
    const std::lock_guard lock(mutex);
    versions.push_back(std::move(version));
  }
  const Performance& playing() {
    const std::uint64_t epoch = stage->snapshot().epoch;
    const std::lock_guard lock(mutex);
    for (const auto& version : versions)
      if (version->epoch == epoch) return *version;
    return *versions[0];
  }
  std::string first_pattern() {
    const auto track = playing().tracks[0];
    return track && track->patterns[0] ? to_text(*track->patterns[0]) : "none";
  }

  WorkerPool workers{{{ENTRAIN_BAD_WORKER, "real"}}};
  Sounds sounds{workers, kTheatreRate, {}};
  Engine engine;
  const std::filesystem::path journal_file = path / "jam.journal";
  std::unique_ptr<JournalWriter> journal;  ///< or none: not asked for
  std::optional<Wires> wires;
  std::mutex mutex;
  std::vector<std::shared_ptr<const Performance>> versions;  ///< all of them; guarded
  std::optional<Stage> stage;
};

}  // namespace entrain::test
