// What people's words for sounds are about, in numbers; and the vector of a sound that words are learned
// over.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/library/find/embedding.h"

namespace entrain {

/// The last nine are the kinds of hit, in the order of HitClass.
enum class Trait {
  low,       ///< dB of the sound's level below 430 Hz
  low_mid,   ///< to 1.7 kHz
  high_mid,  ///< to 6.4 kHz
  high,      ///< above
  bright,    ///< AudioCommons' scale
  noisy,     ///< log of spectral flatness
  tonal,     ///< dB: what the highest twentieth of the bins holds
  attack,    ///< octaves of ms
  decay,     ///< octaves of ms until 20 dB below the peak for good
  length,    ///< octaves of seconds
  energy,    ///< 0 to 10
  density,   ///< octaves of onsets a second
  tempo,     ///< octaves of BPM
  crest,     ///< dB
  pitch,     ///< octaves of Hz
  kick,      ///< log of its chance
  snare,
  hat_closed,
  hat_open,
  clap,
  tom,
  cymbal,
  percussion,
  note,
};
inline constexpr std::size_t kTraits = static_cast<std::size_t>(Trait::note) + 1;

using Traits = std::array<float, kTraits>;

/// NaN: the sound has none (no tempo; kinds of hit of what is no hit).
Traits traits_of(const Card& card);

/// The telling blocks of descriptors, the fingerprint, and the traits behind them.
std::shared_ptr<const Embedding> word_embedding();

/// Where a trait stands in word_embedding().
std::size_t trait_column(Trait trait);

}  // namespace entrain
