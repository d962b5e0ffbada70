// CRC-32 as in Ethernet, gzip and PNG: finds the torn and the flipped, does not guard against forgers.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace entrain {

namespace detail {
/// Reflected polynomial 0xEDB88320 (IEEE 802.3-2018, 3.2.9), one remainder per byte.
inline constexpr std::array<std::uint32_t, 256> kCrc32Table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0xEDB88320u : 0u);
    table[byte] = rest;
  }
  return table;
}();
}  // namespace detail

/// Any thread, no allocation.
constexpr std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t rest = 0xFFFF'FFFFu;
  for (const char c : bytes)
    rest = (rest >> 8) ^ detail::kCrc32Table[(rest ^ static_cast<std::uint8_t>(c)) & 0xFF];
  return ~rest;
}

static_assert(crc32("123456789") == 0xCBF4'3926u, "the check value of CRC-32/ISO-HDLC");

}  // namespace entrain
