#include "control/osc/osc_text.h"

namespace entrain {

std::string printable(std::string_view text) {
  constexpr std::size_t kMost = 300;
  std::string clean;
  for (std::size_t i = 0; i < text.size() && clean.size() < kMost; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
    const bool c1_control = c == 0xC2 && next >= 0x80 && next <= 0x9F;  // UTF-8 of U+0080 to U+009F
    const bool control = c < 0x20 || c == 0x7F || c1_control;
    clean += control ? '?' : text[i];
    if (c1_control) ++i;
  }
  return clean;
}

}  // namespace entrain
