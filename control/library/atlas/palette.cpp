#include "control/library/atlas/palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace entrain {
namespace {

double gamma(double linear) {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

/// Linear sRGB of an OKLab colour, which may lie outside of what can be shown.
std::array<double, 3> linear_rgb(double lightness, double a, double b) {
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3),
               m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3),
               s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

}  // namespace

Colour oklch(double lightness, double chroma, double hue) {
  const double angle = hue * std::numbers::pi / 180;
  const auto shown = [](double x) { return x >= -1e-4 && x <= 1 + 1e-4; };
  auto rgb = linear_rgb(lightness, chroma * std::cos(angle), chroma * std::sin(angle));
  for (int step = 0; step < 100 && !std::ranges::all_of(rgb, shown); ++step) {
    chroma *= 0.97;
    rgb = linear_rgb(lightness, chroma * std::cos(angle), chroma * std::sin(angle));
  }
  for (double& x : rgb) x = gamma(std::clamp(x, 0.0, 1.0));
  return {rgb[0], rgb[1], rgb[2]};
}

std::vector<Colour> distinct_colours(std::size_t count) {
  constexpr std::array<std::array<int, 3>, 7> kOkabeIto{{{230, 159, 0},
                                                         {86, 180, 233},
                                                         {0, 158, 115},
                                                         {240, 228, 66},
                                                         {213, 94, 0},
                                                         {204, 121, 167},
                                                         {0, 114, 178}}};
  constexpr std::array kLightness{0.72, 0.88, 0.60};
  std::vector<Colour> colours;
  for (std::size_t i = 0; i < count; ++i) {
    if (count <= kOkabeIto.size()) {
      const auto [red, green, blue] = kOkabeIto[i];
      colours.push_back({red / 255.0, green / 255.0, blue / 255.0});
    } else {
      const double hue = 25 + 360 * static_cast<double>(i) / static_cast<double>(count);
      colours.push_back(oklch(kLightness[i % kLightness.size()], 0.16, hue));
    }
  }
  return colours;
}

std::vector<Colour> ordered_colours(std::size_t count) {
  std::vector<Colour> colours;
  for (std::size_t i = 0; i < count; ++i) {
    const double at = count < 2 ? 1 : static_cast<double>(i) / static_cast<double>(count - 1);
    colours.push_back(oklch(0.45 + 0.47 * at, 0.16, 300 - 200 * at));
  }
  return colours;
}

Colour key_colour(Key key) {
  const int major = key.minor ? key.root + 3 : key.root;  // the relative major
  const int fifths = major * 7 % 12;
  return oklch(key.minor ? 0.62 : 0.84, key.minor ? 0.17 : 0.12, 25 + 30 * fifths);
}

}  // namespace entrain
