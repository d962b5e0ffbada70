// Vectors, and transforms of eight values each: part of kernels_body.h, under its rules.
#include "engine/core/kernels.h"

namespace entrain {
namespace {

#ifdef __AVX2__
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
using Lanes = float __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));
using Quad = float __attribute__((vector_size(16), aligned(4), may_alias));

// kLanes times eight values side by side, and their transforms by decimation in frequency.
struct Eighths {
  Lanes real[8], imaginary[8];

  void transform() {
    constexpr float kHalf = 0.70710678f;  // of a right angle: its cosine
    for (int j = 0; j < 4; ++j) {
      const Lanes r = real[j] - real[j + 4], i = imaginary[j] - imaginary[j + 4];
      real[j] += real[j + 4];
      imaginary[j] += imaginary[j + 4];
      real[j + 4] = r;
      imaginary[j + 4] = i;
    }
    const Lanes r5 = kHalf * (real[5] + imaginary[5]), i5 = kHalf * (imaginary[5] - real[5]);
    const Lanes r6 = imaginary[6], i6 = -real[6];
    const Lanes r7 = kHalf * (imaginary[7] - real[7]), i7 = -kHalf * (real[7] + imaginary[7]);
    real[5] = r5, imaginary[5] = i5, real[6] = r6, imaginary[6] = i6, real[7] = r7, imaginary[7] = i7;
    for (int h = 0; h < 8; h += 4) quarter(real + h, imaginary + h);
  }

  // Where the transform's k-th value is.
  static constexpr int at(int k) { return k % 2 * 4 + k / 2; }

  static void quarter(Lanes* r, Lanes* i) {
    const Lanes sum_r = r[0] + r[2], sum_i = i[0] + i[2], gap_r = r[0] - r[2], gap_i = i[0] - i[2];
    const Lanes odd_r = r[1] + r[3], odd_i = i[1] + i[3], turn_r = i[3] - i[1], turn_i = r[1] - r[3];  // i(b - d)
    r[0] = sum_r + odd_r, i[0] = sum_i + odd_i;
    r[1] = gap_r - turn_r, i[1] = gap_i - turn_i;
    r[2] = sum_r - odd_r, i[2] = sum_i - odd_i;
    r[3] = gap_r + turn_r, i[3] = gap_i + turn_i;
  }
};

// Reads eight values that lie `far` apart, and transforms and turns them.
template <class From>
inline Eighths turned(const float* real, const float* imaginary, int far, const From& turns) {
  Eighths x;
  for (int j = 0; j < 8; ++j) {
    x.real[j] = *reinterpret_cast<const Lanes*>(real + j * far);
    x.imaginary[j] = *reinterpret_cast<const Lanes*>(imaginary + j * far);
  }
  x.transform();
  Eighths out;
  out.real[0] = x.real[0];
  out.imaginary[0] = x.imaginary[0];
  for (int k = 1; k < 8; ++k) {
    const Lanes r = x.real[x.at(k)], i = x.imaginary[x.at(k)];
    out.real[k] = r * turns(2 * k - 2) - i * turns(2 * k - 1);
    out.imaginary[k] = r * turns(2 * k - 1) + i * turns(2 * k - 2);
  }
  return out;
}

// Writes the first values of all eight, then their second ones, and so on: three perfect shuffles.
inline void interleave(const Lanes (&from)[8], float* to) {
#ifdef __AVX2__
  using Order = int __attribute__((vector_size(32)));
  constexpr Order kLow{0, 8, 1, 9, 2, 10, 3, 11}, kHigh{4, 12, 5, 13, 6, 14, 7, 15};
#else
  using Order = int __attribute__((vector_size(16)));
  constexpr Order kLow{0, 4, 1, 5}, kHigh{2, 6, 3, 7};
#endif
  Lanes x[8], y[8];
  const auto shuffle = [&](const Lanes* in, Lanes* out) {
    for (int j = 0; j < 4; ++j) {
      out[2 * j] = __builtin_shuffle(in[j], in[j + 4], kLow);
      out[2 * j + 1] = __builtin_shuffle(in[j], in[j + 4], kHigh);
    }
  };
  shuffle(from, x);
  shuffle(x, y);
  shuffle(y, x);
  for (int j = 0; j < 8; ++j) *reinterpret_cast<Lanes*>(to + kLanes * j) = x[j];
}

}  // namespace
}  // namespace entrain
