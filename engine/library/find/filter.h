// Which sounds a search looks at.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/library/card.h"

namespace entrain {

struct ValueRange {
  double least = -std::numeric_limits<double>::infinity(), most = std::numeric_limits<double>::infinity();

  bool holds(double value) const { return value >= least && value <= most; }
  bool operator==(const ValueRange&) const = default;
};

/// What is asked of a sound. One that lacks what is asked for (a tempo, a key, a class) is left out.
struct Filter {
  std::optional<ValueRange> tempo;   ///< BPM, as it stands or in half or double time
  std::optional<Key> key;            ///< mixes with it on the Camelot wheel
  bool diagonals = true;             ///< whether diagonals of the wheel mix
  std::optional<ValueRange> energy;  ///< 0 to 10
  std::optional<HitClass> hit;
  std::string folder;  ///< absolute: this folder and those below; empty: everywhere
};

/// For each sound of a library, in order: whether it is looked at.
using Admitted = std::vector<std::uint8_t>;

/// What filters ask about, of all sounds, packed close.
class Facets {
 public:
  explicit Facets(std::span<const Card> cards);

  std::size_t size() const { return rows_.size(); }
  Admitted admit(const Filter& filter) const;  ///< any thread

 private:
  struct Row {
    double bpm;
    float energy;
    std::int8_t key, hit;  ///< -1: none; root + 12 if minor
    std::uint32_t folder;
  };
  std::vector<Row> rows_;
  std::vector<std::string> folders_;  ///< without a slash at the end
};

/// A sound that was found: its place in the library, and how well it fits.
struct Ranked {
  std::size_t index = 0;
  float score = 0;
  bool operator==(const Ranked&) const = default;
};

/// The `count` highest finite scores among those admitted (empty: all), highest first; among equal ones the
/// lower id. All spans are of one length.
std::vector<Ranked> best_of(std::span<const float> scores, std::span<const std::uint8_t> admitted,
                            std::span<const std::int64_t> ids, std::size_t count);

}  // namespace entrain
