#include "engine/library/find/name_index.h"

#include <algorithm>
#include <cmath>

#include "engine/core/text.h"
#include "engine/library/find/words.h"

namespace entrain {
namespace {

constexpr double kFolderWeight = 0.5;  // of a word in the name
constexpr double kSaturation = 1.2;    // BM25's k1
constexpr double kLengthPart =
    0.5;  // BM25's b: names are short, so a long one is little less about each word
constexpr std::size_t kLeastPrefix = 3;  // letters
constexpr std::size_t kLeastMistyped = 5;

}  // namespace

NameIndex::NameIndex(std::span<const Card> cards) : size_(cards.size()) {
  std::vector<float> lengths;
  double whole = 0;
  for (const Card& card : cards) {
    const PathWords words = words_of_path(card.path);
    const auto add = [&](const std::string& word, double weight, bool in_name) {
      auto& uses = uses_[word];
      const auto index = static_cast<std::uint32_t>(lengths.size());
      if (uses.empty() || uses.back().index != index) uses.push_back({index, 0, in_name});
      uses.back().weight += static_cast<float>(weight);
    };
    for (const std::string& word : words.name) add(word, 1, true);
    for (const std::string& word : words.folders) add(word, kFolderWeight, false);
    lengths.push_back(static_cast<float>(words.name.size()));
    whole += static_cast<double>(words.name.size());
  }
  const double ordinary = std::max(whole / static_cast<double>(std::max<std::size_t>(1, size_)), 1.0);
  for (auto& [word, uses] : uses_) {
    for (Use& use : uses) {
      const double f = static_cast<double>(use.weight),
                   length = static_cast<double>(lengths[use.index]) / ordinary;
      use.weight = static_cast<float>(f * (kSaturation + 1) /
                                      (f + kSaturation * (1 - kLengthPart + kLengthPart * length)));
    }
    uses.shrink_to_fit();
  }
}

std::span<const NameIndex::Use> NameIndex::uses(std::string_view word) const {
  const auto at = uses_.find(word);
  return at == uses_.end() ? std::span<const Use>() : at->second;
}

double NameIndex::weight(std::string_view word) const {
  const auto have = static_cast<double>(uses(word).size()), all = static_cast<double>(size_);
  return std::min(1.0, std::log(1 + (all - have + 0.5) / (have + 0.5)));
}

std::optional<std::string> NameIndex::nearest(std::string_view word) const {
  const std::string* best = nullptr;
  std::size_t most = 0;
  for (const auto& [known, uses] : uses_) {
    const bool begins = word.size() >= kLeastPrefix && known.starts_with(word);
    const bool mistyped = word.size() >= kLeastMistyped && known.size() + 1 >= word.size() &&
                          known.size() <= word.size() + 1 && edit_distance(known, word) == 1;
    if (!begins && !mistyped) continue;
    if (best && (uses.size() < most || (uses.size() == most && known > *best))) continue;
    best = &known;
    most = uses.size();
  }
  return best ? std::optional(*best) : std::nullopt;
}

}  // namespace entrain
