#include "control/osc/osc_socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace entrain {
namespace {

constexpr int kReceiveBuffer = 4 << 20;  ///< bytes; the system may give less (net.core.rmem_max)

sockaddr_in to_sockaddr(OscPeer peer) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(peer.ip);
  address.sin_port = htons(peer.port);
  return address;
}

OscPeer to_peer(const sockaddr_in& address) {
  return {ntohl(address.sin_addr.s_addr), ntohs(address.sin_port)};
}

std::vector<std::uint32_t> own_addresses() {
  std::vector<std::uint32_t> own;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return own;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
  for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next) {
    if (i->ifa_addr == nullptr || i->ifa_addr->sa_family != AF_INET) continue;
    sockaddr_in address;
    std::memcpy(&address, i->ifa_addr, sizeof address);
    own.push_back(to_peer(address).ip);
  }
  return own;
}

Error bind_error(const std::string& address, std::uint16_t port) {
  switch (errno) {
    case EADDRINUSE:
      return Error{fmt::format(
          "UDP port {} is in use, perhaps by another Entrain; choose another with --osc-port N", port)};
    case EACCES:
      return Error{fmt::format("UDP port {} is the system's; choose one above 1023 with --osc-port N", port)};
    case EADDRNOTAVAIL:
      return Error{fmt::format("{} is no address of this machine; listen on 127.0.0.1, or on 0.0.0.0 for all",
                               address)};
    default:
      return Error{fmt::format("cannot listen for OSC on {}:{} ({}); choose another port with --osc-port N",
                               address, port, std::strerror(errno))};
  }
}

}  // namespace

Result<OscSocket> OscSocket::open(const std::string& address, std::uint16_t port) {
  in_addr ip{};
  if (::inet_pton(AF_INET, address.c_str(), &ip) != 1)
    return Error{
        fmt::format("{} is no IPv4 address; listen for OSC on 127.0.0.1, or on 0.0.0.0 for all", address)};
  OwnedFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd)
    return Error{
        fmt::format("cannot open a UDP socket for OSC ({}); close other programs", std::strerror(errno))};
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  sockaddr_in bound = to_sockaddr({ntohl(ip.s_addr), port});
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&bound), sizeof bound) != 0)
    return bind_error(address, port);
  socklen_t size = sizeof bound;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    return bind_error(address, port);
  return OscSocket(std::move(fd), ntohs(bound.sin_port), own_addresses());
}

OscSocket::OscSocket(OwnedFd fd, std::uint16_t port, std::vector<std::uint32_t> own)
    : fd_(std::move(fd)), port_(port), own_(std::move(own)), buffer_(kOscLargestPacket + 1) {}

std::optional<std::span<const std::byte>> OscSocket::receive(OscPeer& from) {
  sockaddr_in sender{};
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(std::uint32_t))> extra{};
  iovec into{buffer_.data(), buffer_.size()};
  msghdr head{&sender, sizeof sender, &into, 1, extra.data(), extra.size(), 0};
  ssize_t size;
  do size = ::recvmsg(fd_.get(), &head, 0);
  while (size < 0 && errno == EINTR);
  if (size < 0) return {};
  for (cmsghdr* c = CMSG_FIRSTHDR(&head); c != nullptr; c = CMSG_NXTHDR(&head, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL) continue;
    std::uint32_t count = 0;  // since the socket was opened
    std::memcpy(&count, CMSG_DATA(c), sizeof count);
    overflowed_ = count;
  }
  from = to_peer(sender);
  return std::span<const std::byte>(buffer_.data(), static_cast<std::size_t>(size));
}

void OscSocket::send(OscPeer to, std::span<const std::byte> datagram) {
  const bool to_self =
      to.port == port_ && (to.ip >> 24 == 127 || std::find(own_.begin(), own_.end(), to.ip) != own_.end());
  const sockaddr_in address = to_sockaddr(to);
  if (to_self || ::sendto(fd_.get(), datagram.data(), datagram.size(), 0,
                          reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    ++unsent_;
}

}  // namespace entrain
