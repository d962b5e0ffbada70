// What the stage's thread does about loops on their decks.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "control/flow/transition_shapes.h"
#include "control/stage/stage.h"

namespace entrain {
namespace {

constexpr std::uint64_t kHandPlanned = std::uint64_t{1} << 32;  ///< numbers above the flow's

}  // namespace

/// What a hand does to a loop means the place that was heard then.
Result<Edit> Stage::edit_deck(const CommandCall& call) {
  const Snapshot& now = wires_.snapshot();
  const double seconds = static_cast<double>((arrival() - latency()).index) / rate_;
  const double ahead = (seconds - static_cast<double>(now.frame.index) / rate_) * now.tempo / 60;
  auto edit =
      deck_edit(call, versions_.latest(), rate_, position_heard(now, call.instance, ahead), seconds, taps_);
  if (edit && mends_grid(call.row->id) && on_mended_) on_mended_(std::get<SetDeck>(*edit).document->loop);
  return edit;
}

Result<Edit> Stage::plan_transition(const CommandCall& call) {
  const auto deck = [&](std::size_t arg) {
    return static_cast<int>(std::clamp(call.number(arg), 0.0, 100.0)) - 1;
  };
  Transition t;
  t.from = deck(0);
  t.to = deck(1);
  if (t.from < 0 || t.from >= kDecks || t.to < 0 || t.to >= kDecks || t.from == t.to)
    return Error{fmt::format("a transition goes from one deck to another, 1 to {}", kDecks)};
  const auto& document = versions_.latest().decks[static_cast<std::size_t>(t.to)];
  if (!document || !document->loop)
    return Error{fmt::format("deck {} is empty; load a loop first", t.to + 1)};
  const auto kind = call.args.size() > 2 ? choice_from<TransitionKind>(call.text(2)) : TransitionKind::blend;
  if (!kind)
    return Error{
        fmt::format("there is no transition \"{}\"; there are: {}", call.text(2), choices<TransitionKind>())};
  const double bars = call.args.size() > 3 ? call.number(3) : 8;
  if (!(bars >= 1.0 / 16 && bars <= 32))
    return Error{fmt::format("{:g} bars are no transition; give 1/16 to 32", bars)};
  const Meter& meter = versions_.latest().meter;
  const Snapshot& now = wires_.snapshot();
  t.length = Beat::nearest(bars * meter.beats_per_bar);
  const double spare = (2.0 * lead_ + kSpareSeconds * rate_) / rate_ * now.tempo / 60.0;
  const Beat before = heard_after(*kind, t.length);
  const Beat soonest = now.running ? now.beat + Beat::nearest(spare) : Beat(0);
  t.at = meter.next_line(soonest + before, call.grid()) - before;
  const std::int64_t length = document->loop->length().ticks;
  t.entry = Beat((length - before.ticks % length) % length);
  t.shape = transition_shape(*kind, t.length);
  t.id = kHandPlanned + ++planned_transitions_;
  SetParts parts;
  parts.transition = std::make_shared<const Transition>(std::move(t));
  return Edit{std::move(parts)};
}

}  // namespace entrain
