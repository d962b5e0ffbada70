// White noise as a hash: each sample depends on its number and a key, never on what was heard before.
#pragma once

#include <cstdint>

#include "engine/core/draws.h"
#include "engine/units/dsp/svf.h"

namespace entrain {

/// Even in -1..1, both sides independent. Realtime-safe.
struct HashNoise {
  std::uint64_t key = 0, next = 0;

  Stereo tick() {
    const std::uint64_t bits = mix_bits(key + next++);
    return stereo(side(bits), side(bits >> 32));
  }

 private:
  static float side(std::uint64_t bits) {
    return static_cast<float>(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits))) * 0x1p-31f;
  }
};

}  // namespace entrain
