// Rubber Band as its program calls it: offline, all of the sound studied first.
#pragma once

#include <rubberband/RubberBandStretcher.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace entrain {

/// `engine`: its option bit. Mono.
inline std::vector<float> studied(const std::vector<float>& in, int rate, int engine, double ratio) {
  using R = RubberBand::RubberBandStretcher;
  constexpr std::size_t kPart = 1024;
  R r(static_cast<std::size_t>(rate), 1, R::OptionProcessOffline | R::OptionThreadingNever | engine, ratio);
  const float* const all = in.data();
  r.setExpectedInputDuration(in.size());
  r.study(&all, in.size(), true);
  std::vector<float> out;
  for (std::size_t at = 0; at < in.size(); at += kPart) {
    const float* const from = in.data() + at;
    r.process(&from, std::min(kPart, in.size() - at), at + kPart >= in.size());
    for (int ready = r.available(); ready > 0; ready = r.available()) {
      out.resize(out.size() + static_cast<std::size_t>(ready));
      float* const to = &out[out.size() - static_cast<std::size_t>(ready)];
      r.retrieve(&to, static_cast<std::size_t>(ready));
    }
  }
  return out;
}

}  // namespace entrain
