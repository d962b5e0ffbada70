#include "engine/analysis/downmix.h"

#include <sndfile.h>

#include <algorithm>
#include <numeric>

namespace entrain {
namespace {

constexpr float kMinus3dB = 0.70710678f;

struct Side {
  float left, right;
};
constexpr Side kLeft{1, 0}, kRight{0, 1}, kMiddle{kMinus3dB, kMinus3dB}, kNowhere{0, 0};

constexpr Side side_of(int loudspeaker) {
  switch (loudspeaker) {
    case SF_CHANNEL_MAP_LEFT:
    case SF_CHANNEL_MAP_FRONT_LEFT:
    case SF_CHANNEL_MAP_REAR_LEFT:
    case SF_CHANNEL_MAP_FRONT_LEFT_OF_CENTER:
    case SF_CHANNEL_MAP_SIDE_LEFT:
    case SF_CHANNEL_MAP_TOP_FRONT_LEFT:
    case SF_CHANNEL_MAP_TOP_REAR_LEFT:
      return kLeft;
    case SF_CHANNEL_MAP_RIGHT:
    case SF_CHANNEL_MAP_FRONT_RIGHT:
    case SF_CHANNEL_MAP_REAR_RIGHT:
    case SF_CHANNEL_MAP_FRONT_RIGHT_OF_CENTER:
    case SF_CHANNEL_MAP_SIDE_RIGHT:
    case SF_CHANNEL_MAP_TOP_FRONT_RIGHT:
    case SF_CHANNEL_MAP_TOP_REAR_RIGHT:
      return kRight;
    case SF_CHANNEL_MAP_MONO:
    case SF_CHANNEL_MAP_CENTER:
    case SF_CHANNEL_MAP_FRONT_CENTER:
    case SF_CHANNEL_MAP_REAR_CENTER:
    case SF_CHANNEL_MAP_TOP_CENTER:
    case SF_CHANNEL_MAP_TOP_FRONT_CENTER:
    case SF_CHANNEL_MAP_TOP_REAR_CENTER:
      return kMiddle;
    default:
      return kNowhere;
  }
}

Side side_by_pairs(int channel, int channels) {
  if (channel % 2 != 0) return kRight;
  return channel == channels - 1 ? kMiddle : kLeft;
}

float loudest_side(const Downmix& mix) {
  return std::max(std::accumulate(mix.left.begin(), mix.left.end(), 0.0f),
                  std::accumulate(mix.right.begin(), mix.right.end(), 0.0f));
}

template <class SideOf>
Downmix collect(int channels, SideOf side) {
  Downmix mix;
  for (int c = 0; c < channels; ++c) {
    const Side s = side(c);
    mix.left[static_cast<std::size_t>(c)] = s.left;
    mix.right[static_cast<std::size_t>(c)] = s.right;
  }
  return mix;
}

}  // namespace

Downmix downmix(int channels, std::span<const int> map) {
  if (channels == 1) return collect(1, [](int) { return Side{1, 1}; });
  if (channels == 2) return collect(2, [](int c) { return c == 0 ? kLeft : kRight; });
  const auto by_pairs = [&](int c) { return side_by_pairs(c, channels); };
  const auto by_map = [&](int c) { return side_of(map[static_cast<std::size_t>(c)]); };
  const bool mapped = map.size() == static_cast<std::size_t>(channels);
  Downmix mix = mapped ? collect(channels, by_map) : collect(channels, by_pairs);
  if (loudest_side(mix) < 1.0f) mix = collect(channels, by_pairs);  // a map of nothing but unknowns
  const float scale = 1.0f / loudest_side(mix);
  for (float& gain : mix.left) gain *= scale;
  for (float& gain : mix.right) gain *= scale;
  return mix;
}

}  // namespace entrain
