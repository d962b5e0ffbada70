// The queue of a flow: what is planned, what was heard, what the performer wishes.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "control/flow/conductor.h"
#include "control/library/finder.h"
#include "engine/library/flow/planner.h"

namespace entrain {

/// Pure but for what it remembers: nothing of it loads or plays. One thread at a time.
class FlowQueue {
 public:
  FlowQueue(FlowSettings settings, Meter meter) : settings_(settings), meter_(meter) {}

  /// The library to choose from, from now on. What was planned stays as far as it is still there.
  void look_at(std::shared_ptr<const Finder> finder);
  bool has_library() const { return shelf_ != nullptr; }

  const FlowSettings& settings() const { return settings_; }
  void set(const FlowSettings& settings) { settings_ = settings; }
  const FlowWishes& wishes() const { return wishes_; }
  /// Lays wishes down; plan() again after.
  void wish(FlowWishes wishes) { wishes_ = std::move(wishes); }
  const std::vector<Heard>& heard() const { return heard_; }

  /// Plans the steps that follow what plays.
  void plan(double tempo, double minute, double bars_left);
  const FlowPlan& planned() const { return plan_; }
  /// flow_json() of it.
  nlohmann::ordered_json json() const;
  /// The card of a step, or of what plays; null: gone from the library.
  const Card* card(std::int64_t id) const;
  const Card* playing() const { return playing_ ? &*playing_ : nullptr; }

  /// Tells the next step from any other that may stand in its place.
  std::uint64_t tag() const;
  /// The next step as the decks play it, its loop given.
  FlowPart part(std::shared_ptr<const Loop> loop) const;
  /// The part that ends the flow: what plays goes, nothing comes.
  FlowPart last_part() const;
  /// The next step is heard from now on.
  void step(double minute);
  /// The next step cannot be had, or was taken back: another takes its place.
  void drop(double minute);

  const Meter& meter() const { return meter_; }
  /// The file of a card without its folders.
  static std::string name_of(const Card& card);

 private:
  FlowRiser riser(const FlowStep& step) const;
  std::uint64_t tag_of(std::int64_t id) const { return (begun_ + 1) << 40 | static_cast<std::uint64_t>(id); }

  FlowSettings settings_;
  const Meter meter_;
  std::shared_ptr<const Finder> finder_;
  std::unique_ptr<FlowShelf> shelf_;
  FlowWishes wishes_;
  std::vector<Heard> heard_;
  std::optional<Card> playing_;
  double bars_ = 0;    ///< which it plays
  int semitones_ = 0;  ///< by which it is shifted
  FlowPlan plan_;
  std::uint64_t begun_ = 0;
};

}  // namespace entrain
