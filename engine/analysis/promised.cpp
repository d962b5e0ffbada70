#include "engine/analysis/promised.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace entrain {
namespace {

struct Bytes {
  unsigned char data[12];

  bool read(int fd, std::uint64_t at, std::size_t count) {
    return ::pread(fd, data, count, static_cast<off_t>(at)) == static_cast<ssize_t>(count);
  }
  bool is(std::size_t at, std::string_view id) const {
    return std::equal(id.begin(), id.end(), reinterpret_cast<const char*>(data) + at);
  }
  std::uint32_t size(bool big_endian) const {
    const auto byte = [&](int k) { return std::uint32_t{data[4 + (big_endian ? k : 3 - k)]}; };
    return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
  }
};

}  // namespace

std::optional<Promise> promised_sound(int fd) {
  struct stat file {};
  Bytes head{};
  if (::fstat(fd, &file) != 0 || !head.read(fd, 0, 12)) return std::nullopt;
  const bool aiff = head.is(0, "FORM") && (head.is(8, "AIFF") || head.is(8, "AIFC"));
  const bool wave = (head.is(0, "RIFF") || head.is(0, "RIFX")) && head.is(8, "WAVE");
  if (!aiff && !wave) return std::nullopt;
  const bool big_endian = aiff || head.is(0, "RIFX");
  const auto end = static_cast<std::uint64_t>(file.st_size);

  std::uint64_t at = 12;
  for (int chunk = 0; chunk < 1000 && head.read(fd, at, 8); ++chunk) {
    const std::uint64_t size = head.size(big_endian);
    if (head.is(0, aiff ? "SSND" : "data")) {
      if (size == 0 || size == 0xFFFF'FFFF) return std::nullopt;
      return Promise{size, end - (at + 8)};
    }
    at += 8 + size + size % 2;
  }
  return std::nullopt;
}

}  // namespace entrain
