// Points in groups: what k-means and Ward's linkage find, and how often they find the same.
#include "engine/analysis/cluster.h"

#include <algorithm>
#include <array>
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

/// Ward's tree the slow way: of all pairs of groups, the one whose union costs least, until k are left.
Groups slow_ward(const Points& points, int k) {
  std::vector<Groups::value_type> labels(points.size());
  std::iota(labels.begin(), labels.end(), 0);
  for (std::size_t left = points.size(); left > static_cast<std::size_t>(k); --left) {
    const std::set<int> names(labels.begin(), labels.end());
    double least = 1e300;
    Groups best;
    for (const int a : names)
      for (const int b : names) {
        if (b <= a) continue;
        Groups tried = labels;
        for (int& label : tried)
          if (label == b) label = a;
        if (const double sum = sum_of_squares(points, tried); sum < least) {
          least = sum;
          best = tried;
        }
      }
    labels = best;
  }
  std::map<int, int> numbers;
  for (int& label : labels) label = numbers.emplace(label, static_cast<int>(numbers.size())).first->second;
  return labels;
}

const std::vector<std::array<float, 2>> kCorners{{0, 0}, {10, 0}, {0, 10}, {10, 10}};

}  // namespace

TEST_CASE("clouds that lie apart are found, and numbered by their first point", "[cluster]") {
  const Points points = clouds(kCorners, 25, 4);
  Groups expected(100);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<int>(i % 4);
  CHECK(k_means(points, 4, 1) == expected);
  CHECK(WardTree(points).cut(4) == expected);
}

TEST_CASE("Ward's tree joins what costs least, step after step", "[cluster]") {
  Points points(2);
  for (int i = 0; i < 14; ++i)
    points.add(std::array{static_cast<float>(draw_part(draw(3, DrawFor::sample, 0, i))),
                          static_cast<float>(draw_part(draw(3, DrawFor::sample, 1, i)))});
  const WardTree tree(points);
  for (int k = 1; k <= 14; ++k) CHECK(tree.cut(k) == slow_ward(points, k));
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
  CHECK(WardTree(same).cut(3).empty());
  for (int i = 0; i < 5; ++i) same.add(std::array{1.0f, 2.0f, 3.0f});
  CHECK(k_means(same, 3, 1) == Groups(5, 0));
  CHECK(WardTree(same).cut(1) == Groups(5, 0));
  CHECK(k_means(same, -2, 1) == Groups(5, 0));
  for (const int k : {0, 1, 2, 5, 9}) {
    const Groups groups = WardTree(same).cut(k);
    const int most = std::clamp(k, 1, 5);
    CHECK(std::set<int>(groups.begin(), groups.end()).size() == static_cast<std::size_t>(most));
  }
}

TEST_CASE("the best division is the one the points are made of", "[cluster]") {
  const Points points = clouds({{0, 0}, {10, 0}, {0, 10}, {10, 10}, {25, 5}}, 20, 4);
  const WardTree tree(points);
  std::vector<Groups> divisions;
  for (int k = 1; k <= 12; ++k) divisions.push_back(tree.cut(k));
  CHECK(best_division(points, divisions) == 4);
  CHECK(best_division(points, {}) == 0);
}
