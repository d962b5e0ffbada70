// A jam that nobody plays: a storm of events and versions from a seed, into an engine, with its journal.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "control/record/journal_text.h"
#include "control/record/journal_writer.h"
#include "control/record/output_hash.h"
#include "control/record/replay.h"
#include "engine/core/catalogue.h"
#include "engine/core/engine.h"
#include "tests/support/jam_parts.h"

namespace entrain {

class Jam {
 public:
  /// With a writer, everything goes there too.
  explicit Jam(const EngineConfig& config, JournalWriter* writer = nullptr)
      : config_(config), parts_(config.seed, config.rate), writer_(writer) {
    engine_.prepare(config);
  }

  const EngineConfig& config() const { return config_; }
  Frame frame() const { return engine_.frame(); }
  std::uint64_t sum() const { return hash_.value(); }
  float loudest() const { return loudest_; }
  int adopted() const { return adopted_; }
  int launches() const { return launches_; }
  std::string journal(const JournalHeader& header) const {
    return JournalText::header(header) + lines_ + JournalText::end(engine_.frame());
  }
  AssetLoader loader() const {
    return [this](const AssetLine& line) -> Result<std::shared_ptr<const Asset>> {
      return parts_.assets().at(line.path);
    };
  }

  /// Until `end`, with a checksum about each second.
  void play(Frame end) {
    while (engine_.frame() < end) quantum();
    lines_ +=
        text_.record({.what = Record::What::checksum, .frame = engine_.frame(), .epoch = hash_.value()});
  }

  /// A schedule whose one version has a pattern on the first four tracks and a loop on each deck.
  Schedule everything_plays() {
    auto version = std::make_shared<Performance>();
    version->epoch = latest_->epoch + 1;
    for (std::size_t t = 0; t < 4; ++t) version->tracks[t] = parts_.new_track();
    for (auto& deck : version->decks) deck = parts_.new_deck();
    Schedule schedule;
    schedule.serial = ++serial_;
    schedule.count = 1;
    schedule.entries[0] = {Beat(0), Grid::now, version.get()};
    versions_.push_back(std::move(version));
    return schedule;
  }

 private:
  std::int64_t below(std::int64_t n) { return parts_.below(n); }
  /// Sometimes shares a deck with an older version, sometimes makes an equal copy: the engine sees the
  /// difference.
  std::shared_ptr<const Performance> next_version() {
    auto next = std::make_shared<Performance>(*latest_);
    ++next->epoch;
    if (below(4) == 0) next->meter.beats_per_bar = static_cast<std::int32_t>(3 + below(2));
    next->tracks[static_cast<std::size_t>(below(4))] = parts_.new_track();
    auto& deck = next->decks[static_cast<std::size_t>(below(kDecks))];
    const std::int64_t way = below(5), older = below(static_cast<std::int64_t>(versions_.size()) + 1) - 1;
    if (way == 0) deck = parts_.new_deck();
    if (way == 1) deck = deck ? std::make_shared<const DeckDocument>(*deck) : parts_.new_deck();
    if (way == 2) deck = older < 0 ? nullptr : versions_[static_cast<std::size_t>(older)]->decks[0];
    if (below(3) == 0) next->transition = parts_.new_transition(next->epoch);
    lines_ += text_.version(*next);
    if (writer_ != nullptr) writer_->add(next);
    versions_.push_back(next);
    return latest_ = next;
  }
  void next_schedule() {
    Snapshot now;
    engine_.observe(now);
    schedule_.serial = ++serial_;
    schedule_.count = static_cast<std::int32_t>(below(4));
    Beat boundary = now.beat + Beat::beats(below(3) - 1);
    for (int i = 0; i < schedule_.count; ++i) {
      boundary = boundary + Beat(below(Beat::kPerBeat));
      schedule_.entries[static_cast<std::size_t>(i)] = {boundary, static_cast<Grid>(below(4)),
                                                        next_version().get()};
    }
  }

  void quantum() {
    std::vector<Event> events;
    if (engine_.frame() == Frame(0)) events.push_back(set_now("/transport/play", 1));
    if (below(40) == 0)
      for (std::int64_t n = below(200) == 0 ? 70 : 1 + below(4); n-- > 0;)
        events.push_back(parts_.new_event(engine_.frame()));
    if (!offered_ && (below(150) == 0 || engine_.frame() == Frame(0))) next_schedule(), offered_ = true;
    std::array<std::array<float, kQuantum>, 4> sound{};
    std::array<Record, Engine::kRecordsPerQuantum> room;
    Outputs out;
    std::array<const float*, 4> heard{};
    for (std::size_t c = 0; c < 4; ++c) heard[c] = out.channels[c] = sound[c].data();
    out.room = std::span(room).first(events.size() > 1 && below(20) == 0 ? static_cast<std::size_t>(below(5))
                                                                         : room.size());  // a ring near full
    engine_.process({events, offered_ ? &schedule_ : nullptr}, out);
    if (out.schedule_taken) offered_ = false;
    hash_.add(heard.data(), kQuantum);
    for (const float x : sound[0]) loudest_ = std::max(loudest_, std::abs(x));
    for (int i = 0; i < out.records; ++i) {
      keep(room[static_cast<std::size_t>(i)]);
      adopted_ += room[static_cast<std::size_t>(i)].what == Record::What::adopted ? 1 : 0;
    }
    for (const Report& report : engine_.reports()) launches_ += report.what == Report::What::launch ? 1 : 0;
    if (engine_.frame().index % (1500 * kQuantum) == 0)
      keep({.what = Record::What::checksum, .frame = engine_.frame(), .epoch = hash_.value()});
  }

  void keep(const Record& record) {
    lines_ += text_.record(record);
    if (writer_ != nullptr) writer_->push(record);
  }

  EngineConfig config_;
  JamParts parts_;
  JournalWriter* writer_;
  Engine engine_;
  std::vector<std::shared_ptr<const Performance>> versions_;
  std::shared_ptr<const Performance> latest_ = std::make_shared<const Performance>();
  Schedule schedule_;
  bool offered_ = false;
  std::uint64_t serial_ = 0;
  JournalText text_;
  std::string lines_;
  OutputHash hash_;
  float loudest_ = 0;
  int adopted_ = 0, launches_ = 0;
};

}  // namespace entrain
