// Plain loops, compiled once per instruction-set level and run at the machine's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/analysis/samples.h"
#include "engine/core/isa.h"

namespace entrain {

/// Eight floats side by side, wherever they lie.
using Floats = float __attribute__((vector_size(32), aligned(4), may_alias));
inline constexpr std::size_t kFloats = 8;
inline const Floats& floats_at(const float* first) { return *reinterpret_cast<const Floats*>(first); }
inline Floats& floats_at(float* first) { return *reinterpret_cast<Floats*>(first); }

/// What comparing Floats says: -1 where it is so, 0 where it is not.
using Truths = std::int32_t __attribute__((vector_size(32)));

/// Each becomes its sound_or_silence().
inline void silence_odd(Floats& x) { x = (x >= -kLargestSample) & (x <= kLargestSample) ? x : Floats{}; }

/// The level of widely(): the best there is, until somebody asks for another, which only tests do. Not to be
/// changed while another thread analyses.
Isa& wide_level();

namespace wide {

template <class Loop>
[[gnu::flatten, gnu::noinline]] auto at_baseline(const Loop& loop) {
  return loop();
}

#if defined(__x86_64__)
template <class Loop>
[[gnu::flatten, gnu::noinline, gnu::target("avx2,fma,bmi2")]] auto at_v3(const Loop& loop) {
  return loop();
}

template <class Loop>
[[gnu::flatten, gnu::noinline, gnu::target("avx2,fma,bmi2,avx512f,avx512bw,avx512dq,avx512vl,avx512cd")]] auto
at_v4(const Loop& loop) {
  return loop();
}
#endif

}  // namespace wide

/// What `loop` returns, a lambda without parameters that captures what it needs: it is compiled for each
/// level, together with all the functions it calls whose bodies the compiler sees. For files with
/// KERNEL_FLAGS (see CMakeLists.txt), so that loops vectorise. Between levels, sums differ in their order,
/// products in whether they are rounded before they are added; nothing else does. Any thread.
template <class Loop>
auto widely(const Loop& loop, Isa isa = wide_level()) {
#if defined(__x86_64__)
  if (isa == Isa::v4) return wide::at_v4(loop);
  if (isa == Isa::v3) return wide::at_v3(loop);
#else
  static_cast<void>(isa);
#endif
  return wide::at_baseline(loop);
}

}  // namespace entrain
