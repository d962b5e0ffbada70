// The command table: what a surface may ask of the stage that is no number. The second half of the catalogue,
// and like it the only place where a command's address, arguments and help stand.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/core/performance.h"
#include "engine/core/time.h"

namespace entrain {

enum class CommandId : std::uint8_t { deck_load, deck_eject, track_pattern, track_step, track_cluster, undo, count };

enum class ArgType : std::uint8_t { text, number };

struct CommandArg {
  std::string_view name;
  ArgType type = ArgType::text;
  bool optional = false;
};

struct CommandRow {
  static constexpr int kMaxArgs = 2;
  CommandId id;
  std::string_view address;  ///< "/deck/#/load"; # stands for the instance, counted from 1
  int instances;
  Grid at;                   ///< where it takes effect unless asked otherwise
  std::array<CommandArg, kMaxArgs> args;
  std::string_view help;     ///< one sentence

  constexpr int arg_count() const {
    int n = 0;
    while (n < kMaxArgs && !args[static_cast<std::size_t>(n)].name.empty()) ++n;
    return n;
  }
};

inline constexpr std::array<CommandRow, static_cast<std::size_t>(CommandId::count)> kCommands{{
    // clang-format off
    {CommandId::deck_load,     "/deck/#/load",     kDecks,  Grid::bar, {{{"file"}, {"beats", ArgType::number, true}}},
     "Loads a loop; without its number of beats, the power of two that puts its tempo between 80 and 160 BPM."},
    {CommandId::deck_eject,    "/deck/#/eject",    kDecks,  Grid::bar, {},
     "Empties the deck."},
    {CommandId::track_pattern, "/track/#/pattern", kTracks, Grid::now, {{{"steps"}}},
     "Sets the steps: 1 hits, 0 rests, one sixteenth each; *N plays N times as fast, /N as slow."},
    {CommandId::track_step,    "/track/#/step",    kTracks, Grid::now, {{{"step", ArgType::number}, {"on", ArgType::number}}},
     "Sets one step, counted from 1, to hit (1) or rest (0)."},
    {CommandId::track_cluster, "/track/#/cluster", kTracks, Grid::now, {{{"name"}}},
     "Gives the track another cluster of the set."},
    {CommandId::undo,          "/undo",            1,       Grid::now, {},
     "Takes back the last command; what came after it stays."},
    // clang-format on
}};

/// The table's laws, checked when compiling.
constexpr bool lawful(std::span<const CommandRow> commands) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const CommandRow& row = commands[i];
    if (static_cast<std::size_t>(row.id) != i || row.help.empty() || row.address[0] != '/') return false;
    if ((row.address.find("/#/") != std::string_view::npos) != (row.instances > 1)) return false;
    for (int a = 1; a < row.arg_count(); ++a)
      if (row.args[static_cast<std::size_t>(a - 1)].optional && !row.args[static_cast<std::size_t>(a)].optional)
        return false;
    for (std::size_t j = 0; j < i; ++j)
      if (commands[j].address == row.address) return false;
  }
  return true;
}
static_assert(lawful(kCommands), "a command row breaks a law of the table");

constexpr std::string_view name_of(Grid grid) {
  switch (grid) {
    case Grid::now: return "now";
    case Grid::step: return "step";
    case Grid::beat: return "beat";
    case Grid::bar: return "bar";
    case Grid::phrase: return "phrase";
  }
  return "";
}

}  // namespace entrain
