// A rig for engine tests: sounds made here, performances built in one line, quanta rendered into a buffer.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include "engine/core/catalogue.h"
#include "engine/core/draws.h"
#include "engine/core/engine.h"

namespace entrain::test {

/// Mono sound of `frames` samples from a function of the frame.
inline std::shared_ptr<const Asset> make_asset(std::int64_t frames, const std::function<float(std::int64_t)>& at) {
  auto asset = std::make_shared<Asset>();
  asset->path = "made by a test";
  for (std::int64_t i = 0; i < frames; ++i) asset->left.push_back(at(i));
  return asset;
}
/// A single sample of 1, then silence.
inline std::shared_ptr<const Asset> make_click(std::int64_t frames = 64) {
  return make_asset(frames, [](std::int64_t i) { return i == 0 ? 1.0f : 0.0f; });
}
inline std::shared_ptr<const Asset> make_noise(std::int64_t frames, float level, std::uint64_t seed = 7) {
  return make_asset(frames, [=](std::int64_t i) {
    return level * (static_cast<float>(mix_bits(seed + static_cast<std::uint64_t>(i)) >> 40) / 8388608.0f - 1.0f);
  });
}
inline std::shared_ptr<const Asset> make_sine(std::int64_t frames, double cycles_per_frame, float level) {
  return make_asset(frames, [=](std::int64_t i) {
    return level * static_cast<float>(std::sin(2 * std::numbers::pi * cycles_per_frame * static_cast<double>(i)));
  });
}

/// From the text that sets keep.
inline Pattern written_pattern(const std::string& text) { return *parse_pattern(text); }
inline Pattern make_pattern(const std::string& steps, int num = 1, int den = 1) {
  Pattern pattern{{}, num, den};
  for (char c : steps) pattern.steps.push_back({.velocity = c == '1' ? 1.0f : 0.0f});
  return pattern;
}
/// A track with one pattern, in slot A.
inline std::shared_ptr<const Track> make_track(std::vector<std::shared_ptr<const Asset>> samples,
                                               const std::string& steps, int num = 1, int den = 1) {
  auto cluster = std::make_shared<Cluster>(Cluster{"test", std::move(samples), {}});
  return std::make_shared<Track>(Track{cluster, {std::make_shared<const Pattern>(make_pattern(steps, num, den))}});
}
/// A loop of one tempo that holds `beats` beats.
inline std::shared_ptr<const DeckDocument> make_deck(std::shared_ptr<const Asset> asset, int beats) {
  auto loop = std::make_shared<Loop>();
  loop->warp = {{Beat(0), 0.0}, {Beat::beats(beats), static_cast<double>(asset->frames())}};
  loop->asset = std::move(asset);
  return std::make_shared<DeckDocument>(DeckDocument{loop});
}

inline ControlId id(const std::string& address) { return catalogue().find(address).value(); }

/// An engine for the life of a rig. To prepare one takes most of a second; one that was prepared before is as good
/// as fresh, which is itself a law (reset_test.cpp).
class Borrowed {
 public:
  Borrowed() {
    if (idle().empty()) idle().push_back(std::make_unique<Engine>());
    engine_ = std::move(idle().back());
    idle().pop_back();
  }
  ~Borrowed() { idle().push_back(std::move(engine_)); }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  Engine& operator*() { return *engine_; }

 private:
  static std::vector<std::unique_ptr<Engine>>& idle() {
    static std::vector<std::unique_ptr<Engine>> engines;
    return engines;
  }
  std::unique_ptr<Engine> engine_;
};

/// Drives one engine quantum by quantum.
class Rig {
  Borrowed borrowed_;

 public:
  explicit Rig(EngineConfig config = {48'000, 1, Isa::baseline}) : records_(Engine::kRecordsPerQuantum) {
    engine.prepare(config);
  }

  void post(const std::string& address, double value, Grid grid = Grid::now, Frame frame = {}, Beat glide = {}) {
    events.push_back({id(address), grid, Source::stage, frame, value, glide});
  }
  /// Offers a schedule; `serial` counts by itself unless given.
  void schedule(std::vector<Schedule::Entry> entries, std::uint64_t serial = 0) {
    waiting_.serial = serial_ = serial == 0 ? serial_ + 1 : serial;
    waiting_.count = static_cast<int>(entries.size());
    std::copy(entries.begin(), entries.end(), waiting_.entries.begin());
    offered_ = true;
  }
  void load(const Performance& performance) { schedule({{Beat(0), Grid::now, &performance}}); }
  /// Starts the beat; returns the frame where beat 0 will lie.
  Frame play() {
    post("/transport/play", 1);
    const std::int64_t first = engine.frame().index + engine.lead() + kQuantum - 1;
    return Frame(first - first % kQuantum);
  }

  void run(std::int64_t frames) {
    for (std::int64_t end = engine.frame().index + frames; engine.frame().index < end;) quantum();
  }
  void quantum() {
    float channels[4][kQuantum];
    Outputs out;
    for (std::size_t c = 0; c < 4; ++c) out.channels[c] = channels[c];
    out.room = records_;
    engine.process({events, offered_ ? &waiting_ : nullptr}, out);
    events.clear();
    offered_ = offered_ && !out.schedule_taken;
    journal.insert(journal.end(), records_.begin(), records_.begin() + out.records);
    reports.insert(reports.end(), engine.reports().begin(), engine.reports().end());
    left.insert(left.end(), channels[0], channels[0] + kQuantum);
    right.insert(right.end(), channels[1], channels[1] + kQuantum);
    std::copy(channels[2], channels[2] + kQuantum, cue.begin());
  }
  Snapshot snapshot() const {
    Snapshot s;
    engine.observe(s);
    return s;
  }

  Engine& engine = *borrowed_;
  std::vector<Event> events;  ///< go into the next quantum
  std::vector<float> left, right;
  std::array<float, kQuantum> cue{};  ///< left, of the last quantum
  std::vector<Record> journal;
  std::vector<Report> reports;

 private:
  std::vector<Record> records_;
  Schedule waiting_;
  bool offered_ = false;
  std::uint64_t serial_ = 0;
};

}  // namespace entrain::test
