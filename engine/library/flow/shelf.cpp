#include "engine/library/flow/shelf.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/library/trust.h"

namespace entrain {
namespace {

constexpr double kSlowest = 20, kFastest = 400;  // BPM

std::string counted(std::size_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

}  // namespace

double loop_tempo(const Card& card) {
  const double seconds = card.span.out - card.span.in;
  if (card.span.beats <= 0 || !(seconds > 0)) return 0;
  const double tempo = 60 * card.span.beats / seconds;
  return tempo >= kSlowest && tempo <= kFastest ? tempo : 0;
}

FlowShelf::FlowShelf(std::span<const Card> cards, const LikenessIndex& likeness)
    : cards_(cards), likeness_(likeness) {
  for (std::size_t i = 0; i < cards.size(); ++i) {
    const Card& card = cards[i];
    const auto index = static_cast<std::uint32_t>(i);
    const double tempo = loop_tempo(card);
    if (needs_check(card)) {
      check_.push_back(index);
    } else if (!(card.bpm > 0)) {
      if (card.hit)
        ++hits_;
      else
        beatless_.push_back(index);
    } else if (!(tempo > 0) || !std::isfinite(card.energy)) {
      ++no_span_;
    } else {
      const auto key = card.key ? card.key->root + (card.key->minor ? 12 : 0) : -1;
      loops_.push_back({index, tempo, card.energy, static_cast<std::int8_t>(key)});
    }
  }
  by_id_.resize(cards.size());
  std::iota(by_id_.begin(), by_id_.end(), 0u);
  std::ranges::stable_sort(by_id_, {}, [&](std::uint32_t i) { return cards_[i].id; });
}

const Card* FlowShelf::card(std::int64_t id) const {
  const auto at = std::ranges::lower_bound(by_id_, id, {}, [&](std::uint32_t i) { return cards_[i].id; });
  return at != by_id_.end() && cards_[*at].id == id ? &cards_[*at] : nullptr;
}

std::string FlowShelf::left_out() const {
  std::string all;
  const auto add = [&](std::size_t count, const std::string& text) {
    if (count > 0) all += (all.empty() ? "" : ", ") + text;
  };
  add(check_.size(),
      counted(check_.size(),
              "loop whose tempo or downbeat should be checked first (entrain library list marks it ?)",
              "loops whose tempo or downbeat should be checked first (entrain library list marks them ?)"));
  add(no_span_, counted(no_span_, "sound that holds no whole beat", "sounds that hold no whole beat"));
  add(beatless_.size(), counted(beatless_.size(), "sound without a tempo", "sounds without a tempo"));
  add(hits_, counted(hits_, "single hit", "single hits"));
  return all.empty() ? all : "Left out: " + all + ".";
}

}  // namespace entrain
