#include "engine/analysis/neighbours.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace entrain {
namespace {

constexpr std::size_t kLanes = 8, kTile = 16, kRows = 4;  // what fits the registers of AVX2
constexpr std::size_t kPanel = 64;                        // points asked about while a tile is in the cache
constexpr float kFar = std::numeric_limits<float>::infinity();

/// Points in tiles of 16, coordinate after coordinate; the last tile is filled up with zeros.
std::vector<float> in_tiles(const Points& points) {
  const std::size_t width = points.width(), tiles = (points.size() + kTile - 1) / kTile;
  std::vector<float> out(tiles * kTile * width);
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t d = 0; d < width; ++d) out[(i / kTile * width + d) * kTile + i % kTile] = points[i][d];
  return out;
}

/// Squared distances of four points from the sixteen of a tile.
using Block = std::array<float, kRows * kTile>;

// Differences are squared one by one: |a|^2 + |b|^2 - 2ab would be quicker, but points that coincide would
// not.
[[gnu::always_inline]] inline void measure(const std::array<const float*, kRows>& rows, const float* tile,
                                           std::size_t width, Block& out) {
  using Lanes [[gnu::vector_size(kLanes * sizeof(float))]] = float;
  Lanes low[kRows] = {}, high[kRows] = {};
  for (std::size_t d = 0; d < width; ++d) {
    Lanes a, b;
    std::memcpy(&a, tile + d * kTile, sizeof a);
    std::memcpy(&b, tile + d * kTile + kLanes, sizeof b);
    for (std::size_t r = 0; r < kRows; ++r) {
      const Lanes x = a - rows[r][d], y = b - rows[r][d];
      low[r] += x * x;
      high[r] += y * y;
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    std::memcpy(out.data() + r * kTile, &low[r], sizeof low[r]);
    std::memcpy(out.data() + r * kTile + kLanes, &high[r], sizeof high[r]);
  }
}

using Measure = void (*)(const std::array<const float*, kRows>&, const float*, std::size_t, Block&);

void measure_baseline(const std::array<const float*, kRows>& rows, const float* tile, std::size_t width,
                      Block& out) {
  measure(rows, tile, width, out);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void measure_avx2(const std::array<const float*, kRows>& rows, const float* tile,
                                          std::size_t width, Block& out) {
  measure(rows, tile, width, out);
}
#endif

/// Both give the same bits: no sum depends on how many run side by side, and none is contracted.
Measure best_measure() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) return measure_avx2;
#endif
  return measure_baseline;
}

/// Puts a point among the nearest of one row.
void offer(std::span<std::uint32_t> index, std::span<float> distance, std::uint32_t point, float squared) {
  std::size_t at = distance.size() - 1;
  for (; at > 0 && squared < distance[at - 1]; --at) {
    distance[at] = distance[at - 1];
    index[at] = index[at - 1];
  }
  distance[at] = squared;
  index[at] = point;
}

Neighbours search(const Points& asked, const Points& among, std::size_t k, bool same) {
  const std::size_t others = among.size() - (same && among.size() > 0 ? 1 : 0), width = among.width();
  Neighbours found;
  found.each = std::min(k, others);
  if (found.each == 0) return found;
  found.index.resize(asked.size() * found.each);
  found.distance.assign(asked.size() * found.each, kFar);
  const auto tiles = in_tiles(among);
  const Measure measure_block = best_measure();
  Block block;
  for (std::size_t panel = 0; panel < asked.size(); panel += kPanel)
    for (std::size_t first = 0; first < among.size(); first += kTile)
      for (std::size_t q = panel; q < std::min(panel + kPanel, asked.size()); q += kRows) {
        std::array<const float*, kRows> rows;
        for (std::size_t r = 0; r < kRows; ++r) rows[r] = asked[std::min(q + r, asked.size() - 1)].data();
        measure_block(rows, tiles.data() + first * width, width, block);
        for (std::size_t r = 0; r < kRows && q + r < asked.size(); ++r) {
          const std::span index(found.index.data() + (q + r) * found.each, found.each);
          const std::span distance(found.distance.data() + (q + r) * found.each, found.each);
          for (std::size_t c = 0; c < kTile && first + c < among.size(); ++c)
            if (block[r * kTile + c] < distance.back() && !(same && first + c == q + r))
              offer(index, distance, static_cast<std::uint32_t>(first + c), block[r * kTile + c]);
        }
      }
  for (float& d : found.distance) d = std::sqrt(d);
  return found;
}

}  // namespace

Neighbours nearest_neighbours(const Points& points, std::size_t k) { return search(points, points, k, true); }

Neighbours nearest_neighbours(const Points& asked, const Points& among, std::size_t k) {
  return search(asked, among, k, false);
}

}  // namespace entrain
