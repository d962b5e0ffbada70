// The controls that all channel strips share: one table for tracks, decks and groups.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/core/parameters.h"
#include "engine/units/dsp/channel.h"

namespace entrain {

/// A string as a template argument, so that one table of rows serves strips of several names.
template <std::size_t N>
struct Text {
  char chars[N]{};
  constexpr Text(const char (&text)[N]) { std::copy_n(text, N, chars); }  // NOLINT: stands for its literal
};
template <Text A, Text B>
struct Joined {
  static constexpr auto chars = [] {
    std::array<char, sizeof A.chars + sizeof B.chars - 2> all{};
    std::copy_n(B.chars, sizeof B.chars - 1, std::copy_n(A.chars, sizeof A.chars - 1, all.begin()));
    return all;
  }();
  static constexpr std::string_view view{chars.data(), chars.size()};
};

/// What every strip has, in this order; strips may add rows of their own after. `Name`: "/deck/#", or "/bridge"
/// where there is but one.
struct StripControls {
  enum Control : std::uint8_t {
    gain,
    mute,
    solo,
    pan,
    cue,
    eq_low,
    eq_mid,
    eq_high,
    sweep,
    resonance,
    send_delay,
    send_reverb,
    count
  };

  template <Text Name>
  static constexpr std::array<ControlRow, count> named() {
    constexpr std::uint8_t moves = kRecallSafe | kModulatable;
    return {{
        // clang-format off
      {gain,        Joined<Name, "/gain">::view,             Kind::continuous, -60, 12,   0, Unit::decibels, Curve::linear, 10, moves | kChat,
       "Level of the strip; silent at the bottom."},
      {mute,        Joined<Name, "/mute">::view,             Kind::toggle,       0,  1,   0, Unit::none,     Curve::linear,  0, kRecallSafe | kChat,
       "Silences the strip in 10 ms without stopping what plays on it."},
      {solo,        Joined<Name, "/solo">::view,             Kind::toggle,       0,  1,   0, Unit::none,     Curve::linear,  0, kPlain,
       "Silences all strips that are not soloed; a group's solo keeps its strips, a strip's solo its group."},
      {pan,         Joined<Name, "/pan">::view,              Kind::continuous,  -1,  1,   0, Unit::none,     Curve::linear, 10, moves,
       "From left to right at equal power; the middle leaves the signal alone."},
      {cue,         Joined<Name, "/cue">::view,              Kind::toggle,       0,  1,   0, Unit::none,     Curve::linear,  0, kPlain,
       "Sends the strip to the headphones, taken before its fader."},
      {eq_low,      Joined<Name, "/eq/low">::view,           Kind::continuous, -60, 12,   0, Unit::decibels, Curve::linear, 10, moves,
       "Level below 220 Hz; none of it at the bottom."},
      {eq_mid,      Joined<Name, "/eq/mid">::view,           Kind::continuous, -60, 12,   0, Unit::decibels, Curve::linear, 10, moves,
       "Level from 220 Hz to 3500 Hz; none of it at the bottom."},
      {eq_high,     Joined<Name, "/eq/high">::view,          Kind::continuous, -60, 12,   0, Unit::decibels, Curve::linear, 10, moves,
       "Level above 3500 Hz; none of it at the bottom."},
      {sweep,       Joined<Name, "/filter/sweep">::view,     Kind::continuous,  -1,  1,   0, Unit::none,     Curve::linear, 10, moves | kChat,
       "Low pass to the left, high pass to the right, no filter in the middle."},
      {resonance,   Joined<Name, "/filter/resonance">::view, Kind::continuous,   0,  1, 0.2, Unit::none,     Curve::linear, 10, moves,
       "How much the filter rings at its corner."},
      {send_delay,  Joined<Name, "/send/delay">::view,       Kind::continuous, -60, 12, -60, Unit::decibels, Curve::linear, 10, moves | kChat,
       "How much goes to the delay, taken after the fader; nothing at the bottom."},
      {send_reverb, Joined<Name, "/send/reverb">::view,      Kind::continuous, -60, 12, -60, Unit::decibels, Curve::linear, 10, moves | kChat,
       "How much goes to the reverb, taken after the fader; nothing at the bottom."},
        // clang-format on
    }};
  }
  /// The common rows with a strip's own after them.
  template <Text Name, std::size_t N>
  static constexpr std::array<ControlRow, count + N> with(const std::array<ControlRow, N>& own) {
    std::array<ControlRow, count + N> all{};
    const auto common = named<Name>();
    std::copy(own.begin(), own.end(), std::copy(common.begin(), common.end(), all.begin()));
    return all;
  }

  /// Reads a strip's controls. `heard`: no other strip's solo silences it.
  static ChannelSetting read(const Controls& controls, int instance, bool heard);
};

}  // namespace entrain
