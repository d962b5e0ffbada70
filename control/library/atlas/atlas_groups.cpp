#include "control/library/atlas/atlas_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include "engine/analysis/cluster.h"

namespace entrain {
namespace {

constexpr Colour kNone{0.42, 0.44, 0.48};  // of what has no such thing
constexpr std::size_t kMostFolders = 11;
constexpr int kMostClusters = 12;

/// Colours and marks of groups that have no order; the last one may be the rest.
std::vector<AtlasGroup> distinct_groups(std::vector<std::string> names, bool rest) {
  const auto colours = distinct_colours(names.size() - (rest ? 1 : 0));
  std::vector<AtlasGroup> groups;
  for (std::size_t i = 0; i < names.size(); ++i)
    groups.push_back({std::move(names[i]), i < colours.size() ? colours[i] : kNone,
                      i < colours.size() ? static_cast<AtlasMark>(i % 4) : AtlasMark::circle});
  return groups;
}

AtlasGroups by_kind(std::span<const Card> cards) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < kHitClasses; ++c) {
    names.emplace_back(name_of(static_cast<HitClass>(c)));
    std::ranges::replace(names.back(), '_', ' ');
  }
  names.insert(names.end(), {"loops", "other"});
  AtlasGroups out{distinct_groups(names, true), {}};
  for (const Card& card : cards)
    out.of.push_back(card.hit ? static_cast<std::size_t>(*card.hit) : kHitClasses + (card.bpm > 0 ? 0 : 1));
  return out;
}

AtlasGroups by_key(std::span<const Card> cards) {
  AtlasGroups out;
  for (int fifths = 0; fifths < 12; ++fifths)
    for (const bool minor : {false, true}) {
      const int major = fifths * 7 % 12;
      const Key key{minor ? (major + 9) % 12 : major, minor};
      out.groups.push_back({fmt::format("{} {}", camelot(key), key_name(key)), key_colour(key),
                            minor ? AtlasMark::circle : AtlasMark::square});
    }
  out.groups.push_back({"no key", kNone, AtlasMark::circle});
  for (const Card& card : cards) {
    if (!card.key) {
      out.of.push_back(24);
      continue;
    }
    const int major = card.key->minor ? card.key->root + 3 : card.key->root;
    out.of.push_back(static_cast<std::size_t>(2 * (major * 7 % 12) + (card.key->minor ? 1 : 0)));
  }
  return out;
}

AtlasGroups by_tempo(std::span<const Card> cards) {
  constexpr std::array kEdges{80, 95, 110, 125, 140, 160};  // BPM
  AtlasGroups out;
  const auto colours = ordered_colours(kEdges.size() + 1);
  for (std::size_t i = 0; i <= kEdges.size(); ++i) {
    const std::string name = i == 0               ? fmt::format("below {} BPM", kEdges[0])
                             : i == kEdges.size() ? fmt::format("{} BPM and more", kEdges[i - 1])
                                                  : fmt::format("{} to {} BPM", kEdges[i - 1], kEdges[i]);
    out.groups.push_back({name, colours[i], AtlasMark::circle});
  }
  out.groups.push_back({"no tempo", kNone, AtlasMark::circle});
  for (const Card& card : cards)
    out.of.push_back(card.bpm > 0 ? static_cast<std::size_t>(
                                        std::ranges::count_if(kEdges, [&](int e) { return card.bpm >= e; }))
                                  : kEdges.size() + 1);
  return out;
}

AtlasGroups by_folder(std::span<const Card> cards) {
  const auto folder = [](const Card& card) { return std::filesystem::path(card.path).parent_path(); };
  std::map<std::filesystem::path, std::size_t> sizes;
  for (const Card& card : cards) ++sizes[folder(card)];
  std::vector<std::pair<std::filesystem::path, std::size_t>> largest(sizes.begin(), sizes.end());
  std::ranges::stable_sort(largest, std::ranges::greater{}, [](const auto& f) { return f.second; });
  const bool rest = largest.size() > kMostFolders;
  if (rest) largest.resize(kMostFolders);
  std::vector<std::string> names;
  std::map<std::filesystem::path, std::size_t> place;
  for (const auto& [path, size] : largest) {
    place[path] = names.size();
    names.push_back(path.filename().string());
  }
  if (rest) names.emplace_back("other folders");
  AtlasGroups out{distinct_groups(names, rest), {}};
  for (const Card& card : cards) {
    const auto found = place.find(folder(card));
    out.of.push_back(found == place.end() ? kMostFolders : found->second);
  }
  return out;
}

AtlasGroups by_cluster(std::span<const Card> cards, std::span<const MapPoint> map) {
  Points points(2);
  for (const MapPoint p : map) points.add(std::array{p.x, p.y});
  const LinkageTree tree(points, Linkage::ward);
  std::vector<Groups> divisions;
  for (int k = 1; k <= std::min<int>(kMostClusters, static_cast<int>(cards.size())); ++k)
    divisions.push_back(tree.cut(k));
  AtlasGroups out;
  if (divisions.empty()) return out;
  const Groups& best = divisions[best_division(points, divisions)];
  for (const int group : best) out.of.push_back(static_cast<std::size_t>(group));
  const AtlasGroups kinds = by_kind(cards);
  std::vector<std::string> names;
  for (std::size_t g = 0; g <= std::ranges::max(out.of); ++g) {
    std::vector<std::size_t> counts(kinds.groups.size());
    for (std::size_t i = 0; i < cards.size(); ++i) counts[kinds.of[i]] += out.of[i] == g ? 1 : 0;
    const auto most = static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());
    names.push_back(fmt::format("{} mostly {}", g + 1, kinds.groups[most].name));
  }
  out.groups = distinct_groups(names, false);
  return out;
}

}  // namespace

AtlasGroups group_cards(std::span<const Card> cards, std::span<const MapPoint> map, AtlasColours colours) {
  if (cards.empty()) return {};
  switch (colours) {
    case AtlasColours::kind:
      return by_kind(cards);
    case AtlasColours::key:
      return by_key(cards);
    case AtlasColours::tempo:
      return by_tempo(cards);
    case AtlasColours::folder:
      return by_folder(cards);
    case AtlasColours::cluster:
      return by_cluster(cards, map);
  }
  return {};
}

}  // namespace entrain
