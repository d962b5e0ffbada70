// The sampler: sounds triggers with up to 256 voices, stolen without clicks.
#pragma once

#include <array>
#include <vector>

#include "engine/core/context.h"
#include "engine/units/dsp/interpolator.h"

namespace entrain {

class Sampler {
 public:
  enum Control : std::uint8_t { tune, start, reverse, attack, decay, choke, mono, count };
  static constexpr int instances = kTracks;
  static constexpr Place place = Place::source;
  static constexpr double kWhole = 10'000;  ///< ms of /track/#/decay: sounds last as long as they are
  static constexpr std::array<ControlRow, count> rows{{
      // clang-format off
      {tune,    "/track/#/tune",    Kind::continuous, -24, 24, 0, Unit::semitones,    Curve::linear, 10, kRecallSafe | kModulatable | kChat,
       "Pitch and speed of the track's sounds, those that ring included."},
      {start,   "/track/#/start",   Kind::continuous,   0,  0.99, 0, Unit::none,      Curve::linear,  0, kRecallSafe,
       "Where in the sound a hit begins, as a part of its length."},
      {reverse, "/track/#/reverse", Kind::toggle,       0,  1, 0, Unit::none,         Curve::linear,  0, kRecallSafe | kChat,
       "Plays hits backward."},
      {attack,  "/track/#/attack",  Kind::continuous,   0, 2'000, 0, Unit::milliseconds, Curve::linear, 0, kRecallSafe,
       "How long a hit takes to rise."},
      {decay,   "/track/#/decay",   Kind::continuous,   5, kWhole, kWhole, Unit::milliseconds, Curve::exponential, 0, kRecallSafe,
       "How long a hit takes to fall by 60 dB after its attack; at the top it lasts as long as its sound."},
      {choke,   "/track/#/choke",   Kind::choice,       0,  8, 0, Unit::none,         Curve::linear,  0, kRecallSafe,
       "Tracks of one choke group, 1 to 8, end each other's hits; 0 belongs to none."},
      {mono,    "/track/#/mono",    Kind::toggle,       0,  1, 0, Unit::none,         Curve::linear,  0, kRecallSafe,
       "A hit ends the one before it on its track."},
      // clang-format on
  }};

  static constexpr int kVoices = 256;

  void prepare(int rate);
  void reset();
  void process(const Context& context, Controls controls, Buses& buses);
  void observe(Snapshot& snapshot) const;

 private:
  /// A voice that is stolen fades in `fade_` frames; the pool has room for every fade that can overlap.
  static constexpr int kFadeQuanta = 3;
  static constexpr int kPool = kVoices + 64 * (kFadeQuanta + 1);

  struct Voice {
    const Asset* asset = nullptr;
    std::uint64_t epoch = 0;
    std::uint64_t born = 0;      ///< order of birth
    std::int64_t begin = 0;      ///< frame of the asset at which it began
    std::uint64_t position = 0;  ///< how far it has come, in 1/2^32 frames
    std::int64_t age = 0;        ///< frames it has sounded
    int offset = 0;              ///< where in this quantum it starts
    int fade_left = 0;           ///< frames of fade still to come; 0 and not fading: sounds in full
    bool fading = false;
    bool reverse = false;
    std::int16_t track = 0;
    float gain = 1;
    float rise = 0;              ///< frames of its attack
    float fall = 1;              ///< level after the attack, from one quantum to the next
    float level = 1;             ///< of its envelope, before the next frame

    std::int64_t frames() const { return reverse ? begin + 1 : asset->frames() - begin; }  ///< in all
  };
  void begin(const Trigger& trigger, Controls controls);
  void steal_oldest();
  void fade(Voice& voice);
  template <class Which>
  void fade_others(std::uint64_t born, Which which);
  /// False when the voice has ended.
  bool render(Voice& voice, double speed, Buses& buses, const Kernels& kernels);
  void sound(Voice& voice, double speed, int n, float from, float step, Buses& buses, const Kernels& kernels);
  /// Copies frames [first, first + n) in the direction of play, silent beyond the asset.
  static void gather(const Voice& voice, const float* data, std::int64_t first, int n, float* to);

  Interpolator interpolator_;
  int rate_ = 48'000;
  std::vector<Voice> pool_;
  int alive_ = 0;     ///< voices [0, alive_) sound or fade
  int sounding_ = 0;  ///< of those, not fading
  std::uint64_t births_ = 0, stolen_ = 0;
};

}  // namespace entrain
