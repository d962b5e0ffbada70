#include "control/prehear/cue_player.h"

#include <algorithm>

namespace entrain {

void CuePlayer::play(std::shared_ptr<const CueClip> clip) { ask(std::move(clip), false); }
void CuePlayer::go_on(std::shared_ptr<const CueClip> whole) { ask(std::move(whole), true); }

void CuePlayer::ask(std::shared_ptr<const CueClip> clip, bool goes_on) {
  const std::uint64_t taken = taken_.load(std::memory_order_acquire);
  std::erase_if(kept_, [&](const auto& kept) { return kept.first < taken; });
  asked_ = {asked_.serial + 1, clip.get(), goes_on};
  kept_.emplace_back(asked_.serial, std::move(clip));
  orders_.back() = asked_;
  orders_.publish();
}

bool CuePlayer::playing() const {
  return asked_.clip != nullptr && (!taken() || position() < asked_.clip->frames());
}

bool CuePlayer::next(const std::array<float*, 2>& pair) noexcept {
  orders_.refresh();
  const Order& asked = orders_.front();
  const auto sounds = [&] { return now_.clip != nullptr && at_ < now_.clip->frames(); };
  if (asked.goes_on && asked.serial == now_.serial + 1) {
    if (!sounds()) level_ = 0;  // it came late
    now_ = asked;
    taken_.store(now_.serial, std::memory_order_release);
  }
  if (asked.serial != now_.serial && (level_ <= 0 || !sounds())) {
    now_ = asked;
    at_ = 0;
    level_ = 0;
    position_.store(0, std::memory_order_relaxed);
    taken_.store(now_.serial, std::memory_order_release);
  }
  if (!sounds()) return false;
  const float to =
      std::clamp(level_ + (asked.serial == now_.serial ? kFadePerQuantum : -kFadePerQuantum), 0.0f, 1.0f);
  const std::int64_t left = now_.clip->frames() - at_;
  for (int i = 0; i < kQuantum; ++i) {
    const float level = level_ + (to - level_) * static_cast<float>(i + 1) / kQuantum;
    const auto from = static_cast<std::size_t>(at_ + i);
    pair[0][i] = i < left ? level * now_.clip->left[from] : 0;
    pair[1][i] = i < left ? level * now_.clip->right[from] : 0;
  }
  level_ = to;
  at_ = std::min(at_ + kQuantum, now_.clip->frames());
  position_.store(at_, std::memory_order_relaxed);
  return true;
}

}  // namespace entrain
