// A 64-bit fingerprint of bytes, of words and of prepared PCM: names content, does not guard against forgers.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/core/draws.h"

namespace entrain {

/// Hashes a stream of bytes; how the stream is cut into `add` calls does not matter. Each group of eight
/// bytes (little-endian, whatever the machine) goes through mix_bits, the length goes last. Realtime-safe,
/// any thread. The value is part of every journal: never change the scheme.
class Hash64 {
 public:
  constexpr Hash64& add(std::span<const std::byte> bytes) {
    std::size_t i = 0;
    while (i < bytes.size() && fill_ != 0) push(bytes[i++]);
    for (; i + 8 <= bytes.size(); i += 8) word(load(bytes.data() + i));
    while (i < bytes.size()) push(bytes[i++]);
    return *this;
  }
  /// The same as adding the word's eight bytes, least significant first, at a multiple of eight bytes.
  constexpr Hash64& word(std::uint64_t w) {
    state_ = mix_bits(state_ ^ w);
    length_ += 8;
    return *this;
  }
  constexpr std::uint64_t value() const {
    const std::uint64_t tail = fill_ == 0 ? state_ : mix_bits(state_ ^ carry_);
    return mix_bits(tail ^ (length_ + static_cast<std::uint64_t>(fill_)));
  }

 private:
  static constexpr std::uint64_t load(const std::byte* p) {
    std::uint64_t w = 0;
    for (int k = 0; k < 8; ++k) w |= std::to_integer<std::uint64_t>(p[k]) << (8 * k);
    return w;
  }
  constexpr void push(std::byte b) {
    carry_ |= std::to_integer<std::uint64_t>(b) << (8 * fill_);
    if (++fill_ < 8) return;
    word(carry_);
    carry_ = 0;
    fill_ = 0;
  }

  std::uint64_t state_ = 0, carry_ = 0, length_ = 0;
  int fill_ = 0;
};

/// Names stereo PCM by its exact bits, one word per frame (left in the low half). Equal lengths; mono
/// material is hashed as what it is prepared to: both channels the same. Realtime-safe, any thread; about 6
/// ns a frame.
constexpr std::uint64_t pcm_hash(std::span<const float> left, std::span<const float> right) {
  Hash64 hash;
  const std::size_t frames = left.size() < right.size() ? left.size() : right.size();
  for (std::size_t i = 0; i < frames; ++i)
    hash.word(std::uint64_t{std::bit_cast<std::uint32_t>(left[i])} |
              std::uint64_t{std::bit_cast<std::uint32_t>(right[i])} << 32);
  return hash.value();
}

}  // namespace entrain
