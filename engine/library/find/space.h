// Sounds as points whose columns can be compared.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/library/find/embedding.h"
#include "engine/library/find/vector_table.h"

namespace entrain {

/// An embedding, scaled over a library. A raw cosine over Hz, dB and octaves would be that of its column of
/// largest numbers; and means would follow the odd file out. So each scaled column is counted in deviations
/// (median absolute deviation x 1.4826) from the library's median, 3 at most; one that hardly varies counts
/// for nothing. Then it is weighted.
class Space {
 public:
  static constexpr float kFarthest = 3;
  static constexpr std::size_t kMostSampled =
      20'000;  ///< sounds that the medians are taken of, evenly spread

  Space(std::span<const Card> cards, std::shared_ptr<const Embedding> embedding);

  std::size_t width() const { return columns_.size(); }
  const Embedding& embedding() const { return *embedding_; }
  /// Where a sound lies; finite. Any thread.
  void place(const Card& card, std::span<float> out) const;
  /// All of them, row by row.
  VectorTable table(std::span<const Card> cards) const;

 private:
  struct Column {
    float centre = 0, factor = 1;  ///< factor: weight over deviation
    bool scaled = false;
  };
  std::shared_ptr<const Embedding> embedding_;
  std::vector<Column> columns_;
};

}  // namespace entrain
