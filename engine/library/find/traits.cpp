#include "engine/library/find/traits.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace entrain {
namespace {

using namespace descriptor;

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
// Places within their blocks, see descriptors.h.
constexpr std::size_t kAttack = 0, kWithin20 = 4, kCrest = 14, kPitchHeard = 3;
constexpr float kSmallestChance = 0.01f;

float mean_of(const Descriptors& d, std::size_t first, std::size_t count, std::size_t step = 1) {
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += d[first + i * step];
  return sum / static_cast<float>(count);
}

/// Mean level of wide bands `from` to `to` over the times descriptors.h looks at.
float bands(const Descriptors& d, std::size_t from, std::size_t to) {
  float sum = 0;
  for (std::size_t band = from; band <= to; ++band)
    sum += mean_of(d, kBands.first + band, kSegments, kWideBands);
  return sum / static_cast<float>(to - from + 1);
}

class WordEmbedding final : public Embedding {
 public:
  WordEmbedding() : columns_(telling_size() + FingerprintColumn::kReserved + kTraits) {}

  std::string_view name() const override { return "words"; }
  std::span<const EmbeddingColumn> columns() const override { return columns_; }
  void write(const Card& card, std::span<float> out) const override {
    auto rest = out.subspan(write_telling(card, out));
    std::copy_n(card.fingerprint.begin(), FingerprintColumn::kReserved, rest.begin());
    std::ranges::copy(traits_of(card), rest.begin() + FingerprintColumn::kReserved);
  }

 private:
  std::vector<EmbeddingColumn> columns_;
};

}  // namespace

Traits traits_of(const Card& card) {
  const Descriptors& d = card.descriptors;
  Traits traits;
  const auto set = [&](Trait trait, float value) { traits[static_cast<std::size_t>(trait)] = value; };
  set(Trait::low, bands(d, 0, 0));
  set(Trait::low_mid, bands(d, 1, 2));
  set(Trait::high_mid, bands(d, 3, 5));
  set(Trait::high, bands(d, 6, 7));
  set(Trait::bright, d[kBrightness.first]);
  set(Trait::noisy, std::log10(std::max(card.fingerprint[FingerprintColumn::kSpectralFlatness], 1e-6f)));
  set(Trait::tonal, mean_of(d, kTonality.first, 3));
  set(Trait::attack, d[kEnvelope.first + kAttack]);
  set(Trait::decay, d[kEnvelope.first + kWithin20]);
  set(Trait::length, static_cast<float>(std::log2(std::max(card.seconds, 0.01))));
  set(Trait::energy, card.energy);
  set(Trait::density, std::log2(std::max(card.onsets_per_second, 0.25f)));
  set(Trait::tempo, card.bpm > 0 ? static_cast<float>(std::log2(card.bpm)) : kNone);
  set(Trait::crest, d[kEnvelope.first + kCrest]);
  set(Trait::pitch, d[kPitch.first + kPitchHeard]);
  const auto kinds = traits.begin() + static_cast<std::ptrdiff_t>(Trait::kick);
  std::fill(kinds, traits.end(), kNone);
  if (card.hit)
    std::ranges::transform(hit_chances(card), kinds,
                           [](float chance) { return std::log(chance + kSmallestChance); });
  return traits;
}

std::shared_ptr<const Embedding> word_embedding() {
  static const auto embedding = std::make_shared<const WordEmbedding>();
  return embedding;
}

std::size_t trait_column(Trait trait) {
  return telling_size() + FingerprintColumn::kReserved + static_cast<std::size_t>(trait);
}

}  // namespace entrain
