// Instruction-set levels, and the choice among them. The level decides the last bits of the sound, so it is
// chosen once, at start, and written into every journal.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace entrain {

enum class Isa : std::uint8_t { baseline, v3, v4 };  ///< x86-64 (or any other machine), x86-64-v3, x86-64-v4

constexpr std::string_view name_of(Isa isa) {
  switch (isa) {
    case Isa::baseline: return "baseline";
    case Isa::v3: return "v3";
    case Isa::v4: return "v4";
  }
  return "";
}

/// The levels this machine can run and this build contains, lowest first.
std::span<const Isa> available_isas();
inline Isa best_isa() { return available_isas().back(); }
/// nullopt: no such level, or this machine lacks it.
std::optional<Isa> isa_named(std::string_view name);

}  // namespace entrain
