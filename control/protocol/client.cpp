#include "control/protocol/client.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace entrain {

Result<StageClient> StageClient::connect(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.string().size() >= sizeof address.sun_path) return Error{fmt::format("the socket's path {} is too long", path.string())};
  std::strcpy(address.sun_path, path.c_str());
  OwnedFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return Error{fmt::format("nobody answers at {}; start `entrain live`, or name its --socket", path.string())};
  return StageClient(std::move(fd));
}

Result<void> StageClient::send(const Json& request) {
  const std::string line = request.dump() + "\n";
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t n = ::send(fd_.get(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Error{"the connection to the stage has ended"};
    sent += static_cast<std::size_t>(n);
  }
  return {};
}

Result<std::optional<Json>> StageClient::receive(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      Json json = Json::parse(std::string_view(buffer_).substr(0, end), nullptr, false);
      buffer_.erase(0, end + 1);
      if (json.is_discarded()) return Error{"the stage sent something that is no JSON"};
      return std::optional(std::move(json));
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() < 0) return std::optional<Json>();
    pollfd fd{fd_.get(), POLLIN, 0};
    if (poll(&fd, 1, static_cast<int>(left.count()) + 1) <= 0) continue;
    char bytes[16 * 1024];
    const ssize_t n = read(fd_.get(), bytes, sizeof bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Error{"the connection to the stage has ended"};
    buffer_.append(bytes, static_cast<std::size_t>(n));
  }
}

}  // namespace entrain
