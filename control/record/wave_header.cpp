#include "control/record/wave_header.h"

#include <string_view>
#include <utility>

namespace entrain {
namespace {

constexpr std::uint32_t kSeeDs64 = 0xFFFF'FFFF;  // "the true size stands in ds64"

/// Appends chunk fields in the file's byte order, little-endian.
class HeaderFields {
 public:
  HeaderFields& id(std::string_view four) {
    bytes_.insert(bytes_.end(), four.begin(), four.end());
    return *this;
  }
  HeaderFields& u16(std::uint64_t v) { return put(v, 2); }
  HeaderFields& u32(std::uint64_t v) { return put(v, 4); }
  HeaderFields& u64(std::uint64_t v) { return put(v, 8); }
  std::vector<unsigned char> take() { return std::move(bytes_); }

 private:
  HeaderFields& put(std::uint64_t v, int count) {
    for (int k = 0; k < count; ++k) bytes_.push_back(static_cast<unsigned char>(v >> (8 * k) & 0xFF));
    return *this;
  }
  std::vector<unsigned char> bytes_;
};

}  // namespace

int wave_sample_bytes(const WaveSpec& spec) {
  switch (spec.format) {
    case WaveFormat::pcm16: return 2;
    case WaveFormat::pcm24: return 3;
    case WaveFormat::float32: return 4;
  }
  return 4;
}

std::int64_t wave_frame_bytes(const WaveSpec& spec) { return std::int64_t{spec.channels} * wave_sample_bytes(spec); }

std::int64_t wave_header_bytes(const WaveSpec& spec) {
  const std::int64_t riff = 12, ds64 = 8 + 28, data = 8;
  const std::int64_t fmt = spec.format != WaveFormat::float32 ? 8 + 16 : 8 + 18 + 8 + 4;  // float needs `fact`
  return riff + ds64 + fmt + data;
}

std::vector<unsigned char> wave_header(const WaveSpec& spec, std::int64_t frames) {
  const auto frame_bytes = static_cast<std::uint64_t>(wave_frame_bytes(spec));
  const auto count = static_cast<std::uint64_t>(frames);
  const std::uint64_t data = count * frame_bytes;
  const std::uint64_t riff = static_cast<std::uint64_t>(wave_header_bytes(spec)) - 8 + data + (data & 1);
  const bool large = riff > spec.riff_limit;
  const bool pcm = spec.format != WaveFormat::float32;
  const auto rate = static_cast<std::uint64_t>(spec.rate);

  HeaderFields out;
  out.id(large ? "RF64" : "RIFF").u32(large ? kSeeDs64 : riff).id("WAVE");
  out.id(large ? "ds64" : "JUNK").u32(28);
  out.u64(large ? riff : 0).u64(large ? data : 0).u64(large ? count : 0).u32(0);
  out.id("fmt ").u32(pcm ? 16 : 18).u16(pcm ? 1 : 3).u16(static_cast<std::uint64_t>(spec.channels));
  out.u32(rate).u32(rate * frame_bytes).u16(frame_bytes).u16(static_cast<std::uint64_t>(8 * wave_sample_bytes(spec)));
  if (!pcm) out.u16(0).id("fact").u32(4).u32(large ? kSeeDs64 : count);
  out.id("data").u32(large ? kSeeDs64 : data);
  return out.take();
}

}  // namespace entrain
