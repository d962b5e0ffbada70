// One transition effect: a riser that peaks on a line, a down-sweep that starts on one, a reversed crash, an
// impact. Synthesised, in key, hashed; placed by the beat, so that it follows any tempo.
#pragma once

#include <cstdint>

#include "engine/units/dsp/noise_sweep.h"
#include "engine/units/dsp/partial_bank.h"
#include "engine/units/dsp/saw_stack.h"
#include "engine/units/dsp/scales.h"

namespace entrain {

enum class EffectKind : std::uint8_t {
  noise,    ///< riser: a band of noise that rises, brightens and grows
  glide,    ///< riser: saws on root and fifth, gliding up whole octaves
  climb,    ///< riser: saws climbing the scale in steps that quicken
  down,     ///< down-sweep: noise and saws that fall
  reverse,  ///< reversed crash: metal that swells and stops dead
  impact,   ///< a low boom and a crash
};
inline constexpr int kEffectKinds = 6;

struct TransitionSetting {
  EffectKind kind = EffectKind::noise;
  int root = 0, mode = 0;   ///< 0 C .. 11 B; kScales
  double beats = 16;        ///< from its start to the line where it ends, above 0
  float reach = 0.5f;       ///< how high it goes: brightness, and 1 to 3 octaves
  float strength = 1;       ///< linear
  std::uint64_t draws = 0;  ///< what is left to chance follows from this
};

/// Integrated loudness (BS.1770) of four bars and more at strength 1: -18 LUFS within 3 LU.
class TransitionVoice {
 public:
  /// Frames of one quantum, and where they lie.
  struct Stretch {
    int frames = 0;           ///< at most kQuantum
    double from = 0, to = 0;  ///< beats since its start, at the stretch's two ends; never falling
    std::int64_t left =
        0;  ///< frames from the stretch's begin to the line where it ends, as the tempo stands
  };

  /// `saws` must outlive the voice. Takes memory.
  void prepare(int rate, const SawTable& saws);
  /// As fresh. Realtime-safe, as is all that follows.
  void reset() { sounds_ = false; }
  void start(const TransitionSetting& setting);
  /// Fades out from the next frame on; a fade under way is only ever shortened.
  void release(double seconds);
  bool sounds() const { return sounds_; }
  bool released() const { return release_left_ >= 0; }
  EffectKind kind() const { return setting_.kind; }
  /// Writes the stretch's frames. It ends exactly with the frame before its line.
  void render(Stereo* to, const Stretch& stretch);

 private:
  /// From one frequency to another, evenly in octaves.
  struct Way {
    double from = 1, octaves = 0;
    static Way between(double from, double to);
    double at(double part) const;
  };
  /// Two stacks of saws, the second at a ratio to the first, between two corners.
  struct Tones {
    double pitch, second;  ///< hertz; ratio
    float blend;           ///< level of the second
    double cents, low_hertz, high_hertz;
  };
  void begin_rise();
  void begin_tones();
  void begin_metal(double low);
  void noise(Stereo* to, const Stretch& stretch);
  void tones(Stereo* to, const Stretch& stretch);
  void down(Stereo* to, const Stretch& stretch);
  void reverse(Stereo* to, const Stretch& stretch);
  void impact(Stereo* to, const Stretch& stretch);
  void saws(Stereo* to, int n, const Tones& tones, Ramp gain);
  double chance(std::uint64_t what) const;
  double part(double beat) const;
  double pulse(double beat) const;
  double pitch_at(double beat) const;
  void edges(Stereo* to, const Stretch& stretch);

  int rate_ = 48'000;
  const SawTable* table_ = nullptr;
  TransitionSetting setting_;
  bool sounds_ = false;
  std::int64_t age_ = 0;                          ///< frames since its start
  std::int64_t release_left_ = -1, release_ = 1;  ///< frames; -1: not released
  float edge_ = 0;                                ///< level of the edges after the last frame
  NoiseSweep sweep_;
  SawStack first_, second_;
  Svf thin_, dull_;  ///< of the saws
  PartialBank metal_;
  Way brightness_, pitch_, jet_;
  Climb climb_;
  int octaves_ = 1;
  double root_hertz_ = 110, wobble_ = 0, pump_ = 0, damping_ = 1;
  double semitones_ = 0, accent_ = 1;  ///< of a climb, smoothed
  double boom_ = 0;                    ///< turns
};

}  // namespace entrain
