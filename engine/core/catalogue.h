// The catalogue: every control of every unit, in one table made when compiling. Sections come from the rack.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/controls.h"

namespace entrain {

/// One unit's rows and where they stand: control c of instance i has the id base + i * rows.size() + c.
struct Section {
  std::span<const ControlRow> rows;
  int instances = 0;
  std::uint16_t base = 0;

  constexpr ControlId id(std::uint8_t control, int instance = 0) const {
    return ControlId{static_cast<std::uint16_t>(base + static_cast<std::size_t>(instance) * rows.size() + control)};
  }
};

/// The table's laws, checked when compiling: rows stand in their enumerators' order, addresses are unique and
/// well-formed, # appears exactly when there are instances, every initial value lies in its range, and a
/// choice has names for all of its values or for none.
constexpr bool lawful(std::span<const Section> sections) {
  for (std::size_t s = 0; s < sections.size(); ++s) {
    const Section& section = sections[s];
    for (std::size_t r = 0; r < section.rows.size(); ++r) {
      const ControlRow& row = section.rows[r];
      if (row.index != r || row.help.empty() || row.address.size() < 2 || row.address[0] != '/') return false;
      const bool numbered = row.address.find("/#/") != std::string_view::npos;
      if (numbered != (section.instances > 1) || row.address.back() == '/') return false;
      for (char c : row.address)
        if (!((c >= 'a' && c <= 'z') || c == '/' || c == '_' || c == '#')) return false;
      if (!(row.min < row.max) || row.initial < row.min || row.initial > row.max || row.smooth_ms < 0) return false;
      if (row.curve == Curve::exponential && row.min <= 0) return false;
      if (!row.choices.empty() && (choice_name(row, row.max).empty() || !choice_name(row, row.max + 1).empty()))
        return false;
      for (std::size_t t = 0; t <= s; ++t)
        for (std::size_t q = 0; q < (t == s ? r : sections[t].rows.size()); ++q)
          if (sections[t].rows[q].address == row.address) return false;
    }
  }
  return true;
}

/// Looks controls up by id or address. Lookups by id are realtime-safe; addresses are strings and are not.
class Catalogue {
 public:
  explicit Catalogue(std::span<const Section> sections);

  std::size_t size() const { return entries_.size(); }
  bool holds(ControlId id) const { return id.index < entries_.size(); }
  const ControlRow& row(ControlId id) const { return *entries_[id.index].row; }
  const std::string& address(ControlId id) const { return entries_[id.index].address; }
  std::optional<ControlId> find(std::string_view address) const;

  /// Brings a finite value into the control's range; toggles become 0 or 1 (on above 0.5), choices whole.
  double clamp(ControlId id, double value) const;
  /// The control whose address is closest to a mistyped one, for "did you mean".
  const std::string& nearest_address(std::string_view mistyped) const;

 private:
  struct Entry {
    const ControlRow* row;
    std::string address;
  };
  std::vector<Entry> entries_;
  std::vector<std::uint16_t> by_address_;
};

/// The rack's catalogue (defined with the rack).
const Catalogue& catalogue();

}  // namespace entrain
