// OSC packets for tests, written and read byte by byte, without the code under test or its library.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "control/osc/osc_packet.h"

namespace entrain::test {

using Packet = std::vector<std::byte>;

inline void put_word(Packet& p, std::uint32_t word) {
  for (int shift = 24; shift >= 0; shift -= 8) p.push_back(static_cast<std::byte>(word >> shift));
}
inline void put_text(Packet& p, const std::string& text) {
  for (const char c : text) p.push_back(static_cast<std::byte>(c));
  do p.push_back(std::byte{0});
  while (p.size() % 4 != 0);
}
/// One argument of a message: its type and its bytes.
struct Arg {
  char type;
  Packet bytes;
};
inline Arg arg_i(std::int32_t v) {
  Arg a{'i', {}};
  put_word(a.bytes, static_cast<std::uint32_t>(v));
  return a;
}
inline Arg arg_f(float v) {
  Arg a{'f', {}};
  put_word(a.bytes, std::bit_cast<std::uint32_t>(v));
  return a;
}
inline Arg arg_wide(char type, std::uint64_t bits) {
  Arg a{type, {}};
  put_word(a.bytes, static_cast<std::uint32_t>(bits >> 32));
  put_word(a.bytes, static_cast<std::uint32_t>(bits));
  return a;
}
inline Arg arg_h(std::int64_t v) { return arg_wide('h', static_cast<std::uint64_t>(v)); }
inline Arg arg_d(double v) { return arg_wide('d', std::bit_cast<std::uint64_t>(v)); }
inline Arg arg_s(const std::string& v, char type = 's') {
  Arg a{type, {}};
  put_text(a.bytes, v);
  return a;
}
inline Arg arg_blob(std::uint32_t words) {
  Arg a{'b', {}};
  put_word(a.bytes, words * 4);
  for (std::uint32_t i = 0; i < words; ++i) put_word(a.bytes, i);
  return a;
}
inline Arg arg_flag(char type) { return {type, {}}; }  // T F I N

inline Packet message(const std::string& address, const std::vector<Arg>& args = {}) {
  Packet p;
  put_text(p, address);
  std::string types = ",";
  for (const Arg& a : args) types += a.type;
  put_text(p, types);
  for (const Arg& a : args) p.insert(p.end(), a.bytes.begin(), a.bytes.end());
  return p;
}
inline constexpr std::uint64_t kImmediately = 1;
inline Packet bundle(std::uint64_t ntp, const std::vector<Packet>& elements) {
  Packet p;
  put_text(p, "#bundle");
  put_word(p, static_cast<std::uint32_t>(ntp >> 32));
  put_word(p, static_cast<std::uint32_t>(ntp));
  for (const Packet& e : elements) {
    put_word(p, static_cast<std::uint32_t>(e.size()));
    p.insert(p.end(), e.begin(), e.end());
  }
  return p;
}
/// The NTP time of a moment, to the nearest 2^-32 s.
inline std::uint64_t ntp_of(OscTime time) {
  const auto ns = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
  const std::uint64_t seconds = ns / 1'000'000'000 + 2'208'988'800;
  const std::uint64_t fraction = ((ns % 1'000'000'000 << 32) + 500'000'000) / 1'000'000'000;
  return (seconds << 32) + fraction;
}

/// A message that was sent, with its one argument, if any.
struct Said {
  std::string address;
  char type = ' ';  ///< ' ' when there is no argument
  double number = 0;
  std::string text;
};
inline std::uint32_t word_at(std::span<const std::byte> p, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word = word << 8 | std::to_integer<std::uint32_t>(p[at + i]);
  return word;
}
inline std::vector<Said> said_in(std::span<const std::byte> p) {
  std::vector<Said> all;
  const auto* chars = reinterpret_cast<const char*>(p.data());
  if (std::strcmp(chars, "#bundle") == 0) {
    for (std::size_t at = 16; at < p.size(); at += 4 + word_at(p, at))
      for (Said& said : said_in(p.subspan(at + 4, word_at(p, at)))) all.push_back(std::move(said));
    return all;
  }
  Said said{chars, ' ', 0, {}};
  const std::size_t types = said.address.size() / 4 * 4 + 4;
  if (chars[types + 1] != '\0') {
    said.type = chars[types + 1];
    if (said.type == 'i') said.number = static_cast<std::int32_t>(word_at(p, types + 4));
    if (said.type == 'f') said.number = std::bit_cast<float>(word_at(p, types + 4));
    if (said.type == 's') said.text = chars + types + 4;
  }
  all.push_back(std::move(said));
  return all;
}

}  // namespace entrain::test
