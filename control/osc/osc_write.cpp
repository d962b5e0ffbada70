#include "control/osc/osc_write.h"

#include <lo/lo.h>

#include <array>
#include <memory>

namespace entrain {
namespace {

struct FreeMessage {
  void operator()(lo_message message) const { lo_message_free(message); }
};

/// "#bundle", and the time that means "immediately".
constexpr std::array<char, 16> kHead{'#', 'b', 'u', 'n', 'd', 'l', 'e', 0, 0, 0, 0, 0, 0, 0, 0, 1};

}  // namespace

std::vector<std::byte> osc_message(const std::string& address, const OscOut& value) {
  const std::unique_ptr<std::remove_pointer_t<lo_message>, FreeMessage> message(lo_message_new());
  if (const auto* whole = std::get_if<std::int32_t>(&value)) lo_message_add_int32(message.get(), *whole);
  if (const auto* number = std::get_if<float>(&value)) lo_message_add_float(message.get(), *number);
  if (const auto* text = std::get_if<std::string>(&value))
    lo_message_add_string(message.get(), text->c_str());
  std::vector<std::byte> bytes(lo_message_length(message.get(), address.c_str()));
  lo_message_serialise(message.get(), address.c_str(), bytes.data(), nullptr);
  return bytes;
}

OscOut osc_out(const ControlRow& row, double value) {
  if (row.kind == Kind::toggle || row.kind == Kind::choice) return static_cast<std::int32_t>(value);
  return static_cast<float>(value);
}

OscBundles::OscBundles(Out out) : out_(std::move(out)) { bytes_.reserve(kLargest); }

void OscBundles::add(std::span<const std::byte> message) {
  if (bytes_.size() + 4 + message.size() > kLargest) flush();
  if (bytes_.empty())
    for (const char c : kHead) bytes_.push_back(static_cast<std::byte>(c));
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes_.push_back(static_cast<std::byte>(message.size() >> shift));
  bytes_.insert(bytes_.end(), message.begin(), message.end());
}

void OscBundles::flush() {
  if (!bytes_.empty()) out_(bytes_);
  bytes_.clear();
}

}  // namespace entrain
