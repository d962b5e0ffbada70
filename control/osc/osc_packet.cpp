#include "control/osc/osc_packet.h"

#include <fmt/format.h>
#include <lo/lo.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace entrain {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::string_view kBundle{"#bundle\0", 8};
constexpr std::size_t kBundleHead = 16;  ///< the word and the time

struct FreeMessage {
  void operator()(lo_message message) const { lo_message_free(message); }
};
using LoMessage = std::unique_ptr<std::remove_pointer_t<lo_message>, FreeMessage>;

std::uint32_t read_word(Bytes bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word = word << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return word;
}

bool is_bundle(Bytes bytes) {
  return bytes.size() >= kBundle.size() && std::memcmp(bytes.data(), kBundle.data(), kBundle.size()) == 0;
}

/// liblo leaves 64-bit arguments at multiples of 4: they may only be copied out.
template <class T>
T copied(const lo_arg* arg) {
  T value;
  std::memcpy(&value, arg, sizeof value);
  return value;
}

OscArg to_arg(char type, const lo_arg* arg) {
  switch (type) {
    case LO_INT32:
      return static_cast<double>(copied<std::int32_t>(arg));
    case LO_INT64:
      return static_cast<double>(copied<std::int64_t>(arg));
    case LO_FLOAT:
      return static_cast<double>(copied<float>(arg));
    case LO_DOUBLE:
      return copied<double>(arg);
    case LO_TRUE:
      return true;
    case LO_FALSE:
      return false;
    case LO_INFINITUM:
      return OscImpulse{};
    case LO_STRING:
    case LO_SYMBOL:
      return std::string(reinterpret_cast<const char*>(arg));
    case LO_CHAR:
      return std::string(1, static_cast<char>(copied<std::int32_t>(arg)));
    default:
      return OscOpaque{type};
  }
}

Result<std::string> read_address(Bytes bytes) {
  const auto end = std::find(bytes.begin(), bytes.end(), std::byte{0});
  if (end == bytes.end()) return Error{"an OSC packet is cut short in its address; send whole packets"};
  const auto length = static_cast<std::size_t>(end - bytes.begin());
  if (length > kOscLongestAddress)
    return Error{fmt::format("an OSC address has {} characters; {} is the most", length, kOscLongestAddress)};
  std::string address(reinterpret_cast<const char*>(bytes.data()), length);
  if (address.empty() || address[0] != '/')
    return Error{"an OSC packet holds neither a bundle nor an address beginning with /; send OSC 1.0"};
  if (!std::all_of(address.begin(), address.end(), [](char c) { return c > ' ' && c < '\x7f'; }))
    return Error{"an OSC address holds a space or a character outside ASCII; mend it in the sender's layout"};
  return address;
}

Result<OscMessage> read_message(Bytes bytes, std::optional<OscTime> time) {
  auto address = read_address(bytes);
  if (!address) return address.error();
  OscMessage message{*std::move(address), {}, time};
  if (bytes.size() == message.address.size() / 4 * 4 + 4) return message;  // very old senders omit the types

  // liblo takes mutable memory but copies it before it changes anything; it may not look past this element.
  std::array<std::byte, kOscLargestPacket> copy;
  std::copy(bytes.begin(), bytes.end(), copy.begin());
  int code = 0;
  const LoMessage parsed(lo_message_deserialise(copy.data(), bytes.size(), &code));
  if (parsed == nullptr)
    return Error{fmt::format("the OSC message {} is malformed (liblo's code {}); send OSC 1.0",
                             message.address, code)};
  const std::string_view types = lo_message_get_types(parsed.get());
  lo_arg** argv = lo_message_get_argv(parsed.get());
  for (std::size_t i = 0; i < std::min(types.size(), kOscMostArgs); ++i)
    message.args.push_back(to_arg(types[i], argv[i]));
  return message;
}

/// Appends what `bytes` hold to `out`; empty when all went well.
std::optional<Error> read_element(Bytes bytes, std::optional<OscTime> time, int depth,
                                  std::vector<OscMessage>& out) {
  if (!is_bundle(bytes)) {
    auto message = read_message(bytes, time);
    if (!message) return message.error();
    out.push_back(*std::move(message));
    return {};
  }
  if (depth > kOscDeepestBundle)
    return Error{fmt::format("OSC bundles are nested deeper than {}; send them flat", kOscDeepestBundle)};
  if (bytes.size() < kBundleHead) return Error{"an OSC bundle is cut short in its time; send whole packets"};
  const auto own = from_ntp(read_word(bytes.subspan(8)), read_word(bytes.subspan(12)));
  time = std::max(time, own);  // an empty optional is less than any time
  for (bytes = bytes.subspan(kBundleHead); !bytes.empty();) {
    if (bytes.size() < 4) return Error{"an OSC bundle is cut short in an element's size; send whole packets"};
    const std::uint32_t size = read_word(bytes);
    bytes = bytes.subspan(4);
    if (size == 0 || size % 4 != 0 || size > bytes.size())
      return Error{fmt::format("an OSC bundle holds an element of {} bytes where {} are left; send OSC 1.0",
                               size, bytes.size())};
    if (auto error = read_element(bytes.first(size), time, depth + 1, out)) return error;
    bytes = bytes.subspan(size);
  }
  return {};
}

}  // namespace

Result<std::vector<OscMessage>> read_packet(std::span<const std::byte> packet) {
  if (packet.size() > kOscLargestPacket)
    return Error{fmt::format("an OSC packet is larger than {} bytes; send less at once", kOscLargestPacket)};
  if (packet.empty() || packet.size() % 4 != 0)
    return Error{
        fmt::format("an OSC packet has {} bytes, which is no multiple of 4; send OSC 1.0", packet.size())};
  std::vector<OscMessage> messages;
  if (auto error = read_element(packet, {}, 1, messages)) return *std::move(error);
  return messages;
}

std::optional<OscTime> from_ntp(std::uint32_t seconds, std::uint32_t fraction) {
  constexpr std::int64_t kUnixEpoch = 2'208'988'800;  // in seconds since 1900
  if (seconds == 0 && fraction <= 1) return {};
  const std::int64_t era = seconds < 0x8000'0000u ? std::int64_t{1} << 32 : 0;
  const std::uint64_t nanoseconds = (fraction * std::uint64_t{1'000'000'000} + (1u << 31)) >> 32;
  return OscTime(std::chrono::duration_cast<OscTime::duration>(
      std::chrono::seconds(seconds + era - kUnixEpoch) + std::chrono::nanoseconds(nanoseconds)));
}

}  // namespace entrain
