// A mixer channel: drive, filter, EQ, taps, fader, in place on one bus.
#pragma once

#include <array>

#include "engine/core/context.h"
#include "engine/units/dsp/drive.h"
#include "engine/units/dsp/isolator.h"
#include "engine/units/dsp/sweep.h"

namespace entrain {

/// What a channel is set to, at the end of the quantum. Changes are heard smoothly over it.
struct ChannelSetting {
  float drive = 0;                           ///< dB, 0: none
  float sweep = 0, resonance = 0;            ///< -1..1, 0..1
  std::array<float, 3> bands{};              ///< dB
  std::array<float, 3> band_factors{1, 1, 1};  ///< linear, over the bands
  float duck = 1;                            ///< linear, before the fader
  float gain = 0, pan = 0;                   ///< dB; -1 left .. 1 right
  float gain_factor = 1;                     ///< linear, at the fader
  std::array<float, kSends.size()> sends{};  ///< dB
  std::array<float, kSends.size()> more_sends{};  ///< linear, added
  bool open = true;                          ///< heard: neither muted nor silenced by another's solo
  bool cued = false;
};

/// Order: drive, filter, EQ, duck; tap to the cue and the level for side-chains; gain, pan, mute and solo;
/// taps to the sends; meter. Set to nothing it leaves the bus bit for bit; of a silent bus it works until its
/// filters have died down to -120 dB, then not at all. Zero latency.
class Channel {
 public:
  void prepare(int rate);
  void reset();
  void process(const ChannelSetting& setting, const Context& context, Buses& buses, Bus bus, int instance);
  /// Highest magnitude after the fader, falling 20 dB a second.
  float peak() const { return peak_; }

 private:
  bool insert(const ChannelSetting& setting, float* left, float* right);
  void fader(const ChannelSetting& setting, const Kernels& kernels, Buses& buses, Bus bus, int instance,
             float open);
  void clear();

  Drive drive_;
  Sweep sweep_;
  Isolator isolator_;
  std::array<Amplitude, 3> band_amplitudes_;
  std::array<Amplitude, kSends.size()> send_amplitudes_;
  Amplitude gain_amplitude_;
  Fade open_, cued_, panic_;
  float pan_ = 0;
  std::array<float, 2> panned_{1, 1};  ///< gains that the pan asks for
  std::array<float, 2> gains_{1, 1};   ///< at the end of the last quantum
  std::array<float, kSends.size()> sent_{};
  float duck_ = 1;
  bool sounds_ = false;  ///< something was heard in the last quantum, or rings
  bool ending_ = false;  ///< a panic has silenced it and its filters are to be cleared
  float peak_ = 0, fall_ = 1;
};

}  // namespace entrain
