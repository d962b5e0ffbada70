#include "control/device/adapter.h"

#include <samplerate.h>

#include <algorithm>
#include <string>

namespace entrain {

namespace {

// 121 dB signal to noise and 90 % bandwidth, at about 1.4 % of a 64-frame stereo deadline.
constexpr int kConverter = SRC_SINC_MEDIUM_QUALITY;

}  // namespace

void Adapter::FreeResampler::operator()(SRC_STATE_tag* state) const { src_delete(state); }

Adapter::Adapter(QuantumSource& source, Shape shape)
    : source_(source), shape_(shape), lanes_(shape.channels >= 4 ? 4 : 2) {}

Adapter::~Adapter() = default;

Result<std::unique_ptr<Adapter>> Adapter::make(QuantumSource& source, Shape shape) {
  const auto refuse = [&](const std::string& why) {
    return Error{"cannot play " + std::to_string(shape.engine_rate) + " Hz on a device with " +
                 std::to_string(shape.channels) + " outputs at " + std::to_string(shape.device_rate) +
                 " Hz: " + why};
  };
  if (shape.channels < 1) return refuse("it has no output; choose another with --device");
  if (shape.engine_rate < 1 || shape.device_rate < 1) return refuse("a rate must be positive");

  std::unique_ptr<Adapter> adapter(new Adapter(source, shape));
  if (shape.device_rate != shape.engine_rate) {
    const double ratio = static_cast<double>(shape.device_rate) / shape.engine_rate;
    if (!src_is_valid_ratio(ratio)) return refuse("the rates are more than 256 times apart");
    int code = 0;
    adapter->resampler_.reset(src_new(kConverter, adapter->lanes_, &code));
    if (!adapter->resampler_) return refuse(src_strerror(code));
    // Touch its code, tables and buffers now, off the audio thread; the silence leaves no trace.
    std::fill(adapter->interleaved_.begin(), adapter->interleaved_.end(), 0.f);
    for (int i = 0; i < 64; ++i) {
      adapter->used_ = 0;
      adapter->produce(kBlock);
    }
    src_reset(adapter->resampler_.get());
    adapter->used_ = QuantumSource::frames;
  }
  return adapter;
}

void Adapter::pull(float* out, int frames) noexcept {
  int done = 0;
  while (done < frames) {
    if (resampler_) {
      const int made = produce(std::min(frames - done, kBlock));
      const float* in[QuantumSource::channels];
      for (int c = 0; c < QuantumSource::channels; ++c) in[c] = planes_[static_cast<std::size_t>(c)].data();
      map(out + done, frames, in, made);
      done += made;
      if (done < frames && used_ == QuantumSource::frames) next_quantum();
    } else {
      if (used_ == QuantumSource::frames) next_quantum();
      const int piece = std::min(QuantumSource::frames - used_, frames - done);
      const float* in[QuantumSource::channels];
      for (int c = 0; c < QuantumSource::channels; ++c) {
        in[c] = quantum_[static_cast<std::size_t>(c)].data() + used_;
      }
      map(out + done, frames, in, piece);
      used_ += piece;
      done += piece;
    }
  }
  if (fade_left_ > 0) apply_fade(out, frames);
}

void Adapter::fade_in(int frames) noexcept { fade_length_ = fade_left_ = std::max(frames, 0); }

void Adapter::next_quantum() noexcept {
  float* out[QuantumSource::channels];
  for (int c = 0; c < QuantumSource::channels; ++c) out[c] = quantum_[static_cast<std::size_t>(c)].data();
  source_.render(out);
  used_ = 0;
  if ((shape_.channels == 2 || shape_.channels == 3) && source_.split())
    for (std::size_t c = 0; c < 2; ++c) quantum_[c] = quantum_[c + 2];
  if (!resampler_) return;
  float* to = interleaved_.data();
  for (int i = 0; i < QuantumSource::frames; ++i) {
    for (int c = 0; c < lanes_; ++c) *to++ = out[c][i];
  }
}

/// Resamples what is left of the present quantum into at most `wanted` frames of planes_. Makes none only
/// when it used up all it was given.
int Adapter::produce(int wanted) noexcept {
  SRC_DATA data{};
  // Never a pointer past the end: it may be where data_out begins, which libsamplerate takes for an overlap.
  data.data_in = interleaved_.data() + (used_ % QuantumSource::frames) * lanes_;
  data.input_frames = QuantumSource::frames - used_;
  data.data_out = resampled_.data();
  data.output_frames = wanted;
  data.src_ratio = static_cast<double>(shape_.device_rate) / shape_.engine_rate;
  if (src_process(resampler_.get(), &data) != 0) {  // cannot happen with valid pointers: keep time in silence
    for (auto& plane : planes_) std::fill_n(plane.begin(), wanted, 0.f);
    used_ = QuantumSource::frames;
    return wanted;
  }
  if (data.input_frames_used == 0 && data.output_frames_gen == 0) data.input_frames_used = data.input_frames;
  used_ += static_cast<int>(data.input_frames_used);
  const int made = static_cast<int>(data.output_frames_gen);
  const float* from = resampled_.data();
  for (int i = 0; i < made; ++i) {
    for (int c = 0; c < lanes_; ++c)
      planes_[static_cast<std::size_t>(c)][static_cast<std::size_t>(i)] = *from++;
  }
  return made;
}

void Adapter::map(float* out, int stride, const float* const* in, int frames) const noexcept {
  if (shape_.channels == 1) {
    for (int i = 0; i < frames; ++i) out[i] = 0.5f * (in[0][i] + in[1][i]);
    return;
  }
  const int heard = shape_.channels >= 4 ? 4 : 2;
  for (int c = 0; c < shape_.channels; ++c) {
    float* to = out + static_cast<std::ptrdiff_t>(c) * stride;
    if (c < heard) {
      std::copy_n(in[c], frames, to);
    } else {
      std::fill_n(to, frames, 0.f);
    }
  }
}

void Adapter::apply_fade(float* out, int frames) noexcept {
  const int piece = std::min(fade_left_, frames);
  const float step = 1.f / static_cast<float>(fade_length_);
  for (int i = 0; i < piece; ++i) {
    const float gain = static_cast<float>(fade_length_ - fade_left_ + i) * step;
    for (int c = 0; c < shape_.channels; ++c) out[static_cast<std::ptrdiff_t>(c) * frames + i] *= gain;
  }
  fade_left_ -= piece;
}

}  // namespace entrain
