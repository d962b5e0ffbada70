#include "engine/analysis/analysis.h"

#include "engine/analysis/stft.h"

namespace entrain {

Analysis analyse(const Pcm& pcm, const Hints& hints) {
  const std::vector<float> sound = mono(pcm);
  const Novelty rises = novelty(sound, pcm.rate);
  Analysis all;
  all.seconds = static_cast<double>(sound.size()) / pcm.rate;
  all.onsets = find_onsets(sound, pcm.rate, rises);
  all.tempo = find_tempo(rises, all.onsets, all.seconds, hints.tempo);
  all.beats = find_beats(rises, all.onsets, all.seconds, all.tempo);
  all.key = find_key(chroma_of(sound, pcm.rate), hints.key ? &*hints.key : nullptr);
  return all;
}

}  // namespace entrain
