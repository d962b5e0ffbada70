// The atlas as a picture, before it is drawn: what stands where.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "control/library/atlas/palette.h"
#include "engine/analysis/pca.h"

namespace entrain {

/// Heights of text, as the plan leaves room for it and the drawing writes it.
inline constexpr double kLegendText = 13, kRegionText = 20;

enum class AtlasMark { circle, square, triangle, diamond };

/// Sounds of one colour and mark.
struct AtlasGroup {
  std::string name;
  Colour colour;
  AtlasMark mark = AtlasMark::circle;
};

struct AtlasSound {
  MapPoint place;
  std::size_t group = 0;
  std::string name;  ///< any bytes
};

struct AtlasScene {
  enum class Names { off, on, automatic };  ///< automatic: only where they cover no mark

  std::string title, remark;  ///< one line each
  std::vector<AtlasGroup> groups;
  std::vector<AtlasSound> sounds;
  int width = 1'600, height = 1'000;  ///< pixels, each kSmallest to kLargest
  Names names = Names::automatic;
  bool pictures = true;  ///< there are thumbnails

  static constexpr int kSmallest = 320, kLargest = 8'000;
};

/// In pixels from the top left.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;

  bool meets(const Box& other) const {
    return x < other.x + other.width && other.x < x + width && y < other.y + other.height &&
           other.y < y + height;
  }
  double middle() const { return x + width / 2; }
  double centre() const { return y + height / 2; }
};

/// A text, or the thumbnail of a sound.
struct AtlasLabel {
  std::size_t of = 0;  ///< a sound, or a group
  Box box;
  std::string text;
};

struct AtlasPlan {
  Box map, legend;
  double radius = 0;                 ///< of a mark
  double text_size = 0;              ///< of names
  std::vector<MapPoint> marks;       ///< one a sound
  std::vector<AtlasLabel> pictures;  ///< what has a thumbnail
  std::vector<AtlasLabel> names;     ///< of sounds; they meet neither each other nor pictures
  std::vector<AtlasLabel> regions;   ///< names of groups whose sounds lie together
};

/// How wide a text of a size is drawn.
using TextWidth = std::function<double(const std::string& text, double size)>;

/// Places pictures first, then names, each beside its mark where there is room (the loneliest sounds first);
/// what does not fit is left out. Pure.
AtlasPlan plan_atlas(const AtlasScene& scene, const TextWidth& text_width);

/// A name as it can be drawn: valid UTF-8 without control characters, at most `most` characters.
std::string printable(const std::string& name, std::size_t most);

}  // namespace entrain
