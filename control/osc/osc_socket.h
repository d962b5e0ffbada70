// The UDP socket that OSC arrives at and leaves from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/osc/osc_peer.h"
#include "control/owned_fd.h"
#include "engine/core/result.h"

namespace entrain {

/// One thread at a time. Never blocks. Ours rather than liblo's, which would listen on every interface.
class OscSocket {
 public:
  /// `address` is this machine's, such as 127.0.0.1, or 0.0.0.0 for all; port 0 finds a free one. The Error
  /// says what to choose instead.
  static Result<OscSocket> open(const std::string& address, std::uint16_t port);

  std::uint16_t port() const { return port_; }
  int fd() const { return fd_.get(); }

  /// The next datagram, or empty when none waits. Its bytes stay valid until the next call; one that is
  /// larger than kOscLargestPacket comes cut, but still too large.
  std::optional<std::span<const std::byte>> receive(OscPeer& from);
  /// What cannot be sent is dropped and counted, as is what would come back to this very socket.
  void send(OscPeer to, std::span<const std::byte> datagram);

  /// Datagrams the system dropped because we were too slow, and those that could not be sent.
  std::uint64_t lost() const { return overflowed_ + unsent_; }

 private:
  OscSocket(OwnedFd fd, std::uint16_t port, std::vector<std::uint32_t> own);

  OwnedFd fd_;
  std::uint16_t port_;
  std::vector<std::uint32_t> own_;  ///< this machine's addresses
  std::vector<std::byte> buffer_;
  std::uint64_t overflowed_ = 0, unsent_ = 0;
};

}  // namespace entrain
