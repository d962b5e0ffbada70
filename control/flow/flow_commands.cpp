// What the flow desk does about commands.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "control/flow/flow_desk.h"
#include "control/flow/flow_file.h"
#include "control/flow/flow_settings.h"
#include "control/text_file.h"
#include "engine/core/catalogue.h"
#include "engine/library/flow/layering.h"
#include "engine/library/loop_level.h"

namespace entrain {

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
      if (prehear_) prehear_->end();
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
    case CommandId::flow_layer:
      return layer(call);
    case CommandId::flow_prehear:
      return prehear(now);
    case CommandId::flow_prehear_stop:
      return prehear_ ? prehear_->stop() : Result<std::string>(Error{"nothing is heard ahead here"});
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

Result<std::string> FlowDesk::layer(const CommandCall& call) {
  const auto id = card_named(call.text(0));
  if (!id) return id.error();
  const double deck = call.args.size() > 1 ? call.number(1) : 3;
  if (deck != 3 && deck != 4) return Error{fmt::format("layers lie on decks 3 and 4; {:g} is neither", deck)};
  const Card& card = *queue_.card(*id);
  const Snapshot now = stage_.snapshot();
  const Card* foundation = queue_.playing();
  LayerFit fit;
  if (foundation != nullptr) fit = layer_fit(*foundation, now.tempo, card, finder_->weights());
  std::string why;
  for (const std::string& reason : fit.reasons) why += (why.empty() ? "" : "; ") + reason;
  if (!fit.fits && (call.args.size() < 3 || call.text(2) != "force"))
    return Error{fmt::format("{} does not fit: {}; /flow/layer FILE {:g} force lays it all the same",
                             FlowQueue::name_of(card), why, deck)};
  auto loop = layer_loop(card, fit.count, now.tempo);
  if (!loop) return loop.error();
  const auto index = static_cast<std::size_t>(deck) - 1;
  SetParts parts;
  parts.decks[index] = std::make_shared<const DeckDocument>(DeckDocument{*std::move(loop)});
  const auto event = [&](const char* what, double value, Grid grid) {
    return Event{*catalogue().find(fmt::format("/deck/{:g}/{}", deck, what)),
                 grid,
                 Source::stage,
                 Frame(0),
                 value,
                 {}};
  };
  std::vector<Event> events{event("play", 1, call.grid())};
  if (foundation != nullptr) events.push_back(event("under", conductor_.deck() + 1, Grid::now));
  stage_.bring(std::move(parts), std::move(events), {});
  return fmt::format("{} over what plays{}{}", FlowQueue::name_of(card), why.empty() ? "" : ": ", why);
}

/// The library's loop; of a sound without a beat, all of it at the speed it has.
Result<std::shared_ptr<const Loop>> FlowDesk::layer_loop(const Card& card, double count, double tempo) {
  auto sound = sounds_.load(card.path);
  if (!sound) return sound.error();
  if (loop_tempo(card) > 0)
    if (auto known = loops_.loop(sound->asset, count)) return *std::move(known);
  const double seconds = static_cast<double>(sound->asset->frames()) / rate_;
  auto whole = make_loop(sound->asset, rate_, std::max(1.0, std::round(seconds * tempo / 60)));
  if (!whole) return whole;
  Loop levelled = **whole;
  levelled.gain = static_cast<float>(std::pow(10, loop_gain(static_cast<double>(card.lufs)) / 20));
  return std::make_shared<const Loop>(std::move(levelled));
}

Result<std::string> FlowDesk::prehear(const Snapshot& now) {
  if (!prehear_) return Error{"nothing can be heard ahead here"};
  if (!on_) return Error{"no flow is on; /flow/start begins one"};
  const auto& placed = conductor_.placed();
  if (!placed && queue_.planned().staying)
    return Error{"the flow stays with what plays, so nothing comes; /flow/stay 0 lets it go on"};
  if (!placed || (next_ && next_->tag != placed->part.tag))
    return Error{"the next loop has no place yet; ask again in a moment"};
  return prehear_->hear(*placed, now);
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
  const SavedFlow flow = saved(queue_.wishes(), queue_.settings(), shelf, std::filesystem::absolute(file));
  if (auto written = write_new_text(file, flow_text(flow.file)); !written) return written.error();
  const std::string done = fmt::format("saved {} loops to {}", flow.file.loops.size(), file);
  return flow.left_out.empty() ? done : done + "; " + flow.left_out;
}

}  // namespace entrain
