#include "engine/library/analysed_card.h"

namespace entrain {

Card card_of(std::string path, const Analysis& all) {
  Card card;
  card.path = std::move(path);
  card.seconds = all.seconds;
  card.bpm = all.tempo.bpm;
  card.bpm_confidence = all.tempo.confidence;
  card.beats = all.tempo.beats;
  card.span = loop_span(all);
  card.beats_confidence = all.beats.confidence;
  card.downbeat_confidence = all.beats.downbeat_confidence;
  if (all.key.has_key) {
    card.key = all.key.best.key;
    card.key_confidence = all.key.best.confidence;
  }
  card.energy = all.energy;
  card.onsets_per_second = static_cast<float>(all.onsets_per_second());
  card.lufs = static_cast<float>(all.loudness.integrated);
  if (all.hit) card.hit = all.hit->hit;
  card.fingerprint = all.fingerprint;
  card.descriptors = all.descriptors;
  return card;
}

}  // namespace entrain
