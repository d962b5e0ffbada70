// What /undo takes back.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "control/stage/set_desk.h"

namespace entrain {

/// One act: the inverses of its edits, where its controls came from, and what its scenes were.
struct Undo {
  struct Moved {
    ControlId control;
    double from, to;
  };
  std::vector<Edit> edits;  ///< the last one first to be taken back
  Grid grid = Grid::now;
  std::vector<Moved> moved;
  std::optional<SetDesk::Before> desk;
  std::optional<std::int64_t> pass;  ///< of the recorder: more of the same pass may be added
  std::array<std::shared_ptr<const DeckDocument>, kDecks> decks{};  ///< what the decks held after it

  bool opens_a_set() const { return desk && desk->set; }
};

/// The acts of a jam, the latest last. One thread.
class UndoStack {
 public:
  static constexpr std::size_t kDepth = 256;

  bool empty() const { return acts_.empty(); }
  /// Adds an act. What lies before the change of set before the last one is forgotten, with its sounds.
  void push(Undo act);
  Undo pop();
  /// The act to which an edit of the recorder's pass belongs: the last one, or a new one.
  Undo& of_pass(std::int64_t pass);

 private:
  std::vector<Undo> acts_;
};

/// Takes out of an inverse the decks that hold something else by now than after the act, so that it leaves them
/// alone; their numbers.
std::vector<int> spare_changed_decks(Undo& act, const Performance& now);

/// The controls of an act that still stand, or still wait to go, where it sent them, at the values from which
/// they came; those that a hand moved since are left alone.
std::vector<ControlValue> taken_back(const std::vector<Undo::Moved>& moved, const Snapshot& now);

}  // namespace entrain
