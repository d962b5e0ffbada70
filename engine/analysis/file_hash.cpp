#include "engine/analysis/file_hash.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/hash.h"

namespace entrain {

std::optional<std::uint64_t> hash_file(int fd) {
  Hash64 hash;
  std::vector<std::byte> buffer(1 << 16);
  for (off_t at = 0;;) {
    const auto n = ::pread(fd, buffer.data(), buffer.size(), at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::nullopt;
    if (n == 0) return hash.value();
    hash.add(std::span(buffer).first(static_cast<std::size_t>(n)));
    at += n;
  }
}

std::optional<std::uint64_t> hash_file(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  const auto hash = hash_file(fd);
  ::close(fd);
  return hash;
}

}  // namespace entrain
