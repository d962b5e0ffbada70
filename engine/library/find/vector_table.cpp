#include "engine/library/find/vector_table.h"

#include <algorithm>
#include <cmath>

#include "engine/analysis/wide.h"

namespace entrain {
namespace {

constexpr std::size_t kBlock = 64;  // rows that stay near while all directions visit them

/// out[i] = direction . rows[i].
void product(const float* rows, std::size_t stride, std::size_t count, const float* direction, float* out) {
  for (std::size_t i = 0; i < count; ++i, rows += stride) {
    float sum = 0;
    for (std::size_t j = 0; j < stride; ++j) sum += rows[j] * direction[j];
    out[i] = sum;
  }
}

}  // namespace

void VectorTable::products(std::span<const std::span<const float>> directions,
                           std::span<const std::span<float>> out, Isa isa) const {
  std::vector<float> padded(directions.size() * stride_);
  for (std::size_t d = 0; d < directions.size(); ++d)
    std::copy_n(directions[d].begin(), width_, padded.begin() + static_cast<std::ptrdiff_t>(d * stride_));
  widely(
      [&, this] {
        for (std::size_t from = 0; from < rows_; from += kBlock)
          for (std::size_t d = 0; d < directions.size(); ++d)
            product(values_.data() + from * stride_, stride_, std::min(kBlock, rows_ - from),
                    padded.data() + d * stride_, out[d].data() + from);
      },
      isa);
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
