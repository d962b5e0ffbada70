// Names a file by its bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace entrain {

/// Hash64 of a file's bytes, however long; none when it cannot be read to its end. Blocks. Any thread.
std::optional<std::uint64_t> hash_file(int fd);
std::optional<std::uint64_t> hash_file(const std::filesystem::path& path);

}  // namespace entrain
