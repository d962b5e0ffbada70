// Cards of sounds that were never played: groups of alike ones, with names.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/draws.h"
#include "engine/library/card.h"

namespace entrain::test {

/// About normal, of deviation 1; the same for the same numbers.
inline float noise(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t x = seed * 0x9e3779b97f4a7c15u + index * 0xd1342543de82ef95u + 1;
  float sum = 0;
  for (int k = 0; k < 12; ++k) {
    x = mix_bits(x);
    sum += static_cast<float>(x >> 40) / static_cast<float>(1 << 24);
  }
  return sum - 6;
}

/// Card `id` of group `group`: its descriptors and fingerprint lie about the group's own, `spread` wide.
inline Card some_card(std::int64_t id, std::string path, std::uint64_t group, float spread = 0.3f) {
  Card card;
  card.id = id;
  card.path = std::move(path);
  card.seconds = 1;
  const auto seed = static_cast<std::uint64_t>(id) + 1'000;
  for (std::size_t i = 0; i < card.descriptors.size(); ++i)
    card.descriptors[i] = noise(group, i) + spread * noise(seed, i);
  for (std::size_t i = 0; i < FingerprintColumn::kReserved; ++i)
    card.fingerprint[i] = noise(group, 300 + i) + spread * noise(seed, 300 + i);
  return card;
}

/// `groups` groups of `each`, in turn: card i is of group i % groups, with id i + 1 and path
/// "/s/GROUP/I.wav".
inline std::vector<Card> some_library(std::size_t groups, std::size_t each, float spread = 0.3f) {
  std::vector<Card> cards;
  for (std::size_t i = 0; i < groups * each; ++i)
    cards.push_back(some_card(static_cast<std::int64_t>(i) + 1,
                              "/s/" + std::to_string(i % groups) + "/" + std::to_string(i) + ".wav",
                              i % groups, spread));
  return cards;
}

}  // namespace entrain::test
