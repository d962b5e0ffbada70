// Takes values out of a JSON object of the journal; the first that is missing or out of its range is told.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace entrain {

// Wider than any jam, narrow enough that no sum in the engine overflows.
inline constexpr std::int64_t kFarFrame = std::int64_t{1} << 53, kFarTick = std::int64_t{1} << 60;

/// A value within its limits from each call, whatever the object holds; `problem` says what was wrong first.
/// Not realtime-safe.
class Fields {
 public:
  using Json = nlohmann::ordered_json;

  Fields(const Json& object, std::string& problem) : object_(object), problem_(problem) {}

  bool has(const char* key) const { return object_.is_object() && object_.contains(key); }
  /// The value under a key; null when there is none, which is a problem.
  const Json& at(const char* key);
  std::int64_t whole(const char* key, std::int64_t least, std::int64_t most) {
    return whole(at(key), key, least, most);
  }
  std::uint64_t natural(const char* key) { return natural(at(key), key); }
  double real(const char* key) { return real(at(key), key); }
  std::string text(const char* key);
  std::uint64_t hash(const char* key);  ///< 16 hex digits
  const Json& list(const char* key);    ///< an array; an empty one when it is none
  const Json& object(const char* key);  ///< likewise

  std::int64_t whole(const Json& value, const char* what, std::int64_t least, std::int64_t most);
  std::uint64_t natural(const Json& value, const char* what);
  double real(const Json& value, const char* what);  ///< finite
  void wrong(const std::string& sentence) {
    if (problem_.empty()) problem_ = sentence;
  }

 private:
  const Json& object_;
  std::string& problem_;
};

}  // namespace entrain
