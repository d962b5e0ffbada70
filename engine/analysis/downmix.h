// How many channels become two.
#pragma once

#include <array>
#include <span>

namespace entrain {

inline constexpr int kMostChannels = 8;

/// left = sum of left[c] * channel c, right likewise.
struct Downmix {
  std::array<float, kMostChannels> left{}, right{};
};

/// The rule, for 1 to kMostChannels channels:
///   one channel goes to both sides as it is; two stay left and right;
///   more, where the file says which loudspeaker each is for (`map`, libsndfile's SF_CHANNEL_MAP_*, one per
///   channel, or empty): loudspeakers on one side go to that side, those in the middle to both at -3 dB, the
///   subwoofer nowhere (ITU-R BS.775 with all sides at full weight);
///   more, where it does not say: channels 1, 3, 5, 7 left and 2, 4, 6, 8 right, as recorders pair them, a
///   last odd one to both at -3 dB.
/// More than two are then scaled alike, so that full scale on every channel is full scale on the louder side.
/// Pure; any thread.
Downmix downmix(int channels, std::span<const int> map);

}  // namespace entrain
