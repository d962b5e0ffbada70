#include "engine/analysis/analysis.h"

#include "engine/analysis/energy.h"
#include "engine/analysis/hit.h"
#include "engine/analysis/stft.h"

namespace entrain {
namespace {

constexpr double kLongestHit = 2.5;  // seconds

}  // namespace

Analysis analyse(const Pcm& pcm, const Hints& hints) {
  const std::vector<float> sound = mono(pcm);
  const Novelty rises = novelty(sound, pcm.rate);
  Analysis all;
  all.rate = pcm.rate;
  all.seconds = static_cast<double>(sound.size()) / pcm.rate;
  all.loudness = measure_loudness(pcm);
  const bool heard = !all.loudness.silent();  // what hums below the gate has no beat and no key
  if (heard) {
    all.onsets = find_onsets(sound, pcm.rate, rises);
    all.tempo = find_tempo(rises, all.onsets, all.seconds, hints.tempo);
    all.beats = find_beats(rises, all.onsets, all.seconds, all.tempo);
    all.key = find_key(chroma_of(sound, pcm.rate), hints.key ? &*hints.key : nullptr);
  }
  const auto integrated = static_cast<float>(all.loudness.integrated),
             range = static_cast<float>(all.loudness.range);
  Spectra spectra(sound, kSeedWindow, kSeedHop);  // of the fingerprint and of the picture
  all.fingerprint = fingerprint(spectra, pcm.rate, MeasuredLoudness{integrated, range});
  const auto onset = static_cast<std::size_t>(pre_roll(pcm.left, pcm.right, pcm.rate));
  all.descriptors = Describer(pcm.rate)(std::span(sound).subspan(onset));
  if (all.tempo.bpm <= 0 && all.seconds < kLongestHit && heard) all.hit = suggest_class(all.descriptors);
  all.energy = energy_of({all.loudness.integrated, all.onsets_per_second(),
                          static_cast<double>(all.descriptors[descriptor::kBrightness.first]),
                          all.seconds > 0 ? static_cast<double>(all.kicks()) / all.seconds : 0});
  all.bands = group_peaks(spectral_peaks(sound, pcm.rate, Analysis::kPeakFrames));
  all.thumbnail = spectrogram_thumbnail(spectra);
  all.overview = waveform_overview(sound, Analysis::kOverviewColumns);
  return all;
}

}  // namespace entrain
