// Points in groups: what k-means and trees find, and how often they find the same.
#include "engine/analysis/cluster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "engine/core/draws.h"
#include "tests/support/catch.h"

using namespace entrain;

namespace {

/// Clouds of points around given centres, in turn: point i belongs to centre i % centres.
Points clouds(const std::vector<std::array<float, 2>>& centres, int each, float radius) {
  Points points(2);
  for (int i = 0; i < each; ++i)
    for (std::size_t c = 0; c < centres.size(); ++c) {
      std::array<float, 2> point = centres[c];
      for (std::size_t j = 0; j < 2; ++j)
        point[j] += radius * static_cast<float>(draw_part(draw(7, DrawFor::sample, 2 * c + j, i)) - 0.5);
      points.add(point);
    }
  return points;
}

double sum_of_squares(const Points& points, const Groups& groups) {
  std::map<int, std::vector<double>> centres;
  std::map<int, int> sizes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    auto& centre = centres[groups[i]];
    centre.resize(points.width());
    for (std::size_t j = 0; j < points.width(); ++j) centre[j] += static_cast<double>(points[i][j]);
    ++sizes[groups[i]];
  }
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t j = 0; j < points.width(); ++j) {
      const double d = static_cast<double>(points[i][j]) - centres[groups[i]][j] / sizes[groups[i]];
      sum += d * d;
    }
  return sum;
}

/// The mean squared distance of the members of two groups.
double mean_distance(const Points& points, const Groups& groups, int a, int b) {
  double sum = 0, pairs = 0;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t j = 0; j < points.size(); ++j) {
      if (groups[i] != a || groups[j] != b) continue;
      for (std::size_t d = 0; d < points.width(); ++d)
        sum += std::pow(static_cast<double>(points[i][d]) - static_cast<double>(points[j][d]), 2);
      ++pairs;
    }
  return sum / pairs;
}

/// A tree the slow way: of all pairs of groups, the one whose union costs least, until k are left.
Groups slow_tree(const Points& points, int k, Linkage linkage) {
  Groups labels(points.size());
  std::iota(labels.begin(), labels.end(), 0);
  for (std::size_t left = points.size(); left > static_cast<std::size_t>(k); --left) {
    const std::set<int> names(labels.begin(), labels.end());
    double least = 1e300;
    Groups best;
    for (const int a : names)
      for (const int b : names) {
        if (b <= a) continue;
        Groups tried = labels;
        std::ranges::replace(tried, b, a);
        const double cost =
            linkage == Linkage::ward ? sum_of_squares(points, tried) : mean_distance(points, labels, a, b);
        if (cost < least) {
          least = cost;
          best = tried;
        }
      }
    labels = best;
  }
  std::map<int, int> numbers;
  for (int& label : labels) label = numbers.emplace(label, static_cast<int>(numbers.size())).first->second;
  return labels;
}

constexpr std::array kLinkages{Linkage::ward, Linkage::average};

const std::vector<std::array<float, 2>> kCorners{{0, 0}, {10, 0}, {0, 10}, {10, 10}};

}  // namespace

TEST_CASE("clouds that lie apart are found, and numbered by their first point", "[cluster]") {
  const Points points = clouds(kCorners, 25, 4);
  Groups expected(100);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<int>(i % 4);
  CHECK(k_means(points, 4, 1) == expected);
  for (const Linkage linkage : kLinkages) CHECK(LinkageTree(points, linkage).cut(4) == expected);
}

TEST_CASE("a tree joins what costs least, step after step", "[cluster]") {
  for (int seed = 0; seed < 5; ++seed) {
    Points points(2);
    for (int i = 0; i < 14; ++i)
      points.add(std::array{static_cast<float>(draw_part(draw(3, DrawFor::sample, 2 * seed, i))),
                            static_cast<float>(draw_part(draw(3, DrawFor::sample, 2 * seed + 1, i)))});
    for (const Linkage linkage : kLinkages) {
      const LinkageTree tree(points, linkage);
      for (int k = 1; k <= 14; ++k) CHECK(tree.cut(k) == slow_tree(points, k, linkage));
    }
  }
}

TEST_CASE("average linkage leaves a stray alone where Ward's halves a crowd", "[cluster]") {
  Points points(1);
  for (int i = 0; i < 40; ++i) points.add(std::array{static_cast<float>(i)});
  points.add(std::array{70.0f});
  Groups stray(41, 0);
  stray.back() = 1;
  CHECK(LinkageTree(points, Linkage::average).cut(2) == stray);
  CHECK(LinkageTree(points, Linkage::ward).cut(2) != stray);
}

TEST_CASE("k-means is the same for the same seed, and better for more starts", "[cluster]") {
  const Points points = clouds({{0, 0}, {3, 0}, {0, 3}, {3, 3}, {9, 1}, {8, 7}, {1, 9}}, 12, 3);
  CHECK(k_means(points, 7, 5) == k_means(points, 7, 5));
  bool differ = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const double one = sum_of_squares(points, k_means(points, 7, seed, 1)),
                 ten = sum_of_squares(points, k_means(points, 7, seed, 10));
    CHECK(ten <= one);
    differ |= ten < one;
  }
  CHECK(differ);
}

TEST_CASE("no group is empty, whatever is asked of whatever points", "[cluster]") {
  Points same(3);
  CHECK(k_means(same, 3, 1).empty());
  for (const Linkage linkage : kLinkages) CHECK(LinkageTree(same, linkage).cut(3).empty());
  for (int i = 0; i < 5; ++i) same.add(std::array{1.0f, 2.0f, 3.0f});
  CHECK(k_means(same, 3, 1) == Groups(5, 0));
  CHECK(k_means(same, -2, 1) == Groups(5, 0));
  for (const Linkage linkage : kLinkages)
    for (const int k : {0, 1, 2, 5, 9}) {
      const Groups groups = LinkageTree(same, linkage).cut(k);
      const int most = std::clamp(k, 1, 5);
      CHECK(std::set<int>(groups.begin(), groups.end()).size() == static_cast<std::size_t>(most));
    }
}

TEST_CASE("the best division is the one the points are made of", "[cluster]") {
  const Points points = clouds({{0, 0}, {10, 0}, {0, 10}, {10, 10}, {25, 5}}, 20, 4);
  const LinkageTree tree(points, Linkage::ward);
  std::vector<Groups> divisions;
  for (int k = 1; k <= 12; ++k) divisions.push_back(tree.cut(k));
  CHECK(best_division(points, divisions) == 4);
  CHECK(best_division(points, {}) == 0);
}
