#include "engine/units/decks.h"

#include <algorithm>

#include "engine/units/dsp/maths.h"

namespace entrain {

void Decks::prepare(int rate) {
  for (int d = 0; d < kDecks; ++d) decks_[static_cast<std::size_t>(d)].prepare(rate, d);
  reset();
}

int Decks::lead(int) const { return decks_[0].lead(); }

void Decks::reset() {
  for (Deck& deck : decks_) deck.reset();
  was_rolling_ = false;
}

void Decks::announce(const Announcement& announcement, Controls controls) {
  int index = 0;
  const Deck::Asked asked{announcement.due, announcement.value};
  if (controls.match(announcement.control, play, index))
    decks_[static_cast<std::size_t>(index)].ask_play(asked);
  if (controls.match(announcement.control, jump, index))
    decks_[static_cast<std::size_t>(index)].ask_jump(asked, false);
  if (controls.match(announcement.control, marker, index))
    decks_[static_cast<std::size_t>(index)].ask_jump(asked, true);
}

DeckSetting Decks::setting(int deck, const Context& context, const Controls& controls) const {
  DeckSetting s;
  const double semitones = controls.ramp(pitch, deck).to;
  if (semitones != 0) s.bend.speed = exp2_exact(semitones / 12);
  const double milliseconds = controls.ramp(nudge, deck).to;
  if (milliseconds != 0) {
    const double beats_per_second = context.timeline.beats_per_frame(context.frame) * context.timeline.rate;
    s.bend.ahead = milliseconds / 1000 * beats_per_second;
  }
  s.bend.lock = controls.ramp(lock, deck).to;
  s.slip = controls.base(slip, deck) > 0.5;
  s.once = controls.base(once, deck) > 0.5;
  return s;
}

void Decks::process(const Context& context, Controls controls, Buses& buses) {
  const bool stood = was_rolling_ && !context.rolling;
  std::array<DeckSetting, kDecks> settings;
  for (std::size_t d = 0; d < kDecks; ++d) {
    const int index = static_cast<int>(d);
    settings[d] = setting(index, context, controls);
    if (decks_[d].decide(settings[d], context.moves->orders[d], context, stood))
      controls.set(play, index, decks_[d].playing() ? 1 : 0, context.frame);
  }
  for (std::size_t d = 0; d < kDecks; ++d) {
    const int index = static_cast<int>(d);
    Bend& bend = settings[d].bend;
    const int foundation = static_cast<int>(controls.base(under, index)) - 1;
    context.moves->under[d] = static_cast<std::int8_t>(foundation);
    if (foundation >= 0 && foundation != index) {
      const Deck& other = decks_[static_cast<std::size_t>(foundation)];
      bend.foundation = other.loop();
      bend.foundation_origin = other.origin();
    }
    if (decks_[d].render(context, bend, buses.left(Bus::deck, index), buses.right(Bus::deck, index)))
      buses.mark(Bus::deck, index);
  }
  was_rolling_ = context.rolling;
}

void Decks::observe(Snapshot& snapshot) const {
  snapshot.late = 0;
  for (std::size_t d = 0; d < kDecks; ++d) {
    decks_[d].observe(snapshot.decks[d], snapshot.oldest_epoch);
    snapshot.late += decks_[d].late();
  }
}

}  // namespace entrain
