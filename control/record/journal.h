// The journal: everything that went into the engine in one jam, as text that a person can read and a replay
// can play.
//
// Each line is eight hex digits (CRC-32 of what follows the space), a space, one JSON object. Frames are
// indices since the engine began, beats are ticks (Beat::kPerBeat), hashes are 16 hex digits. The lines:
//   {"entrain-journal":1,"version":..,"build":..,"rate":..,"seed":"..","isa":..,"cpu":..,"libraries":{..},"set":..}
//   {"asset":7,"path":..,"file":hash,"pcm":hash,"frames":n,"channels":1|2}
//   {"version":3,"meter":[4,4],"tracks":{"1":{"part":1,"cluster":{"part":2,"name":..,"samples":[7]},"patterns":
//    {"A":{"part":9,"steps":"1000*2"}}},"2":5},"decks":{"1":{"part":3,"loop":{"part":4,"asset":7,"warp":[[ticks,source],
//    ..]}}},"groove":{"part":6,"name":..,"sixteenths":[[shift,velocity],..]}}
//     A part is written out once; later its number alone stands for the very same object. Who shares what
//     with whom is kept, since the engine tells by it whether a deck changes.
//   {"f":frame,"set":"/deck/1/gain","v":-3.0,"at":"bar","from":frame,"glide":ticks,"by":"osc","due":{"beat":ticks}}
//   {"f":frame,"schedule":serial,"entries":[[version,ticks,"bar"],..]}
//   {"f":frame,"adopted":version,"due":{"frame":frame}}
//   {"f":frame,"missed":version,"boundary":ticks}
//   {"f":frame,"sum":hash}  OutputHash of all frames before f
//   {"f":frame,"lost":n}    n events and schedules played and are not here
//   {"f":frame,"end":true}  a clean stop; f frames were played
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/engine.h"
#include "engine/core/records.h"

namespace entrain {

inline constexpr int kJournalFormat = 1;

/// What a replay must have the same to make the same bits.
struct JournalHeader {
  std::string version, build;  ///< of the program: what people call it, and its file's hash
  int rate = 48'000;
  std::uint64_t seed = 1;
  std::string isa, cpu;                          ///< the level that played, and the machine's best
  std::map<std::string, std::string> libraries;  ///< "libm" and such: hashes of the loaded files
  std::string set;                               ///< path, or empty
};

/// Fills in what this process knows of itself. Reads files; not realtime-safe.
JournalHeader header_of_this_process(const EngineConfig& config, std::string version, std::string set);

struct AssetLine {
  int asset = 0;  ///< its number in this journal
  std::string path;
  std::uint64_t file_hash = 0, pcm_hash = 0;
  std::int64_t frames = 0;
  int channels = 2;
};

// The parts of versions, by number; 0 stands for none.
struct ClusterPart {
  std::string name;
  std::vector<int> samples;  ///< assets; never empty
};
struct TrackPart {
  int cluster = 0;
  std::array<int, kSlots> patterns{};
};
struct LoopPart {
  int asset = 0;
  Loop loop;  ///< lawful, but for its asset
};
struct TransitionPart {
  int shape = 0;
  Transition transition;  ///< lawful, but for its shape
};
struct DeckPart {
  int loop = 0;
};
struct VersionLine {
  Meter meter;
  std::array<int, kTracks> tracks{};
  std::array<int, kDecks> decks{};
  int groove = 0;
  int transition = 0;
};

/// A journal read back. Lawful: whatever it refers to is there, inputs stand on quantum edges in order of
/// time.
struct Journal {
  JournalHeader header;
  std::map<int, AssetLine> assets;
  std::map<int, ClusterPart> clusters;
  std::map<int, Pattern> patterns;
  std::map<int, TrackPart> tracks;
  std::map<int, LoopPart> loops;
  std::map<int, DeckPart> decks;
  std::map<int, Groove> grooves;
  std::map<int, TransitionShape> shapes;
  std::map<int, TransitionPart> transitions;
  std::map<std::uint64_t, VersionLine> versions;  ///< by epoch
  std::deque<Record> records;                     ///< in order; a long jam has many
  Frame end;                                      ///< frames played, as far as the journal tells
  bool complete = false;                          ///< stopped cleanly, and every line of it is here
  std::int64_t left_out = 0;                      ///< inputs that played and are known not to be here
  std::string remark;  ///< sentences about what is missing or not understood, or empty
};

std::string_view name_of(Source source);
/// 16 hex digits.
std::string hex_of(std::uint64_t hash);

}  // namespace entrain
