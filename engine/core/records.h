// What the engine tells: journal records (its inputs, as it took them), reports and snapshots.
#pragma once

#include <array>
#include <cstdint>

#include "engine/core/events.h"
#include "engine/core/performance.h"

namespace entrain {

/// One line of the journal. `event` and `schedule` are inputs: fed again at the same quantum they make the same
/// samples. `adopted` and `missed` follow from them and are kept for reading and for checking a replay, as is
/// `checksum`, which the engine's driver adds: `epoch` then holds the OutputHash of all frames before `frame`.
struct Record {
  enum class What : std::uint8_t { event, schedule, adopted, missed, checksum };
  What what = What::event;
  Frame frame = {};            ///< the quantum that took it (event, schedule) or the frame it happened
  Event event = {};            ///< event: as asked, value already in range
  Due due = {};                ///< event, adopted: the resolved time; by_beat when a grid was asked
  std::uint64_t serial = 0;    ///< schedule: its serial
  std::uint64_t epoch = 0;     ///< schedule entry, adopted, missed: the version
  Beat boundary = {};           ///< schedule entry, missed
  Grid grid = Grid::now;       ///< schedule entry
  std::int32_t entry = 0, entries = 0;  ///< schedule: this entry of how many (one record even when none)
};

/// Something that was heard, for windows, LEDs and tests. Lost reports are counted, never waited for.
struct Report {
  enum class What : std::uint8_t { hit, launch, stop, wrap };
  What what = What::hit;
  Frame frame = {};           ///< when it sounds; a launch over another loop is told of 10 ms before
  std::int16_t unit = 0;      ///< track or deck, from 0
  std::int32_t sample = 0;    ///< hit: which of the cluster
  std::int64_t step = 0;      ///< hit: the pattern's step since it was launched; -1 when played by hand
  Beat beat = {};             ///< hit: where it fell; Beat(0) while the beat stands
  Beat since = {};            ///< hit: the same, counted from where the pattern began
  float velocity = 1;         ///< hit
  std::int16_t slot = 0;      ///< hit: the pattern that plays
  std::int16_t position = 0;  ///< hit: which of the pattern's steps; by hand: the one that plays
};

/// What the engine is doing; latest wins. Plain data: it crosses threads in a triple buffer.
struct Snapshot {
  static constexpr int kMaxControls = 1024;
  struct Deck {
    bool loaded = false, playing = false, armed = false;
    double beat = 0;          ///< position within the loop
    double source_error = 0;  ///< frames between the map and what the stretcher counts, at the last hop
  };

  struct Transition {
    enum class Phase : std::uint8_t { none, waits, runs, returns, done, aborted };
    std::uint64_t id = 0;  ///< of the document's; 0: none was planned yet
    Phase phase = Phase::none;
    float part = 0;        ///< how far it has come, 0 to 1
    Beat start;            ///< when it begins or began
  };

  Frame frame;
  Beat beat;
  double tempo = 120;
  bool running = false;
  std::uint64_t epoch = 0;            ///< of the version that plays
  std::uint64_t oldest_epoch = 0;     ///< nothing older is referenced any more
  std::uint64_t schedule_serial = 0;  ///< the last schedule taken
  std::int32_t voices = 0;
  std::array<Deck, kDecks> decks{};
  Transition transition;
  std::array<std::int16_t, kTracks> step{};  ///< which step of its pattern each track plays
  std::array<float, 2> peak{}, rms{}; ///< master, linear, over the last 100 ms or so
  std::array<float, kTracks> tracks{};  ///< after each strip's fader, linear, falling 20 dB a second
  std::array<float, kDecks> deck_peaks{};
  std::array<float, kDecks> unmasked{};  ///< dB by which each steps back for its foundation, in the band where most
  std::array<float, 3> groups{};
  float loudness = -120;              ///< LUFS of the last 3 s (EBU R128, short-term), of what comes out
  float true_peak = 0;                ///< highest since the start, linear
  float limiter_gain = 1;             ///< lowest of the last quantum, 0..1
  // Counters since the start.
  std::uint64_t events = 0, refused = 0, missed = 0, stolen = 0, late = 0, reports_lost = 0, records_lost = 0;
  std::int32_t controls = 0;
  std::array<double, kMaxControls> values{};   ///< base value of each control, by id
  std::array<double, kMaxControls> settled{};  ///< where it comes to rest: the end of its glide, or the same
};

}  // namespace entrain
