#include "control/flow/transition_shapes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace entrain {
namespace {

using Curve = TransitionShape::Curve;

constexpr int kLines = 64;  // that a bent curve is drawn with
constexpr double kSwapBeats = 0.125;
constexpr double kOpenBeats = 1.0 / 64;  // a coming deck is open so long before it is heard
constexpr double kSwept = 0.8;           // how far filters are turned

/// A function of 0 to 1 as straight lines between two parts of the transition.
template <class F>
Curve drawn(double from, double to, F f) {
  Curve curve;
  for (int i = 0; i <= kLines; ++i) {
    const double x = static_cast<double>(i) / kLines;
    curve.push_back({static_cast<float>(from + x * (to - from)), static_cast<float>(f(x))});
  }
  return curve;
}

double rising(double x) { return x <= 0 ? 0 : x >= 1 ? 1 : std::sin(x * std::numbers::pi / 2); }
double falling(double x) { return rising(1 - x); }

Curve step(double at, float before, float after, double width = 0) {
  return {{static_cast<float>(at - width / 2), before}, {static_cast<float>(at + width / 2), after}};
}

class Shape {
 public:
  Shape(TransitionKind kind, double beats) : beats_(beats) { shape_->name = name_of(kind); }

  Curve& out(Lane lane) { return shape_->out[static_cast<std::size_t>(lane)]; }
  Curve& in(Lane lane) { return shape_->in[static_cast<std::size_t>(lane)]; }

  void cross() {
    out(Lane::gain) = drawn(0, 1, falling);
    in(Lane::gain) = drawn(0, 1, rising);
  }
  /// The lows change hands at once; until then, and from there on, they are held at their level.
  void swap_lows() {
    const double at = middle_beat(), half = std::min(kSwapBeats / 2 / beats_, std::min(at, 1 - at));
    const auto held = [&](double x, bool coming) {
      const double gain = coming ? rising(x) : falling(x);
      const double over = (x - (at - half)) / (2 * half);
      const double mine = half > 0 ? (coming ? rising(over) : falling(over)) : (x < at) != coming;
      return mine == 0 ? 0 : std::min(4.0, mine / gain);
    };
    for (const bool coming : {false, true}) {
      Curve& curve = coming ? in(Lane::low) : out(Lane::low);
      for (const auto& [from, to] :
           {std::pair{0.0, at - half}, std::pair{at - half, at + half}, std::pair{at + half, 1.0}})
        for (const auto& point :
             drawn(from, to, [&](double x) { return held(from + x * (to - from), coming); }))
          if (curve.empty() || point.part > curve.back().part) curve.push_back(point);
    }
  }
  void ease_lows(double clash) {
    const auto kept = static_cast<float>(1 - clash);
    in(Lane::low) = step(0.5, kept, 1, 0.5);
    out(Lane::low) = step(0.5, 1, kept, 0.5);
  }
  void sweep() {
    out(Lane::gain) = drawn(0.5, 1, falling);
    in(Lane::gain) = drawn(0, 0.5, rising);
    out(Lane::sweep) = {{0, 0}, {0.6f, static_cast<float>(kSwept)}};
    in(Lane::sweep) = {{0.3f, static_cast<float>(kSwept)}, {0.9f, 0}};
  }
  void echo() {
    out(Lane::delay) = {{0, 0}, {0.75f, 1}};
    const double soon = std::max(0.0, 1 - kOpenBeats / beats_);
    in(Lane::gain) = step(soon, 0, 1);
  }
  void cut() { out(Lane::gain) = {{0, 0}}; }
  std::shared_ptr<const TransitionShape> take() { return std::move(shape_); }

 private:
  /// The beat nearest to the middle, as a part of the length.
  double middle_beat() const { return beats_ < 1 ? 0.5 : std::floor(beats_ / 2 + 0.5) / beats_; }

  double beats_;
  std::shared_ptr<TransitionShape> shape_ = std::make_shared<TransitionShape>();
};

}  // namespace

std::shared_ptr<const TransitionShape> transition_shape(TransitionKind kind, Beat length, double clash) {
  Shape shape(kind, length.value());
  switch (kind) {
    case TransitionKind::blend:
      shape.cross();
      if (clash > 0) shape.ease_lows(std::min(clash, 1.0));
      break;
    case TransitionKind::bass_swap:
      shape.cross();
      shape.swap_lows();
      break;
    case TransitionKind::filter:
      shape.sweep();
      break;
    case TransitionKind::echo_out:
      shape.echo();
      break;
    case TransitionKind::cut:
      shape.cut();
      break;
  }
  return shape.take();
}

std::shared_ptr<const TransitionShape> fading_shape() {
  auto shape = std::make_shared<TransitionShape>();
  shape->name = "fade";
  shape->out[static_cast<std::size_t>(Lane::gain)] = drawn(0, 1, [](double x) { return (1 - x) * (1 - x); });
  return shape;
}

}  // namespace entrain
