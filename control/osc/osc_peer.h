// Who sent a datagram, and what time it was.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>

#include "control/osc/osc_packet.h"

namespace entrain {

/// IPv4, host byte order.
struct OscPeer {
  std::uint32_t ip = 0;
  std::uint16_t port = 0;
  auto operator<=>(const OscPeer&) const = default;
};
std::string to_text(OscPeer peer);  ///< "127.0.0.1:9001"

/// One moment on both clocks.
struct OscNow {
  std::chrono::steady_clock::time_point steady;
  OscTime wall;
};

/// Sends one datagram; must not block.
using OscSend = std::function<void(OscPeer to, std::span<const std::byte> datagram)>;

}  // namespace entrain
