// What of a sound is compared: the one place to put another vector behind search and likeness.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/library/card.h"

namespace entrain {

struct EmbeddingColumn {
  float weight = 1;
  bool scaled = true;  ///< brought to a common scale over the library first (see Space)
};

/// A vector of each sound. Its cosine tells likeness once the columns are scaled; a model whose cosine means
/// something as it stands (CLAP) leaves all columns unscaled, and may place texts among the sounds.
class Embedding {
 public:
  virtual ~Embedding() = default;
  Embedding(const Embedding&) = delete;
  Embedding& operator=(const Embedding&) = delete;

  virtual std::string_view name() const = 0;
  virtual std::span<const EmbeddingColumn> columns() const = 0;
  /// `out` is as long as columns(); a value that is not finite says nothing. Any thread.
  virtual void write(const Card& card, std::span<float> out) const = 0;
  /// Where a text lies among the sounds, if the model knows texts.
  virtual std::optional<std::vector<float>> of_text(std::string_view) const { return std::nullopt; }

 protected:
  Embedding() = default;
};

/// The 22 columns of the fingerprint that are in use.
std::shared_ptr<const Embedding> fingerprint_embedding();

/// The default: six blocks of descriptors of equal weight (envelope, mfcc, mfcc_spread, shape, band_decay,
/// tonality) and, of one-shots, the chances of every class of hit. Of the ten nearest of a labelled hit in
/// other packs, half share its class; a third by the fingerprint (find_quality_bench).
std::shared_ptr<const Embedding> descriptor_embedding();

/// Chances of every class; all of it one class where a person said so. Of one-shots (`hit` is set) only.
std::array<float, kHitClasses> hit_chances(const Card& card);

/// Descriptor blocks that tell sounds apart best.
inline constexpr std::array kTellingBlocks{descriptor::kEnvelope,   descriptor::kMfcc,
                                           descriptor::kMfccSpread, descriptor::kShape,
                                           descriptor::kBandDecay,  descriptor::kTonality};

/// Copies the blocks, one behind the other, to the beginning of `out`; how many values these are.
std::size_t write_telling(const Card& card, std::span<float> out);
std::size_t telling_size();

}  // namespace entrain
