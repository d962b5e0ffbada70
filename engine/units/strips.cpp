#include "engine/units/strips.h"

#include <algorithm>

namespace entrain {
namespace {

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
}
void DeckStrips::reset() {
  reset_all(channels_);
  for (LowPeak& kicks : kicks_) kicks.reset();
  for (Ducker& ducker : duckers_) ducker.reset();
}
void DeckStrips::process(const Context& context, Controls controls, Buses& buses) {
  // Foundations are heard before any strip has worked on them.
  std::array<float, kDecks> kicks{};
  std::array<bool, kDecks> wanted{};
  for (int i = 0; i < kDecks; ++i) {
    const int under = context.moves->under[static_cast<std::size_t>(i)];
    if (under >= 0 && under != i && controls.ramp(duck_depth, i).to > 0)
      wanted[static_cast<std::size_t>(under)] = true;
  }
  for (int i = 0; i < kDecks; ++i) {
    const auto d = static_cast<std::size_t>(i);
    if (!wanted[d] || !buses.live(Bus::deck, i)) continue;
    kicks[d] = kicks_[d].of(buses.left(Bus::deck, i), buses.right(Bus::deck, i));
  }
  run_sources(context, controls, buses, Bus::deck, channels_, [&](ChannelSetting& setting, int i) {
    const auto d = static_cast<std::size_t>(i);
    const StripMove& move = context.moves->strips[d];
    const auto fader_side = static_cast<std::size_t>(controls.base(side, i));
    setting.gain_factor = move.gain * (fader_side > 0 ? context.moves->sides[fader_side - 1] : 1);
    setting.band_factors = move.bands;
    setting.sweep = std::clamp(setting.sweep + move.sweep, -1.0f, 1.0f);
    setting.more_sends = move.sends;
    const int under = context.moves->under[d];
    const float peak = under >= 0 && under != i ? kicks[static_cast<std::size_t>(under)] : 0;
    setting.duck = duckers_[d].next(peak, controls.ramp(duck_depth, i).to, controls.ramp(duck_attack, i).to,
                                    controls.ramp(duck_release, i).to);
  });
}
void DeckStrips::observe(Snapshot& snapshot) const { show_peaks(channels_, snapshot.deck_peaks); }

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
