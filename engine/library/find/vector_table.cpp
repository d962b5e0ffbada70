#include "engine/library/find/vector_table.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

constexpr std::size_t kBlock = 64;  // rows that stay near while all directions visit them

/// out[i] = direction . rows[i]. Compiled with KERNEL_FLAGS (see CMakeLists.txt), so that it vectorises; once
/// for each level.
[[gnu::always_inline]] inline void products_body(const float* rows, std::size_t stride, std::size_t count,
                                                 const float* direction, float* out) {
  for (std::size_t i = 0; i < count; ++i, rows += stride) {
    float sum = 0;
    for (std::size_t j = 0; j < stride; ++j) sum += rows[j] * direction[j];
    out[i] = sum;
  }
}

using Products = void (*)(const float*, std::size_t, std::size_t, const float*, float*);

void products_baseline(const float* rows, std::size_t stride, std::size_t count, const float* direction,
                       float* out) {
  products_body(rows, stride, count, direction, out);
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void products_v3(const float* rows, std::size_t stride, std::size_t count,
                                             const float* direction, float* out) {
  products_body(rows, stride, count, direction, out);
}

[[gnu::target("avx2,fma,avx512f,avx512dq,avx512vl,avx512bw")]] void products_v4(
    const float* rows, std::size_t stride, std::size_t count, const float* direction, float* out) {
  products_body(rows, stride, count, direction, out);
}
#endif

Products products_for(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::v4) return products_v4;
  if (isa == Isa::v3) return products_v3;
#else
  static_cast<void>(isa);
#endif
  return products_baseline;
}

}  // namespace

void VectorTable::products(std::span<const std::span<const float>> directions,
                           std::span<const std::span<float>> out, Isa isa) const {
  std::vector<float> padded(directions.size() * stride_);
  for (std::size_t d = 0; d < directions.size(); ++d)
    std::copy_n(directions[d].begin(), width_, padded.begin() + static_cast<std::ptrdiff_t>(d * stride_));
  const Products product = products_for(isa);
  for (std::size_t from = 0; from < rows_; from += kBlock)
    for (std::size_t d = 0; d < directions.size(); ++d)
      product(values_.data() + from * stride_, stride_, std::min(kBlock, rows_ - from),
              padded.data() + d * stride_, out[d].data() + from);
}

void VectorTable::normalise() {
  for (std::size_t i = 0; i < rows_; ++i) {
    float squares = 0;
    for (const float v : row(i)) squares += v * v;
    if (!(squares > 0)) continue;
    const float factor = 1 / std::sqrt(squares);
    for (float& v : row(i)) v *= factor;
  }
}

}  // namespace entrain
