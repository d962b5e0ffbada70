#include "control/osc/osc_peer.h"

#include <fmt/format.h>

namespace entrain {

std::string to_text(OscPeer peer) {
  return fmt::format("{}.{}.{}.{}:{}", peer.ip >> 24, peer.ip >> 16 & 255, peer.ip >> 8 & 255, peer.ip & 255,
                     peer.port);
}

}  // namespace entrain
