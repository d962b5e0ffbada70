#include "engine/units/dsp/stretcher.h"

#include <algorithm>
#include <cmath>

#include "engine/units/dsp/cut.h"

namespace entrain {
namespace {

// Frames at 44.1 and 48 kHz: as short as keeps partials a third apart at 200 Hz.
constexpr int kWindow = 4'096;
// A window that lies so near to a hop after the last one is put there.
constexpr double kInStep = 0.75;      // frames
constexpr int kReturn = 3;            // hops from the end of an attack's passing back to the map
constexpr double kSlowest = 1 / 4.0;  // source frames per output frame, where a place in the source is looked for

std::int64_t nearest(double x) { return static_cast<std::int64_t>(std::floor(x + 0.5)); }

std::int64_t quantum_of(std::int64_t frame) {
  return (frame / kQuantum - (frame % kQuantum < 0 ? 1 : 0)) * kQuantum;
}

}  // namespace

void Stretcher::prepare(int rate) {
  rate_ = rate;
  window_ = kWindow;
  while (window_ * 64'000 < kWindow * rate) window_ *= 2;
  hop_ = window_ / kOverlap;
  fade_ = rate / 1000;
  vocoder_.prepare(window_, hop_);
  for (std::size_t side = 0; side < 2; ++side) {
    source_[side].assign(static_cast<std::size_t>(hop_ + window_), 0.0f);
    made_[side].assign(static_cast<std::size_t>(window_), 0.0f);
    sum_[side].assign(static_cast<std::size_t>(2 * window_), 0.0f);
  }
  reset();
}

void Stretcher::reset() noexcept {
  begun_ = fresh_ = false;
  next_ = settled_ = taken_ = last_ = 0;
  astray_ = step_ = 0;
  attack_ = coming_ = {};
  divided_ = false;
  laid_.fill({});
  hops_ = 0;
  for (auto& side : sum_) std::fill(side.begin(), side.end(), 0.0f);
  vocoder_.reset();
  onsets_.reset(rate_, OnsetScan::kNone);  // nowhere yet
}

void Stretcher::begin(Frame launch, int index) noexcept {
  reset();
  begun_ = fresh_ = true;
  index_ = index;
  aim(quantum_of(launch.index));
}

/// The windows that `settled` needs, on this index's grid.
void Stretcher::aim(std::int64_t settled) noexcept {
  settled_ = settled;
  const std::int64_t latest = settled - (window_ - hop_), off = latest - index_ * (hop_ / kIndices);
  next_ = latest - (off % hop_ + hop_) % hop_;
}

bool Stretcher::preroll(const Kernels& kernels, const StretchSource& source, const StretchTarget& target,
                        Frame quantum) noexcept {
  std::array<float, kQuantum> left, right;
  process(kernels, source, target, quantum, left.data(), right.data());
  return begun_ && quantum.index + kQuantum >= settled_;
}

void Stretcher::process(const Kernels& kernels, const StretchSource& source, const StretchTarget& target,
                        Frame quantum, float* left, float* right) noexcept {
  std::fill_n(left, kQuantum, 0.0f);
  std::fill_n(right, kQuantum, 0.0f);
  if (!begun_) return;
  if (quantum.index < settled_ - lead()) return;
  if (fresh_) {
    if (quantum.index > settled_ - lead()) aim(quantum.index + lead());  // begun too late
    taken_ = quantum.index;
    fresh_ = false;
  }
  if (quantum.index - taken_ > window_) {  // left out: nothing laid before is heard
    for (auto& side : sum_) std::fill(side.begin(), side.end(), 0.0f);
    next_ += (quantum.index - next_) / hop_ * hop_;
    taken_ = quantum.index;
  }
  if (quantum.index < settled_) {
    const bool turn = (quantum.index / kQuantum - index_ / 2) % kSlots == 0;
    if (turn && next_ < settled_) hop(kernels, source, target);
  } else {
    for (int hops = 0; hops < kMaxHops && next_ <= quantum.index; ++hops) hop(kernels, source, target);
  }

  for (; taken_ < quantum.index + kQuantum; taken_ += kQuantum) {
    const std::size_t at = slot(taken_);
    const bool heard = taken_ == quantum.index && taken_ >= settled_;
    for (std::size_t side = 0; side < 2; ++side) {
      float* const from = &sum_[side][at];
      if (heard) std::copy_n(from, kQuantum, side == 0 ? left : right);
      std::fill_n(from, kQuantum, 0.0f);
    }
  }
}

/// Lays the next window: what plays, up to an attack that comes; and the attack, as it is.
void Stretcher::hop(const Kernels& kernels, const StretchSource& source, const StretchTarget& target) noexcept {
  const std::int64_t centre = next_ + window_ / 2;
  if (coming_.known() && next_ >= coming_.output) enter_attack(kernels, source, target, centre);
  const std::int64_t at = place(target, centre);
  if (!coming_.known()) meet_attack(kernels, source, target, centre);

  float *const left = source_[0].data(), *const right = source_[1].data();
  float *const to_left = made_[0].data(), *const to_right = made_[1].data();
  load(source, at);
  const PhaseVocoder::Cut cut{coming_.source - (at - window_ / 2 - hop_), coming_.output - next_, fade_};
  if (divided_) {
    vocoder_.lay_through(kernels, left, right, cut, to_left, to_right);
  } else {
    if (coming_.known()) end_at(left, right, cut.read, fade_, hop_ + window_);
    const bool as_it_is = vocoder_.lay(kernels, left, right, at == last_ + hop_, to_left, to_right);
    if (coming_.known() && !as_it_is) end_at(to_left, to_right, cut.written, fade_, window_);
  }
  add(kernels);

  if (coming_.known()) {
    load(source, coming_.source + centre - coming_.output);
    if (divided_) {
      vocoder_.copy_after(kernels, left + hop_, right + hop_, cut, to_left, to_right);
    } else {
      begin_at(left + hop_, right + hop_, cut.written, fade_, window_);
      vocoder_.copy(kernels, left + hop_, right + hop_, to_left, to_right);
    }
    add(kernels);
  }
  laid_[hops_++ % laid_.size()] = {at, centre};
  last_ = at;
  next_ += hop_;
}

/// Where in the source the window around the output frame `centre` is taken.
std::int64_t Stretcher::place(const StretchTarget& target, std::int64_t centre) noexcept {
  const double wanted = target(static_cast<double>(centre));
  if (std::abs(astray_) > window_) astray_ = 0;  // a jump that nobody announced
  const double at = wanted + astray_;
  astray_ = std::abs(astray_) > std::abs(step_) ? astray_ - step_ : 0;
  const std::int64_t in_step = last_ + hop_;
  return std::abs(at - static_cast<double>(in_step)) < kInStep ? in_step : nearest(at);
}

/// The next attack, when the window around `centre` is the first to hold it. Attacks less than a window after the
/// last one are none.
Stretcher::Attack Stretcher::find_attack(const StretchSource& source, const StretchTarget& target,
                                         std::int64_t centre) noexcept {
  constexpr int kTries = 2, kRounds = 3;
  const double end = static_cast<double>(centre + window_ / 2), ahead = target(end);
  const std::int64_t upto = nearest(ahead) + window_ / 4;
  if (upto < onsets_.position() - 2 * window_ || upto > onsets_.position() + 4 * window_)
    onsets_.reset(rate_, upto - 4 * window_);
  onsets_.read(source, upto);
  const double slope =
      std::max(kSlowest, (ahead - target(end - static_cast<double>(hop_))) / static_cast<double>(hop_));
  std::int64_t from = nearest(ahead - slope * 2 * hop_);
  for (int tried = 0; tried < kTries; ++tried) {
    const std::int64_t onset = onsets_.next(from);
    if (onset == OnsetScan::kNone) break;
    double output = end;
    double missed = static_cast<double>(onset) - ahead;
    for (int round = 0; round < kRounds; ++round) {
      output += missed / slope;
      missed = static_cast<double>(onset) - target(output);
    }
    const std::int64_t sounds = nearest(output);
    if (sounds - fade_ >= next_ + window_) break;
    if (std::abs(missed) < fade_ && sounds >= next_ + window_ - 2 * hop_ && sounds - attack_.output >= window_)
      return {onset, sounds};
    from = onset + 1;
  }
  return {};
}

/// Looks for an attack that comes, and decides what goes on through it.
void Stretcher::meet_attack(const Kernels& kernels, const StretchSource& source, const StretchTarget& target,
                            std::int64_t centre) noexcept {
  coming_ = find_attack(source, target, centre);
  if (!coming_.known()) return;
  load(source, coming_.source - fade_ - window_ / 2);
  for (std::size_t side = 0; side < 2; ++side)
    std::copy(source_[side].begin() + hop_, source_[side].end(), made_[side].begin());
  load(source, coming_.source + window_ / 4);
  divided_ = vocoder_.divide(kernels, made_[0].data(), made_[1].data(), source_[0].data() + hop_,
                             source_[1].data() + hop_);
}

/// From here on all that windows hold is the attack that came, and what follows it.
void Stretcher::enter_attack(const Kernels& kernels, const StretchSource& source, const StretchTarget& target,
                             std::int64_t centre) noexcept {
  attack_ = coming_;
  coming_ = {};
  const std::int64_t at = attack_.source + centre - attack_.output;
  astray_ = static_cast<double>(at) - target(static_cast<double>(centre));
  step_ = astray_ / kReturn;
  last_ = at - hop_;
  load(source, last_);
  float *const left = source_[0].data() + hop_, *const right = source_[1].data() + hop_;
  if (divided_) {
    vocoder_.follow_copy_after(kernels, left, right);
  } else {
    begin_at(left, right, attack_.output - (next_ - hop_), fade_, window_);
    vocoder_.follow_copy(kernels, left, right);
  }
  divided_ = false;
}

/// The window around a source frame, and the hop before it.
void Stretcher::load(const StretchSource& source, std::int64_t centre) noexcept {
  source.copy(centre - window_ / 2 - hop_, hop_ + window_, source_[0].data(), source_[1].data());
}

/// Adds the window that was made to what sounds, from the next quantum on.
void Stretcher::add(const Kernels& kernels) noexcept {
  const int gone = static_cast<int>(std::clamp<std::int64_t>(taken_ - next_, 0, window_));
  const std::size_t at = slot(next_ + gone);
  const int left = window_ - gone, straight = std::min(left, static_cast<int>(sum_[0].size() - at));
  for (std::size_t side = 0; side < 2; ++side) {
    kernels.add(sum_[side].data() + at, made_[side].data() + gone, straight);
    kernels.add(sum_[side].data(), made_[side].data() + gone + straight, left - straight);
  }
}

/// The place of an output frame in the ring.
std::size_t Stretcher::slot(std::int64_t frame) const noexcept {
  const auto ring = static_cast<std::int64_t>(sum_[0].size());
  return static_cast<std::size_t>((frame % ring + ring) % ring);
}

double Stretcher::source_position() const noexcept {
  if (hops_ < 2) return 0;
  const std::uint64_t depth = std::min<std::uint64_t>(hops_, laid_.size());
  Laid later = laid_[(hops_ - 1) % laid_.size()], earlier = later;
  for (std::uint64_t back = 2; back <= depth; ++back) {
    earlier = laid_[(hops_ - back) % laid_.size()];
    if (earlier.output <= taken_ || back == depth) break;
    later = earlier;
  }
  return static_cast<double>(earlier.source) + static_cast<double>(taken_ - earlier.output) *
                                                   static_cast<double>(later.source - earlier.source) /
                                                   static_cast<double>(later.output - earlier.output);
}

}  // namespace entrain
