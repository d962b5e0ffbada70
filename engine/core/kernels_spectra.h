// The loops of kernels.h that compare and turn spectra: part of kernels_body.h, under its rules.
#include "engine/core/kernels.h"

namespace entrain {
namespace {

void compare(const Spectrum& x, const Spectrum& y, const Spectrum& z, float* __restrict power,
             float* __restrict cross_real, float* __restrict cross_imaginary, int n) {
  for (int k = 1; k < n / 2; ++k) {
    const int j = n - k;
    power[k] = x.real[k] * x.real[k] + x.imaginary[k] * x.imaginary[k] + x.real[j] * x.real[j] +
               x.imaginary[j] * x.imaginary[j];
    cross_real[k] = y.real[k] * z.real[k] + y.imaginary[k] * z.imaginary[k] + y.real[j] * z.real[j] +
                    y.imaginary[j] * z.imaginary[j];
    cross_imaginary[k] = y.imaginary[k] * z.real[k] - y.real[k] * z.imaginary[k] + y.real[j] * z.imaginary[j] -
                         y.imaginary[j] * z.real[j];
  }
}

void turn(float* __restrict real, float* __restrict imaginary, const float* __restrict turn_real,
          const float* __restrict turn_imaginary, int n) {
  for (int k = 1; k < n / 2; ++k) {
    const float r = real[k], i = imaginary[k];
    real[k] = r * turn_real[k] - i * turn_imaginary[k];
    imaginary[k] = r * turn_imaginary[k] + i * turn_real[k];
  }
  for (int k = n / 2 + 1; k < n; ++k) {
    const float r = real[k], i = imaginary[k];
    real[k] = r * turn_real[n - k] + i * turn_imaginary[n - k];
    imaginary[k] = i * turn_real[n - k] - r * turn_imaginary[n - k];
  }
}

}  // namespace
}  // namespace entrain
