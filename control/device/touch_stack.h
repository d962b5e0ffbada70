// What a thread does before it renders for the first time.
#pragma once

#include <cstddef>

namespace entrain {

/// Touches the stack that rendering may need, so that no page of it is met anew in the middle of the music. Once
/// for each thread that renders.
[[gnu::noinline]] inline void touch_stack() noexcept {
  constexpr std::size_t kDepth = 128 << 10, kPage = 4'096;  // bytes; libjack's threads have 512 kB
  char stack[kDepth];
  volatile char* const touched = stack;
  for (std::size_t at = 0; at < kDepth; at += kPage) touched[at] = 0;
}

}  // namespace entrain
