#include "engine/core/transition.h"

#include <array>

namespace entrain {

std::string_view name_of(Lane lane) {
  constexpr std::array<std::string_view, kLanes> names{"gain",  "low",   "mid",   "high",
                                                       "sweep", "delay", "reverb"};
  return names[static_cast<std::size_t>(lane)];
}

bool lawful(const TransitionShape& shape) {
  constexpr std::array<float, kLanes> least{0, 0, 0, 0, -1, 0, 0}, most{4, 4, 4, 4, 1, 1, 1};
  for (const auto* curves : {&shape.out, &shape.in})
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      float before = 0;
      for (const TransitionShape::Point& p : (*curves)[lane]) {
        if (!(p.part >= before && p.part <= 1 && p.value >= least[lane] && p.value <= most[lane]))
          return false;
        before = p.part;
      }
      if ((*curves)[lane].size() > 256) return false;
    }
  return true;
}

bool lawful(const Transition& t) {
  const auto deck = [](int d) { return d >= -1 && d < kDecks; };
  return t.id != 0 && deck(t.from) && deck(t.to) && t.from != t.to && t.length > Beat(0) && t.entry >= Beat(0);
}

}  // namespace entrain
