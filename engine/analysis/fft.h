// The real Fourier transform that all analysis shares.
#pragma once

#include <memory>
#include <span>
#include <vector>

namespace entrain {

/// The least length from `samples` up that FFTW transforms quickly: even, with no prime factor above 7.
int fast_length(int samples);

/// Transforms of one length, with room of its own. The first of a length, and its first way back, are
/// planned, which takes milliseconds; the plans are kept for the process (under a mutex). The same input
/// gives the same bits in every process of one machine type. Not realtime-safe; each thread has its own.
///
/// Even and odd samples go as real and imaginary parts through a complex transform of half the length (Press
/// et al.: Numerical Recipes, 12.3), which FFTW does 1.4 times as fast as its own real one.
class Fft {
 public:
  explicit Fft(int size);  ///< 2 to 2^22, even

  int size() const { return size_; }
  int bins() const { return size_ / 2 + 1; }
  /// Where a transform reads: size() samples, kept until the next autocorrelate().
  std::span<float> input() { return {input_.get(), static_cast<std::size_t>(size_)}; }

  /// The squared magnitudes of input()'s spectrum, not scaled, to the bins() values of `out`.
  void power(std::span<float> out);
  /// input() becomes its circular autocorrelation, size() times as large.
  void autocorrelate();

  /// For bin k up to a quarter of the length: the real and the imaginary parts of -i/2 e^(-2 pi i k / size).
  struct HalfTurns {
    std::vector<float> real, imaginary;
  };

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  int size_;
  std::unique_ptr<float, Free> input_, spectrum_;  ///< spectrum_: bins() complex values
  std::vector<float> real_, imaginary_;
  void *forward_, *inverse_ = nullptr;  ///< plans, the process's
  const HalfTurns& half_turns_;         ///< the process's
};

}  // namespace entrain
