#include "engine/core/isa.h"

#include <array>

#include "engine/core/kernels.h"

namespace entrain {

extern const Kernels kernels_baseline;
#if defined(__x86_64__)
extern const Kernels kernels_v3, kernels_v4;
#endif

namespace {

struct Levels {
  std::array<Isa, 3> levels{Isa::baseline};
  std::size_t count = 1;

  Levels() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
      levels[count++] = Isa::v3;
    if (count == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
      levels[count++] = Isa::v4;
#endif
  }
};

}  // namespace

std::span<const Isa> available_isas() {
  static const Levels found;
  return {found.levels.data(), found.count};
}

std::optional<Isa> isa_named(std::string_view name) {
  for (const Isa isa : available_isas())
    if (name_of(isa) == name) return isa;
  return std::nullopt;
}

const Kernels& kernels_for(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::v4) return kernels_v4;
  if (isa == Isa::v3) return kernels_v3;
#else
  static_cast<void>(isa);
#endif
  return kernels_baseline;
}

}  // namespace entrain
