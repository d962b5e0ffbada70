#include "engine/units/dsp/channel.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

constexpr double kSwitchSeconds = 0.010;  ///< mute, solo and cue
constexpr double kPanicSeconds = 0.006;   ///< longer than a deck takes to fade

}  // namespace

void Channel::prepare(int rate) {
  drive_.prepare(rate);
  sweep_.prepare(rate);
  isolator_.prepare(rate);
  open_.prepare(rate, kSwitchSeconds, true);
  cued_.prepare(rate, kSwitchSeconds, false);
  panic_.prepare(rate, kPanicSeconds, true);
  fall_ = static_cast<float>(amplitude(-20.0 * kQuantum / rate));
  reset();
}

void Channel::reset() {
  drive_.reset(), sweep_.reset(), isolator_.reset();
  open_.reset(), cued_.reset(), panic_.reset();
  gains_ = {1, 1};
  sent_ = {};
  duck_ = 1;
  sounds_ = ending_ = false;
  peak_ = 0;
}

void Channel::clear() { drive_.clear(), sweep_.clear(), isolator_.clear(); }

void Channel::process(const ChannelSetting& setting, const Context& context, Buses& buses, Bus bus,
                      int instance) {
  peak_ = peak_ > kInaudible ? peak_ * fall_ : 0;
  if (context.silence) ending_ = true;
  const bool live = buses.live(bus, instance);
  if (!live && !sounds_) {  // everything takes its place unheard
    open_.jump(setting.open), cued_.jump(setting.cued), panic_.jump(true);
    ending_ = false;
    buses.set_level(bus, instance, 0);
    return;
  }
  float* left = buses.left(bus, instance);
  float* right = buses.right(bus, instance);
  const Kernels& kernels = *context.kernels;
  const bool inserts = insert(setting, left, right);
  const float before = std::max(kernels.level(left, kQuantum).peak, kernels.level(right, kQuantum).peak);
  buses.set_level(bus, instance, before);
  buses.mark(bus, instance);

  const Ramp cued = cued_.step(setting.cued);
  if (cued.from + cued.to > 0) {
    const float step = (cued.to - cued.from) / kQuantum;
    kernels.add_ramped(buses.left(kCueTap.into), left, cued.from, step, kQuantum);
    kernels.add_ramped(buses.right(kCueTap.into), right, cued.from, step, kQuantum);
    buses.mark(kCueTap.into);
  }
  const float open = open_.step(setting.open).to * panic_.step(!ending_).to;
  fader(setting, kernels, buses, bus, instance, open);

  sounds_ = live || (inserts && before > kInaudible && !panic_.off());
  if (!sounds_ || panic_.off()) clear(), ending_ = false;
}

bool Channel::insert(const ChannelSetting& setting, float* left, float* right) {
  bool works = drive_.process(left, right, setting.drive, sounds_);
  works |= sweep_.process(left, right, setting.sweep, setting.resonance, sounds_);
  Isolator::Bands bands;
  for (std::size_t b = 0; b < bands.size(); ++b) bands[b] = band_amplitudes_[b].of(setting.bands[b]) * setting.band_factors[b];
  works |= isolator_.process(left, right, bands, sounds_);
  const float duck = setting.duck;
  if (!sounds_) duck_ = duck;
  if (duck_ != 1 || duck != 1) {
    const float step = (duck - duck_) / kQuantum;
    for (int i = 0; i < kQuantum; ++i) {
      const float gain = duck_ + step * static_cast<float>(i + 1);
      left[i] *= gain;
      right[i] *= gain;
    }
    duck_ = duck;
  }
  return works;
}

void Channel::fader(const ChannelSetting& setting, const Kernels& kernels, Buses& buses, Bus bus,
                    int instance, float open) {
  if (setting.pan != pan_) {
    // Equal power with unity in the middle: left^2 + right^2 = 2.
    pan_ = setting.pan;
    panned_ = {std::sqrt(1 - pan_), std::sqrt(1 + pan_)};
  }
  float* channels[2] = {buses.left(bus, instance), buses.right(bus, instance)};
  const float gain = gain_amplitude_.of(setting.gain) * setting.gain_factor;
  float loudest = 0;
  for (std::size_t c = 0; c < 2; ++c) {
    const float to = gain * panned_[c] * open;
    const float from = sounds_ ? gains_[c] : to;
    gains_[c] = to;
    if (from != 1 || to != 1) kernels.scale_ramped(channels[c], from, (to - from) / kQuantum, kQuantum);
    loudest = std::max(loudest, kernels.level(channels[c], kQuantum).peak);
  }
  peak_ = std::max(peak_, loudest);
  for (std::size_t s = 0; s < kSends.size(); ++s) {
    const float to = send_amplitudes_[s].of(setting.sends[s]) + setting.more_sends[s];
    const float from = sounds_ ? sent_[s] : to;
    sent_[s] = to;
    if ((from == 0 && to == 0) || loudest == 0) continue;
    const float step = (to - from) / kQuantum;
    kernels.add_ramped(buses.left(kSends[s].into), channels[0], from, step, kQuantum);
    kernels.add_ramped(buses.right(kSends[s].into), channels[1], from, step, kQuantum);
    buses.mark(kSends[s].into);
  }
}

}  // namespace entrain
