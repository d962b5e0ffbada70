// A room: diffusers into sixteen feedback delay lines.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/core/kernels.h"
#include "engine/core/time.h"
#include "engine/units/dsp/one_pole.h"

namespace entrain {

/// A feedback delay network (J.-M. Jot and A. Chaigne, "Digital delay networks for designing artificial
/// reverberators", AES 90, 1991). Each side of the input passes four Schroeder allpasses, then enters all
/// sixteen lines, which feed each other through a Hadamard matrix. In every line the decay of three bands
/// (below 200 Hz, between, above 5 kHz) is set by two first-order shelves, in proportion to the line's
/// length. The lengths breathe slowly, each at its own pace; a change of size moves them by 2 % at most.
/// Realtime-safe after prepare().
class FeedbackNetwork {
 public:
  static constexpr int kLines = 16;
  static constexpr double kLowCorner = 200, kHighCorner = 5000;
  struct Setting {
    float seconds = 1.8f;                 ///< for 60 dB, at 1 kHz
    float low_ratio = 1, high_ratio = 1;  ///< of `seconds`, below and above
    float size = 0.6f;                    ///< 0..1
    float modulation = 0.5f;              ///< 0..1
    bool operator==(const Setting&) const = default;
  };

  void prepare(int rate);
  /// As fresh.
  void reset();
  /// Silence, in no time.
  void clear();
  /// `at_once`: nothing sounds, so the lines may jump to their lengths.
  void set(const Setting& setting, bool at_once);
  /// In place, kQuantum frames: the dry signal in, the room alone out.
  void process(float* left, float* right, const Kernels& kernels);
  /// Frames after which nothing that is not audible now can become so.
  int longest() const { return longest_; }

 private:
  static constexpr int kDiffusers = 4;
  /// A ring that forgets in no time: frames before `born_` read as 0.
  struct Ring {
    std::vector<float> samples;
    std::int64_t mask = 0;
    void prepare(int frames);
  };
  struct Diffuser {
    Ring ring;
    int delay = 0;
  };
  struct Gains {
    float mid = 0, low = 0, high = 0;  ///< of a passage; of the shelves against it
  };
  struct Line {
    Ring ring;
    double length = 0;           ///< frames at size 1
    double now = 0;              ///< frames, without the modulation
    double read = 0;             ///< frames, as read at the end of the last quantum
    double phase = 0, pace = 0;  ///< of the modulation: turns, turns a quantum
    Gains gains, before;         ///< at the end of this quantum and of the last
    OnePole low_pole, high_pole;
  };
  float past(const Ring& ring, std::int64_t frame) const {
    return frame < born_ ? 0.0f : ring.samples[static_cast<std::size_t>(frame & ring.mask)];
  }
  void move(Line& line, bool at_once) const;
  double breath(const Line& line) const;
  void tune(Line& line) const;
  void diffuse(Diffuser& diffuser, float* x);
  void read(Line& line, float* to);

  int rate_ = 48'000, longest_ = 0;
  Setting setting_;
  bool retune_ = true;
  std::array<std::array<Diffuser, kDiffusers>, 2> diffusers_;
  std::array<Line, kLines> lines_;
  float low_shape_ = 0, high_shape_ = 0;
  double depth_ = 0, slew_ = 0;  ///< frames of modulation; frames a quantum
  std::int64_t now_ = 0, born_ = 0;
  alignas(64) float block_[kLines][kQuantum] = {};
};

}  // namespace entrain
