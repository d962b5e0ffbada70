#include "control/stage/undo.h"

#include <algorithm>
#include <utility>

namespace entrain {

void UndoStack::push(Undo act) {
  if (act.opens_a_set()) {
    const auto last =
        std::find_if(acts_.rbegin(), acts_.rend(), [](const Undo& u) { return u.opens_a_set(); });
    acts_.erase(acts_.begin(), last.base());
  }
  acts_.push_back(std::move(act));
  if (acts_.size() > kDepth) acts_.erase(acts_.begin());
}

Undo UndoStack::pop() {
  Undo act = std::move(acts_.back());
  acts_.pop_back();
  return act;
}

Undo& UndoStack::of_pass(std::int64_t pass) {
  if (acts_.empty() || acts_.back().pass != pass) push({{}, Grid::now, {}, {}, pass});
  return acts_.back();
}

std::vector<int> spare_changed_decks(Undo& act, const Performance& now) {
  std::vector<int> spared;
  const auto changed = [&](int deck) {
    const auto d = static_cast<std::size_t>(deck);
    if (now.decks[d] == act.decks[d]) return false;
    spared.push_back(deck + 1);
    return true;
  };
  std::erase_if(act.edits, [&](Edit& edit) {
    if (auto* parts = std::get_if<SetParts>(&edit))
      for (int d = 0; d < kDecks; ++d)
        if (auto& deck = parts->decks[static_cast<std::size_t>(d)]; deck && changed(d)) deck.reset();
    const auto* deck = std::get_if<SetDeck>(&edit);
    return deck != nullptr && changed(deck->deck);
  });
  return spared;
}

std::vector<ControlValue> taken_back(const std::vector<Undo::Moved>& moved, const Snapshot& now) {
  std::vector<ControlValue> values;
  for (const Undo::Moved& m : moved)
    if (const double stands = now.settled[m.control.index]; stands == m.to || stands == m.from)
      values.emplace_back(m.control, m.from);
  return values;
}

}  // namespace entrain
