// Colours that tell groups apart on a dark ground.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/analysis/key.h"

namespace entrain {

/// sRGB, 0 to 1 each.
struct Colour {
  double red = 0, green = 0, blue = 0;

  bool operator==(const Colour&) const = default;
};

inline constexpr Colour kGround{0.07, 0.08, 0.10}, kInk{0.92, 0.93, 0.95}, kFaint{0.50, 0.53, 0.58};

/// Lightness 0 to 1, chroma (about 0 to 0.3), hue in degrees (Ottosson: OKLab, 2020); chroma is lowered until
/// the colour can be shown.
Colour oklch(double lightness, double chroma, double hue);

/// Up to seven: those of Okabe and Ito (2008), which hardly anybody confuses. More: hues evenly spread,
/// neighbours of different lightness.
std::vector<Colour> distinct_colours(std::size_t count);
/// For what has an order: from dark violet to light yellow, lightness rising evenly.
std::vector<Colour> ordered_colours(std::size_t count);
/// Keys a fifth apart have neighbouring hues; minor ones are darker.
Colour key_colour(Key key);

}  // namespace entrain
