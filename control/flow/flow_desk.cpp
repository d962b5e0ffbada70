#include "control/flow/flow_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "control/flow/flow_json.h"
#include "control/library/card_json.h"
#include "engine/core/catalogue.h"

namespace entrain {
namespace {

constexpr auto kTick = std::chrono::milliseconds(20);
constexpr double kWaySeconds = 0.1;  ///< that a decision may take to the engine
constexpr std::size_t kMostRemarks = 20;

}  // namespace

FlowDesk::FlowDesk(Stage& stage, Sounds& sounds, const LibraryKeeper& keeper, KnownLoops& loops, int rate,
                   int lead, Prehear* prehear)
    : stage_(stage),
      sounds_(sounds),
      keeper_(keeper),
      loops_(loops),
      rate_(rate),
      lead_(2 * lead + static_cast<int>(kWaySeconds * rate)),
      prehear_(prehear),
      queue_({}, Meter{}),
      conductor_(Meter{}, rate_, lead_) {
  publish({});
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

void FlowDesk::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  const std::lock_guard lock(mutex_);
  for (Order& order : orders_)
    if (order.done) order.done(Error{"the session is over"});
  orders_.clear();
}

void FlowDesk::execute(CommandCall call, Stage::Done done) {
  const std::lock_guard lock(mutex_);
  orders_.push_back({std::move(call), std::move(done)});
  wake_.notify_one();
}

void FlowDesk::mended(std::shared_ptr<const Loop> loop) {
  const std::lock_guard lock(mutex_);
  mended_.push_back(std::move(loop));
  wake_.notify_one();
}

Json FlowDesk::flow_json() const {
  Json json;
  {
    const std::lock_guard lock(mutex_);
    json = shown_;
  }
  if (prehear_) json["flow"]["prehear"] = prehear_->json();
  return json;
}

void FlowDesk::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::optional<Order> order;
    std::vector<std::shared_ptr<const Loop>> mended;
    {
      std::unique_lock lock(mutex_);
      const auto asked = [&] { return !orders_.empty() || !mended_.empty(); };
      if (on_)
        wake_.wait_for(lock, stop, kTick, asked);
      else
        wake_.wait(lock, stop, asked);
      if (!orders_.empty()) {
        order = std::move(orders_.front());
        orders_.pop_front();
      }
      mended.swap(mended_);
    }
    for (const auto& loop : mended)
      if (const auto done = loops_.correct(*loop); !done) remark(done.error().sentence);
    if (lost_->exchange(false)) conductor_.lost();
    follow_library();
    if (order) {
      const auto outcome = perform(order->call);
      if (order->done) order->done(outcome);
    }
    if (on_) follow_engine();
  }
}

double FlowDesk::minute(const Snapshot& now) const {
  return static_cast<double>(now.frame - began_) / rate_ / 60;
}

// --- the library and the engine

void FlowDesk::follow_library() {
  auto finder = keeper_.view().finder;
  if (finder == finder_ || finder->cards().empty()) return;
  finder_ = std::move(finder);
  queue_.look_at(finder_);
  if (on_) replan(stage_.snapshot());
}

void FlowDesk::follow_engine() {
  const Snapshot now = stage_.snapshot();
  if (prehear_) prehear_->follow(now);
  if (conductor_.refused() != refused_) {  // taken back by hand: another one
    refused_ = conductor_.refused();
    if (next_ && next_->tag == refused_) {
      queue_.drop(minute(now));
      replan(now);
    }
  }
  if (const std::uint64_t plays = conductor_.playing(); plays != playing_) {
    playing_ = plays;
    const bool ended = next_ && next_->loop == nullptr;
    if (ended) {
      on_ = false;
      if (prehear_) prehear_->end();
    } else {
      queue_.step(minute(now));
      keep_layers(now);
      replan(now);
    }
    publish(now);
    if (ended) return;
  }
  load_next(now);
  Conductor::Act act = conductor_.follow(now, next_ ? &*next_ : nullptr);
  if (act.empty()) return;
  if (act.parts && next_ && !now.running)
    act.events.push_back({*catalogue().find("/transport/play"), Grid::now, Source::stage, Frame(0), 1, {}});
  stage_.bring(act.parts.value_or(SetParts{}), std::move(act.events),
               [lost = lost_](const Result<std::string>& done) { *lost = !done; });
  publish(now);
}

/// Layers lie over what plays now.
void FlowDesk::keep_layers(const Snapshot& now) {
  std::vector<Event> events;
  for (const int layer : {3, 4}) {
    const ControlId under = *catalogue().find(fmt::format("/deck/{}/under", layer));
    const double old = now.values[under.index];
    if (old == 1 || old == 2)
      events.push_back({under, Grid::now, Source::stage, Frame(0), conductor_.deck() + 1.0, {}});
  }
  if (!events.empty()) stage_.bring({}, std::move(events), {});
}

void FlowDesk::replan(const Snapshot& now) {
  const double bar = queue_.meter().beats_per_bar;
  const double left = conductor_.playing() == 0 ? 0 : (conductor_.plays_until() - now.beat).value() / bar;
  queue_.plan(now.tempo, minute(now), std::max(0.0, left));
  if (next_ && next_->tag != queue_.tag()) next_.reset();
  publish(now);
}

/// Gets the next loop ready. What cannot be had is left out with a sentence.
void FlowDesk::load_next(const Snapshot& now) {
  if (queue_.planned().staying) {
    next_.reset();
    return;
  }
  if (queue_.planned().steps.empty()) {
    if (queue_.planned().ends && conductor_.playing() != 0 && !next_) next_ = queue_.last_part();
    return;
  }
  if (next_ && next_->tag == queue_.tag()) {
    next_ = queue_.part(next_->loop);  // its transition may have changed
    return;
  }
  const FlowStep& step = queue_.planned().steps.front();
  const Card* card = queue_.card(step.id);
  const auto loop = [&]() -> Result<std::shared_ptr<const Loop>> {
    if (card == nullptr) return Error{"a loop is not in the library any more"};
    auto sound = sounds_.load(card->path);
    if (!sound) return sound.error();
    auto known = loops_.loop(sound->asset, step.count);
    if (!known) return Error{fmt::format("{} is not in the library any more", card->path)};
    return *std::move(known);
  }();
  if (loop) {
    next_ = queue_.part(*loop);
    return publish(now);
  }
  remark(loop.error().sentence);
  queue_.drop(minute(now));
  replan(now);
}

void FlowDesk::remark(const std::string& sentence) {
  remarks_.push_back(sentence);
  if (remarks_.size() > kMostRemarks) remarks_.erase(remarks_.begin());
}

// --- what it shows

void FlowDesk::publish(const Snapshot& now) {
  Json json = queue_.json();
  json["on"] = on_;
  json["minute"] = minute(now);
  json["ready"] = next_ && next_->loop;
  json["playing"] = nullptr;
  if (const Card* card = queue_.playing())
    json["playing"] = {{"sound", card_json(*card)}, {"heard_from_beat", conductor_.heard_from().value()}};
  json["transition"] = nullptr;
  if (const auto t = conductor_.transition())
    json["transition"] = {{"from", t->from + 1},
                          {"to", t->to + 1},
                          {"at_beat", t->at.value()},
                          {"beats", t->length.value()},
                          {"shape", shape_json(*t->shape)}};
  for (const std::string& remark : remarks_) json["remarks"].push_back(remark);
  const std::lock_guard lock(mutex_);
  shown_ = {{"flow", std::move(json)}};
}

}  // namespace entrain
