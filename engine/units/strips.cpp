#include "engine/units/strips.h"

#include <algorithm>

namespace entrain {
namespace {

constexpr double kSideSeconds = 0.010;
constexpr float kUnheard = -1000;  // dB

/// Of a factor above 0.
float decibels(float factor) {
  return factor == 1 ? 0 : static_cast<float>(6.02059991327962390 * log2_exact(static_cast<double>(factor)));
}

/// The bits of the strips that a group sums.
constexpr std::uint32_t members(Bus group) {
  std::uint32_t bits = 0;
  for (const BusRow& row : kBusTable)
    for (int i = 0; i < row.instances; ++i)
      if (row.feeds == group && row.first != group) bits |= Buses::bit(row.first, i);
  return bits;
}

constexpr Bus group_of(Bus bus) {
  for (const BusRow& row : kBusTable)
    if (row.first == bus) return row.feeds;
  return bus;
}

/// A strip is heard when nothing is soloed, or it, its group, or one of its members is.
bool heard(const Buses& buses, std::uint32_t kin) {
  return buses.soloed() == 0 || (buses.soloed() & kin) != 0;
}

template <std::size_t N>
void note_solos(const Controls& controls, Buses& buses, Bus first, const std::array<Channel, N>&) {
  for (int i = 0; i < static_cast<int>(N); ++i)
    buses.solo(first, i, controls.ramp(StripControls::solo, i).to > 0.5f);
}

template <std::size_t N>
void run_sources(const Context& context, const Controls& controls, Buses& buses, Bus first,
                 std::array<Channel, N>& channels, auto finish) {
  note_solos(controls, buses, first, channels);
  const std::uint32_t group = Buses::bit(group_of(first));
  for (int i = 0; i < static_cast<int>(N); ++i) {
    ChannelSetting setting = StripControls::read(controls, i, heard(buses, Buses::bit(first, i) | group));
    finish(setting, i);
    channels[static_cast<std::size_t>(i)].process(setting, context, buses, first, i);
  }
}

template <std::size_t N>
void show_peaks(const std::array<Channel, N>& channels, std::array<float, N>& shown) {
  for (std::size_t i = 0; i < N; ++i) shown[i] = channels[i].peak();
}

template <std::size_t N>
void prepare_all(std::array<Channel, N>& channels, int rate) {
  for (Channel& channel : channels) channel.prepare(rate);
}
template <std::size_t N>
void reset_all(std::array<Channel, N>& channels) {
  for (Channel& channel : channels) channel.reset();
}

}  // namespace

ChannelSetting StripControls::read(const Controls& controls, int i, bool heard) {
  const auto to = [&](std::uint8_t control) { return controls.ramp(control, i).to; };
  ChannelSetting s;
  s.sweep = to(sweep);
  s.resonance = to(resonance);
  s.bands = {to(eq_low), to(eq_mid), to(eq_high)};
  s.gain = to(gain);
  s.pan = to(pan);
  s.sends = {to(send_delay), to(send_reverb)};
  s.open = heard && to(mute) < 0.5f;
  s.cued = to(cue) > 0.5f;
  return s;
}

void TrackStrips::prepare(int rate) { prepare_all(channels_, rate); }
void TrackStrips::reset() { reset_all(channels_); }
void TrackStrips::process(const Context& context, Controls controls, Buses& buses) {
  run_sources(context, controls, buses, Bus::track, channels_,
              [&](ChannelSetting& setting, int i) { setting.drive = controls.ramp(drive, i).to; });
}
void TrackStrips::observe(Snapshot& snapshot) const { show_peaks(channels_, snapshot.tracks); }

void DeckStrips::prepare(int rate) {
  prepare_all(channels_, rate);
  for (LowPeak& kicks : kicks_) kicks.prepare(rate);
  for (Ducker& ducker : duckers_) ducker.prepare(rate);
  for (UnmaskBands& bands : bands_) bands.prepare(rate);
  for (Unmasker& unmasker : unmaskers_) unmasker.prepare(rate);
  for (Side& s : sides_) s.change.prepare(rate, kSideSeconds, true);
}
void DeckStrips::reset() {
  reset_all(channels_);
  for (LowPeak& kicks : kicks_) kicks.reset();
  for (Ducker& ducker : duckers_) ducker.reset();
  for (UnmaskBands& bands : bands_) bands.reset();
  for (Unmasker& unmasker : unmaskers_) unmasker.reset();
  for (Side& s : sides_) s.on = 0, s.gain = s.from = 1, s.change.reset();
}

float DeckStrips::side_gain(const Context& context, const Controls& controls, int deck) {
  Side& s = sides_[static_cast<std::size_t>(deck)];
  const int on = static_cast<int>(controls.base(side, deck));
  if (on != s.on) s.on = on, s.from = s.gain, s.change.jump(false);
  const float there = on > 0 ? context.moves->sides[static_cast<std::size_t>(on - 1)] : 1;
  s.gain = s.from + s.change.step(true).to * (there - s.from);
  return s.gain;
}

/// Foundations are heard before any strip has worked on them.
std::array<float, kDecks> DeckStrips::kicks(const Controls& controls, const Foundations& under, Buses& buses) {
  std::array<bool, kDecks> wanted{};
  for (std::size_t d = 0; d < kDecks; ++d)
    if (under[d] != kNone && controls.ramp(duck_depth, static_cast<int>(d)).to > 0) wanted[under[d]] = true;
  std::array<float, kDecks> peaks{};
  for (int i = 0; i < kDecks; ++i) {
    const auto d = static_cast<std::size_t>(i);
    if (!wanted[d] || !buses.live(Bus::deck, i)) continue;
    peaks[d] = kicks_[d].of(buses.left(Bus::deck, i), buses.right(Bus::deck, i));
  }
  return peaks;
}

/// Layers leave room to what is heard of their foundations. `faders`: dB, and less than kSilentDecibels for what is
/// not heard.
void DeckStrips::make_room(const Controls& controls, const Foundations& under,
                           const std::array<float, kDecks>& faders, Buses& buses) {
  const auto depth = [&](std::size_t d) { return controls.ramp(unmask, static_cast<int>(d)).to; };
  const auto heard = [&](std::size_t d) {
    return buses.live(Bus::deck, static_cast<int>(d)) && faders[d] > static_cast<float>(kSilentDecibels);
  };
  std::array<bool, kDecks> wanted{};
  for (std::size_t d = 0; d < kDecks; ++d)
    if (under[d] != kNone && depth(d) > 0 && heard(d)) wanted[under[d]] = heard(under[d]);
  for (int i = 0; i < kDecks; ++i) {
    const auto d = static_cast<std::size_t>(i);
    if (wanted[d])
      bands_[d].hear(buses.left(Bus::deck, i), buses.right(Bus::deck, i));
    else
      bands_[d].reset();
  }
  for (int i = 0; i < kDecks; ++i) {
    const auto d = static_cast<std::size_t>(i);
    if (!buses.live(Bus::deck, i)) continue;
    const bool any = under[d] != kNone && wanted[under[d]];
    unmaskers_[d].process(buses.left(Bus::deck, i), buses.right(Bus::deck, i),
                          any ? &bands_[under[d]].levels() : nullptr,
                          any ? faders[d] - faders[under[d]] : 0, depth(d));
  }
}

void DeckStrips::process(const Context& context, Controls controls, Buses& buses) {
  Foundations under;
  std::array<float, kDecks> factors{}, faders{};
  for (int i = 0; i < kDecks; ++i) {
    const auto d = static_cast<std::size_t>(i);
    const int foundation = context.moves->under[d];
    under[d] = foundation >= 0 && foundation != i ? static_cast<std::size_t>(foundation) : kNone;
    factors[d] = context.moves->strips[d].gain * side_gain(context, controls, i);
    const bool open = factors[d] > 0 && controls.ramp(StripControls::mute, i).to < 0.5f;
    faders[d] = open ? controls.ramp(StripControls::gain, i).to + decibels(factors[d]) : kUnheard;
  }
  const std::array<float, kDecks> peaks = kicks(controls, under, buses);
  make_room(controls, under, faders, buses);
  run_sources(context, controls, buses, Bus::deck, channels_, [&](ChannelSetting& setting, int i) {
    const auto d = static_cast<std::size_t>(i);
    const StripMove& move = context.moves->strips[d];
    setting.gain_factor = factors[d];
    setting.band_factors = move.bands;
    setting.sweep = std::clamp(setting.sweep + move.sweep, -1.0f, 1.0f);
    setting.more_sends = move.sends;
    setting.duck = duckers_[d].next(under[d] != kNone ? peaks[under[d]] : 0, controls.ramp(duck_depth, i).to,
                                    controls.ramp(duck_attack, i).to, controls.ramp(duck_release, i).to);
  });
}
void DeckStrips::observe(Snapshot& snapshot) const {
  show_peaks(channels_, snapshot.deck_peaks);
  for (std::size_t d = 0; d < kDecks; ++d) snapshot.unmasked[d] = unmaskers_[d].deepest();
}

void BridgeStrip::prepare(int rate) { prepare_all(channels_, rate); }
void BridgeStrip::reset() { reset_all(channels_); }
void BridgeStrip::process(const Context& context, Controls controls, Buses& buses) {
  run_sources(context, controls, buses, Bus::bridge, channels_,
              [&](ChannelSetting& setting, int i) { setting.drive = controls.ramp(drive, i).to; });
}

void GroupStrips::prepare(int rate) {
  prepare_all(channels_, rate);
  for (Ducker& ducker : duckers_) ducker.prepare(rate);
}
void GroupStrips::reset() {
  reset_all(channels_);
  for (Ducker& ducker : duckers_) ducker.reset();
}
void GroupStrips::process(const Context& context, Controls controls, Buses& buses) {
  note_solos(controls, buses, kGroups[0], channels_);
  for (int i = 0; i < instances; ++i) {
    const Bus bus = kGroups[static_cast<std::size_t>(i)];
    ChannelSetting setting = StripControls::read(controls, i, heard(buses, Buses::bit(bus) | members(bus)));
    const int by = static_cast<int>(controls.ramp(duck_by, i).to);
    const float peak = by > 0 ? buses.level(Bus::track, by - 1) : 0;
    setting.duck = duckers_[static_cast<std::size_t>(i)].next(peak, controls.ramp(duck_depth, i).to,
                                                              controls.ramp(duck_attack, i).to,
                                                              controls.ramp(duck_release, i).to);
    channels_[static_cast<std::size_t>(i)].process(setting, context, buses, bus, 0);
  }
}
void GroupStrips::observe(Snapshot& snapshot) const { show_peaks(channels_, snapshot.groups); }

}  // namespace entrain
