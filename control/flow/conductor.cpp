#include "control/flow/conductor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/core/catalogue.h"

namespace entrain {
namespace {

using Phase = Snapshot::Transition::Phase;

constexpr double kRelaxBars = 8;
const Beat kOutOfSilence(Beat::kPerBeat / 4);
const Beat kTold = Beat::beats(1);  ///< tempi are told so long before their line
const Beat kAfterLine(Beat::kPerBeat / 4);

ControlId deck_pitch(int deck) { return *catalogue().find(fmt::format("/deck/{}/pitch", deck + 1)); }

ControlId tempo_control() {
  static const ControlId tempo = *catalogue().find("/transport/tempo");
  return tempo;
}

Event event(ControlId control, double value, Grid grid = Grid::now, Beat glide = {}) {
  return {control, grid, Source::stage, Frame(0), value, glide};
}

}  // namespace

Conductor::Act Conductor::follow(const Snapshot& now, const FlowPart* next) {
  Act act;
  watch(now, act);
  if (!now.running && stand_still(act)) return act;
  if (next != nullptr && next->tag == playing()) next = nullptr;
  tell_tempo(now, act);
  tell_riser(now, act);
  if (coming_ && coming_->begun) return act;
  const bool settled = !coming_ || now.transition.id == coming_->transition.id;
  if (!settled) return act;  // the engine has not seen it yet
  if (coming_ && (next == nullptr || !same(*next, coming_->part))) {
    if (now.running && coming_->transition.at < soonest(now)) return act;  // too late to change
    if (next == nullptr) {
      act.parts.emplace().transition = nullptr;
      coming_.reset();
      return act;
    }
    place(now, *next, act);
  } else if (!coming_ && next != nullptr) {
    place(now, *next, act);
  }
  return act;
}

/// The beat has stopped: what plays begins again with it, at beat 0; what was to come is placed anew then. False
/// where nothing plays yet.
bool Conductor::stand_still(Act& act) {
  if (!playing_) return false;
  playing_->heard = Beat(0);
  if (coming_ && !coming_->begun) {
    act.parts.emplace().transition = nullptr;
    coming_.reset();
  }
  return true;
}

/// Takes note of what the engine made of the transition.
void Conductor::watch(const Snapshot& now, Act& act) {
  if (!coming_ || now.transition.id != coming_->transition.id) return;
  const Phase phase = now.transition.phase;
  Placed& c = *coming_;
  if (phase == Phase::runs || phase == Phase::returns || phase == Phase::done) {
    c.begun = true;
    c.transition.at = now.transition.start;
    c.heard = c.transition.at + c.before;
  }
  if (phase == Phase::aborted) {
    refused_ = c.part.tag;
    coming_.reset();
  } else if (phase == Phase::done) {
    if (c.part.relaxes_to > 0)
      act.events.push_back(event(tempo_control(), c.part.relaxes_to, Grid::beat,
                                 Beat::nearest(kRelaxBars * meter_.beats_per_bar)));
    playing_ = std::exchange(coming_, std::nullopt);
  }
}

void Conductor::tell_tempo(const Snapshot& now, Act& act) {
  if (!coming_ || coming_->tempo_told || coming_->part.tempo <= 0) return;
  if (!now.running && playing_) return;
  if (now.running && now.beat + kTold < coming_->transition.at) return;
  coming_->tempo_told = true;
  act.events.push_back(event(tempo_control(), coming_->part.tempo, now.running ? Grid::beat : Grid::now,
                             coming_->part.tempo_at_once ? Beat(0) : coming_->part.crossing));
}

/// A riser that ends where the part is heard, told in the bar before its own. What go starts is as the controls
/// stand on its line, so they are the riser's until then and the performer's again after.
void Conductor::tell_riser(const Snapshot& now, Act& act) {
  give_back(now, act);
  if (!coming_ || coming_->riser_told || !coming_->part.riser || !now.running) return;
  const FlowRiser& riser = *coming_->part.riser;
  const Beat bar = meter_.spacing(Grid::bar), begin = coming_->heard - riser.length;
  if (now.beat < begin - bar || now.beat >= begin) return;
  coming_->riser_told = true;
  const std::pair<const char*, double> wanted[] = {{"/bridge/kind", riser.kind},
                                                   {"/bridge/bars", riser.length.value() / bar.value()},
                                                   {"/bridge/root", riser.root},
                                                   {"/bridge/mode", riser.minor ? 1 : 0}};
  for (const auto& [address, value] : wanted) {
    const ControlId control = *catalogue().find(address);
    lent_.push_back({control, now.values[control.index], value});
    act.events.push_back(event(control, value));
  }
  lent_until_ = begin + kAfterLine;
  act.events.push_back(event(*catalogue().find("/bridge/go"), 1, Grid::bar));
}

/// What a hand moved since stays as it is.
void Conductor::give_back(const Snapshot& now, Act& act) {
  if (lent_.empty() || (now.running && now.beat < lent_until_)) return;
  for (const Lent& lent : lent_)
    if (now.values[lent.control.index] == lent.set) act.events.push_back(event(lent.control, lent.was));
  lent_.clear();
}

Beat Conductor::soonest(const Snapshot& now) const {
  return now.beat + Beat::nearest(static_cast<double>(lead_) / rate_ * now.tempo / 60);
}

/// Where the next part's beat 0 is to be heard; its transition begins so long `before`.
Beat Conductor::line_for(const Snapshot& now, Beat before) const {
  if (!now.running) return before == Beat(0) ? Beat(0) : meter_.next_line(before, Grid::bar);
  const Beat earliest = soonest(now) + before;
  if (!playing_) return meter_.next_line(earliest, Grid::bar);
  const Beat wanted = playing_->heard + playing_->part.plays;
  return wanted >= earliest ? wanted : meter_.next_line(earliest, Grid::phrase);
}

/// The deck that plays: the flow's own, or before it begins the one the performer left on.
int Conductor::sounding_deck(const Snapshot& now) const {
  if (playing_) return playing_->deck;
  if (!now.running) return -1;
  return now.decks[0].playing ? 0 : now.decks[1].playing ? 1 : -1;
}

void Conductor::place(const Snapshot& now, const FlowPart& next, Act& act) {
  Placed c;
  c.part = next;
  const int from = sounding_deck(now);
  const TransitionKind kind = from >= 0 ? next.kind : TransitionKind::cut;  // out of silence at once
  Transition& t = c.transition;
  t.id = ++last_id_;
  t.from = from;
  t.length = from >= 0 ? next.crossing : std::min(next.crossing, kOutOfSilence);
  c.before = heard_after(kind, t.length);
  c.heard = line_for(now, c.before);
  t.at = c.heard - c.before;
  t.shape = transition_shape(kind, t.length, next.clash);
  if (next.loop == nullptr) t.shape = fading_shape();
  SetParts& parts = act.parts.emplace();
  if (next.loop != nullptr) {
    c.deck = t.to = from == 0 ? 1 : 0;
    const std::int64_t length = next.loop->length().ticks;
    t.entry = Beat((length - c.before.ticks % length) % length);
    parts.decks[static_cast<std::size_t>(c.deck)] =
        std::make_shared<const DeckDocument>(DeckDocument{next.loop});
    act.events.push_back(event(deck_pitch(c.deck), next.semitones));
  }
  parts.transition = std::make_shared<const Transition>(t);
  coming_ = std::move(c);
}

void Conductor::take_over(const Placed& placed) {
  coming_ = placed;
  coming_->begun = coming_->tempo_told = coming_->riser_told = false;
}

std::optional<Transition> Conductor::transition() const {
  return coming_ ? std::optional(coming_->transition) : std::nullopt;
}

bool Conductor::same(const FlowPart& a, const FlowPart& b) {
  return a.tag == b.tag && a.loop == b.loop && a.kind == b.kind && a.crossing == b.crossing &&
         a.clash == b.clash && a.semitones == b.semitones && a.tempo == b.tempo;
}

}  // namespace entrain
