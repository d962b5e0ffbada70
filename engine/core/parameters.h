// Parameters: the base value of every control, its glide and modulation, and the smoothed value that sounds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/catalogue.h"
#include "engine/core/time.h"

namespace entrain {

/// A value over one quantum: `from` before its first frame, `to` at its last.
struct Ramp {
  float from, to;
  bool still() const { return from == to; }
};

/// effective = clamp(base + modulation), smoothed over the row's smooth_ms. Audio thread only; realtime-safe
/// after prepare().
class Parameters {
 public:
  void prepare(const Catalogue& catalogue, int rate);
  void reset();

  /// Moves a base value: at once, or in a straight line from `now` to `arrival`. Ends any glide under way.
  void set(ControlId id, double value, Frame now, Frame arrival);
  /// Adds to a modulatable control for the coming quantum only.
  void modulate(ControlId id, double amount);
  /// Computes this quantum's ramps. Work is proportional to the controls that move.
  void advance(Frame now);

  double base(ControlId id) const { return states_[id.index].base; }
  /// Where the base value comes to rest: the end of its glide.
  double settled(ControlId id) const {
    const State& s = states_[id.index];
    return s.gliding ? s.glide_to : s.base;
  }
  Ramp ramp(ControlId id) const { return {states_[id.index].from, states_[id.index].to}; }

 private:
  struct State {
    double base, glide_from, glide_to, modulation, target, value, step;
    Frame glide_begin, glide_end;
    std::int32_t remaining, smooth_quanta;
    float from, to;
    bool gliding, moving, modulated;
  };
  void wake(ControlId id);

  const Catalogue* catalogue_ = nullptr;
  std::vector<State> states_;
  std::vector<std::uint16_t> moving_;
};

/// A unit's own window on the parameters, addressed by its enumerators.
class Controls {
 public:
  Controls(Parameters& parameters, const Section& section) : parameters_(&parameters), section_(&section) {}

  Ramp ramp(std::uint8_t control, int instance = 0) const { return parameters_->ramp(section_->id(control, instance)); }
  double base(std::uint8_t control, int instance = 0) const { return parameters_->base(section_->id(control, instance)); }
  void modulate(std::uint8_t control, int instance, double amount) {
    parameters_->modulate(section_->id(control, instance), amount);
  }
  /// Moves a base value from inside, where a unit must: a panic, the end of a one-shot.
  void set(std::uint8_t control, int instance, double value, Frame now) {
    parameters_->set(section_->id(control, instance), value, now, now);
  }
  /// True when `id` is `control` of this unit; `instance` then says which one.
  bool match(ControlId id, std::uint8_t control, int& instance) const {
    const int local = id.index - section_->base;
    const int rows = static_cast<int>(section_->rows.size());
    if (local < 0 || local >= rows * section_->instances || local % rows != control) return false;
    instance = local / rows;
    return true;
  }

 private:
  Parameters* parameters_;
  const Section* section_;
};

}  // namespace entrain
