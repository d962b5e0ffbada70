#include "control/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

#include "control/owned_fd.h"

namespace entrain {

Result<std::string> read_text(const std::filesystem::path& path, std::string_view what, std::size_t most) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return Error{fmt::format("{} is a folder; name a {}", path.string(), what)};
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Error{
        fmt::format("cannot open the {} {}: check the name and its permissions", what, path.string())};
  std::string text;
  char part[1 << 14];
  while (file.read(part, sizeof part) || file.gcount() > 0) {
    text.append(part, static_cast<std::size_t>(file.gcount()));
    if (text.size() > most)
      return Error{fmt::format("{} is too large for a {} (over {} KiB)", path.string(), what, most >> 10)};
  }
  return text;
}

Result<void> write_text(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::path part = path;
  part += ".part";
  const auto failed = [&] {
    const int error = errno;
    ::unlink(part.c_str());
    return Error{fmt::format("{} cannot be written ({}); check its folder and the disk", path.string(),
                             std::generic_category().message(error))};
  };
  const OwnedFd fd(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd) return failed();
  while (!text.empty()) {
    const ssize_t written = ::write(fd.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed();
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd.get()) != 0 && errno != EINVAL) return failed();
  if (std::rename(part.c_str(), path.c_str()) != 0) return failed();
  return {};
}

Result<void> write_new_text(const std::filesystem::path& path, std::string_view text) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored))
    return Error{fmt::format("{} exists already; choose another name, or move it away first", path.string())};
  return write_text(path, text);
}

}  // namespace entrain
