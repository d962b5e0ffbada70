// Stored analyses that lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "engine/core/hash.h"

namespace entrain::test {

/// Bytes with their hash set right: a liar's, not a broken disk's.
inline std::string rehashed(std::string bytes) {
  bytes.resize(bytes.size() - sizeof(std::uint64_t));
  const std::uint64_t hash = Hash64().add(std::as_bytes(std::span(bytes))).value();
  return bytes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
}

}  // namespace entrain::test
