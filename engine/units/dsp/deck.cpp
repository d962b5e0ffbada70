#include "engine/units/dsp/deck.h"

#include <algorithm>

namespace entrain {
namespace {

const Loop* loop_of(const Performance& performance, int deck) {
  const DeckDocument* document = performance.decks[static_cast<std::size_t>(deck)].get();
  return document == nullptr ? nullptr : document->loop.get();
}

Beat beat_of(const Due& due, const Context& context) {
  return due.by_beat ? due.beat : context.timeline.beat_at(due.frame);
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// The end of the round that plays at `now`.
Beat round_end(Beat origin, Beat length, Beat now) {
  return origin + Beat((floor_div((now - origin).ticks, length.ticks) + 1) * length.ticks);
}

/// Where beat 0 comes to lie when a loop's grid is mended while it plays: the place nearest to the one that
/// plays at `at` that keeps its bars on the bars.
Beat carried(const Loop& old, const Loop& mended, Beat origin, Beat at, const Meter& meter) {
  const auto same = [](const WarpPoint& a, const WarpPoint& b) {
    return a.beat == b.beat && a.source == b.source;
  };
  if (old.one == mended.one &&
      std::equal(old.warp.begin(), old.warp.end(), mended.warp.begin(), mended.warp.end(), same))
    return origin;
  const std::int64_t played = (at - origin).ticks;
  const Beat inside(played - floor_div(played, old.length().ticks) * old.length().ticks);
  const Beat heard = Beat::nearest(mended.beats_at(old.source_at(inside.value())));
  const std::int64_t unit = std::min(meter.spacing(Grid::bar), mended.length()).ticks;
  return at - Beat(played + floor_div(heard.ticks - played + unit / 2, unit) * unit);
}

}  // namespace

void Deck::prepare(int rate, int index) {
  index_ = index;
  crossfade_ = rate / 100;  // 10 ms between one stretcher and its twin
  fade_in_ = rate / 1000;   // out of silence, so that the first transient is whole
  fade_out_ = rate / 200;
  for (int p = 0; p < 2; ++p) players_[static_cast<std::size_t>(p)].prepare(rate, 2 * index + p);
  lead_ = players_[0].lead() + crossfade_ + 2 * kQuantum;
  reset();
}

void Deck::reset() {
  for (LoopPlayer& player : players_) player.reset();
  live_ = -1;
  on_ = false;
  armed_.reset();
  jump_.reset();
  plan_.reset();
  loaded_ = nullptr;
  origin_ = switched_ = Beat(0);
  slipping_.reset();
  back_.reset();
  position_ = 0;
  late_ = 0;
}

bool Deck::decide(const DeckSetting& setting, const DeckOrder& order, const Context& context, bool stood) {
  bool told = false;
  if (context.silence) {
    told = on_ || armed_.has_value();
    halt();
    silence(context.frame);
  }
  if (stood) {  // the beat has stopped under the loop; it starts again from the top when the beat does
    silence(context.frame);
    origin_ = switched_ = Beat(0);
    if (armed_) armed_->due = {true, {}, Beat(0)};
  }
  follow_document(context);
  if (plays(loaded_)) live().renew(context.current->epoch);
  if (!context.rolling) {
    if (!order.stop || !on_) return told;
    return stop_at(context.frame, context), true;
  }
  follow_slip(setting.slip, context);
  told |= stop_when_due(setting, order, context);
  prepare_switch(next_plan(setting, order, context), setting.once, context);
  return switch_when_due(context) || told;
}

bool Deck::render(const Context& context, const Bend& bend, float* left, float* right) {
  bool heard = false;
  for (LoopPlayer& player : players_) {
    heard = heard || player.audible();
    player.process(context.timeline, bend, context.frame, *context.kernels, left, right);
  }
  if (live_ >= 0 && context.running) {
    const std::int64_t length = live().loop()->length().ticks, played = (context.end - live().origin()).ticks;
    position_ = Beat(played - floor_div(played, length) * length).value();
    const Beat round = round_end(origin_, live().loop()->length(), std::max(context.begin, switched_));
    if (round <= context.end)
      context.reports->add(
          {Report::What::wrap, context.timeline.frame_at(round), static_cast<std::int16_t>(index_), 0, 0});
  }
  return heard;
}

// --- what stops a deck

void Deck::silence(Frame from) {
  for (LoopPlayer& player : players_) player.leave(from, fade_out_);
  live_ = -1;
  plan_.reset();
  jump_.reset();
  slipping_.reset();
  back_.reset();
}

void Deck::halt() {
  on_ = false;
  armed_.reset();
}

bool Deck::stop_when_due(const DeckSetting& setting, const DeckOrder& order, const Context& context) {
  const Frame end = context.frame + kQuantum;
  if (armed_ && armed_->value <= 0.5) {
    if (const Frame due = context.frame_of(armed_->due); due < end) return stop_at(due, context), false;
  }
  if (!on_) return false;
  if (order.stop)
    if (const Frame due = context.timeline.frame_at(*order.stop); due < end)
      return stop_at(due, context), true;
  if (setting.once && live_ >= 0 && context.running) {
    // A launch fades in a little before its beat.
    const Beat end_of_round = round_end(origin_, live().loop()->length(), std::max(context.begin, switched_));
    const Frame due = context.timeline.frame_at(end_of_round);
    if (due < end) return stop_at(due, context), true;
  }
  return false;
}

void Deck::stop_at(Frame due, const Context& context) {
  halt();
  silence(std::max(due, context.frame));
  context.reports->add({Report::What::stop, due, static_cast<std::int16_t>(index_), 0, 0});
}

void Deck::follow_document(const Context& context) {
  const Loop* now = loop_of(*context.current, index_);
  if (now == loaded_) return;
  loaded_ = now;
  if (now == nullptr) return silence(context.frame + context.adopted_offset);
  const bool planned = plan_ && plan_->loop == now;
  if (on_ && !plays(now) && !planned) {  // adopted too late to get ready: the loop comes in when it can
    ++late_;
    const Beat at = context.running ? context.adopted_from : Beat(0);
    origin_ = changed(*context.current, at, context).origin;
  }
}

void Deck::follow_slip(bool slip, const Context& context) {
  if (!slip && slipping_ && !back_) {
    if (*slipping_ == origin_)
      slipping_.reset();
    else
      back_ = context.current->meter.next_line(context.timeline.beat_at(context.frame + lead_), Grid::beat);
  }
  if (slip) {
    back_.reset();
    if (!slipping_ && live_ >= 0) slipping_ = origin_;
  }
}

// --- what switches a deck from one player to the other

/// The first switch to come, of: a launch, another loop in the next version, a jump, what slip brings back, a
/// start that is owed, and a loop's second round when it was to play once only.
std::optional<Deck::Plan> Deck::next_plan(const DeckSetting& setting, const DeckOrder& order,
                                          const Context& context) {
  std::optional<Plan> first;
  const auto consider = [&](const Plan& plan) {
    if (plan.loop != nullptr && (!first || plan.at < first->at)) first = plan;
  };
  const bool change_comes = context.next != nullptr && loop_of(*context.next, index_) != loaded_;
  const Beat change_at = change_comes ? beat_of(context.next_due, context) : Beat(0);
  const auto launch = [&](Beat at, Beat origin) {
    const Performance& version = change_comes && change_at <= at ? *context.next : *context.current;
    consider({at, origin, loop_of(version, index_), version.epoch});
  };
  if (armed_ && armed_->value > 0.5) {
    const Beat at = beat_of(armed_->due, context);
    launch(at, at);
  }
  const bool obeyed = on_ && order.launch && switched_ == order.launch->at && origin_ == order.launch->origin;
  if (order.launch && !obeyed) launch(order.launch->at, order.launch->origin);
  if (!on_) return first;
  if (change_comes) consider(changed(*context.next, change_at, context));
  if (plays(loaded_)) {
    if (const auto jump = jump_plan(context)) consider(*jump);
    if (back_) consider({*back_, *slipping_, loaded_, context.current->epoch});
    if (!setting.once && live().once()) consider(again(context));
  } else if (plan_ && plan_->loop == loaded_) {
    consider(*plan_);
  } else {
    const Frame soonest = context.running ? context.frame + lead_ : context.timeline.frame_at(Beat(0));
    consider({context.timeline.beat_at(soonest), origin_, loaded_, context.current->epoch});
  }
  return first;
}

/// The loop of the next version: from its top, or where it is when only its grid was mended.
Deck::Plan Deck::changed(const Performance& next, Beat at, const Context& context) const {
  const Loop* loop = loop_of(next, index_);
  const Loop* heard = this->loop();
  const bool mended = loop != nullptr && heard != nullptr && heard->asset == loop->asset;
  return {at, mended ? carried(*heard, *loop, origin_, at, context.current->meter) : at, loop, next.epoch};
}

std::optional<Deck::Plan> Deck::jump_plan(const Context& context) {
  if (!jump_) return std::nullopt;
  const Beat at = beat_of(jump_->asked.due, context);
  Beat origin = origin_ - Beat::nearest(jump_->asked.value);
  if (jump_->to_marker) {
    const auto marker = static_cast<std::size_t>(jump_->asked.value - 1);
    if (!loaded_->markers[marker]) return jump_.reset(), std::nullopt;
    origin = at - *loaded_->markers[marker];
  }
  return Plan{at, origin, loaded_, context.current->epoch};
}

/// Another round after the present one; where that is too soon, after a later one.
Deck::Plan Deck::again(const Context& context) const {
  if (plan_ && plan_->loop == loaded_ && plan_->origin == origin_) return *plan_;
  const Beat at = round_end(origin_, loaded_->length(), context.timeline.beat_at(context.frame + lead_));
  return {at, origin_, loaded_, context.current->epoch};
}

void Deck::prepare_switch(const std::optional<Plan>& plan, bool once, const Context& context) {
  if (plan && plan_ && plan->same_as(*plan_)) return;
  if (plan_) idle().reset();
  plan_.reset();
  if (!plan || idle().stage() == LoopPlayer::Stage::leaving) return;
  const Frame begin = context.timeline.frame_at(plan->at) - lead_;
  if (begin > context.frame + kQuantum) return;
  const Frame first = std::max(begin + lead_ - crossfade_, context.frame + idle().lead());
  idle().begin(*plan->loop, plan->epoch, plan->origin, first, once);
  plan_ = plan;
}

/// True when it has begun to play by a transition's order.
bool Deck::switch_when_due(const Context& context) {
  if (!plan_) return false;
  const int length = live_ >= 0 ? crossfade_ : fade_in_;
  const Frame at = context.timeline.frame_at(plan_->at);
  if (at - length >= context.frame + kQuantum || idle().stage() != LoopPlayer::Stage::ready) return false;
  const Frame from = std::max(at - length, context.frame);
  LoopPlayer& next = idle();
  if (live_ >= 0) live().leave(from, length);
  next.enter(from, length);
  context.reports->add({Report::What::launch, std::max(at, context.frame), static_cast<std::int16_t>(index_), 0, 0});
  if (at < context.frame) ++late_;
  const bool begun = !on_;
  live_ = live_ == 0 ? 1 : 0;
  on_ = true;
  origin_ = plan_->origin;
  switched_ = plan_->at;
  if (armed_ && armed_->value > 0.5 && beat_of(armed_->due, context) <= plan_->at) armed_.reset();
  if (jump_ && beat_of(jump_->asked.due, context) <= plan_->at) jump_.reset();
  if (back_ && *back_ <= plan_->at) back_.reset(), slipping_.reset();
  plan_.reset();
  return begun;
}

void Deck::observe(Snapshot::Deck& shown, std::uint64_t& oldest_epoch) const {
  shown = {loaded_ != nullptr, live_ >= 0, armed_.has_value(), position_, 0};
  if (live_ >= 0) shown.source_error = live().source_error();
  for (const LoopPlayer& player : players_)
    if (player.stage() != LoopPlayer::Stage::idle) oldest_epoch = std::min(oldest_epoch, player.epoch());
}

}  // namespace entrain
