// Principal axes lie where points differ most.
#include "engine/analysis/pca.h"

#include <cmath>

#include "engine/core/draws.h"
#include "tests/support/catch.h"

using namespace entrain;

namespace {

/// Points on a rectangle three by one that lies askew in four coordinates.
Points rectangle(std::size_t count) {
  Points points(4);
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = [&](std::uint64_t axis) {
      return static_cast<float>(draw_part(draw(5, DrawFor::sample, axis, static_cast<std::int64_t>(i)))) -
             0.5f;
    };
    points.add(std::array{7 + at(0), 3 * at(1), 1.0f, -at(0)});
  }
  return points;
}

}  // namespace

TEST_CASE("Principal axes are found, whichever way they lie") {
  const PrincipalAxes found = principal_axes(rectangle(3'000));
  CHECK(found.mean[0] == Approx(7).margin(0.02));
  CHECK(found.deviation[0] == Approx(3 / std::sqrt(12)).epsilon(0.03));
  CHECK(found.deviation[1] == Approx(std::sqrt(2.0 / 12)).epsilon(0.03));
  CHECK(found.axes[0][1] == Approx(1).margin(0.01));  // the largest part is positive
  CHECK(std::abs(found.axes[1][0]) == Approx(std::sqrt(0.5)).margin(0.01));
  CHECK(found.axes[1][3] == Approx(-found.axes[1][0]).margin(0.01));
  const std::array<float, 4> point{8, 3, 1, -1};
  CHECK(std::abs(found.of(point).x) == Approx(3).margin(0.1));
  CHECK(std::abs(found.of(point).y) == Approx(std::sqrt(2)).margin(0.1));
}

TEST_CASE("Principal axes of points on a line, of one point and of none are finite") {
  Points line(3);
  for (int i = 0; i < 5; ++i) line.add(std::array{static_cast<float>(i), 0.0f, 0.0f});
  const PrincipalAxes found = principal_axes(line);
  CHECK(found.deviation[0] == Approx(std::sqrt(2)));
  CHECK(found.deviation[1] == Approx(0).margin(1e-9));
  for (const std::size_t count : {0u, 1u})
    for (const PrincipalAxes axes = principal_axes(rectangle(count)); const auto& axis : axes.axes)
      for (const double value : axis) CHECK(std::isfinite(value));
  CHECK(pca_map(rectangle(1))[0] == MapPoint{});
}
