// A rolling fingerprint of everything the engine put out, by which a replay proves itself.
#pragma once

#include <bit>
#include <cstdint>

#include "engine/core/hash.h"

namespace entrain {

/// Hashes the exact bits of four channels (master left, right; cue left, right), two words a frame; how the
/// frames are cut into calls does not matter. Realtime-safe, one thread at a time. The value is
/// part of every journal: never change the scheme.
class OutputHash {
 public:
  static constexpr int kChannels = 4;

  /// Adds n frames of kChannels channels, none of them null.
  void add(const float* const* channels, int n) noexcept {
    for (int i = 0; i < n; ++i) {
      master_.word(pair(channels[0][i], channels[1][i]));
      cue_.word(pair(channels[2][i], channels[3][i]));
    }
  }
  std::uint64_t value() const noexcept { return mix_bits(master_.value() ^ mix_bits(cue_.value())); }

 private:
  static std::uint64_t pair(float left, float right) {
    return std::uint64_t{std::bit_cast<std::uint32_t>(left)} |
           std::uint64_t{std::bit_cast<std::uint32_t>(right)} << 32;
  }

  Hash64 master_, cue_;  // two chains, which a processor works on side by side
};

}  // namespace entrain
