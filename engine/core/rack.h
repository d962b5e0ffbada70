// The rack: the units of the engine, in the order in which they work. A new unit is one file pair and one
// name in this list.
#pragma once

#include <algorithm>
#include <array>
#include <tuple>

#include "engine/core/catalogue.h"
#include "engine/core/context.h"
#include "engine/core/transport.h"
#include "engine/units/bridge.h"
#include "engine/units/decks.h"
#include "engine/units/delay.h"
#include "engine/units/master.h"
#include "engine/units/metronome.h"
#include "engine/units/reverb.h"
#include "engine/units/sampler.h"
#include "engine/units/sequencer.h"
#include "engine/units/stitcher.h"
#include "engine/units/strips.h"

namespace entrain {

/// The sections of all owners of controls, one after the other.
template <class... Owners>
constexpr std::array<Section, sizeof...(Owners)> make_sections() {
  static_assert(((Owners::rows.size() == Owners::count) && ...));
  std::array<Section, sizeof...(Owners)> made{Section{Owners::rows, Owners::instances, 0}...};
  std::size_t next = 0;
  for (Section& s : made) {
    s.base = static_cast<std::uint16_t>(next);
    next += s.rows.size() * static_cast<std::size_t>(s.instances);
  }
  return made;
}

/// Holds one object per unit. A unit has: `Control` with a `count`, `rows`, `instances`, `place`,
/// prepare(rate), reset(), process(const Context&, Controls, Buses&); and where it needs them: announce(),
/// observe(), lead(rate), latency().
template <class... Units>
class RackOf {
 public:
  static constexpr std::size_t kSections = 1 + sizeof...(Units);

  static constexpr std::array<Section, kSections> sections = make_sections<Transport, Units...>();
#ifndef ENTRAIN_ASAN  // GCC's undefined behaviour sanitizer takes joined addresses for no constants (its bug 71962)
  static_assert(lawful(sections), "a control row breaks a law of the catalogue (engine/core/catalogue.h)");
#endif
  static constexpr const Section& transport() { return sections[0]; }
  static constexpr std::size_t control_count() {
    return sections.back().base + sections.back().rows.size() * static_cast<std::size_t>(sections.back().instances);
  }
  static_assert(control_count() <= Snapshot::kMaxControls);

  void prepare(int rate) {
    each([&](auto& unit, const Section&) { unit.prepare(rate); });
  }
  void reset() {
    each([](auto& unit, const Section&) { unit.reset(); });
  }
  void run(Place place, const Context& context, Parameters& parameters, Buses& buses) {
    each([&](auto& unit, const Section& section) {
      if (unit.place == place) unit.process(context, Controls(parameters, section), buses);
    });
  }
  void announce(const Announcement& announcement, Parameters& parameters) {
    each([&](auto& unit, const Section& section) {
      if constexpr (requires { unit.announce(announcement, Controls(parameters, section)); })
        unit.announce(announcement, Controls(parameters, section));
    });
  }
  void observe(Snapshot& snapshot) const {
    each([&](const auto& unit, const Section&) {
      if constexpr (requires { unit.observe(snapshot); }) unit.observe(snapshot);
    });
  }
  /// Frames by which prepared controls and changes of deck contents must be known beforehand.
  int lead(int rate) const {
    int most = 0;
    each([&](const auto& unit, const Section&) {
      if constexpr (requires { unit.lead(rate); }) most = std::max(most, unit.lead(rate));
    });
    return most;
  }
  void lay_over_cue(const std::array<const float*, 2>& pair, const std::array<float*, 2>& cue) const {
    each([&](const auto& unit, const Section&) {
      if constexpr (requires { unit.lay_over_cue(pair, cue); }) unit.lay_over_cue(pair, cue);
    });
  }
  bool split() const {
    bool any = false;
    each([&](const auto& unit, const Section&) {
      if constexpr (requires { unit.split(); }) any = any || unit.split();
    });
    return any;
  }
  /// Frames from a unit's input to the outputs.
  int latency() const {
    int sum = 0;
    each([&](const auto& unit, const Section&) {
      if constexpr (requires { unit.latency(); }) sum += unit.latency();
    });
    return sum;
  }

 private:
  template <class F>
  void each(F f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (f(std::get<I>(units_), sections[I + 1]), ...); }
    (std::index_sequence_for<Units...>{});
  }
  template <class F>
  void each(F f) const {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (f(std::get<I>(units_), sections[I + 1]), ...); }
    (std::index_sequence_for<Units...>{});
  }
  std::tuple<Units...> units_;
};

using Rack = RackOf<Sequencer, Metronome, Stitcher, Sampler, Decks, Bridge, TrackStrips, DeckStrips, BridgeStrip,
                    GroupStrips, Delay, Reverb, Master>;

}  // namespace entrain
