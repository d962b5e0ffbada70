// OSC 1.0 address patterns: ? * [a-z] [!a-z] {this,that}, none of which crosses a slash.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace entrain {

bool is_osc_pattern(std::string_view address);

/// Matches in time proportional to pattern times address, whatever is written (it follows all readings at
/// once instead of trying them in turn). Any thread; not realtime-safe.
class OscPattern {
 public:
  /// At most kOscLongestAddress characters. The Error says what is malformed.
  static Result<OscPattern> parse(std::string_view text);

  bool matches(std::string_view address) const;

 private:
  struct Token {
    enum class Kind : unsigned char { one, any_number, strings };
    Kind kind = Kind::one;
    std::bitset<128> characters;       ///< one: which
    std::vector<std::string> strings;  ///< strings: one of these
  };
  using Part = std::vector<Token>;  ///< what stands between two slashes

  static Result<Part> parse_part(std::string_view text);
  static bool matches(const Part& part, std::string_view text);

  std::vector<Part> parts_;
};

}  // namespace entrain
