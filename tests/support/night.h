// A night: a flow on an engine with its journal, played without any stage, clock or file.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/flow/conductor.h"
#include "control/record/journal_text.h"
#include "control/record/output_hash.h"
#include "control/record/replay.h"
#include "control/stage/versions.h"
#include "tests/support/loops.h"
#include "tests/support/rig.h"

namespace entrain::test {

class Night {
 public:
  static constexpr int kRate = 48'000;

  Night() {
    config_ = {kRate, 5, Isa::baseline};
    engine().prepare(config_);
    lines_ = JournalText::header(header_of_this_process(config_, "1", ""));
    offer(versions_.first_schedule());
    lines_ += text_.version(versions_.latest());
  }
  Engine& engine() { return *engine_; }
  Snapshot now() {
    Snapshot now;
    engine().observe(now);
    return now;
  }
  /// A loop of four beats at 120 BPM.
  std::shared_ptr<const Loop> loop(const std::string& name, int beats = 4) {
    auto asset = std::make_shared<Asset>(*make_noise(beats * 24'000, 0.1f, assets_.size() + 1));
    asset->path = "/loops/" + name;
    const auto frames = static_cast<std::size_t>(asset->frames());
    asset->pcm_hash = pcm_hash({asset->left_data(), frames}, {asset->right_data(), frames});
    assets_[asset->path] = asset;
    return make_loop(asset, beats);
  }
  FlowPart part(std::uint64_t tag, TransitionKind kind = TransitionKind::blend) {
    FlowPart p;
    p.tag = tag;
    p.loop = loop("loop" + std::to_string(tag) + ".wav");
    p.plays = Beat::beats(16);
    p.kind = kind;
    p.crossing = Beat::beats(4);
    return p;
  }
  AssetLoader loader() {
    return [this](const AssetLine& line) -> Result<std::shared_ptr<const Asset>> {
      return assets_.at(line.path);
    };
  }

  void post(const std::string& address, double value, Source source = Source::osc) {
    events_.push_back({id(address), Grid::now, source, Frame(0), value, {}});
  }
  void edit(SetParts parts) {
    REQUIRE(versions_.add(Edit{std::move(parts)}, Beat(0), Grid::now));
    offer(versions_.make_schedule());
  }
  /// Looks at the engine as often as a flow desk: not always at the same places.
  void run_to(double beat) {
    for (Snapshot s = now(); !s.running || s.beat < Beat::nearest(beat); s = now()) {
      if (versions_.follow(s)) offer(versions_.make_schedule());
      const auto act = conductor.follow(s, next ? &*next : nullptr);
      if (act.parts) edit(*act.parts);
      if (act.parts && !s.running) post("/transport/play", 1);
      events_.insert(events_.end(), act.events.begin(), act.events.end());
      looks_ = looks_ * 5 % 31 + 11;
      for (std::int64_t q = looks_; q-- > 0;) quantum();
    }
  }
  /// What the journal's file holds by now.
  const std::string& journal() const { return lines_; }
  std::uint64_t sum() const { return hash_.value(); }

  Conductor conductor{Meter{}, kRate, 9'600};
  std::optional<FlowPart> next;
  std::vector<float> left, right;  ///< of the decks, from the first frame on

 private:
  void offer(const Schedule& schedule) {
    schedule_ = schedule;
    offered_ = true;
    for (int i = 0; i < schedule.count; ++i)
      lines_ += text_.version(*schedule.entries[static_cast<std::size_t>(i)].performance);
  }
  void quantum() {
    float sound[4][kQuantum];
    const std::array<const float*, 4> heard{sound[0], sound[1], sound[2], sound[3]};
    Outputs out;
    for (std::size_t c = 0; c < 4; ++c) out.channels[c] = sound[c];
    out.room = records_;
    engine().process({events_, offered_ ? &schedule_ : nullptr}, out);
    events_.clear();
    offered_ = offered_ && !out.schedule_taken;
    for (int i = 0; i < out.records; ++i) lines_ += text_.record(records_[static_cast<std::size_t>(i)]);
    hash_.add(heard.data(), kQuantum);
    if (engine().frame().index % kRate == 0)
      lines_ +=
          text_.record({.what = Record::What::checksum, .frame = engine().frame(), .epoch = hash_.value()});
    for (int c = 0; c < 2; ++c) {
      const auto stem = engine().stem(Bus::loops, c);
      auto& channel = c == 0 ? left : right;
      channel.insert(channel.end(), stem.begin(), stem.end());
    }
  }

  EngineConfig config_;
  Borrowed borrowed_;
  Engine* engine_ = &*borrowed_;
  std::map<std::string, std::shared_ptr<const Asset>> assets_;
  JournalText text_;
  std::string lines_;
  Versions versions_{Performance{}};
  Schedule schedule_;
  bool offered_ = false;
  std::vector<Event> events_;
  std::vector<Record> records_ = std::vector<Record>(Engine::kRecordsPerQuantum);
  OutputHash hash_;
  std::int64_t looks_ = 17;
};

}  // namespace entrain::test
