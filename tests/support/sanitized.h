// Whether this build looks for faults of memory and threads.
#pragma once

namespace entrain::test {

/// Long laws of exactness then go a part of their way: each step costs tenfold, and the whole way is gone by the
/// plain build.
#if defined(ENTRAIN_ASAN) || defined(ENTRAIN_TSAN)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace entrain::test
