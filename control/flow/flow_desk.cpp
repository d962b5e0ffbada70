#include "control/flow/flow_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "control/flow/flow_file.h"
#include "control/flow/flow_json.h"
#include "control/flow/flow_settings.h"
#include "control/flow/library_loop.h"
#include "control/library/card_json.h"
#include "control/text_file.h"
#include "engine/core/catalogue.h"
#include "engine/core/text.h"

namespace entrain {
namespace {

constexpr auto kTick = std::chrono::milliseconds(20);
constexpr double kWaySeconds = 0.1;  ///< that a decision may take to the engine
constexpr std::size_t kMostRemarks = 20;

}  // namespace

FlowDesk::FlowDesk(Stage& stage, Sounds& sounds, const LibraryKeeper& keeper, int rate, int lead)
    : stage_(stage),
      sounds_(sounds),
      keeper_(keeper),
      rate_(rate),
      lead_(2 * lead + static_cast<int>(kWaySeconds * rate)),
      queue_({}, Meter{}),
      conductor_(Meter{}, rate_, lead_) {
  publish({});
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

FlowDesk::~FlowDesk() {
  thread_.request_stop();
  thread_.join();
  for (Order& order : orders_)
    if (order.done) order.done(Error{"the session is over"});
}

void FlowDesk::execute(CommandCall call, Stage::Done done) {
  const std::lock_guard lock(mutex_);
  orders_.push_back({std::move(call), std::move(done)});
  wake_.notify_one();
}

Json FlowDesk::flow_json() const {
  const std::lock_guard lock(mutex_);
  return shown_;
}

void FlowDesk::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::optional<Order> order;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kTick, [&] { return !orders_.empty(); });
      if (!orders_.empty()) {
        order = std::move(orders_.front());
        orders_.pop_front();
      }
    }
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
    } else {
      queue_.step(minute(now));
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
    if (!library_) {
      auto opened = Library::open(keeper_.file());
      if (!opened) return opened.error();
      library_ = std::move(opened->library);
    }
    auto entry = library_->find(card->path);
    if (!entry) return entry.error();
    if (!*entry) return Error{fmt::format("{} is not in the library any more", card->path)};
    auto sound = sounds_.load(card->path);
    if (!sound) return sound.error();
    return library_loop(sound->asset, rate_, (*entry)->analysis, step.count);
  }();
  if (loop) {
    next_ = queue_.part(*loop);
    return publish(now);
  }
  remarks_.push_back(loop.error().sentence);
  if (remarks_.size() > kMostRemarks) remarks_.erase(remarks_.begin());
  queue_.drop(minute(now));
  replan(now);
}

// --- commands

Result<std::string> FlowDesk::perform(const CommandCall& call) {
  const Snapshot now = stage_.snapshot();
  const auto replanned = [&](FlowWishes wishes) -> Result<std::string> {
    queue_.wish(std::move(wishes));
    if (on_) replan(now);
    return next_name();
  };
  if (call.row->id == CommandId::flow_start) return start(call);
  if (!queue_.has_library())
    return Error{"the library holds no sounds yet; begin with: entrain library add FOLDER"};
  switch (call.row->id) {
    case CommandId::flow_stop:
      on_ = false;
      next_.reset();
      if (const auto act = conductor_.follow(now, nullptr); act.parts)
        stage_.bring(*act.parts, act.events, {});
      publish(now);
      return std::string("the flow is over; what plays goes on");
    case CommandId::flow_end: {
      FlowWishes wishes = queue_.wishes();
      wishes.end_after =
          call.args.empty() ? 0 : static_cast<std::size_t>(std::clamp(call.number(0), 0.0, 1e6));
      return replanned(std::move(wishes));
    }
    case CommandId::flow_stay: {
      FlowWishes wishes = queue_.wishes();
      wishes.stay = call.args.empty() || call.number(0) > 0.5;
      return replanned(std::move(wishes));
    }
    case CommandId::flow_skip:
      queue_.drop(minute(now));
      return replanned(queue_.wishes());
    case CommandId::flow_pin:
      return hold(call, false);
    case CommandId::flow_lock:
      return hold(call, true);
    case CommandId::flow_release: {
      const auto place = place_of(call.number(0));
      return place ? replanned(released(queue_.wishes(), *place)) : Result<std::string>(place.error());
    }
    case CommandId::flow_move: {
      const auto from = place_of(call.number(0)), to = place_of(call.number(1));
      if (!from) return from.error();
      return to ? replanned(moved(queue_.wishes(), *from, *to)) : Result<std::string>(to.error());
    }
    case CommandId::flow_veto: {
      if (call.args.empty() && queue_.planned().steps.empty())
        return Error{"nothing is planned; name a file"};
      const auto id = call.args.empty() ? Result<std::int64_t>(queue_.planned().steps.front().id)
                                        : card_named(call.text(0));
      return id ? replanned(vetoed(queue_.wishes(), *id)) : Result<std::string>(id.error());
    }
    case CommandId::flow_lean:
      return lean(call);
    case CommandId::flow_arc: {
      auto arc = arc_from(call.text(0));
      return arc ? replanned(along(queue_.wishes(), *std::move(arc))) : Result<std::string>(arc.error());
    }
    case CommandId::flow_setting:
      return change_setting(call.text(0), call.text(1));
    case CommandId::flow_open:
      return open(call.text(0));
    default:
      return save(call.text(0));
  }
}

Result<std::string> FlowDesk::start(const CommandCall& call) {
  if (!queue_.has_library())
    return Error{"the library holds no sounds yet; begin with: entrain library add FOLDER"};
  if (!call.args.empty()) {
    const auto id = card_named(call.text(0));
    if (!id) return id.error();
    queue_.wish(locked(queue_.wishes(), 0, *id));
  }
  const Snapshot now = stage_.snapshot();
  if (!on_) began_ = now.frame;
  on_ = true;
  replan(now);
  if (queue_.planned().steps.empty()) {
    on_ = false;
    std::string why = "there is no loop to begin with";
    for (const std::string& remark : queue_.planned().remarks) why += "; " + remark;
    return Error{why};
  }
  return next_name();
}

Result<std::string> FlowDesk::hold(const CommandCall& call, bool lock) {
  const auto id = card_named(call.text(0));
  if (!id) return id.error();
  const auto place = call.args.size() > 1 ? place_of(call.number(1)) : Result<std::size_t>(std::size_t{0});
  if (!place) return place.error();
  queue_.wish(lock ? locked(queue_.wishes(), *place, *id) : pinned(queue_.wishes(), *place, *id));
  if (on_) replan(stage_.snapshot());
  return next_name();
}

Result<std::string> FlowDesk::lean(const CommandCall& call) {
  const auto which = choice_from<Lean>(call.text(0) == "more like this" ? "more like this" : call.text(0));
  if (!which) return Error{fmt::format("\"{}\" leads nowhere; say one of {}", call.text(0), choices<Lean>())};
  FlowLean lean;
  lean.lean = *which;
  if (*which == Lean::alike) {
    const auto like = call.args.size() > 1 ? card_named(call.text(1))
                      : queue_.playing()   ? Result<std::int64_t>(queue_.playing()->id)
                                           : Result<std::int64_t>(Error{"nothing plays yet; name a file"});
    if (!like) return like.error();
    lean.like = *like;
  }
  queue_.wish(leaning(queue_.wishes(), lean));
  if (on_) replan(stage_.snapshot());
  return next_name();
}

Result<std::string> FlowDesk::change_setting(const std::string& name, const std::string& value) {
  auto settings = with_setting(queue_.settings(), name, value);
  if (!settings) return settings.error();
  queue_.set(*settings);
  if (on_) replan(stage_.snapshot());
  return fmt::format("{} = {}", name, value);
}

/// A file by its path, or by a part of it that names one sound alone.
Result<std::int64_t> FlowDesk::card_named(const std::string& name) const {
  if (const Card* card = finder_->at(name)) return card->id;
  const Card* found = nullptr;
  for (const Card& card : finder_->cards()) {
    if (card.path.find(name) == std::string::npos) continue;
    if (found)
      return Error{
          fmt::format("\"{}\" could be {} or {}; give more of its path", name, found->path, card.path)};
    found = &card;
  }
  if (!found)
    return Error{
        fmt::format("the library does not know \"{}\"; add its folder: entrain library add FOLDER", name)};
  return found->id;
}

Result<std::size_t> FlowDesk::place_of(double number) const {
  if (!(number >= 1 && number <= FlowSettings::kMostSteps))
    return Error{fmt::format("there is no place {:g} in the queue; 1 is the next loop", number)};
  return static_cast<std::size_t>(number - 1);
}

std::string FlowDesk::next_name() const {
  const FlowPlan& plan = queue_.planned();
  if (plan.staying) return "stays with what plays";
  if (plan.steps.empty()) return plan.ends ? "ends after what plays" : "nothing is planned";
  const Card* card = queue_.card(plan.steps.front().id);
  return fmt::format("next: {}", card ? FlowQueue::name_of(*card) : "?");
}

// --- files

Result<std::string> FlowDesk::open(const std::string& file) {
  const auto read = read_flow(file);
  if (!read) return read.error();
  const FlowShelf shelf(finder_->cards(), finder_->likeness());
  ArrangedFlow flow = arranged(*read, shelf);
  queue_.set(read->settings);
  queue_.wish(std::move(flow.wishes));
  if (on_) replan(stage_.snapshot());
  return flow.left_out.empty() ? fmt::format("{} loops", read->loops.size()) : flow.left_out;
}

Result<std::string> FlowDesk::save(const std::string& file) {
  const FlowShelf shelf(finder_->cards(), finder_->likeness());
  const SavedFlow flow = saved(queue_.wishes(), queue_.settings(), shelf, file);
  if (auto written = write_new_text(file, flow_text(flow.file)); !written) return written.error();
  const std::string done = fmt::format("saved {} loops to {}", flow.file.loops.size(), file);
  return flow.left_out.empty() ? done : done + "; " + flow.left_out;
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
