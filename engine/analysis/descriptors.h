// What a sound is like, in numbers with names: for search, for clusters, for the class of a hit.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/stft.h"

namespace entrain {

/// Blocks of descriptors, in the order they stand in. They look at the first 1.5 s of a sound; none depends
/// on how loud it is. dB are of energy; "octaves" of times and frequencies are log2 of milliseconds and of
/// Hz.
struct DescriptorBlock {
  std::string_view name, unit, meaning;
  std::size_t first, size;
};

namespace descriptor {
inline constexpr std::size_t kSegments = 5, kWideBands = 8, kCepstrum = 13, kShapes = 9, kSpans = 3,
                             kRegions = 4;
inline constexpr DescriptorBlock kEnvelope{
    "envelope", "octaves of ms, dB, count",
    "attack; for 10, 20, 30, 40 dB: from the peak of 5 ms energy until it first fell by them, and until it "
    "was "
    "last within them; length; centre of energy; when 10, 50, 90 % of the energy are over; crest; summed "
    "rises "
    "of level within 60 ms in steps of 2 ms and 80 ms in steps of 4 ms; zero crossings",
    0, 18};
inline constexpr DescriptorBlock kBands{
    "bands", "dB",
    "level of eight bands (five mels each, from low to high) at 0-30, 30-80, 80-200, 200-500, 500-1000 ms, "
    "against the whole level of the first 200 ms",
    kEnvelope.first + kEnvelope.size, kSegments* kWideBands};
inline constexpr DescriptorBlock kCepstra{"cepstra", "dB",
                                          "mel cepstral coefficients 0 to 12 of those five times",
                                          kBands.first + kBands.size, kSegments* kCepstrum};
inline constexpr DescriptorBlock kMfcc{
    "mfcc", "dB", "mel cepstral coefficients 1 to 13: means over the frames within 50 dB of the loudest",
    kCepstra.first + kCepstra.size, kCepstrum};
inline constexpr DescriptorBlock kMfccSpread{"mfcc_spread", "dB", "their standard deviations",
                                             kMfcc.first + kMfcc.size, kCepstrum};
inline constexpr DescriptorBlock kShape{
    "shape", "octaves of Hz, dB",
    "of the spectra of all, of 0-50 ms and of 50-300 ms: centre and spread in octaves, below which frequency "
    "25, 50, 85, 95 % of the energy lie, flatness at 100-1000, 1000-5000, 5000-16000 Hz",
    kMfccSpread.first + kMfccSpread.size, kShapes* kSpans};
inline constexpr DescriptorBlock kBandDecay{
    "band_decay", "octaves of ms", "how long four regions of mels, from low to high, take to fall by 20 dB",
    kShape.first + kShape.size, kRegions};
inline constexpr DescriptorBlock kPitch{
    "pitch", "octaves of Hz, part of 1, dB",
    "the highest peak of 30-5000 Hz at 0-30, 40-120 and 100-250 ms: where it is, what part of the energy it "
    "holds, how far it rises over the median",
    kBandDecay.first + kBandDecay.size, 9};
inline constexpr DescriptorBlock kTonality{
    "tonality", "dB",
    "of 30-250 ms at 40-500, 500-2500, 2500-12000 Hz: what the highest twentieth of the bins holds, flatness",
    kPitch.first + kPitch.size, 6};
inline constexpr DescriptorBlock kBrightness{
    "brightness", "AudioCommons' scale",
    "4.613 log10(energy above 2 kHz / all) + 17.379 log10(centroid above 100 Hz) + 17.435",
    kTonality.first + kTonality.size, 1};
inline constexpr DescriptorBlock kChroma{"chroma", "part of 1",
                                         "energy of the twelve pitch classes from C, 65-2100 Hz, strongest 1",
                                         kBrightness.first + kBrightness.size, 12};
inline constexpr std::array kBlocks{kEnvelope,  kBands, kCepstra,  kMfcc,       kMfccSpread, kShape,
                                    kBandDecay, kPitch, kTonality, kBrightness, kChroma};
inline constexpr std::size_t kCount = kChroma.first + kChroma.size;
}  // namespace descriptor

using Descriptors = std::array<float, descriptor::kCount>;

/// "envelope_0", "bands_17"... of the descriptor at `index`.
std::string descriptor_name(std::size_t index);

/// Describes sounds of one rate. Has room of its own: each thread has its own.
class Describer {
 public:
  explicit Describer(int rate);  ///< from 1000

  /// `sound` begins where it begins to sound (see pre_roll()). Finite for any sound, an empty one included;
  /// samples that are not finite count as silence. Not realtime-safe.
  Descriptors operator()(std::span<const float> sound);

 private:
  struct Frames;
  void clean(std::span<const float> sound);
  void spectra(Frames& frames);
  std::span<const float> tail_spectrum(double from, double to);
  void pitch(Descriptors& out);
  void tonality(Descriptors& out);

  int rate_;
  Stft stft_;
  FilterBank mels_;
  Fft fine_;                  ///< of 0.19 s
  std::vector<float> sound_;  ///< what is looked at
  std::vector<float> power_;  ///< of fine_
};

}  // namespace entrain
