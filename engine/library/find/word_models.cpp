#include "engine/library/find/word_models.h"

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

/// Lower triangle L of a positive definite matrix: L L^T.
std::vector<double> cholesky(std::span<const double> matrix, std::size_t n) {
  std::vector<double> l(n * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = matrix[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / l[j * n + j];
    }
  return l;
}

}  // namespace

WordModels::WordModels(const VectorTable& rows, const NameIndex& names)
    : rows_(rows), names_(names), width_(rows.width()), mean_(width_), covariance_(width_ * width_) {
  const std::size_t count = std::min(rows.size(), kMostSampled);
  const auto sampled = [&](std::size_t i) { return rows.row(i * rows.size() / count); };
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t c = 0; c < width_; ++c)
      mean_[c] += static_cast<double>(sampled(i)[c]) / static_cast<double>(count);
  std::vector<float> centred(width_), sums(width_ * width_);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < width_; ++c) centred[c] = sampled(i)[c] - static_cast<float>(mean_[c]);
    for (std::size_t a = 0; a < width_; ++a)
      for (std::size_t b = 0; b <= a; ++b) sums[a * width_ + b] += centred[a] * centred[b];
  }
  double trace = 0;
  for (std::size_t a = 0; a < width_; ++a)
    for (std::size_t b = 0; b <= a; ++b) {
      const double value =
          static_cast<double>(sums[a * width_ + b]) / static_cast<double>(std::max<std::size_t>(count, 1));
      covariance_[a * width_ + b] = covariance_[b * width_ + a] = value;
      if (a == b) trace += value;
    }
  std::vector<double> shrunk = covariance_;
  for (std::size_t a = 0; a < width_; ++a)
    for (std::size_t b = 0; b < width_; ++b)
      shrunk[a * width_ + b] = (1 - kShrinkage) * covariance_[a * width_ + b] +
                               (a == b ? kShrinkage * trace / static_cast<double>(width_) + 1e-6 : 0);
  factor_ = cholesky(shrunk, width_);
}

void WordModels::solve(std::span<double> x) const {
  for (std::size_t i = 0; i < width_; ++i) {
    for (std::size_t k = 0; k < i; ++k) x[i] -= factor_[i * width_ + k] * x[k];
    x[i] /= factor_[i * width_ + i];
  }
  for (std::size_t i = width_; i-- > 0;) {
    for (std::size_t k = i + 1; k < width_; ++k) x[i] -= factor_[k * width_ + i] * x[k];
    x[i] /= factor_[i * width_ + i];
  }
}

double WordModels::deviation_along(std::span<const double> direction) const {
  double variance = 0;
  for (std::size_t a = 0; a < width_; ++a)
    for (std::size_t b = 0; b < width_; ++b)
      variance += direction[a] * covariance_[a * width_ + b] * direction[b];
  return std::sqrt(std::max(variance, 0.0));
}

std::vector<double> WordModels::learned(std::string_view word) const {
  std::vector<double> direction(width_);
  const auto uses = names_.uses(word);
  if (uses.size() < kFewest || uses.size() > names_.size() / 2) return direction;
  const std::size_t count = std::min(uses.size(), kMostExamples);
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = rows_.row(uses[i * uses.size() / count].index);
    for (std::size_t c = 0; c < width_; ++c) direction[c] += static_cast<double>(row[c]);
  }
  for (std::size_t c = 0; c < width_; ++c)
    direction[c] = direction[c] / static_cast<double>(count) - mean_[c];
  solve(direction);
  return direction;
}

std::vector<double> WordModels::told(const LexiconEntry& entry) const {
  std::vector<double> direction(width_);
  for (const Meaning& meaning : entry.meanings())
    direction[trait_column(meaning.trait)] = static_cast<double>(meaning.weight);
  return direction;
}

WordDirection WordModels::direction_of(std::string_view word) const {
  constexpr double kLeastDeviation = 1e-6;
  WordDirection result;
  std::vector<double> sum(width_);
  bool any = false;
  const auto add = [&](const std::vector<double>& direction, double weight) {
    const double deviation = deviation_along(direction);
    if (!(deviation > kLeastDeviation)) return false;
    for (std::size_t c = 0; c < width_; ++c) sum[c] += weight * direction[c] / deviation;
    return any = true;
  };
  const auto uses = static_cast<double>(names_.uses(word).size());
  if (add(learned(word), uses / (uses + kPrior))) result.learned_from = names_.uses(word).size();
  const double prior = result.learned_from > 0 ? kPrior / (uses + kPrior) : 1;
  if (const LexiconEntry* entry = lexicon_entry(word)) add(told(*entry), prior);
  if (!any) return result;
  double at_mean = 0;
  for (std::size_t c = 0; c < width_; ++c) {
    result.direction.push_back(static_cast<float>(sum[c]));
    at_mean += sum[c] * mean_[c];
  }
  result.at_mean = static_cast<float>(at_mean);
  return result;
}

}  // namespace entrain
