#include "engine/library/find/said.h"

#include <array>
#include <charconv>
#include <cmath>

namespace entrain {

std::string said(double number, int decimals) {
  std::array<char, 400> text;
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed, decimals);
  if (error != std::errc()) return "?";
  std::string out(text.data(), end);
  if (out.find('.') != std::string::npos) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
  }
  return out == "-0" ? "0" : out;
}

}  // namespace entrain
