// A sound as the engine plays it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace entrain {

/// Prepared sound: resident, pre-faulted, at engine rate. `right` is empty for mono.
struct Asset {
  std::string path;
  std::uint64_t file_hash = 0, pcm_hash = 0;
  std::vector<float> left, right;
  std::int64_t onset = 0;  ///< where a hit begins: the frame at which its pre-roll ends

  std::int64_t frames() const { return static_cast<std::int64_t>(left.size()); }
  const float* left_data() const { return left.data(); }
  const float* right_data() const { return right.empty() ? left.data() : right.data(); }
};

}  // namespace entrain
