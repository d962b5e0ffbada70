#include "control/library/filter_text.h"

#include <fmt/format.h>

#include "engine/core/lowered.h"
#include "engine/library/find/query.h"

namespace entrain {
namespace {

constexpr double kMostEnergy = 10, kEnergyAbout = 0.5;

std::string all_classes() {
  std::string names;
  for (std::size_t c = 0; c < kHitClasses; ++c)
    names += fmt::format("{}{}",
                         c == 0                ? ""
                         : c + 1 < kHitClasses ? ", "
                                               : " or ",
                         name_of(static_cast<HitClass>(c)));
  return names;
}

std::optional<HitClass> class_named(const std::string& name) {
  for (std::size_t c = 0; c < kHitClasses; ++c)
    if (lowered(name) == name_of(static_cast<HitClass>(c))) return static_cast<HitClass>(c);
  return std::nullopt;
}

}  // namespace

Result<Filter> filter_from(const FilterText& text) {
  Filter filter;
  filter.folder = text.folder;
  if (!text.tempo.empty() && !(filter.tempo = tempo_range_in(text.tempo)))
    return Error{fmt::format("tempo is \"{}\"; give BPM from 20 to 999, such as 120 or 118-126", text.tempo)};
  if (!text.key.empty() && !(filter.key = key_from(text.key)))
    return Error{fmt::format("key is \"{}\"; give a key such as 8A, Am or \"F# minor\"", text.key)};
  if (!text.energy.empty()) {
    filter.energy = range_in(text.energy, 0, kMostEnergy);
    if (!filter.energy)
      return Error{fmt::format("energy is \"{}\"; give 0 to {}, such as 5 or 3-6", text.energy, kMostEnergy)};
    if (filter.energy->least == filter.energy->most)
      filter.energy = ValueRange{filter.energy->least - kEnergyAbout, filter.energy->most + kEnergyAbout};
  }
  if (!text.hit.empty() && !(filter.hit = class_named(text.hit)))
    return Error{fmt::format("class is \"{}\"; give {}", text.hit, all_classes())};
  return filter;
}

}  // namespace entrain
