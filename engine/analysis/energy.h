// How much a sound drives.
#pragma once

namespace entrain {

/// What makes the energy of a sound.
struct Drive {
  double lufs = -70;  ///< integrated
  double onsets_per_second = 0;
  double brightness = 0;        ///< descriptor::kBrightness
  double kicks_per_second = 0;  ///< onsets of the lows
};

/// 0 (rests) to 10 (drives hard). People rate music the more energetic, or arousing, the louder it is, the
/// more happens in it and the brighter it is (Gabrielsson and Lindstroem: The role of structure in the
/// musical expression of emotions, 2010); on a dance floor the kicks count by themselves. So, each held
/// within its range:
///
///   3 x loudness, from -40 to -8 LUFS
///   3 x onsets a second, from 0 to 12, by the logarithm of one more
///   2 x brightness, from 40 to 80
///   2 x kicks a second, from 0 to 2.5
///
/// No weight was fitted to ratings: there were none. Over free loops and ambiences it ranks drones and lone
/// notes lowest, then melodies, percussion, breaks, drum and bass; a dense, loud hi-hat alone ranks with a
/// beat. It grows, or stays, with each of the four. Silence has 0. Pure; finite for any input; any thread.
float energy_of(const Drive& drive);

}  // namespace entrain
