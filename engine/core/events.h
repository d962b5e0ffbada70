// Events: requests to move a control, and the bounded queue in which they wait for their time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "engine/core/controls.h"
#include "engine/core/time.h"

namespace entrain {

/// Who asked. Kept in the journal, so that undo and takeover can tell hands apart.
enum class Source : std::uint8_t { set, stage, socket, osc, midi, web, chat };

/// A request to move one control. Plain data; the engine clamps the value and refuses what is not finite.
struct Event {
  ControlId control;
  Grid grid = Grid::now;          ///< the next such line at or after `frame`
  Source source = Source::stage;
  Frame frame;                    ///< not before this frame
  double value = 0;
  Beat glide;                     ///< how long a continuous control takes to get there
};

/// When an accepted event is due: at a frame, or at a beat wherever the tempo puts it.
struct Due {
  bool by_beat = false;
  Frame frame;
  Beat beat;
};

/// Events waiting for a Key (Frame or Beat), soonest first and in order of arrival at the same key.
/// A binary heap of fixed capacity: no allocation, realtime-safe, for one thread.
template <class Key, int Capacity>
class EventHeap {
 public:
  struct Item {
    Key key;
    std::uint64_t sequence;
    Event event;
  };

  bool full() const { return size_ == Capacity; }
  bool empty() const { return size_ == 0; }
  int size() const { return size_; }
  const Item& top() const { return items_[0]; }
  std::span<const Item> items() const { return {items_.data(), static_cast<std::size_t>(size_)}; }  ///< in no order
  void clear() { size_ = 0; }

  bool push(const Item& item) {
    if (full()) return false;
    items_[static_cast<std::size_t>(size_++)] = item;
    std::push_heap(items_.begin(), items_.begin() + size_, later);
    return true;
  }
  void pop() {
    std::pop_heap(items_.begin(), items_.begin() + size_, later);
    --size_;
  }
  /// Moves everything that waits to `key`, keeping the order in which it would have come.
  void move_all_to(Key key) {
    std::sort(items_.begin(), items_.begin() + size_, [](const Item& a, const Item& b) { return later(b, a); });
    std::uint64_t lowest = ~std::uint64_t{0};
    for (int i = 0; i < size_; ++i) lowest = std::min(lowest, items_[static_cast<std::size_t>(i)].sequence);
    for (int i = 0; i < size_; ++i) {
      items_[static_cast<std::size_t>(i)].key = key;
      items_[static_cast<std::size_t>(i)].sequence = lowest + static_cast<std::uint64_t>(i);
    }
  }

 private:
  static bool later(const Item& a, const Item& b) {
    return a.key != b.key ? a.key > b.key : a.sequence > b.sequence;
  }
  std::array<Item, Capacity> items_;
  int size_ = 0;
};

}  // namespace entrain
