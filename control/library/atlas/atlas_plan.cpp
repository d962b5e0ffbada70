#include "control/library/atlas/atlas_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <ranges>

#include "engine/analysis/neighbours.h"

namespace entrain {
namespace {

constexpr double kMargin = 28, kGap = 3;
constexpr double kMostStretch = 1.5;        // of one axis of the map against the other
constexpr std::size_t kLongestName = 28;    // characters
constexpr std::size_t kMostPictures = 150;  // more is a carpet
constexpr std::size_t kFewSounds = 60;      // so many need no names of regions

/// What room is taken.
class Taken {
 public:
  explicit Taken(Box all)
      : all_(all),
        columns_(static_cast<std::size_t>(all.width / kCell) + 1),
        cells_(columns_ * (static_cast<std::size_t>(all.height / kCell) + 1)) {}

  bool free(const Box& box) const {
    if (box.x < all_.x || box.y < all_.y || box.x + box.width > all_.x + all_.width ||
        box.y + box.height > all_.y + all_.height)
      return false;
    bool clear = true;
    each_cell(box, [&](std::size_t cell) {
      for (const std::size_t i : cells_[cell]) clear = clear && !boxes_[i].meets(box);
    });
    return clear;
  }
  void take(const Box& box) {
    each_cell(box, [&](std::size_t cell) { cells_[cell].push_back(boxes_.size()); });
    boxes_.push_back(box);
  }

 private:
  static constexpr double kCell = 32;  // pixels

  void each_cell(const Box& box, auto visit) const {
    const auto cell = [](double at, double from, std::size_t count) {
      return std::min(static_cast<std::size_t>(std::max(0.0, (at - from) / kCell)), count - 1);
    };
    const std::size_t rows = cells_.size() / columns_;
    for (std::size_t y = cell(box.y, all_.y, rows); y <= cell(box.y + box.height, all_.y, rows); ++y)
      for (std::size_t x = cell(box.x, all_.x, columns_); x <= cell(box.x + box.width, all_.x, columns_); ++x)
        visit(y * columns_ + x);
  }

  Box all_;
  std::size_t columns_;
  std::vector<std::vector<std::size_t>> cells_;
  std::vector<Box> boxes_;
};

Box around(MapPoint at, double radius) {
  return {static_cast<double>(at.x) - radius, static_cast<double>(at.y) - radius, 2 * radius, 2 * radius};
}

/// Where a box of this size may lie beside another, best first.
std::array<Box, 8> beside(const Box& other, double width, double height, double gap) {
  const double left = other.x - gap - width, right = other.x + other.width + gap,
               above = other.y - gap - height, below = other.y + other.height + gap,
               middle = other.middle() - width / 2, centre = other.centre() - height / 2;
  const auto box = [&](double x, double y) { return Box{x, y, width, height}; };
  return {box(right, centre), box(middle, below), box(left, centre), box(middle, above),
          box(right, below),  box(right, above),  box(left, below),  box(left, above)};
}

/// Maps places to pixels.
std::vector<MapPoint> marks_in(const Box& map, const std::vector<AtlasSound>& sounds, double inset) {
  if (sounds.empty()) return {};
  const auto [x0, x1] =
      std::ranges::minmax(sounds | std::views::transform([](const AtlasSound& s) { return s.place.x; }));
  const auto [y0, y1] =
      std::ranges::minmax(sounds | std::views::transform([](const AtlasSound& s) { return s.place.y; }));
  const double wide = static_cast<double>(x1) - static_cast<double>(x0),
               high = static_cast<double>(y1) - static_cast<double>(y0);
  double sx = wide > 0 ? (map.width - 2 * inset) / wide : 0,
         sy = high > 0 ? (map.height - 2 * inset) / high : 0;
  if (sx > 0 && sy > 0) {
    const double least = std::min(sx, sy) * kMostStretch;
    sx = std::min(sx, least);
    sy = std::min(sy, least);
  }
  std::vector<MapPoint> marks;
  for (const AtlasSound& sound : sounds)
    marks.push_back({static_cast<float>(map.middle() + sx * (static_cast<double>(sound.place.x) -
                                                             static_cast<double>(x0) - wide / 2)),
                     static_cast<float>(map.centre() + sy * (static_cast<double>(sound.place.y) -
                                                             static_cast<double>(y0) - high / 2))});
  return marks;
}

/// Sounds by how far the next mark is, farthest first.
std::vector<std::size_t> loneliest(const std::vector<MapPoint>& marks) {
  Points points(2);
  for (const MapPoint p : marks) points.add(std::array{p.x, p.y});
  const Neighbours nearest = nearest_neighbours(points, 1);
  std::vector<std::size_t> order(marks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (nearest.each > 0)
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](std::size_t i) { return nearest.distance[i]; });
  return order;
}

float median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Where the sounds of a group lie, if they lie together and are not strangers there: half of them within a
/// small part of the map, and of all that lies there a third.
std::optional<MapPoint> middle_of(const AtlasScene& scene, const AtlasPlan& plan, std::size_t group) {
  std::vector<float> x, y, far;
  for (std::size_t i = 0; i < scene.sounds.size(); ++i)
    if (scene.sounds[i].group == group) {
      x.push_back(plan.marks[i].x);
      y.push_back(plan.marks[i].y);
    }
  if (x.size() < 3) return std::nullopt;
  const MapPoint middle{median(x), median(y)};
  const auto distance = [&](float px, float py) { return std::hypot(px - middle.x, py - middle.y); };
  for (std::size_t i = 0; i < x.size(); ++i) far.push_back(distance(x[i], y[i]));
  const float radius = median(far);
  if (static_cast<double>(radius) > 0.1 * std::hypot(plan.map.width, plan.map.height)) return std::nullopt;
  const auto within =
      std::ranges::count_if(plan.marks, [&](MapPoint mark) { return distance(mark.x, mark.y) <= radius; });
  const auto own = std::ranges::count_if(far, [&](float d) { return d <= radius; });
  return 3 * own >= within ? std::optional(middle) : std::nullopt;
}

/// Names of groups, over the middle of their sounds.
void plan_regions(const AtlasScene& scene, const TextWidth& text_width, AtlasPlan& plan, Taken& texts) {
  if (scene.sounds.size() <= kFewSounds || scene.groups.size() < 2) return;
  for (std::size_t g = 0; g < scene.groups.size(); ++g) {
    const auto middle = middle_of(scene, plan, g);
    if (!middle) continue;
    const std::string text = printable(scene.groups[g].name, kLongestName);
    const double width = text_width(text, kRegionText), height = 1.2 * kRegionText;
    Box box{static_cast<double>(middle->x) - width / 2, static_cast<double>(middle->y) - height / 2, width,
            height};
    for (int step = 0; step < 7; ++step) {  // a little lower, a little higher...
      const double shift = (step % 2 == 0 ? 1 : -1) * (step + 1) / 2 * height;
      Box tried = box;
      tried.y += shift;
      if (!texts.free(tried)) continue;
      texts.take(tried);
      plan.regions.push_back({g, tried, text});
      break;
    }
  }
}

double picture_size(std::size_t sounds) {
  return sounds <= 40 ? 72 : sounds <= 120 ? 52 : sounds <= 600 ? 40 : 32;
}

}  // namespace

std::string printable(const std::string& name, std::size_t most) {
  constexpr std::string_view kUnknown = "\xEF\xBF\xBD", kMore = "\xE2\x80\xA6";
  std::vector<std::string> characters;
  for (std::size_t i = 0; i < name.size();) {
    const auto byte = [&](std::size_t at) {
      return at < name.size() ? static_cast<unsigned char>(name[at]) : 0u;
    };
    const unsigned first = byte(i);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    bool valid = length > 0 && first != 0x7F && first >= 0x20;
    for (std::size_t n = 1; n < length; ++n) valid = valid && (byte(i + n) & 0xC0) == 0x80;
    const unsigned second = byte(i + 1);  // shortest forms only, no surrogates, nothing beyond U+10FFFF
    valid = valid && !(first == 0xE0 && second < 0xA0) && !(first == 0xED && second >= 0xA0) &&
            !(first == 0xF0 && second < 0x90) && !(first == 0xF4 && second >= 0x90) &&
            !(first == 0xC2 && second < 0xA0);
    characters.emplace_back(valid ? name.substr(i, length) : std::string(kUnknown));
    i += valid ? length : 1;
  }
  if (characters.size() > most) {
    characters.resize(most > 0 ? most - 1 : 0);
    characters.emplace_back(kMore);
  }
  return std::accumulate(characters.begin(), characters.end(), std::string());
}

AtlasPlan plan_atlas(const AtlasScene& scene, const TextWidth& text_width) {
  AtlasPlan plan;
  const double width = scene.width, height = scene.height;
  double legend = 0;
  for (const AtlasGroup& group : scene.groups)
    legend = std::max(legend, text_width(printable(group.name, kLongestName) + "  00000", kLegendText));
  legend = std::min(legend + 3 * kLegendText, width / 3);
  plan.legend = {width - kMargin - legend, kMargin, legend, height - 2 * kMargin};
  plan.map = {kMargin, kMargin + 30, width - legend - 3 * kMargin, height - 2 * kMargin - 54};
  const double each = std::sqrt(plan.map.width * plan.map.height /
                                static_cast<double>(std::max<std::size_t>(scene.sounds.size(), 1)));
  plan.radius = std::clamp(0.08 * each, 2.2, 7.0);
  plan.text_size = scene.sounds.size() <= 120 ? 13 : 11;
  const double size = picture_size(scene.sounds.size());
  plan.marks = marks_in(plan.map, scene.sounds, scene.pictures ? size : kMargin);
  Taken texts(plan.map), all(plan.map);
  plan_regions(scene, text_width, plan, texts);
  for (const AtlasLabel& region : plan.regions) all.take(region.box);
  for (const MapPoint mark : plan.marks) all.take(around(mark, plan.radius + 1));
  const auto order = loneliest(plan.marks);
  std::vector<Box> anchors;
  for (const MapPoint mark : plan.marks) anchors.push_back(around(mark, plan.radius + 1));
  for (const std::size_t i : order) {
    if (!scene.pictures || plan.pictures.size() >= kMostPictures) break;
    for (const Box& box : beside(anchors[i], size, size, kGap))
      if (all.free(box)) {
        all.take(box);
        texts.take(box);
        plan.pictures.push_back({i, box, {}});
        anchors[i] = box;
        break;
      }
  }
  if (scene.names == AtlasScene::Names::off) return plan;
  Taken& obstacles = scene.names == AtlasScene::Names::on ? texts : all;
  for (const std::size_t i : order) {
    const std::string text = printable(scene.sounds[i].name, kLongestName);
    const double wide = text_width(text, plan.text_size), high = 1.3 * plan.text_size;
    for (const Box& box : beside(anchors[i], wide, high, kGap))
      if (obstacles.free(box)) {
        obstacles.take(box);
        plan.names.push_back({i, box, text});
        break;
      }
  }
  return plan;
}

}  // namespace entrain
