#include "control/library/atlas/atlas_drawing.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>

namespace entrain {
namespace {

constexpr double kTitleText = 18, kLegendLine = 22, kRemarkText = 11;

struct Close {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* pen) const { cairo_destroy(pen); }
};
using Surface = std::unique_ptr<cairo_surface_t, Close>;
using Pen = std::unique_ptr<cairo_t, Close>;

cairo_status_t append(void* to, const unsigned char* bytes, unsigned count) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
}

Colour blend(Colour a, Colour b, double part) {
  return {a.red + part * (b.red - a.red), a.green + part * (b.green - a.green),
          a.blue + part * (b.blue - a.blue)};
}

/// Draws one scene as planned.
class Drawing {
 public:
  Drawing(cairo_t* pen, const AtlasScene& scene) : pen_(pen), scene_(scene) {
    cairo_select_font_face(pen_, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  }

  double text_width(const std::string& text, double size) {
    cairo_text_extents_t extents{};
    cairo_set_font_size(pen_, size);
    cairo_text_extents(pen_, text.c_str(), &extents);
    return extents.x_advance;
  }

  void all(const AtlasPlan& plan, const ThumbnailOf& thumbnail_of) {
    use(kGround);
    cairo_paint(pen_);
    for (const AtlasLabel& picture : plan.pictures) thumbnail(plan, picture, thumbnail_of(picture.of));
    for (std::size_t i = 0; i < plan.marks.size(); ++i) {
      const AtlasGroup& group = scene_.groups[scene_.sounds[i].group];
      mark(group, static_cast<double>(plan.marks[i].x), static_cast<double>(plan.marks[i].y), plan.radius);
    }
    for (const AtlasLabel& name : plan.names)
      text(name.text, name.box.x, name.box.centre() + 0.36 * plan.text_size, plan.text_size,
           blend(kInk, group_of(name).colour, 0.25), true);
    for (const AtlasLabel& region : plan.regions)
      text(region.text, region.box.x, region.box.centre() + 0.36 * kRegionText, kRegionText,
           blend(kInk, scene_.groups[region.of].colour, 0.35), true);
    frame(plan);
  }

 private:
  const AtlasGroup& group_of(const AtlasLabel& label) const {
    return scene_.groups[scene_.sounds[label.of].group];
  }
  void use(Colour c, double opacity = 1) { cairo_set_source_rgba(pen_, c.red, c.green, c.blue, opacity); }

  /// Title, remark and legend.
  void frame(const AtlasPlan& plan) {
    text(printable(scene_.title, 90), plan.map.x, plan.map.y - 12, kTitleText, kInk, true);
    text(printable(scene_.remark, 160), plan.map.x, plan.map.y + plan.map.height + 22, kRemarkText, kFaint,
         true);
    std::vector<std::size_t> counts(scene_.groups.size());
    for (const AtlasSound& sound : scene_.sounds) ++counts[sound.group];
    double y = plan.map.y + kLegendLine;
    for (std::size_t g = 0; g < counts.size() && y < plan.legend.y + plan.legend.height; ++g) {
      if (counts[g] == 0) continue;
      mark(scene_.groups[g], plan.legend.x + 6, y, 5.5);
      text(printable(scene_.groups[g].name, 28), plan.legend.x + 20, y + 4.5, kLegendText, kInk, false);
      const std::string count = std::to_string(counts[g]);
      text(count, plan.legend.x + plan.legend.width - text_width(count, kLegendText), y + 4.5, kLegendText,
           kFaint, false);
      y += kLegendLine;
    }
  }

  void text(const std::string& words, double x, double y, double size, Colour colour, bool halo) {
    cairo_set_font_size(pen_, size);
    cairo_move_to(pen_, x, y);
    if (halo) {
      cairo_text_path(pen_, words.c_str());
      use(kGround, 0.85);
      cairo_set_line_width(pen_, 3);
      cairo_set_line_join(pen_, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke(pen_);
      cairo_move_to(pen_, x, y);
    }
    use(colour);
    cairo_show_text(pen_, words.c_str());
    cairo_new_path(pen_);
  }

  void mark(const AtlasGroup& group, double x, double y, double radius) {
    switch (group.mark) {
      case AtlasMark::circle:
        cairo_arc(pen_, x, y, radius, 0, 2 * std::numbers::pi);
        break;
      case AtlasMark::square:
        polygon(x, y, 1.2 * radius, 4, 0.5);
        break;
      case AtlasMark::triangle:
        polygon(x, y, 1.3 * radius, 3, 0);
        break;
      case AtlasMark::diamond:
        polygon(x, y, 1.3 * radius, 4, 0);
        break;
    }
    use(group.colour, 0.9);
    cairo_fill_preserve(pen_);
    use(kGround);  // parts marks that touch
    cairo_set_line_width(pen_, std::min(1.0, 0.25 * radius));
    cairo_stroke(pen_);
  }

  /// The first corner points up, turned by `turn` corners.
  void polygon(double x, double y, double radius, int corners, double turn) {
    for (int k = 0; k < corners; ++k) {
      const double angle = 2 * std::numbers::pi * (k + turn) / corners;
      cairo_line_to(pen_, x + radius * std::sin(angle), y - radius * std::cos(angle));
    }
    cairo_close_path(pen_);
  }

  /// A line to the mark, a frame, and the levels in it.
  void thumbnail(const AtlasPlan& plan, const AtlasLabel& picture, const Thumbnail& levels) {
    const Colour colour = group_of(picture).colour;
    const MapPoint at = plan.marks[picture.of];
    cairo_move_to(pen_, static_cast<double>(at.x), static_cast<double>(at.y));
    cairo_line_to(pen_, picture.box.middle(), picture.box.centre());
    use(colour, 0.5);
    cairo_set_line_width(pen_, 1);
    cairo_stroke(pen_);
    use(kGround);
    cairo_rectangle(pen_, picture.box.x, picture.box.y, picture.box.width, picture.box.height);
    cairo_fill(pen_);
    if (!levels.levels.empty()) fill(picture.box, levels, colour);
    use(colour, 0.7);
    cairo_rectangle(pen_, picture.box.x + 0.5, picture.box.y + 0.5, picture.box.width - 1,
                    picture.box.height - 1);
    cairo_stroke(pen_);
  }

  /// From the ground through `colour` to white.
  void fill(const Box& box, const Thumbnail& levels, Colour colour) {
    const Surface image(cairo_image_surface_create(CAIRO_FORMAT_RGB24, levels.width, levels.height));
    cairo_surface_flush(image.get());
    unsigned char* const bytes = cairo_image_surface_get_data(image.get());
    const int stride = cairo_image_surface_get_stride(image.get());
    for (int y = 0; y < levels.height; ++y)
      for (int x = 0; x < levels.width; ++x) {
        const auto level = static_cast<double>(levels.levels[static_cast<std::size_t>(y * levels.width + x)]);
        const Colour c =
            level < 0.7 ? blend(kGround, colour, level / 0.7) : blend(colour, kInk, (level - 0.7) / 0.3);
        const auto step = [](double part) {
          return static_cast<std::uint32_t>(std::lround(255 * std::clamp(part, 0.0, 1.0)));
        };
        reinterpret_cast<std::uint32_t*>(bytes + y * stride)[x] =
            step(c.red) << 16 | step(c.green) << 8 | step(c.blue);
      }
    cairo_surface_mark_dirty(image.get());
    cairo_save(pen_);
    cairo_translate(pen_, box.x, box.y);
    cairo_scale(pen_, box.width / levels.width, box.height / levels.height);
    cairo_set_source_surface(pen_, image.get(), 0, 0);
    cairo_pattern_set_extend(cairo_get_source(pen_), CAIRO_EXTEND_PAD);
    cairo_rectangle(pen_, 0, 0, levels.width, levels.height);
    cairo_fill(pen_);
    cairo_restore(pen_);
  }

  cairo_t* pen_;
  const AtlasScene& scene_;
};

Error no_picture(cairo_status_t status) {
  return Error{fmt::format(
      "the atlas cannot be drawn ({}); try a smaller --size, or install a font such as fonts-dejavu-core",
      cairo_status_to_string(status))};
}

}  // namespace

Result<std::string> draw_atlas(const AtlasScene& scene, const ThumbnailOf& thumbnail_of,
                               PictureFormat format) {
  std::string bytes;
  const Surface surface(format == PictureFormat::png
                            ? cairo_image_surface_create(CAIRO_FORMAT_RGB24, scene.width, scene.height)
                            : cairo_svg_surface_create_for_stream(append, &bytes, scene.width, scene.height));
  {
    const Pen pen(cairo_create(surface.get()));
    Drawing drawing(pen.get(), scene);
    const auto width = [&](const std::string& text, double size) { return drawing.text_width(text, size); };
    drawing.all(plan_atlas(scene, width), thumbnail_of);
    if (const auto status = cairo_status(pen.get()); status != CAIRO_STATUS_SUCCESS)
      return no_picture(status);
  }
  if (format == PictureFormat::png) {
    const auto status = cairo_surface_write_to_png_stream(surface.get(), append, &bytes);
    if (status != CAIRO_STATUS_SUCCESS) return no_picture(status);
  }
  cairo_surface_finish(surface.get());
  if (const auto status = cairo_surface_status(surface.get()); status != CAIRO_STATUS_SUCCESS)
    return no_picture(status);
  return bytes;
}

}  // namespace entrain
