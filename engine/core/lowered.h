// Letters in lower case, for comparing what people write.
#pragma once

#include <string>
#include <string_view>

namespace entrain {

/// ASCII letters made small, other bytes as they are, whatever the locale. Not realtime-safe.
inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace entrain
