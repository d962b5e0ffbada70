// The loops that one plan chooses among: some hundreds, whatever the size of the library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "engine/library/find/compatibility.h"
#include "engine/library/find/vector_table.h"
#include "engine/library/flow/flow.h"
#include "engine/library/flow/shelf.h"

namespace entrain {

struct PoolLoop {
  std::size_t index = 0;      ///< of the card
  Card card;                  ///< with the tempo of its span
  double low = 0;             ///< low_share()
  std::ptrdiff_t heard = -1;  ///< place among what was heard, 0 the earliest; -1: never
  double heard_minute = -std::numeric_limits<double>::infinity();
  bool trusted = true, vetoed = false;  ///< otherwise it comes only where it is locked
};

/// What was heard, what was skipped and what plays, the earliest first.
std::vector<Heard> all_heard(const FlowRequest& request);

class FlowPool {
 public:
  /// Of each key and each fifth of the energies the likeliest few, by tempo, likeness and energy; then of
  /// all; what the wishes name, and what was heard within the window, for repeats.
  FlowPool(const FlowShelf& shelf, const FlowRequest& request, double master, double tempo_limit);

  std::size_t size() const { return loops_.size(); }
  const PoolLoop& operator[](std::size_t i) const { return loops_[i]; }
  std::optional<std::size_t> find(std::int64_t id) const;
  std::size_t heard() const { return heard_; }  ///< how many were

  /// The likeness of each to a vector of length 1, or 0 where it is empty.
  std::vector<float> likeness(std::span<const float> vector) const;
  std::span<const float> vector(std::size_t i) const { return vectors_.row(i); }

 private:
  void add(const FlowShelf& shelf, std::size_t index, bool trusted, bool vetoed);

  std::vector<PoolLoop> loops_;
  VectorTable vectors_;
  std::size_t heard_ = 0;
};

}  // namespace entrain
