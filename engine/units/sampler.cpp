#include "engine/units/sampler.h"

#include <algorithm>
#include <cmath>

#include "engine/units/dsp/maths.h"

namespace entrain {
namespace {

constexpr std::uint64_t kFrame = std::uint64_t{1} << 32;  ///< a frame of Voice::position
constexpr double kInsideAttack = 0.001;  ///< seconds: what begins inside a sound rises at least so long

}  // namespace

void Sampler::prepare(int rate) {
  rate_ = rate;
  interpolator_.prepare();
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
  for (const Trigger& trigger : context.triggers->items()) begin(trigger, controls);

  std::array<double, kTracks> speeds;
  for (int track = 0; track < kTracks; ++track) {
    const float semitones = controls.ramp(tune, track).to;
    speeds[static_cast<std::size_t>(track)] =
        semitones == 0 ? 1 : exp2_exact(static_cast<double>(semitones) / 12);
  }
  int kept = 0;
  for (int v = 0; v < alive_; ++v) {
    Voice& voice = pool_[static_cast<std::size_t>(v)];
    if (render(voice, speeds[static_cast<std::size_t>(voice.track)], buses, *context.kernels)) {
      if (kept != v) pool_[static_cast<std::size_t>(kept)] = voice;
      ++kept;
    } else if (!voice.fading) {
      --sounding_;
    }
  }
  alive_ = kept;
}

// --- voices begin and end

void Sampler::begin(const Trigger& trigger, Controls controls) {
  const int track = trigger.track;
  if (sounding_ == kVoices) steal_oldest();
  Voice& voice = pool_[static_cast<std::size_t>(alive_++)];
  voice = {};
  voice.asset = trigger.asset;
  voice.epoch = trigger.epoch;
  voice.born = ++births_;
  voice.offset = trigger.offset;
  voice.track = trigger.track;
  voice.gain = trigger.gain;
  voice.reverse = controls.base(reverse, track) > 0.5;
  const double skipped = controls.base(start, track);
  const std::int64_t length = trigger.asset->frames() - trigger.asset->onset;
  const auto inside = static_cast<std::int64_t>(skipped * static_cast<double>(length));
  voice.begin = voice.reverse ? trigger.asset->frames() - 1 - inside : trigger.asset->onset + inside;
  const double least = inside > 0 || voice.reverse ? kInsideAttack : 0;
  voice.rise = static_cast<float>(std::max(controls.base(attack, track) / 1000, least) * rate_);
  voice.level = voice.rise > 0 ? 0 : 1;
  if (const double ms = controls.base(decay, track); ms < kWhole)
    voice.fall =
        static_cast<float>(exp2_exact(-9.96578428466209 * kQuantum * 1000 / (ms * rate_)));  // 60 dB: 2^-9.97
  ++sounding_;

  const std::uint64_t born = voice.born;
  if (controls.base(mono, track) > 0.5) fade_others(born, [&](const Voice& v) { return v.track == track; });
  if (const double group = controls.base(choke, track); group > 0)
    fade_others(born,
                [&](const Voice& v) { return v.track != track && controls.base(choke, v.track) == group; });
}

/// Those before `born` that `which` picks. A few hits a quantum, some hundred voices: bounded.
template <class Which>
void Sampler::fade_others(std::uint64_t born, Which which) {
  for (int v = 0; v < alive_; ++v) {
    Voice& voice = pool_[static_cast<std::size_t>(v)];
    if (voice.born < born && which(voice)) fade(voice);
  }
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

// --- sound

bool Sampler::render(Voice& voice, double speed, Buses& buses, const Kernels& kernels) {
  const auto step = static_cast<std::uint64_t>(speed * static_cast<double>(kFrame) + 0.5);
  const std::uint64_t end = static_cast<std::uint64_t>(voice.frames()) * kFrame;
  const std::uint64_t left = voice.position < end ? (end - voice.position + step - 1) / step : 0;
  int n =
      static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(kQuantum - voice.offset), left));
  if (voice.fading) n = std::min(n, voice.fade_left);

  // The envelope's level moves in a straight line through the quantum.
  float to = voice.level;
  if (static_cast<float>(voice.age) < voice.rise)
    to = std::min(1.0f, static_cast<float>(voice.age + n) / voice.rise);
  else if (voice.fall < 1)
    to = voice.level * voice.fall;
  constexpr float kFadeStep = 1.0f / (kFadeQuanta * kQuantum);
  float from = voice.gain * voice.level;
  float slope = n > 0 && to != voice.level ? voice.gain * (to - voice.level) / static_cast<float>(n) : 0.0f;
  if (voice.fading) {
    const float fade = static_cast<float>(voice.fade_left) * kFadeStep;
    const float until = voice.gain * to * (static_cast<float>(voice.fade_left - n) * kFadeStep);
    from *= fade;
    slope = to == voice.level ? -voice.gain * voice.level * kFadeStep
            : n > 0           ? (until - from) / static_cast<float>(n)
                              : 0.0f;
  }
  if (n > 0) {
    sound(voice, speed, n, from, slope, buses, kernels);
    buses.mark(Bus::track, voice.track);
  }
  voice.position += static_cast<std::uint64_t>(n) * step;
  voice.age += n;
  voice.level = to;
  voice.offset = 0;
  if (voice.fading) voice.fade_left -= n;
  const bool died = voice.fall < 1 && static_cast<float>(voice.age) >= voice.rise && voice.level < kInaudible;
  return voice.position < end && !died && (!voice.fading || voice.fade_left > 0);
}

void Sampler::sound(Voice& voice, double speed, int n, float from, float step, Buses& buses,
                    const Kernels& kernels) {
  float* const outputs[2] = {buses.left(Bus::track, voice.track) + voice.offset,
                             buses.right(Bus::track, voice.track) + voice.offset};
  const float* const inputs[2] = {voice.asset->left_data(), voice.asset->right_data()};
  const auto whole = static_cast<std::int64_t>(voice.position / kFrame);
  if (speed == 1 && voice.position % kFrame == 0 && !voice.reverse) {
    for (std::size_t c = 0; c < 2; ++c)
      kernels.add_ramped(outputs[c], inputs[c] + voice.begin + whole, from, step, n);
    return;
  }
  static_assert(kQuantum <= kMostInterpolated);
  const Interpolator::Bank& bank = interpolator_.bank(speed);
  constexpr int kMost = static_cast<int>(Interpolator::kFastest) * kQuantum + Interpolator::kMaxTaps + 2;
  float heard[kQuantum], window[kMost];
  const auto increment = static_cast<std::uint64_t>(speed * static_cast<double>(kFrame) + 0.5);
  const std::uint64_t fraction = voice.position % kFrame;
  const auto span =
      static_cast<int>((fraction + increment * static_cast<std::uint64_t>(n - 1)) / kFrame) + bank.taps;
  for (std::size_t c = 0; c < 2; ++c) {
    if (c == 0 || inputs[1] != inputs[0]) {
      gather(voice, inputs[c], whole - bank.before(), span, window);
      kernels.interpolate(heard, window, bank.rows.data(), bank.taps, fraction, increment, n);
    }
    kernels.add_ramped(outputs[c], heard, from, step, n);
  }
}

void Sampler::gather(const Voice& voice, const float* data, std::int64_t first, int n, float* to) {
  const std::int64_t frames = voice.asset->frames();
  if (voice.reverse) {
    for (int i = 0; i < n; ++i) {
      const std::int64_t at = voice.begin - first - i;
      to[i] = at >= 0 && at < frames ? data[at] : 0.0f;
    }
    return;
  }
  const std::int64_t at = voice.begin + first;
  const auto silent = static_cast<int>(std::clamp<std::int64_t>(-at, 0, n));
  const auto there = static_cast<int>(std::clamp<std::int64_t>(frames - at, silent, n));
  std::fill(to, to + silent, 0.0f);
  std::copy(data + at + silent, data + at + there, to + silent);
  std::fill(to + there, to + n, 0.0f);
}

void Sampler::observe(Snapshot& snapshot) const {
  snapshot.voices = sounding_;
  snapshot.stolen = stolen_;
  for (int v = 0; v < alive_; ++v)
    snapshot.oldest_epoch = std::min(snapshot.oldest_epoch, pool_[static_cast<std::size_t>(v)].epoch);
}

}  // namespace entrain
