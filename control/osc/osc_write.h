// OSC packets that go out: liblo's encoding, our bundles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/controls.h"

namespace entrain {

/// No doubles: some receivers read them as 0.
using OscOut = std::variant<std::monostate, std::int32_t, float, std::string>;

/// A message with one argument, or none.
std::vector<std::byte> osc_message(const std::string& address, const OscOut& value = {});
/// A control's value as it travels: a whole number for toggles and choices, else a 32-bit float.
OscOut osc_out(const ControlRow& row, double value);

/// Gathers messages into bundles of at most kLargest bytes (one Ethernet frame) and hands each on when full.
class OscBundles {
 public:
  static constexpr std::size_t kLargest = 1'400;
  using Out = std::function<void(std::span<const std::byte> datagram)>;

  explicit OscBundles(Out out);
  /// A message must fit a bundle of its own: those of controls do, by far.
  void add(std::span<const std::byte> message);
  /// Hands on what is left.
  void flush();

 private:
  const Out out_;
  std::vector<std::byte> bytes_;
};

}  // namespace entrain
