#include "engine/library/find/filter.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "engine/library/find/wheel.h"

namespace entrain {
namespace {

std::string_view without_slash(std::string_view folder) {
  while (folder.size() > 1 && folder.ends_with('/')) folder.remove_suffix(1);
  return folder;
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

bool is_below(std::string_view folder, std::string_view root) {
  if (root == "/") return folder.starts_with('/');
  return folder.starts_with(root) && (folder.size() == root.size() || folder[root.size()] == '/');
}

bool tempo_fits(double bpm, const ValueRange& range) {
  return bpm > 0 && (range.holds(bpm) || range.holds(2 * bpm) || range.holds(bpm / 2));
}

}  // namespace

Facets::Facets(std::span<const Card> cards) {
  std::unordered_map<std::string_view, std::uint32_t> known;
  for (const Card& card : cards) {
    const std::string_view folder = folder_of(card.path);
    const auto [at, fresh] = known.try_emplace(folder, static_cast<std::uint32_t>(folders_.size()));
    if (fresh) folders_.emplace_back(folder);
    rows_.push_back({card.bpm, card.energy,
                     static_cast<std::int8_t>(card.key ? card.key->root + (card.key->minor ? 12 : 0) : -1),
                     static_cast<std::int8_t>(card.hit ? static_cast<int>(*card.hit) : -1), at->second});
  }
}

Admitted Facets::admit(const Filter& filter) const {
  Admitted admitted(rows_.size(), 1);
  const auto keep = [&](auto fits) {
    for (std::size_t i = 0; i < rows_.size(); ++i)
      if (admitted[i] && !fits(rows_[i])) admitted[i] = 0;
  };
  if (filter.tempo) keep([&](const Row& row) { return tempo_fits(row.bpm, *filter.tempo); });
  if (filter.key)
    keep([&](const Row& row) {
      return row.key >= 0 &&
             mixes(wheel_step(*filter.key, Key{row.key % 12, row.key >= 12}), filter.diagonals);
    });
  if (filter.energy)
    keep([&](const Row& row) { return filter.energy->holds(static_cast<double>(row.energy)); });
  if (filter.hit) keep([&](const Row& row) { return row.hit == static_cast<std::int8_t>(*filter.hit); });
  if (const std::string_view root = without_slash(filter.folder); !root.empty()) {
    std::vector<std::uint8_t> inside(folders_.size());
    std::ranges::transform(folders_, inside.begin(),
                           [&](const auto& folder) { return is_below(folder, root); });
    keep([&](const Row& row) { return inside[row.folder] != 0; });
  }
  return admitted;
}

std::vector<Ranked> best_of(std::span<const float> scores, std::span<const std::uint8_t> admitted,
                            std::span<const std::int64_t> ids, std::size_t count) {
  const auto better = [&](const Ranked& a, const Ranked& b) {
    return a.score != b.score ? a.score > b.score : ids[a.index] < ids[b.index];
  };
  std::vector<Ranked> heap;  // the worst of the best on top
  for (std::size_t i = 0; i < scores.size() && count > 0; ++i) {
    if ((!admitted.empty() && !admitted[i]) || !std::isfinite(scores[i])) continue;
    const Ranked candidate{i, scores[i]};
    if (heap.size() == count) {
      if (!better(candidate, heap.front())) continue;
      std::ranges::pop_heap(heap, better);
      heap.back() = candidate;
    } else {
      heap.push_back(candidate);
    }
    std::ranges::push_heap(heap, better);
  }
  std::ranges::sort_heap(heap, better);
  return heap;
}

}  // namespace entrain
