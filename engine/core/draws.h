// Randomness as a hash: every draw is a function of what it is for, never of what was drawn before.
#pragma once

#include <cstdint>

namespace entrain {

/// What a number is drawn for. Values are part of every recorded jam: add at the end, never renumber.
enum class DrawFor : std::uint64_t { sample = 1, chance, position, early, late, harder, softer, centre, bridge };

/// Mixes 64 bits so that each input bit flips each output bit with probability one half: the finaliser of
/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
constexpr std::uint64_t mix_bits(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/// 64 random bits for one purpose; `step` tells apart what falls on one track. Realtime-safe, any thread.
constexpr std::uint64_t draw(std::uint64_t seed, DrawFor what, std::uint64_t track, std::int64_t step) {
  std::uint64_t h = mix_bits(seed);
  h = mix_bits(h ^ static_cast<std::uint64_t>(what));
  h = mix_bits(h ^ track);
  return mix_bits(h ^ static_cast<std::uint64_t>(step));
}

/// A draw as a number from 0 up to, but not including, 1.
constexpr double draw_part(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

/// Scales a draw to 0..n-1 without the bias of a remainder (Lemire 2019, multiply-shift). n > 0.
constexpr std::uint32_t draw_below(std::uint64_t bits, std::uint32_t n) {
  return static_cast<std::uint32_t>(((bits >> 32) * n) >> 32);
}

}  // namespace entrain
