// Patterns with everything that a pattern can have, drawn from bits.
#pragma once

#include <utility>

#include "engine/core/draws.h"
#include "engine/core/pattern.h"

namespace entrain::test {

inline Step random_step(std::uint64_t b) {
  const auto byte = [&](int i) { return static_cast<int>(b >> (8 * i) & 255); };
  Step step;
  if (byte(0) % 3 != 0) return step;
  step.velocity = static_cast<float>(byte(1) % 3 == 0 ? 1.0 : (byte(1) + 1) / 256.0);
  if (byte(2) % 4 == 0) step.probability = static_cast<float>(byte(2) / 256.0);
  if (byte(3) % 4 == 0) step.shift = static_cast<float>(byte(4) / 255.0 - 0.5);
  if (byte(5) % 5 == 0) step.ratchet = static_cast<std::uint8_t>(1 + byte(5) % kMaxRatchets);
  if (byte(6) % 5 == 0) step.lock = static_cast<std::int16_t>(byte(6) % 6);
  step.accent = byte(7) % 5 == 0;
  return step;
}

/// Up to 33 steps; one in five has none.
inline Pattern random_pattern(std::uint64_t b) {
  constexpr std::pair<int, int> kSpeeds[] = {{1, 1}, {3, 1}, {1, 3}, {1, 7}, {7, 5}, {16, 1}, {1, 100}, {997, 3}};
  Pattern pattern;
  const std::uint64_t length = (b >> 16) % 5 == 0 ? 0 : 1 + (b >> 20) % 33;
  for (std::uint64_t i = 0; i < length; ++i) pattern.steps.push_back(random_step(mix_bits(b + i)));
  const auto [num, den] = kSpeeds[(b >> 32) % 8];
  pattern.speed_num = num;
  pattern.speed_den = den;
  pattern.direction = static_cast<Direction>((b >> 36) % 4);
  if ((b >> 40) % 3 == 0) {
    pattern.next = static_cast<std::int8_t>((b >> 44) % kSlots);
    pattern.repeats = static_cast<std::int32_t>(1 + (b >> 48) % 3);
  }
  return pattern;
}

}  // namespace entrain::test
