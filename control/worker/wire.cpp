#include "control/worker/wire.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <span>
#include <vector>

namespace entrain {
namespace {

constexpr std::size_t kLongestLine = 1 << 16;
constexpr std::int64_t kLongestAnalysis = 32 << 20;
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

union Control {  // aligned room for one descriptor
  cmsghdr head;
  char bytes[CMSG_SPACE(sizeof(int))];
};

bool write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

bool read_all(int fd, std::span<std::byte> bytes, off_t at) {
  while (!bytes.empty()) {
    const auto n = ::pread(fd, bytes.data(), bytes.size(), at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    at += n;
  }
  return true;
}

OwnedFd seal(std::span<const std::span<const std::byte>> parts) {
  OwnedFd fd(::memfd_create("entrain", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return {};
  for (const auto part : parts)
    if (!write_all(fd.get(), part)) return {};
  if (::fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0) return {};
  return fd;
}

bool sealed(int fd, std::int64_t size) {
  struct stat info {};
  return (::fcntl(fd, F_GET_SEALS) & kSeals) == kSeals && ::fstat(fd, &info) == 0 && info.st_size == size;
}

bool finite(std::span<const float> samples) {
  return std::all_of(samples.begin(), samples.end(), [](float x) { return std::isfinite(x); });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

bool send_packet(int socket, std::string_view line, int fd) {
  iovec part{const_cast<char*>(line.data()), line.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  Control control{};
  if (fd >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
  }
  ssize_t sent = -1;
  do sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(line.size());
}

Received receive_packet(int socket, std::chrono::milliseconds patience, Packet& packet) {
  pollfd ready{socket, POLLIN, 0};
  int polled = -1;
  do polled = ::poll(&ready, 1, patience.count() < 0 ? -1 : static_cast<int>(patience.count()));
  while (polled < 0 && errno == EINTR);
  if (polled == 0) return Received::timeout;

  packet.line.resize(kLongestLine);
  iovec part{packet.line.data(), packet.line.size()};
  msghdr message{};
  Control control{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t got = -1;
  do got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  packet.fd.reset();
  if (got <= 0) return Received::closed;
  const cmsghdr* head = CMSG_FIRSTHDR(&message);
  if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
      head->cmsg_len == CMSG_LEN(sizeof(int))) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
    packet.fd = OwnedFd(fd);
  }
  packet.line.resize(message.msg_flags & MSG_TRUNC ? 0 : static_cast<std::size_t>(got));
  return Received::packet;
}

std::string escape_path(const std::filesystem::path& path) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  for (const char c : path.native()) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '%')
      text += c;
    else
      text += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return text;
}

std::filesystem::path unescape_path(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() && text[i] == '%' ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      bytes += text[i];
      continue;
    }
    bytes += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return bytes;
}

OwnedFd seal_pcm(const Pcm& pcm) {
  return seal(std::array{std::as_bytes(std::span(pcm.left)), std::as_bytes(std::span(pcm.right))});
}

OwnedFd seal_bytes(std::string_view bytes) { return seal(std::array{std::as_bytes(std::span(bytes))}); }

bool unseal_bytes(int fd, std::int64_t size, std::string& bytes) {
  if (size < 0 || size > kLongestAnalysis || !sealed(fd, size)) return false;
  bytes.resize(static_cast<std::size_t>(size));
  return read_all(fd, std::as_writable_bytes(std::span(bytes)), 0);
}

bool unseal_pcm(int fd, std::int64_t frames, Pcm& pcm) {
  const std::int64_t size = frames * std::int64_t{2 * sizeof(float)};
  if (frames < 1 || frames > longest_frames(pcm.rate) || !sealed(fd, size)) return false;
  pcm.left.resize(static_cast<std::size_t>(frames));
  pcm.right.resize(static_cast<std::size_t>(frames));
  const auto half = static_cast<off_t>(size / 2);
  return read_all(fd, std::as_writable_bytes(std::span(pcm.left)), 0) &&
         read_all(fd, std::as_writable_bytes(std::span(pcm.right)), half) && finite(pcm.left) &&
         finite(pcm.right);
}

}  // namespace entrain
