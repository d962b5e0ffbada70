// Patterns: the steps of a track, and how they are walked through.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/time.h"

namespace entrain {

inline constexpr int kMaxSteps = 4096;
inline constexpr int kMaxSpeed = 1024;    ///< at most so many times as fast, or as slow
inline constexpr int kMaxRatchets = 8;
inline constexpr int kMaxRepeats = 1024;
inline constexpr int kSlots = 8;          ///< patterns of a track, A to H

struct Step {
  float velocity = 0;        ///< 0: a rest; a hit has 0 to 1, 1 being full
  float probability = 1;     ///< 0 to 1: how often the hit plays
  float shift = 0;           ///< micro-timing in parts of a step, -0.5 to 0.5
  std::int16_t lock = -1;    ///< the sample of the cluster that it always plays; -1: drawn
  std::uint8_t ratchet = 1;  ///< hits in one step, evenly spread: 1 to kMaxRatchets
  bool accent = false;

  bool hits() const { return velocity > 0; }
  bool operator==(const Step&) const = default;
};

enum class Direction : std::uint8_t { forward, backward, pendulum, random };

/// Steps of a sixteenth, `speed_num / speed_den` times as fast, walked through again and again - or `repeats`
/// times, and then on to another slot.
struct Pattern {
  std::vector<Step> steps;  ///< at most kMaxSteps
  std::int32_t speed_num = 1, speed_den = 1;
  Direction direction = Direction::forward;
  std::int8_t next = -1;     ///< the slot that follows, from 0; -1: this one goes on
  std::int32_t repeats = 1;  ///< rounds until then

  bool operator==(const Pattern&) const = default;

  /// Where step k begins, from the pattern's own beginning: floor(k * den * sixteenth / num) ticks.
  Beat begins(std::int64_t k) const;
  Beat lasts(std::int64_t k) const { return begins(k + 1) - begins(k); }
  /// The first step that begins at or after `at`.
  std::int64_t first_at_or_after(Beat at) const;
  /// Steps of one round: a pendulum turns at its ends without playing them twice.
  std::int64_t round() const;
  /// Which of `steps` plays as step k; for Direction::random `bits` decide. At least one step.
  std::size_t position(std::int64_t k, std::uint64_t bits) const;
};

/// Patterns as people write them: "1000100010001010/3", "10*1.5", "1{v0.5}011{p0.5 r3}*2/3 pendulum ->B:4".
///
/// 1 hits and 0 rests, spaces between are allowed; after a 1 braces may hold v (velocity), p (probability),
/// r (ratchet), t (shift, in parts of a step), s (sample of the cluster, from 1) with their numbers, and a
/// (accent). Then *N (N times as fast), /N (N times as slow), or both; N is a whole number or a decimal. Then a
/// direction unless it is forward; then ->B:4, on to slot B after four rounds. The Error says what is wrong.
/// Not realtime-safe.
Result<Pattern> parse_pattern(std::string_view text);
/// Reads back as the very same pattern.
std::string to_text(const Pattern& pattern);

constexpr std::string_view name_of(Direction direction) {
  switch (direction) {
    case Direction::forward: return "forward";
    case Direction::backward: return "backward";
    case Direction::pendulum: return "pendulum";
    case Direction::random: return "random";
  }
  return "";
}

}  // namespace entrain
