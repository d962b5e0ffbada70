#include "engine/analysis/cluster.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "engine/core/draws.h"

namespace entrain {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();
constexpr int kMostRounds = 300;  // of Lloyd's, which ends by itself long before

double squared_distance(std::span<const float> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = static_cast<double>(a[i]) - b[i];
    sum += d * d;
  }
  return sum;
}

std::size_t limited(int k, std::size_t points) {
  return std::min(static_cast<std::size_t>(std::max(k, 1)), points);
}

/// Numbers groups by their first point.
Groups in_order(std::span<const std::size_t> labels, std::size_t most) {
  std::vector<int> number(most, -1);
  Groups groups;
  int next = 0;
  for (const std::size_t label : labels) {
    if (number[label] < 0) number[label] = next++;
    groups.push_back(number[label]);
  }
  return groups;
}

/// Centres of groups, one row each.
class Centres {
 public:
  Centres(std::size_t count, std::size_t width) : width_(width), values_(count * width), members_(count) {}

  std::size_t size() const { return members_.size(); }
  std::span<const double> operator[](std::size_t c) const { return {values_.data() + c * width_, width_}; }
  std::size_t members(std::size_t c) const { return members_[c]; }

  void put(std::size_t c, std::span<const float> point) { std::ranges::copy(point, &values_[c * width_]); }

  /// Every centre becomes the mean of its members; one without members stays where it is.
  template <class Label>
  void average(const Points& points, const std::vector<Label>& labels) {
    std::vector<double> sums(values_.size());
    std::ranges::fill(members_, 0u);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto c = static_cast<std::size_t>(labels[i]);
      ++members_[c];
      for (std::size_t j = 0; j < width_; ++j) sums[c * width_ + j] += static_cast<double>(points[i][j]);
    }
    for (std::size_t c = 0; c < size(); ++c)
      for (std::size_t j = 0; j < width_ && members_[c] > 0; ++j)
        values_[c * width_ + j] = sums[c * width_ + j] / static_cast<double>(members_[c]);
  }

 private:
  std::size_t width_;
  std::vector<double> values_;
  std::vector<std::size_t> members_;
};

/// The first centre is any point; each further one is drawn with a chance that grows with the square of its
/// distance from those before.
Centres spread_centres(const Points& points, std::size_t k, std::uint64_t seed, std::uint64_t start) {
  Centres centres(k, points.width());
  std::vector<double> nearest(points.size(), kFar);
  auto chosen = static_cast<std::size_t>(
      draw_below(draw(seed, DrawFor::centre, start, 0), static_cast<std::uint32_t>(points.size())));
  for (std::size_t c = 0;; ++c) {
    centres.put(c, points[chosen]);
    if (c + 1 == k) return centres;
    double sum = 0;
    for (std::size_t i = 0; i < points.size(); ++i)
      sum += nearest[i] = std::min(nearest[i], squared_distance(points[i], centres[c]));
    double left = sum * draw_part(draw(seed, DrawFor::centre, start, static_cast<std::int64_t>(c) + 1));
    chosen = 0;
    while (chosen + 1 < points.size() && left >= nearest[chosen]) left -= nearest[chosen++];
  }
}

struct Division {
  std::vector<std::size_t> labels;
  double spread = kFar;  ///< sum of squared distances from the centres
};

Division lloyd(const Points& points, Centres centres) {
  Division division{std::vector<std::size_t>(points.size(), centres.size()), kFar};
  for (int round = 0; round < kMostRounds; ++round) {
    bool moved = false;
    division.spread = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      std::size_t best = 0;
      double least = kFar;
      for (std::size_t c = 0; c < centres.size(); ++c)
        if (const double d = squared_distance(points[i], centres[c]); d < least) {
          least = d;
          best = c;
        }
      moved |= division.labels[i] != best;
      division.labels[i] = best;
      division.spread += least;
    }
    if (!moved) break;
    centres.average(points, division.labels);
  }
  return division;
}

/// A set whose members know their group.
std::size_t root_of(std::vector<std::size_t>& parents, std::size_t i) {
  while (parents[i] != i) i = parents[i] = parents[parents[i]];
  return i;
}

/// Groups while a tree grows: their centres, sizes and spreads, and how dear it is to join two.
class Growing {
 public:
  Growing(const Points& points, Linkage linkage)
      : linkage_(linkage), width_(points.width()), weights_(points.size(), 1.0), spreads_(points.size()) {
    for (std::size_t i = 0; i < points.size(); ++i)
      centres_.insert(centres_.end(), points[i].begin(), points[i].end());
    alive_.resize(points.size());
    std::iota(alive_.begin(), alive_.end(), std::size_t{0});
  }

  std::size_t count() const { return alive_.size(); }
  std::size_t first() const { return alive_.front(); }

  /// The cheapest partner of `a`; `wanted` wins a tie, so that chains end.
  std::pair<std::size_t, double> partner(std::size_t a, std::optional<std::size_t> wanted) const {
    std::size_t best = wanted.value_or(a);
    double least = wanted ? cost(a, *wanted) : kFar;
    for (const std::size_t b : alive_)
      if (b != a)
        if (const double c = cost(a, b); c < least) {
          least = c;
          best = b;
        }
    return {best, least};
  }

  /// `a` takes `b` in.
  void join(std::size_t a, std::size_t b) {
    const double sum = weights_[a] + weights_[b], share = weights_[b] / sum;
    spreads_[a] = (1 - share) * spreads_[a] + share * spreads_[b] + share * (1 - share) * between(a, b);
    for (std::size_t j = 0; j < width_; ++j)
      centre(a)[j] = (weights_[a] * centre(a)[j] + weights_[b] * centre(b)[j]) / sum;
    weights_[a] = sum;
    alive_.erase(std::ranges::lower_bound(alive_, b));
  }

 private:
  double* centre(std::size_t i) { return centres_.data() + i * width_; }
  /// The squared distance of two centres.
  double between(std::size_t a, std::size_t b) const {
    const double *x = centres_.data() + a * width_, *y = centres_.data() + b * width_;
    double sum = 0;
    for (std::size_t j = 0; j < width_; ++j) sum += (x[j] - y[j]) * (x[j] - y[j]);
    return sum;
  }
  double cost(std::size_t a, std::size_t b) const {
    if (linkage_ == Linkage::average) return between(a, b) + spreads_[a] + spreads_[b];
    return between(a, b) * weights_[a] * weights_[b] / (weights_[a] + weights_[b]);
  }

  Linkage linkage_;
  std::size_t width_;
  std::vector<double> weights_, centres_, spreads_;  ///< spreads_: mean squared distances from the centre
  std::vector<std::size_t> alive_;                   ///< rising
};

/// Mean over the points of (b - a) / max(a, b), a and b being the distances from the own and the next centre.
double silhouette(const Points& points, const Groups& groups) {
  const auto k = static_cast<std::size_t>(1 + *std::ranges::max_element(groups));
  if (k < 2) return 0;
  Centres centres(k, points.width());
  centres.average(points, groups);
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto own = static_cast<std::size_t>(groups[i]);
    if (centres.members(own) < 2) continue;  // alone: 0 by definition
    double next = kFar;
    for (std::size_t c = 0; c < k; ++c)
      if (c != own) next = std::min(next, squared_distance(points[i], centres[c]));
    const double a = std::sqrt(squared_distance(points[i], centres[own])), b = std::sqrt(next);
    if (b > 0 || a > 0) sum += (b - a) / std::max(a, b);
  }
  return sum / static_cast<double>(points.size());
}

}  // namespace

Groups k_means(const Points& points, int k, std::uint64_t seed, int starts) {
  if (points.size() == 0) return {};
  Division best;
  const std::size_t count = limited(k, points.size());
  for (int start = 0; start < std::max(starts, 1); ++start) {
    Division division = lloyd(points, spread_centres(points, count, seed, static_cast<std::uint64_t>(start)));
    if (division.spread < best.spread) best = std::move(division);
  }
  return in_order(best.labels, count);
}

LinkageTree::LinkageTree(const Points& points, Linkage linkage) : size_(points.size()) {
  if (size_ == 0) return;
  Growing groups(points, linkage);
  std::vector<std::size_t> chain;
  while (groups.count() > 1) {
    if (chain.empty()) chain.push_back(groups.first());
    const std::size_t top = chain.back();
    const auto before = chain.size() > 1 ? std::optional(chain[chain.size() - 2]) : std::nullopt;
    const auto [next, height] = groups.partner(top, before);
    if (next != before) {
      chain.push_back(next);
      continue;
    }
    chain.resize(chain.size() - 2);
    groups.join(std::min(top, next), std::max(top, next));
    merges_.push_back({std::min(top, next), std::max(top, next), height});
  }
  std::ranges::stable_sort(merges_, {}, &Merge::height);
}

Groups LinkageTree::cut(int k) const {
  if (size_ == 0) return {};
  std::vector<std::size_t> parents(size_);
  std::iota(parents.begin(), parents.end(), std::size_t{0});
  for (std::size_t m = 0; m + limited(k, size_) < size_; ++m)
    parents[root_of(parents, merges_[m].b)] = root_of(parents, merges_[m].a);
  std::vector<std::size_t> labels(size_);
  for (std::size_t i = 0; i < size_; ++i) labels[i] = root_of(parents, i);
  return in_order(labels, size_);
}

std::size_t best_division(const Points& points, std::span<const Groups> divisions) {
  std::size_t best = 0;
  double highest = -kFar;
  for (std::size_t d = 0; d < divisions.size(); ++d)
    if (const double s = divisions[d].empty() ? 0.0 : silhouette(points, divisions[d]); s > highest) {
      highest = s;
      best = d;
    }
  return best;
}

Groups best_groups(const Points& points, std::optional<int> k, const std::function<Groups(int)>& divide) {
  constexpr int kFewest = 2, kMost = 16;
  if (k) return divide(*k);
  std::vector<Groups> divisions;
  for (int n = kFewest; n <= std::min(kMost, static_cast<int>(points.size()) - 1); ++n)
    divisions.push_back(divide(n));
  return divisions.empty() ? divide(1) : divisions[best_division(points, divisions)];
}

}  // namespace entrain
