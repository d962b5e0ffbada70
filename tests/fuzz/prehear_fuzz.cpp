// Feeds any lines to what a session and its follower say to each other. What is understood is spelled, and
// understood again, as the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "control/prehear/prehear_wire.h"

using namespace entrain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (int lines = 0; !text.empty() && lines < 64; ++lines) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (const auto order = prehear_order(line)) {
      const auto again = prehear_order(line_of(*order));
      if (!again || line_of(*again) != line_of(*order)) std::abort();
    }
    if (const auto answer = prehear_answer(line)) {
      const auto again = prehear_answer(line_of(*answer));
      if (!again || line_of(*again) != line_of(*answer)) std::abort();
    }
  }
  return 0;
}
