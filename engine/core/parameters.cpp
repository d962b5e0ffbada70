#include "engine/core/parameters.h"

#include <algorithm>
#include <cmath>

namespace entrain {

void Parameters::prepare(const Catalogue& catalogue, int rate) {
  catalogue_ = &catalogue;
  states_.assign(catalogue.size(), State{});
  moving_.clear();
  moving_.reserve(catalogue.size());
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const double quanta = catalogue.row(ControlId{static_cast<std::uint16_t>(i)}).smooth_ms * rate / 1000.0 / kQuantum;
    states_[i].smooth_quanta = static_cast<std::int32_t>(std::lround(quanta));
  }
  reset();
}

void Parameters::reset() {
  moving_.clear();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const double initial = catalogue_->row(ControlId{static_cast<std::uint16_t>(i)}).initial;
    State fresh{};
    fresh.smooth_quanta = states_[i].smooth_quanta;
    fresh.base = fresh.target = fresh.value = initial;
    fresh.from = fresh.to = static_cast<float>(initial);
    states_[i] = fresh;
  }
}

void Parameters::wake(ControlId id) {
  State& s = states_[id.index];
  if (s.moving) return;
  s.moving = true;
  moving_.push_back(id.index);
}

void Parameters::set(ControlId id, double value, Frame now, Frame arrival) {
  State& s = states_[id.index];
  s.gliding = arrival > now && catalogue_->row(id).kind == Kind::continuous;
  if (s.gliding) {
    s.glide_from = s.base;
    s.glide_to = value;
    s.glide_begin = now;
    s.glide_end = arrival;
  } else {
    s.base = value;
  }
  wake(id);
}

void Parameters::modulate(ControlId id, double amount) {
  State& s = states_[id.index];
  s.modulation += amount;
  s.modulated = true;
  wake(id);
}

void Parameters::advance(Frame now) {
  std::size_t kept = 0;
  for (const std::uint16_t index : moving_) {
    State& s = states_[index];
    if (s.gliding) {
      const double part = static_cast<double>(now - s.glide_begin) / static_cast<double>(s.glide_end - s.glide_begin);
      s.gliding = part < 1.0;
      s.base = s.gliding ? s.glide_from + (s.glide_to - s.glide_from) * part : s.glide_to;
    }
    const double target = catalogue_->clamp(ControlId{index}, s.base + s.modulation);
    if (target != s.target) {
      s.target = target;
      s.remaining = std::max(s.smooth_quanta, 1);
      s.step = (target - s.value) / s.remaining;
    }
    s.from = static_cast<float>(s.value);
    if (s.remaining > 0) s.value = (--s.remaining == 0) ? s.target : s.value + s.step;
    s.to = static_cast<float>(s.value);
    if (s.smooth_quanta == 0) s.from = s.to;

    const bool was_modulated = s.modulated;
    s.modulation = 0;
    s.modulated = false;
    s.moving = s.gliding || was_modulated || s.remaining > 0 || s.from != s.to;
    if (s.moving) moving_[kept++] = index;
  }
  moving_.resize(kept);
}

}  // namespace entrain
