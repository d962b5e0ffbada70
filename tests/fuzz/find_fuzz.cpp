// Feeds any text to what reads questions, names, filters and the configuration file, and asks a small
// library.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "control/library/compatibility_config.h"
#include "control/library/filter_text.h"
#include "control/library/finder.h"
#include "engine/library/find/words.h"
#include "tests/support/cards.h"

using namespace entrain;

namespace {

const Finder& some_finder() {
  static const Finder finder = [] {
    auto cards = test::some_library(3, 20);
    constexpr std::array kNames{"dark kick", "Open HiHat 808", "pad bright"};
    for (std::size_t i = 0; i < 30; ++i)
      cards[i].path = "/s/" + std::string(kNames[i % 3]) + " " + std::to_string(i) + ".wav";
    return Finder(std::make_shared<const std::vector<Card>>(std::move(cards)));
  }();
  return finder;
}

void check(bool holds) {
  if (!holds) std::abort();
}

void check_range(const std::optional<ValueRange>& range, double least, double most) {
  check(!range || (range->least >= least && range->most <= most && range->least <= range->most));
}

void check_words(std::string_view text) {
  for (const std::string& word : words_in(text)) check(!word.empty() && words_in(word) == std::vector{word});
  static_cast<void>(words_of_path(text));
}

void check_query(std::string_view text) {
  const Query query = parse_query(text);
  check(query.words.size() <= Query::kMostWords && query.text.size() <= Query::kMostText);
  check_range(query.tempo, 20 * 0.98, 999 * 1.02);
  check(!query.key || (query.key->root >= 0 && query.key->root <= 11));
  for (const FoundSound& sound : some_finder().search(text, 5).sounds)
    check(std::isfinite(sound.score) && sound.index < some_finder().cards().size());
}

void check_weights(std::string_view text) {
  const auto weights = parse_compatibility(text, "/c/config.toml");
  if (!weights) return check(!weights.error().sentence.empty());
  const auto again = parse_compatibility(compatibility_text(*weights), "/c/config.toml");
  check(again && *again == *weights);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_words(text);
  check_query(text);
  check_range(range_in(text, 0, 10), 0, 10);
  check_weights(text);
  const std::string whole(text);
  const auto filter = filter_from({whole, whole, whole, whole, whole});
  check(filter || !filter.error().sentence.empty());
  return 0;
}
