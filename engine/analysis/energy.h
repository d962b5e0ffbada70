// How much a sound drives.
#pragma once

namespace entrain {

/// What makes the energy of a sound.
struct Drive {
  double lufs = -70;  ///< integrated
  double onsets_per_second = 0;
  double brightness = 0;  ///< descriptor::kBrightness
};

/// 0 (rests) to 10 (drives hard): the mean of loudness from -40 to -8 LUFS, of 0 to 10 onsets a second and of
/// brightness from 40 to 90, each held within its range. Silence has 0. Pure; any thread.
float energy_of(const Drive& drive);

}  // namespace entrain
