#include "engine/units/sampler.h"

#include <algorithm>

#include "engine/units/dsp/strip.h"

namespace entrain {

void Sampler::prepare(int) {
  pool_.assign(kPool, Voice{});
  reset();
}

void Sampler::reset() {
  alive_ = sounding_ = 0;
  births_ = stolen_ = 0;
}

void Sampler::process(const Context& context, Controls controls, Buses& buses) {
  if (context.end_notes || context.silence)
    for (int v = 0; v < alive_; ++v) fade(pool_[static_cast<std::size_t>(v)]);
  for (const Trigger& trigger : context.triggers->items()) start(trigger);

  int kept = 0;
  for (int v = 0; v < alive_; ++v) {
    Voice& voice = pool_[static_cast<std::size_t>(v)];
    if (render(voice, buses, *context.kernels)) {
      if (kept != v) pool_[static_cast<std::size_t>(kept)] = voice;
      ++kept;
    } else if (!voice.fading) {
      --sounding_;
    }
  }
  alive_ = kept;

  for (int track = 0; track < kTracks; ++track) {
    if (!buses.live(Bus::track, track)) continue;
    apply_fader(buses, Bus::track, track, controls.ramp(gain, track), *context.kernels);
    const Ramp muted = controls.ramp(mute, track);
    if (muted.still() && muted.to == 0.0f) continue;
    const float step = (muted.from - muted.to) / kQuantum;
    context.kernels->scale_ramped(buses.left(Bus::track, track), 1 - muted.from, step, kQuantum);
    context.kernels->scale_ramped(buses.right(Bus::track, track), 1 - muted.from, step, kQuantum);
  }
}

void Sampler::start(const Trigger& trigger) {
  if (sounding_ == kVoices) steal_oldest();
  Voice& voice = pool_[static_cast<std::size_t>(alive_++)];
  voice = {trigger.asset, trigger.epoch, ++births_, 0, trigger.offset, 0, false, trigger.track, trigger.gain};
  ++sounding_;
}

void Sampler::steal_oldest() {
  Voice* oldest = nullptr;
  for (int v = 0; v < alive_; ++v) {
    Voice& voice = pool_[static_cast<std::size_t>(v)];
    if (!voice.fading && (oldest == nullptr || voice.born < oldest->born)) oldest = &voice;
  }
  fade(*oldest);
  ++stolen_;
}

void Sampler::fade(Voice& voice) {
  if (voice.fading) return;
  voice.fading = true;
  voice.fade_left = kFadeQuanta * kQuantum;
  --sounding_;
}

bool Sampler::render(Voice& voice, Buses& buses, const Kernels& kernels) {
  const std::int64_t left = voice.asset->frames() - voice.position;
  int n = static_cast<int>(std::min<std::int64_t>(kQuantum - voice.offset, left));
  if (voice.fading) n = std::min(n, voice.fade_left);
  constexpr float kFadeStep = 1.0f / (kFadeQuanta * kQuantum);
  const float level = voice.fading ? voice.gain * static_cast<float>(voice.fade_left) * kFadeStep : voice.gain;
  const float step = voice.fading ? -voice.gain * kFadeStep : 0.0f;
  if (n > 0) {
    kernels.add_ramped(buses.left(Bus::track, voice.track) + voice.offset, voice.asset->left_data() + voice.position,
                       level, step, n);
    kernels.add_ramped(buses.right(Bus::track, voice.track) + voice.offset, voice.asset->right_data() + voice.position,
                       level, step, n);
    buses.mark(Bus::track, voice.track);
  }
  voice.position += n;
  voice.offset = 0;
  if (voice.fading) voice.fade_left -= n;
  return voice.position < voice.asset->frames() && (!voice.fading || voice.fade_left > 0);
}

void Sampler::observe(Snapshot& snapshot) const {
  snapshot.voices = sounding_;
  snapshot.stolen = stolen_;
  for (int v = 0; v < alive_; ++v)
    snapshot.oldest_epoch = std::min(snapshot.oldest_epoch, pool_[static_cast<std::size_t>(v)].epoch);
}

}  // namespace entrain
