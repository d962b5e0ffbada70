// The atlas as a picture: everything has room, every sound its mark, in PNG and SVG.
#include "control/library/atlas/atlas_drawing.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

#include "engine/core/draws.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// Sounds in three clouds, and one far off.
AtlasScene scene_of(std::size_t count, AtlasScene::Names names = AtlasScene::Names::automatic) {
  AtlasScene scene;
  scene.title = "a title";
  scene.remark = "a remark";
  scene.names = names;
  const auto colours = distinct_colours(3);
  for (std::size_t g = 0; g < 3; ++g)
    scene.groups.push_back({"group " + std::to_string(g), colours[g], static_cast<AtlasMark>(g)});
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = [&](std::uint64_t axis) {
      return static_cast<float>(draw_part(draw(4, DrawFor::sample, axis, static_cast<std::int64_t>(i))));
    };
    const float far = i == 7 ? 6.0f : 0.0f;
    scene.sounds.push_back({{4 * static_cast<float>(i % 3) + at(0) + at(1) + far, at(2) + at(3) - far},
                            i % 3,
                            "sound " + std::to_string(i)});
  }
  return scene;
}

double plain_width(const std::string& text, double size) {
  return 0.6 * size * static_cast<double>(text.size());
}

bool inside(const Box& box, const Box& room) {
  return box.x >= room.x && box.y >= room.y && box.x + box.width <= room.x + room.width &&
         box.y + box.height <= room.y + room.height;
}

void check_apart(const std::vector<AtlasLabel>& labels) {
  for (std::size_t a = 0; a < labels.size(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      if (labels[a].box.meets(labels[b].box)) FAIL(labels[a].text << " meets " << labels[b].text);
}

/// Pixels of a PNG, as 0xRRGGBB.
struct Pixels {
  int width = 0, height = 0;
  std::vector<std::uint32_t> values;
};
Pixels pixels_of(const std::string& png) {
  std::pair<const std::string*, std::size_t> from{&png, 0};
  const auto read = [](void* closure, unsigned char* to, unsigned count) {
    auto& [bytes, at] = *static_cast<std::pair<const std::string*, std::size_t>*>(closure);
    if (at + count > bytes->size()) return CAIRO_STATUS_READ_ERROR;
    std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(at), count, to);
    at += count;
    return CAIRO_STATUS_SUCCESS;
  };
  cairo_surface_t* surface = cairo_image_surface_create_from_png_stream(read, &from);
  REQUIRE(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS);
  Pixels pixels{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
  for (int y = 0; y < pixels.height; ++y) {
    const auto* row = reinterpret_cast<const std::uint32_t*>(cairo_image_surface_get_data(surface) +
                                                             y * cairo_image_surface_get_stride(surface));
    for (int x = 0; x < pixels.width; ++x) pixels.values.push_back(row[x] & 0xFFFFFFu);
  }
  cairo_surface_destroy(surface);
  return pixels;
}

/// How far two colours lie apart for somebody without green cones (Vienot, Brettel and Mollon 1999), 0 to 1.
double apart_for_the_colour_blind(Colour a, Colour b) {
  const auto seen = [](Colour c) {
    const auto linear = [](double x) { return std::pow(x, 2.2); };
    const double red = linear(c.red), green = linear(c.green), blue = linear(c.blue);
    return std::array{std::cbrt(0.29275 * red + 0.70725 * green),
                      std::cbrt(std::max(0.0, -0.02234 * red + 0.02234 * green + blue))};
  };
  return std::hypot(seen(a)[0] - seen(b)[0], seen(a)[1] - seen(b)[1]);
}

}  // namespace

TEST_CASE("Names and thumbnails of the atlas have room, and stay in the picture") {
  using Names = AtlasScene::Names;
  for (const std::size_t count : {1u, 30u, 300u, 2'000u})
    for (const Names names : {Names::off, Names::on, Names::automatic}) {
      const AtlasScene scene = scene_of(count, names);
      const AtlasPlan plan = plan_atlas(scene, plain_width);
      auto labels = plan.names;
      labels.insert(labels.end(), plan.pictures.begin(), plan.pictures.end());
      check_apart(labels);
      check_apart(plan.regions);
      for (const auto& all : {labels, plan.regions})
        for (const AtlasLabel& label : all) CHECK(inside(label.box, plan.map));
      REQUIRE(plan.marks.size() == count);
      for (const MapPoint mark : plan.marks)
        CHECK(inside({static_cast<double>(mark.x), static_cast<double>(mark.y), 0, 0}, plan.map));
      CHECK(!plan.legend.meets(plan.map));
      CHECK(plan.names.empty() == (names == Names::off));
      CHECK(!plan.pictures.empty());
      if (count == 30) CHECK(plan.pictures.size() > 15);
      if (names != Names::automatic) continue;
      for (const AtlasLabel& label : labels)
        for (const MapPoint mark : plan.marks)
          if (label.box.meets({static_cast<double>(mark.x), static_cast<double>(mark.y), 0, 0}))
            FAIL(label.text << " covers a mark");
    }
}

TEST_CASE("Regions carry the name of what lies together") {
  const AtlasPlan plan = plan_atlas(scene_of(300), plain_width);
  REQUIRE(plan.regions.size() == 3);
  for (const AtlasLabel& region : plan.regions) CHECK(region.text == "group " + std::to_string(region.of));
  AtlasScene mixed = scene_of(300);
  for (std::size_t i = 0; i < 300; ++i) mixed.sounds[i].group = i / 3 % 3;
  CHECK(plan_atlas(mixed, plain_width).regions.empty());
}

TEST_CASE("A picture of the atlas shows every sound in the colour of its group") {
  AtlasScene scene = scene_of(30);
  scene.width = 900;
  scene.height = 600;
  std::size_t asked = 0;
  const auto thumbnail = [&](std::size_t) {
    ++asked;
    return Thumbnail{2, 2, {0, 0.3f, 0.7f, 1}};
  };
  const auto png = draw_atlas(scene, thumbnail, PictureFormat::png);
  REQUIRE(png);
  CHECK(asked > 5);
  const Pixels pixels = pixels_of(*png);
  CHECK(pixels.width == 900);
  CHECK(pixels.height == 600);
  for (const AtlasGroup& group : scene.groups) {
    const auto close = [&](std::uint32_t p) {
      const auto near = [](double wanted, std::uint32_t got) { return std::abs(wanted * 255 - got) < 30; };
      return near(group.colour.red, p >> 16) && near(group.colour.green, p >> 8 & 255) &&
             near(group.colour.blue, p & 255);
    };
    CHECK(std::ranges::count_if(pixels.values, close) > 10 * 20);
  }
  CHECK(*draw_atlas(scene, thumbnail, PictureFormat::png) == *png);
  const auto svg = draw_atlas(scene, thumbnail, PictureFormat::svg);
  REQUIRE(svg);
  CHECK(svg->starts_with("<?xml"));
  CHECK(mentions(*svg, "width=\"900"));
  CHECK(mentions(*svg, "</svg>"));
}

TEST_CASE("An atlas of odd names, of none and of sounds in one place can be drawn") {
  const auto none = [](std::size_t) { return Thumbnail{}; };
  AtlasScene scene = scene_of(12);
  scene.sounds[0].name = "\xFF\xFE\x80";
  scene.sounds[1].name = std::string("a\0b\n\x1B[31m", 8);
  scene.sounds[2].name = std::string(5'000, 'x');
  scene.sounds[3].name = "";
  scene.title = "\xC3";
  for (AtlasSound& sound : scene.sounds) sound.place = {1, 1};
  for (const auto format : {PictureFormat::png, PictureFormat::svg}) {
    CHECK(draw_atlas(scene, none, format));
    CHECK(draw_atlas(AtlasScene{}, none, format));
  }
}

TEST_CASE("Printable names are valid UTF-8 of a bounded length") {
  CHECK(printable("kick", 28) == "kick");
  CHECK(printable("𝄞 Trommel für Ä", 28) == "𝄞 Trommel für Ä");
  CHECK(printable("a\x01z\x7F", 28) == "a\uFFFDz\uFFFD");
  CHECK(printable("\xC3", 28) == "\uFFFD");
  CHECK(printable("\xC0\xAF", 28) == "\uFFFD\uFFFD");
  CHECK(printable("\xED\xA0\x80", 28) == "\uFFFD\uFFFD\uFFFD");
  CHECK(printable("\xC2\x85", 28) == "\uFFFD\uFFFD");
  CHECK(printable("äöüäöü", 4) == "äöü…");
  CHECK(printable("abc", 0).size() <= 3);
}

TEST_CASE("Few colours are told apart by the colour-blind too, many by colour and mark") {
  for (const std::size_t count : {2u, 5u, 7u}) {
    const auto colours = distinct_colours(count);
    for (std::size_t a = 0; a < count; ++a)
      for (std::size_t b = 0; b < a; ++b) {
        INFO(a << " and " << b);
        CHECK(apart_for_the_colour_blind(colours[a], colours[b]) > 0.08);
      }
  }
  const auto many = distinct_colours(12);
  for (std::size_t a = 0; a < 12; ++a)
    for (std::size_t b = 0; b < a; ++b)
      if (a % 4 == b % 4) {  // marks take turns
        INFO(a << " and " << b);
        CHECK(std::hypot(many[a].red - many[b].red, many[a].green - many[b].green,
                         many[a].blue - many[b].blue) > 0.2);
      }
  double before = 0;
  for (const Colour c : ordered_colours(8)) {
    const double light =
        0.2126 * std::pow(c.red, 2.2) + 0.7152 * std::pow(c.green, 2.2) + 0.0722 * std::pow(c.blue, 2.2);
    CHECK(light > before);
    before = light;
  }
  CHECK(key_colour({0, false}) != key_colour({9, true}));
  CHECK(distinct_colours(0).empty());
}
