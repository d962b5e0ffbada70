// Feeds any bytes to the decoder. It must return a sound of finite samples within bounds, or a sentence.
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/analysis/decode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kRate = 48'000;
  const int fd = ::memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || ::write(fd, data, size) != static_cast<ssize_t>(size)) std::abort();
  // A few bytes can stand for many minutes: what has come two percent of the longest file is fuzzed enough.
  const auto pcm =
      entrain::decode("/proc/self/fd/" + std::to_string(fd), kRate, [](int percent) { return percent < 2; });
  ::close(fd);
  if (!pcm) {
    if (pcm.error().sentence.empty()) std::abort();
    return 0;
  }
  if (pcm->left.empty() || pcm->left.size() != pcm->right.size()) std::abort();
  if (static_cast<std::int64_t>(pcm->left.size()) > entrain::longest_frames(kRate)) std::abort();
  for (std::size_t i = 0; i < pcm->left.size(); ++i)
    if (!std::isfinite(pcm->left[i]) || !std::isfinite(pcm->right[i])) std::abort();
  return 0;
}
