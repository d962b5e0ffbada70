#include "engine/units/decks.h"

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

}  // namespace

void Decks::prepare(int rate) {
  crossfade_ = rate / 100;  // 10 ms between one stretcher and its twin
  fade_in_ = rate / 1000;   // out of silence, so that the first transient is whole
  fade_out_ = rate / 200;
  run_in_ = rate / 5;
  for (int d = 0; d < kDecks; ++d)
    for (int p = 0; p < 2; ++p)
      decks_[static_cast<std::size_t>(d)].players[static_cast<std::size_t>(p)].prepare(rate, 2 * d + p);
  lead_ = decks_[0].players[0].lead() + crossfade_ + 2 * kQuantum;
  reset();
}

int Decks::lead(int) const { return lead_; }

void Decks::reset() {
  for (Deck& deck : decks_) {
    for (LoopPlayer& player : deck.players) player.reset();
    deck.live = -1;
    deck.on = false;
    deck.armed.reset();
    deck.plan.reset();
    deck.loop = nullptr;
    deck.origin = deck.switched = Beat(0);
    deck.position = 0;
  }
  was_rolling_ = false;
  late_ = 0;
}

void Decks::announce(const Announcement& announcement, Controls controls) {
  int index = 0;
  if (controls.match(announcement.control, play, index)) decks_[static_cast<std::size_t>(index)].armed = announcement;
}

void Decks::process(const Context& context, Controls controls, Buses& buses) {
  for (int d = 0; d < kDecks; ++d) {
    Deck& deck = decks_[static_cast<std::size_t>(d)];
    if (context.silence) panic(deck, d, context, controls);
    if (was_rolling_ && !context.rolling) stop_with_transport(deck, context);
    follow_document(deck, d, context);
    if (context.rolling) {
      stop_when_due(deck, d, context);
      prepare_switch(deck, d, context);
      switch_when_due(deck, d, context);
    }
    bool heard = false;
    for (LoopPlayer& player : deck.players) {
      heard = heard || player.audible();
      player.process(context.timeline, context.frame, buses.left(Bus::deck, d), buses.right(Bus::deck, d));
    }
    if (heard) buses.mark(Bus::deck, d);
    if (deck.live >= 0 && context.running) {
      const LoopPlayer& player = deck.players[static_cast<std::size_t>(deck.live)];
      const std::int64_t length = player.loop()->length().ticks;
      const std::int64_t inside = (context.end - player.origin()).ticks % length;
      deck.position = Beat(inside < 0 ? inside + length : inside).value();
    }
  }
  was_rolling_ = context.rolling;
}

// --- what stops a deck

void Decks::silence(Deck& deck, Frame from) {
  for (LoopPlayer& player : deck.players) player.leave(from, fade_out_);
  deck.live = -1;
  deck.plan.reset();
}

void Decks::panic(Deck& deck, int index, const Context& context, Controls& controls) {
  if (deck.on || deck.armed) controls.set(play, index, 0, context.frame);
  deck.on = false;
  deck.armed.reset();
  silence(deck, context.frame);
}

/// The beat has stopped under the loop; it starts again from the top when the beat does.
void Decks::stop_with_transport(Deck& deck, const Context& context) {
  silence(deck, context.frame);
  deck.origin = deck.switched = Beat(0);
  if (deck.armed) deck.armed->due = {true, {}, Beat(0)};
}

void Decks::stop_when_due(Deck& deck, int index, const Context& context) {
  if (!deck.armed || deck.armed->value > 0.5) return;
  const Frame due = context.frame_of(deck.armed->due);
  if (due >= context.frame + kQuantum) return;
  deck.armed.reset();
  deck.on = false;
  silence(deck, std::max(due, context.frame));
  context.reports->add({Report::What::stop, due, static_cast<std::int16_t>(index), 0, 0});
}

void Decks::follow_document(Deck& deck, int index, const Context& context) {
  const Loop* loaded = loop_of(*context.current, index);
  if (loaded == deck.loop) return;
  deck.loop = loaded;
  const Frame from = context.frame + context.adopted_offset;
  if (loaded == nullptr) return silence(deck, from);
  const bool ready = deck.live >= 0 && deck.players[static_cast<std::size_t>(deck.live)].loop() == loaded;
  const bool planned = deck.plan && deck.plan->loop == loaded;
  if (deck.on && !ready && !planned) {  // adopted too late to get ready: the loop comes in when it can
    ++late_;
    deck.origin = context.running ? context.adopted_from : Beat(0);
  }
}

// --- what switches a deck from one player to the other

/// The first switch to come, of: a launch, another loop in the next version, a start that is owed, and a fresh
/// stretcher at the end of the loop's round.
std::optional<Decks::Plan> Decks::next_plan(const Deck& deck, int index, const Context& context) const {
  std::optional<Plan> first;
  const auto consider = [&](const Plan& plan) {
    if (plan.loop != nullptr && (!first || plan.at < first->at)) first = plan;
  };
  const bool change_comes = context.next != nullptr && loop_of(*context.next, index) != deck.loop;
  const Beat change_at = change_comes ? beat_of(context.next_due, context) : Beat(0);
  if (deck.armed && deck.armed->value > 0.5) {
    const Beat at = beat_of(deck.armed->due, context);
    const bool changed = change_comes && change_at <= at;
    const Performance& version = changed ? *context.next : *context.current;
    consider({at, at, loop_of(version, index), version.epoch});
  }
  if (!deck.on) return first;
  if (change_comes) consider({change_at, change_at, loop_of(*context.next, index), context.next->epoch});
  const bool plays_it = deck.live >= 0 && deck.players[static_cast<std::size_t>(deck.live)].loop() == deck.loop;
  if (plays_it) {
    consider(refresh(deck, context));
  } else if (deck.plan && deck.plan->loop == deck.loop) {
    consider(*deck.plan);
  } else {
    const Frame soonest = context.running ? context.frame + lead_ : context.timeline.frame_at(Beat(0));
    consider({context.timeline.beat_at(soonest), deck.origin, deck.loop, context.current->epoch});
  }
  return first;
}

/// The end of the present round; for short loops, of a later one.
Decks::Plan Decks::refresh(const Deck& deck, const Context& context) const {
  if (deck.plan && deck.plan->loop == deck.loop && deck.plan->origin == deck.origin) return *deck.plan;
  const Frame not_before = std::max(context.frame + lead_, context.timeline.frame_at(deck.switched) + 4 * lead_ + 2 * run_in_);
  const std::int64_t length = deck.loop->length().ticks;
  const std::int64_t played = (context.timeline.beat_at(not_before) - deck.origin).ticks;
  const std::int64_t rounds = played / length + 1;
  return {deck.origin + Beat(rounds * length), deck.origin, deck.loop, context.current->epoch};
}

void Decks::prepare_switch(Deck& deck, int index, const Context& context) {
  const std::optional<Plan> plan = next_plan(deck, index, context);
  LoopPlayer& idle = deck.players[deck.live == 0 ? 1 : 0];
  if (plan && deck.plan && plan->same_as(*deck.plan)) return;
  if (deck.plan) idle.reset();
  deck.plan.reset();
  if (!plan || idle.stage() == LoopPlayer::Stage::leaving) return;
  // A switch that is known long before may run in for longer, so that R2 knows an attack from what went before.
  const bool known = deck.live >= 0 && plan->origin == deck.origin;
  const Frame begin = context.timeline.frame_at(plan->at) - lead_ - (known ? run_in_ : 0);
  if (begin > context.frame + kQuantum) return;
  const Frame first = std::max(begin + lead_ - crossfade_, context.frame + idle.lead());
  idle.begin(*plan->loop, plan->epoch, plan->origin, first);
  deck.plan = plan;
}

void Decks::switch_when_due(Deck& deck, int index, const Context& context) {
  if (!deck.plan) return;
  LoopPlayer& next = deck.players[deck.live == 0 ? 1 : 0];
  const int length = deck.live >= 0 ? crossfade_ : fade_in_;
  const Frame at = context.timeline.frame_at(deck.plan->at);
  if (at - length >= context.frame + kQuantum || next.stage() != LoopPlayer::Stage::ready) return;
  const Frame from = std::max(at - length, context.frame);
  if (deck.live >= 0) deck.players[static_cast<std::size_t>(deck.live)].leave(from, length);
  next.enter(from, length);
  const bool again = deck.live >= 0 && deck.plan->origin == deck.origin;
  const auto what = again ? Report::What::wrap : Report::What::launch;
  context.reports->add({what, std::max(at, context.frame), static_cast<std::int16_t>(index), 0, 0});
  if (at < context.frame) ++late_;
  deck.live = deck.live == 0 ? 1 : 0;
  deck.on = true;
  deck.origin = deck.plan->origin;
  deck.switched = deck.plan->at;
  if (deck.armed && deck.armed->value > 0.5 && beat_of(deck.armed->due, context) <= deck.plan->at) deck.armed.reset();
  deck.plan.reset();
}

void Decks::observe(Snapshot& snapshot) const {
  for (std::size_t d = 0; d < kDecks; ++d) {
    const Deck& deck = decks_[d];
    Snapshot::Deck& shown = snapshot.decks[d];
    shown = {deck.loop != nullptr, deck.live >= 0, deck.armed.has_value(), deck.position, 0};
    if (deck.live >= 0) shown.source_error = deck.players[static_cast<std::size_t>(deck.live)].source_error();
    for (const LoopPlayer& player : deck.players)
      if (player.stage() != LoopPlayer::Stage::idle)
        snapshot.oldest_epoch = std::min(snapshot.oldest_epoch, player.epoch());
  }
  snapshot.late = late_;
}

}  // namespace entrain
