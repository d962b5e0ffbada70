// Points in groups: k-means, trees of groups, and how many groups there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace entrain {

/// Points of one width, row after row. Values are finite.
class Points {
 public:
  explicit Points(std::size_t width) : width_(width) {}  ///< from 1

  void add(std::span<const float> point) { values_.insert(values_.end(), point.begin(), point.end()); }
  std::size_t width() const { return width_; }
  std::size_t size() const { return values_.size() / width_; }
  std::span<const float> operator[](std::size_t i) const { return {values_.data() + i * width_, width_}; }

 private:
  std::size_t width_;
  std::vector<float> values_;
};

/// The group of each point, from 0; groups are numbered by their first point and none is empty. Every
/// function here makes k between 1 and the number of points, takes the same decisions for the same points in
/// the same order (ties go to the lower number), and may run in any thread; none is realtime-safe.
using Groups = std::vector<int>;

/// K-means (Lloyd 1982) from k-means++ starts (Arthur and Vassilvitskii 2007) drawn by `seed`: the best of
/// `starts`, the one with the least sum of squared distances. Points that coincide may leave fewer than k.
Groups k_means(const Points& points, int k, std::uint64_t seed, int starts = 10);

/// What joining two groups costs: by how much the sum of squared distances from the centres grows (Ward
/// 1963), which makes groups of like size; or the mean squared distance of their members (Sokal and Michener
/// 1958), which leaves alone what is like nothing else.
enum class Linkage { ward, average };

/// The tree of groups that are joined cheapest first, by chains of nearest neighbours (Murtagh 1983): time
/// grows with the square of the number of points, memory with the number.
class LinkageTree {
 public:
  LinkageTree(const Points& points, Linkage linkage);

  Groups cut(int k) const;

 private:
  struct Merge {
    std::size_t a = 0, b = 0;  ///< a point of either side
    double height = 0;         ///< what it cost
  };
  std::size_t size_;
  std::vector<Merge> merges_;  ///< lowest first
};

/// Among divisions of the same points the one whose points are nearest to their own centre and farthest from
/// the next: the highest mean simplified silhouette (Vendramin, Campello and Hruschka 2010); its index.
std::size_t best_division(const Points& points, std::span<const Groups> divisions);

/// What `divide` makes of the points: k groups, or without k as many of 2 to 16 as divide them best; one,
/// where there are fewer than three points.
Groups best_groups(const Points& points, std::optional<int> k, const std::function<Groups(int)>& divide);

}  // namespace entrain
