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

enum class CommandId : std::uint8_t {
  deck_load,
  deck_eject,
  deck_groove,
  deck_mark,
  deck_grid_double,
  deck_grid_halve,
  deck_grid_one,
  deck_grid_tap,
  deck_grid_shift,
  transition_plan,
  flow_start,
  flow_stop,
  flow_end,
  flow_stay,
  flow_skip,
  flow_pin,
  flow_lock,
  flow_release,
  flow_move,
  flow_veto,
  flow_lean,
  flow_arc,
  flow_setting,
  flow_layer,
  flow_prehear,
  flow_prehear_stop,
  flow_open,
  flow_save,
  track_cluster,
  track_pattern,
  track_step,
  track_probability,
  track_ratchet,
  track_shift,
  track_lock,
  track_accent,
  track_length,
  track_speed,
  track_direction,
  track_chain,
  track_copy,
  track_clear,
  track_euclid,
  track_rotate,
  track_vary,
  track_print,
  patterns_load,
  patterns_save,
  clusters_group,
  groove_load,
  groove_clear,
  scene_store,
  scene_recall,
  scene_delete,
  scene_copy,
  scene_move,
  scene_rename,
  scene_exempt,
  set_open,
  set_save,
  set_new,
  undo,
  count
};

enum class ArgType : std::uint8_t { text, number };

struct CommandArg {
  std::string_view name;
  ArgType type = ArgType::text;
  bool optional = false;
};

struct CommandRow {
  static constexpr int kMaxArgs = 4;
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
    {CommandId::deck_load,         "/deck/#/load",              kDecks,  Grid::bar, {{{"file"}, {"beats", ArgType::number, true}}},
     "Loads a loop; without its number of beats, the power of two that puts its tempo between 80 and 160 BPM."},
    {CommandId::deck_eject,        "/deck/#/eject",             kDecks,  Grid::bar, {},
     "Empties the deck."},
    {CommandId::deck_groove,       "/deck/#/groove",            kDecks,  Grid::bar, {},
     "Takes the feel of the deck's loop as the groove that tracks follow: where its hits fall, and how hard."},
    {CommandId::deck_mark,         "/deck/#/mark",              kDecks,  Grid::now, {{{"marker", ArgType::number}, {"beat", ArgType::number, true}}},
     "Sets one of the loop's eight markers at a beat of it, or on the beat that plays; a beat below 0 takes it away."},
    {CommandId::deck_grid_double,  "/deck/#/grid/double",       kDecks,  Grid::beat, {},
     "Counts the loop's beats twice: it was taken for half its tempo."},
    {CommandId::deck_grid_halve,   "/deck/#/grid/halve",        kDecks,  Grid::beat, {},
     "Counts every other beat of the loop: it was taken for twice its tempo."},
    {CommandId::deck_grid_one,     "/deck/#/grid/one",          kDecks,  Grid::beat, {},
     "This beat is the one: the loop's bars begin with the beat that plays."},
    {CommandId::deck_grid_tap,     "/deck/#/grid/tap",          kDecks,  Grid::beat, {},
     "Tapped to the loop, moves its grid under the taps."},
    {CommandId::deck_grid_shift,   "/deck/#/grid/shift",        kDecks,  Grid::beat, {{{"ms", ArgType::number}}},
     "Moves the loop's grid later in the sound by so many milliseconds, or earlier."},
    {CommandId::transition_plan,   "/transition/plan",          1,       Grid::phrase, {{{"from", ArgType::number}, {"to", ArgType::number}, {"kind", ArgType::text, true}, {"bars", ArgType::number, true}}},
     "Plans a transition between two decks: blend, bass swap, filter, echo out or cut; 8 bars without a number."},
    {CommandId::flow_start,        "/flow/start",               1,       Grid::now, {{{"file", ArgType::text, true}}},
     "Begins a flow from the library: loop after loop on decks 1 and 2, the named one first."},
    {CommandId::flow_stop,         "/flow/stop",                1,       Grid::now, {},
     "Ends the flow; the loop that plays goes on."},
    {CommandId::flow_end,          "/flow/end",                 1,       Grid::now, {{{"steps", ArgType::number, true}}},
     "Ends the flow after the loop that plays, or so many more, with a fade."},
    {CommandId::flow_stay,         "/flow/stay",                1,       Grid::now, {{{"on", ArgType::number, true}}},
     "Stays with the loop that plays (1) until told otherwise (0)."},
    {CommandId::flow_skip,         "/flow/skip",                1,       Grid::now, {},
     "Drops the next loop; another takes its place."},
    {CommandId::flow_pin,          "/flow/pin",                 1,       Grid::now, {{{"file"}, {"place", ArgType::number, true}}},
     "Puts a loop at a place of the queue, 1 is the next."},
    {CommandId::flow_lock,         "/flow/lock",                1,       Grid::now, {{{"file"}, {"place", ArgType::number, true}}},
     "Puts a loop at a place of the queue whatever the rules say."},
    {CommandId::flow_release,      "/flow/release",             1,       Grid::now, {{{"place", ArgType::number}}},
     "Leaves a place of the queue to the planner again."},
    {CommandId::flow_move,         "/flow/move",                1,       Grid::now, {{{"from", ArgType::number}, {"to", ArgType::number}}},
     "Moves a loop of the queue to another place."},
    {CommandId::flow_veto,         "/flow/veto",                1,       Grid::now, {{{"file", ArgType::text, true}}},
     "Keeps a loop out of this flow; without a name, the next one."},
    {CommandId::flow_lean,         "/flow/lean",                1,       Grid::now, {{{"word"}, {"file", ArgType::text, true}}},
     "Asks for darker, brighter, faster, slower, calmer, harder, or more like this: what plays, or a file."},
    {CommandId::flow_arc,          "/flow/arc",                 1,       Grid::now, {{{"points"}}},
     "Draws the energy for the minutes to come, as in 0:3 5:8 12:4; none takes it away."},
    {CommandId::flow_setting,      "/flow/setting",             1,       Grid::now, {{{"name"}, {"value"}}},
     "Changes how the flow is planned: steps, least_bars, most_bars, transition_bars, window_loops, tempo..."},
    {CommandId::flow_layer,        "/flow/layer",              1,       Grid::bar, {{{"file"}, {"deck", ArgType::number, true}, {"force", ArgType::text, true}}},
     "Lays a sound over what plays, on deck 3 or 4, if its tempo, key and level fit; force: in any case."},
    {CommandId::flow_prehear,      "/flow/prehear",             1,       Grid::now, {},
     "Plays the next transition ahead in the headphones, as it will then be heard; again: from its beginning."},
    {CommandId::flow_prehear_stop, "/flow/prehear/stop",        1,       Grid::now, {},
     "Ends what is heard ahead."},
    {CommandId::flow_open,         "/flow/open",                1,       Grid::now, {{{"file"}}},
     "Takes over a flow as it was arranged and saved."},
    {CommandId::flow_save,         "/flow/save",                1,       Grid::now, {{{"file"}}},
     "Saves the flow as it is arranged now."},
    {CommandId::track_cluster,     "/track/#/cluster",          kTracks, Grid::now, {{{"name"}}},
     "Gives the track another cluster of the set."},
    {CommandId::track_pattern,     "/track/#/pattern",          kTracks, Grid::now, {{{"steps"}, {"slot", ArgType::text, true}}},
     "Sets the steps: 1 hits, 0 rests, one sixteenth each; *N plays N times as fast, /N as slow; without a slot (A to H), of the one that plays."},
    {CommandId::track_step,        "/track/#/step",             kTracks, Grid::now, {{{"step", ArgType::number}, {"velocity", ArgType::number}, {"slot", ArgType::text, true}}},
     "Sets one step, counted from 1: velocity 0 rests, 1 hits in full."},
    {CommandId::track_probability, "/track/#/step/probability", kTracks, Grid::now, {{{"step", ArgType::number}, {"part", ArgType::number}, {"slot", ArgType::text, true}}},
     "How often a step's hit plays: 0 never, 1 always."},
    {CommandId::track_ratchet,     "/track/#/step/ratchet",     kTracks, Grid::now, {{{"step", ArgType::number}, {"hits", ArgType::number}, {"slot", ArgType::text, true}}},
     "How many hits a step spreads over its length, 1 to 8."},
    {CommandId::track_shift,       "/track/#/step/shift",       kTracks, Grid::now, {{{"step", ArgType::number}, {"part", ArgType::number}, {"slot", ArgType::text, true}}},
     "Moves a step off the grid by a part of its length, -0.5 to 0.5."},
    {CommandId::track_lock,        "/track/#/step/sample",      kTracks, Grid::now, {{{"step", ArgType::number}, {"sample", ArgType::number}, {"slot", ArgType::text, true}}},
     "Locks a step to one sample of the cluster, counted from 1; 0 lets it draw again."},
    {CommandId::track_accent,      "/track/#/step/accent",      kTracks, Grid::now, {{{"step", ArgType::number}, {"on", ArgType::number}, {"slot", ArgType::text, true}}},
     "Accents a step (1) or not (0)."},
    {CommandId::track_length,      "/track/#/length",           kTracks, Grid::now, {{{"steps", ArgType::number}, {"slot", ArgType::text, true}}},
     "Cuts the pattern to so many steps, or lengthens it by rests."},
    {CommandId::track_speed,       "/track/#/speed",            kTracks, Grid::now, {{{"speed"}, {"slot", ArgType::text, true}}},
     "Plays the pattern N times as fast (*N, or N) or as slow (/N)."},
    {CommandId::track_direction,   "/track/#/direction",        kTracks, Grid::now, {{{"direction"}, {"slot", ArgType::text, true}}},
     "Walks through the pattern forward, backward, as a pendulum or at random."},
    {CommandId::track_chain,       "/track/#/chain",            kTracks, Grid::now, {{{"slot"}, {"next"}, {"rounds", ArgType::number, true}}},
     "Lets another slot follow after so many rounds; the slot itself as next: it goes on for ever."},
    {CommandId::track_copy,        "/track/#/copy",             kTracks, Grid::now, {{{"from"}, {"to"}}},
     "Copies one slot's pattern to another."},
    {CommandId::track_clear,       "/track/#/clear",            kTracks, Grid::now, {{{"slot", ArgType::text, true}}},
     "Empties a slot."},
    {CommandId::track_euclid,      "/track/#/euclid",           kTracks, Grid::now, {{{"hits", ArgType::number}, {"steps", ArgType::number}, {"rotation", ArgType::number, true}, {"slot", ArgType::text, true}}},
     "Spreads hits over steps as evenly as can be."},
    {CommandId::track_rotate,      "/track/#/rotate",           kTracks, Grid::now, {{{"by", ArgType::number}, {"slot", ArgType::text, true}}},
     "Moves all steps later, round the end; a negative number moves them earlier."},
    {CommandId::track_vary,        "/track/#/vary",             kTracks, Grid::now, {{{"amount", ArgType::number}, {"seed", ArgType::number, true}, {"slot", ArgType::text, true}}},
     "Writes small shifts and softer hits into the steps, by 0 to 1; the same seed varies the same way."},
    {CommandId::track_print,       "/track/#/print",            kTracks, Grid::now, {{{"slot", ArgType::text, true}}},
     "Freezes what the steps drew last into sample locks."},
    {CommandId::patterns_load,     "/patterns/load",            1,       Grid::bar, {{{"file"}, {"slot", ArgType::text, true}}},
     "Loads a pattern file: a line for each track from the first on, then their volumes; without a slot, into those that play."},
    {CommandId::patterns_save,     "/patterns/save",            1,       Grid::now, {{{"file"}, {"slot", ArgType::text, true}}},
     "Saves the tracks' steps, speeds and volumes as a pattern file for `entrain sequence`; without a slot, those that play."},
    {CommandId::clusters_group,    "/clusters/group",           1,       Grid::bar, {{{"clusters", ArgType::text, true}, {"folder", ArgType::text, true}}},
     "Groups the set's hits, or a folder's, anew by how they sound, into so many clusters or auto; each track goes on with the one nearest to its own."},
    {CommandId::groove_load,       "/groove/load",              1,       Grid::bar, {{{"file"}, {"beats", ArgType::number, true}}},
     "Takes the feel of a MIDI file or a loop as the groove that tracks follow; beats: of the loop."},
    {CommandId::groove_clear,      "/groove/clear",             1,       Grid::bar, {},
     "Makes the groove straight again."},
    {CommandId::scene_store,       "/scene/store",              1,       Grid::now, {{{"name"}}},
     "Stores what plays, and where the controls stand, as a scene; an old one of that name is replaced."},
    {CommandId::scene_recall,      "/scene/recall",             1,       Grid::bar, {{{"name"}, {"what", ArgType::text, true}, {"bars", ArgType::number, true}}},
     "Brings a scene back: all of it, or its patterns, decks or mixer only; the controls glide over so many bars."},
    {CommandId::scene_delete,      "/scene/delete",             1,       Grid::now, {{{"name"}}},
     "Deletes a scene."},
    {CommandId::scene_copy,        "/scene/copy",               1,       Grid::now, {{{"name"}, {"to"}}},
     "Copies a scene under another name, behind itself."},
    {CommandId::scene_move,        "/scene/move",               1,       Grid::now, {{{"name"}, {"place", ArgType::number}}},
     "Moves a scene to another place in their order, counted from 1."},
    {CommandId::scene_rename,      "/scene/rename",             1,       Grid::now, {{{"name"}, {"to"}}},
     "Gives a scene another name."},
    {CommandId::scene_exempt,      "/scene/exempt",             1,       Grid::now, {{{"control"}, {"on", ArgType::number, true}}},
     "Lets no scene move a control (1), or lets them again (0)."},
    {CommandId::set_open,          "/set/open",                 1,       Grid::bar, {{{"file"}}},
     "Opens another set while this one plays on, and changes to it."},
    {CommandId::set_save,          "/set/save",                 1,       Grid::now, {{{"file", ArgType::text, true}}},
     "Saves the set as it is now, to its file or to a new one; lines that did not change stay as they were written."},
    {CommandId::set_new,           "/set/new",                  1,       Grid::bar, {},
     "Changes to an empty set without a name."},
    {CommandId::undo,              "/undo",                     1,       Grid::now, {},
     "Takes back the last command; what came after it stays."},
    // clang-format on
}};

/// Commands that the flow answers, not the stage.
constexpr bool is_flow(CommandId id) { return id >= CommandId::flow_start && id <= CommandId::flow_save; }

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
