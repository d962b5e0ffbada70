#include "engine/library/find/space.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

constexpr float kDeviation = 1.4826f;  // of a normal distribution, per median absolute deviation
constexpr float kLeast = 1e-6f;        // deviation of a column that varies

float median(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// The standard deviation, where most values are one and the same.
float standard_deviation(std::span<const float> values) {
  double sum = 0, squares = 0;
  for (const float v : values) sum += static_cast<double>(v);
  const double mean = sum / static_cast<double>(values.size());
  for (const float v : values) squares += (static_cast<double>(v) - mean) * (static_cast<double>(v) - mean);
  return static_cast<float>(std::sqrt(squares / static_cast<double>(values.size())));
}

}  // namespace

Space::Space(std::span<const Card> cards, std::shared_ptr<const Embedding> embedding)
    : embedding_(std::move(embedding)) {
  const auto wanted = embedding_->columns();
  const std::size_t count = std::min(cards.size(), kMostSampled), width = wanted.size();
  std::vector<float> rows(count * width);
  for (std::size_t i = 0; i < count; ++i)
    embedding_->write(cards[i * cards.size() / count], std::span(rows).subspan(i * width, width));
  std::vector<float> values, distances;
  for (std::size_t c = 0; c < width; ++c) {
    Column column{0, wanted[c].weight, wanted[c].scaled};
    values.clear();
    for (std::size_t i = 0; i < count; ++i)
      if (std::isfinite(rows[i * width + c])) values.push_back(rows[i * width + c]);
    if (column.scaled && values.empty()) column.factor = 0;
    if (column.scaled && !values.empty()) {
      column.centre = median(values);
      distances.clear();
      for (const float v : values) distances.push_back(std::abs(v - column.centre));
      float deviation = kDeviation * median(distances);
      if (!(deviation > kLeast)) deviation = standard_deviation(values);
      column.factor = deviation > kLeast ? column.factor / deviation : 0;
    }
    columns_.push_back(column);
  }
}

void Space::place(const Card& card, std::span<float> out) const {
  embedding_->write(card, out);
  const auto wanted = embedding_->columns();
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = columns_[c];
    const float most = column.scaled ? kFarthest * wanted[c].weight : HUGE_VALF;
    out[c] = std::isfinite(out[c]) ? std::clamp((out[c] - column.centre) * column.factor, -most, most) : 0;
  }
}

VectorTable Space::table(std::span<const Card> cards) const {
  VectorTable rows(width(), cards.size());
  for (std::size_t i = 0; i < cards.size(); ++i) place(cards[i], rows.row(i));
  return rows;
}

}  // namespace entrain
