#include "engine/library/find/embedding.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

/// Chances are worth this times the difference between two blocks: best of 1, 2, 3, 5 over other packs.
constexpr float kKindWeight = 2.5f;

class FingerprintEmbedding final : public Embedding {
 public:
  std::string_view name() const override { return "fingerprint"; }
  std::span<const EmbeddingColumn> columns() const override { return columns_; }
  void write(const Card& card, std::span<float> out) const override {
    std::copy_n(card.fingerprint.begin(), columns_.size(), out.begin());
  }

 private:
  std::array<EmbeddingColumn, FingerprintColumn::kReserved> columns_{};
};

class DescriptorEmbedding final : public Embedding {
 public:
  DescriptorEmbedding() {
    for (const DescriptorBlock& block : kTellingBlocks)
      columns_.insert(columns_.end(), block.size, {1 / std::sqrt(static_cast<float>(block.size)), true});
    columns_.insert(columns_.end(), kHitClasses, {kKindWeight, false});
  }

  std::string_view name() const override { return "descriptors"; }
  std::span<const EmbeddingColumn> columns() const override { return columns_; }
  void write(const Card& card, std::span<float> out) const override {
    const auto kinds = out.subspan(write_telling(card, out));
    std::ranges::fill(kinds, 0.0f);
    if (!card.hit) return;
    const auto chances = hit_chances(card);
    std::ranges::transform(chances, kinds.begin(),
                           [](float chance) { return chance - 1.0f / static_cast<float>(kHitClasses); });
  }

 private:
  std::vector<EmbeddingColumn> columns_;
};

}  // namespace

std::shared_ptr<const Embedding> fingerprint_embedding() {
  static const auto embedding = std::make_shared<const FingerprintEmbedding>();
  return embedding;
}

std::shared_ptr<const Embedding> descriptor_embedding() {
  static const auto embedding = std::make_shared<const DescriptorEmbedding>();
  return embedding;
}

std::array<float, kHitClasses> hit_chances(const Card& card) {
  const HitSuggestion suggestion = suggest_class(card.descriptors);
  if (!card.hit || *card.hit == suggestion.hit) return suggestion.chances;
  std::array<float, kHitClasses> told{};
  told[static_cast<std::size_t>(*card.hit)] = 1;
  return told;
}

std::size_t write_telling(const Card& card, std::span<float> out) {
  std::size_t at = 0;
  for (const DescriptorBlock& block : kTellingBlocks) {
    std::ranges::copy(std::span(card.descriptors).subspan(block.first, block.size),
                      out.begin() + static_cast<std::ptrdiff_t>(at));
    at += block.size;
  }
  return at;
}

std::size_t telling_size() {
  std::size_t size = 0;
  for (const DescriptorBlock& block : kTellingBlocks) size += block.size;
  return size;
}

}  // namespace entrain
