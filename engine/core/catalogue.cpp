#include "engine/core/catalogue.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/text.h"

namespace entrain {

Catalogue::Catalogue(std::span<const Section> sections) {
  for (const Section& section : sections) {
    for (int i = 0; i < section.instances; ++i) {
      for (const ControlRow& row : section.rows) {
        std::string address(row.address);
        if (const auto hash = address.find('#'); hash != std::string::npos)
          address.replace(hash, 1, std::to_string(i + 1));
        entries_.push_back({&row, std::move(address)});
      }
    }
  }
  by_address_.resize(entries_.size());
  std::iota(by_address_.begin(), by_address_.end(), std::uint16_t{0});
  std::sort(by_address_.begin(), by_address_.end(),
            [&](auto a, auto b) { return entries_[a].address < entries_[b].address; });
}

std::optional<ControlId> Catalogue::find(std::string_view address) const {
  const auto at = std::lower_bound(by_address_.begin(), by_address_.end(), address,
                                   [&](auto index, std::string_view a) { return entries_[index].address < a; });
  if (at == by_address_.end() || entries_[*at].address != address) return std::nullopt;
  return ControlId{*at};
}

double Catalogue::clamp(ControlId id, double value) const {
  const ControlRow& r = row(id);
  if (r.kind == Kind::toggle) return value > 0.5 ? 1 : 0;
  const double bounded = std::clamp(value, r.min, r.max);
  return r.kind == Kind::choice ? std::floor(bounded + 0.5) : bounded;
}

const std::string& Catalogue::nearest_address(std::string_view mistyped) const {
  const auto best = std::min_element(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) {
    return edit_distance(a.address, mistyped) < edit_distance(b.address, mistyped);
  });
  return best->address;
}

}  // namespace entrain
