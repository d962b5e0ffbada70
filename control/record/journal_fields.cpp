#include "control/record/journal_fields.h"

#include <charconv>
#include <cmath>

namespace entrain {
namespace {

const nlohmann::ordered_json kNull, kNoList = nlohmann::ordered_json::array(),
                                    kNoObject = nlohmann::ordered_json::object();

std::string named(const char* key) { return '"' + std::string(key) + '"'; }

}  // namespace

const Fields::Json& Fields::at(const char* key) {
  if (has(key)) return object_.at(key);
  wrong(named(key) + " is missing");
  return kNull;
}

std::int64_t Fields::whole(const Json& value, const char* what, std::int64_t least, std::int64_t most) {
  // Of what is_number_integer() accepts, only an unsigned value may not fit; it then reads as negative.
  if (value.is_number_integer()) {
    const auto n = value.get<std::int64_t>();
    if (n >= least && n <= most && !(n < 0 && value.is_number_unsigned())) return n;
  }
  wrong(named(what) + " must be a whole number from " + std::to_string(least) + " to " +
        std::to_string(most));
  return least;
}

std::uint64_t Fields::natural(const Json& value, const char* what) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  wrong(named(what) + " must be a whole number from 0 on");
  return 0;
}

double Fields::real(const Json& value, const char* what) {
  if (value.is_number() && std::isfinite(value.get<double>())) return value.get<double>();
  wrong(named(what) + " must be a number");
  return 0;
}

std::string Fields::text(const char* key) {
  const Json& value = at(key);
  if (value.is_string()) return value.get<std::string>();
  wrong(named(key) + " must be a text");
  return {};
}

std::uint64_t Fields::hash(const char* key) {
  const std::string digits = text(key);
  std::uint64_t value = 0;
  const auto done = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 16 || done.ptr != digits.data() + digits.size() || done.ec != std::errc())
    wrong(named(key) + " must be 16 hex digits");
  return value;
}

const Fields::Json& Fields::list(const char* key) {
  const Json& value = at(key);
  if (value.is_array()) return value;
  wrong(named(key) + " must be a list");
  return kNoList;
}

const Fields::Json& Fields::object(const char* key) {
  const Json& value = at(key);
  if (value.is_object()) return value;
  wrong(named(key) + " must be an object");
  return kNoObject;
}

}  // namespace entrain
