// OSC 1.0 packets: bytes that arrived, to messages, or to one sentence.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/result.h"

namespace entrain {

inline constexpr std::size_t kOscLargestPacket = 8 * 1024;  ///< bytes
inline constexpr std::size_t kOscLongestAddress = 255;
inline constexpr std::size_t kOscMostArgs = 16;  ///< of a message; what follows is ignored
inline constexpr int kOscDeepestBundle = 8;

using OscTime = std::chrono::system_clock::time_point;

struct OscImpulse {};  ///< type I: no value, "now"
struct OscOpaque {
  char type;
};  ///< a type that moves nothing here: blob, MIDI, time, nil
/// i h f d arrive as double, T F as bool, s S c as text.
using OscArg = std::variant<OscImpulse, bool, double, std::string, OscOpaque>;

struct OscMessage {
  std::string address;  ///< begins with /, printable ASCII, perhaps a pattern
  std::vector<OscArg> args;
  std::optional<OscTime> time;  ///< of the bundle it came in; empty: immediately
};

/// All messages of a packet in their order, bundles flattened. A bundle inside another takes the later of the
/// two times. One malformed element refuses the whole packet. Any thread; not realtime-safe.
Result<std::vector<OscMessage>> read_packet(std::span<const std::byte> packet);

/// NTP time (seconds since 1900 and 2^-32 parts) to the nearest nanosecond; the values that mean
/// "immediately" are empty. Seconds below 2^31 belong to the era that begins in 2036 (RFC 4330, section 3).
std::optional<OscTime> from_ntp(std::uint32_t seconds, std::uint32_t fraction);

}  // namespace entrain
