#include "engine/units/dsp/stretcher.h"

#include <rubberband/RubberBandStretcher.h>

#include <algorithm>
#include <cmath>

namespace entrain {
namespace {

using R2 = RubberBand::RubberBandStretcher;

constexpr int kRealtime = R2::OptionProcessRealTime | R2::OptionThreadingNever | R2::OptionEngineFaster |
                          R2::OptionChannelsTogether;
constexpr int kTransients = R2::OptionTransientsMixed | R2::OptionTransientsSmooth;

// Where in a window the map is met, in windows after its centre: a compromise between where steady sound is
// (0) and where an attack is when it is first seen (a half).
constexpr double kAnchor = 0.25;
// An attack passes while it lies between these, in windows after the centre: the rest of a window weighs
// little.
constexpr double kPassFrom = 0.5, kPassTo = -0.3;
constexpr double kGain = 0.6;                        // the part of a position error mended per hop
constexpr double kLeastBend = 0.5, kMostBend = 1.6;  // of a hop's natural length
// Plain unity, which R2 passes through untouched, is kept while the map's slope and the position error are
// below these: a ratio, and source frames to enter and to leave.
constexpr double kUnitySlope = 1e-5, kUnityEnter = 0.75, kUnityLeave = 8;
// Farther off than this many windows (a seek the caller did not announce), the input is spliced.
constexpr int kSpliceWindows = 2;

std::int64_t nearest(double x) { return static_cast<std::int64_t>(std::floor(x + 0.5)); }

std::int64_t quantum_of(std::int64_t frame) {
  return (frame / kQuantum - (frame % kQuantum < 0 ? 1 : 0)) * kQuantum;
}

/// The smallest ratio that keeps R2's window as it is at 1. Below, R2 doubles its window, and its onset
/// detector reallocates at every such change.
double least_ratio(int rate, int options) {
  R2 probe(static_cast<std::size_t>(rate), 2, options);
  const std::size_t pad = probe.getPreferredStartPad();
  double least = 1;
  for (int step = 1024; step >= 256; --step) {
    probe.setTimeRatio(step / 1024.0);
    if (probe.getPreferredStartPad() != pad) break;
    least = step / 1024.0;
  }
  return std::max(least, Stretcher::kMinRatio);
}

}  // namespace

Stretcher::Stretcher() = default;
Stretcher::~Stretcher() = default;
Stretcher::Stretcher(Stretcher&&) noexcept = default;
Stretcher& Stretcher::operator=(Stretcher&&) noexcept = default;

void Stretcher::prepare(int rate, int options) {
  options_ = options;
  rate_ = rate;
  min_ratio_ = least_ratio(rate, kRealtime | options);
  r2_ = std::make_unique<R2>(static_cast<std::size_t>(rate), 2, kRealtime | options);
  // The default detector also counts rising frames, which reset() does not put back.
  r2_->setDetectorOption(R2::OptionDetectorPercussive);
  window_ = 2 * static_cast<int>(r2_->getPreferredStartPad());
  anchor_ = static_cast<int>(kAnchor * window_);
  slots_ = std::max(1, window_ / 8 / kQuantum);
  slot_frames_ = slots_ * kQuantum;
  lead_ = window_ + 3 * slot_frames_ + kQuantum;
  feed_left_.assign(static_cast<std::size_t>(2 * window_), 0.0f);
  feed_right_.assign(static_cast<std::size_t>(2 * window_), 0.0f);

  // R2 grows its buffers when it first meets a ratio, and touches its rings only as sound runs through them:
  // their size is 16 times two windows times the largest ratio.
  for (const double ratio : {kMaxRatio, min_ratio_, 1.0}) r2_->setTimeRatio(ratio);
  const std::int64_t ring = std::int64_t{window_} * 2 * 16 * static_cast<int>(kMaxRatio) + 2 * window_;
  std::vector<float> left(feed_left_.size()), right(feed_left_.size());
  std::array<float*, 2> scrap{left.data(), right.data()};
  feed_left_[0] = 1;  // sound, so that R2 goes all its ways
  run(window_);
  for (std::int64_t made = 0; made < ring;) {
    if (made < 8 * window_)
      set_ratio(made < 4 * window_ ? 0.8 : 1.25);
    else
      set_ratio(1);
    made += run(increment());
    r2_->retrieve(scrap.data(), static_cast<std::size_t>(r2_->available()));
  }
  hear_attacks(false);
  reset();
}

void Stretcher::reset() noexcept {
  stage_ = Stage::idle;
  slot_ = 0;
  start_ = settled_ = in_ = fed_ = out_ = taken_ = 0;
  calculator_.reset(rate_, window_);
  onsets_.reset(rate_, 0);
  passing_ = OnsetScan::kNone;
  lands_ = 0;
  heard_ = false;
  unity_ = false;
  last_made_ = 0;
  laid_.fill({});
  hops_ = 0;
  hear_attacks(true);
  r2_->setTimeRatio(1);
  r2_->reset();
}

void Stretcher::begin(Frame launch, int index) noexcept {
  reset();
  // Where a hop has eight quanta or more, 0 to 3 lie as far apart as they can, 4 to 7 between them.
  slot_ = slots_ >= kIndices ? (2 * index + index / 4) % kIndices * (slots_ / kIndices) : index % slots_;
  settled_ = quantum_of(launch.index);
  taken_ = out_ = start_ = settled_ - window_;
  stage_ = Stage::waiting;
}

bool Stretcher::preroll(const StretchSource& source, const StretchTarget& target, Frame quantum) noexcept {
  std::array<float, kQuantum> left, right;
  process(source, target, quantum, left.data(), right.data());
  return stage_ == Stage::running && quantum.index + kQuantum >= settled_;
}

void Stretcher::process(const StretchSource& source, const StretchTarget& target, Frame quantum, float* left,
                        float* right) noexcept {
  work(source, target, quantum.index);
  std::array<float*, 2> to{left, right};
  bool full = false;
  if (stage_ == Stage::running) {
    while (taken_ < std::min(quantum.index, out_)) {  // before the launch, or left out
      const auto n = std::min<std::int64_t>(kQuantum, std::min(quantum.index, out_) - taken_);
      r2_->retrieve(to.data(), static_cast<std::size_t>(n));
      taken_ += n;
    }
    if (taken_ == quantum.index && out_ >= taken_ + kQuantum) {
      r2_->retrieve(to.data(), kQuantum);
      taken_ += kQuantum;
      full = quantum.index >= settled_;
    }
  }
  if (full) return;
  std::fill_n(left, kQuantum, 0.0f);
  std::fill_n(right, kQuantum, 0.0f);
}

/// This quantum's share of the work. Hops run ahead by a slot's length, so that each stretcher works in its
/// own quantum of every `slots_`.
void Stretcher::work(const StretchSource& source, const StretchTarget& target,
                     std::int64_t quantum) noexcept {
  const std::int64_t turn = (quantum / kQuantum % slots_ + slots_) % slots_;
  const bool mine = turn == slot_;
  if (stage_ == Stage::waiting && mine) {
    const std::int64_t first = quantum + 2 * slot_frames_;  // when windows can be laid, begun now
    if (first + slot_frames_ <= start_) return;
    if (first > start_) {  // begun too late
      settled_ += first - start_;
      taken_ = out_ = start_ = first;
    }
    kick();
    stage_ = Stage::kicked;
  } else if (stage_ == Stage::kicked && mine) {
    seed(source, target);
    stage_ = Stage::seeded;
  } else if (stage_ == Stage::seeded && mine) {
    stage_ = Stage::running;
  }
  if (stage_ != Stage::running) return;
  const std::int64_t upto = quantum + (mine ? slot_frames_ : kQuantum);
  for (int hops = 0; hops < kMaxHops && out_ < upto; ++hops) hop(source, target);
}

/// R2's reset() leaves the phases of the last window, which a start in silence would take over. An impulse
/// replaces them all.
void Stretcher::kick() noexcept {
  std::fill(feed_left_.begin(), feed_left_.end(), 0.0f);
  std::fill(feed_right_.begin(), feed_right_.end(), 0.0f);
  feed_left_[static_cast<std::size_t>(window_ / 8)] = 1;
  run(window_);
  r2_->reset();
}

/// Takes the phases of the window just before the first one. R2's first window counts as an attack, and no
/// other is heard within 50 ms: spent here, it does not deafen R2 to the launch's downbeat.
void Stretcher::seed(const StretchSource& source, const StretchTarget& target) noexcept {
  const double meets = static_cast<double>(start_ + window_ / 2 + anchor_);
  const double slope = (target(meets + slot_frames_) - target(meets)) / slot_frames_;
  in_ = fed_ = nearest(target(meets)) - window_ / 2 - anchor_;
  set_ratio(1 / std::max(slope, 1 / kMaxRatio));
  source.copy(in_ - increment(), window_, feed_left_.data(), feed_right_.data());
  run(window_);
  r2_->reset();
  onsets_.reset(rate_, in_ - window_);
}

void Stretcher::hop(const StretchSource& source, const StretchTarget& target) noexcept {
  const double ratio = choose_ratio(source, target);
  const int taken = increment();
  const auto fresh = static_cast<int>(in_ + window_ - fed_);
  laid_[hops_++ % laid_.size()] = {in_ + window_ / 2, out_ + window_ / 2};
  source.copy(fed_, fresh, feed_left_.data(), feed_right_.data());
  last_made_ = run(fresh);
  heard_ |= last_made_ == taken && last_made_ != calculator_.predict(ratio, taken);
  calculator_.count(ratio, taken, last_made_);
  fed_ += fresh;
  in_ += taken;
  out_ += last_made_;
}

/// Sets and returns the ratio that puts the next window where it meets the map.
double Stretcher::choose_ratio(const StretchSource& source, const StretchTarget& target) noexcept {
  const std::int64_t half = window_ / 2, centre = in_ + half;
  onsets_.read(source, centre + 2 * window_);
  const std::int64_t onset = onsets_.next(centre + nearest(kPassTo * window_));
  // The place in the next window that meets the map moves to its end as an attack comes near.
  std::int64_t anchor = anchor_;
  const std::int64_t end = centre + increment() + half, near = end + window_ - std::max(onset, end);
  if (near > 0) anchor += (half - anchor) * near / window_;

  const double meets = static_cast<double>(out_ + half + anchor), wanted = target(meets);
  const double slope =
      std::clamp((target(meets + slot_frames_) - wanted) / slot_frames_, 1 / kMaxRatio, 1 / min_ratio_);
  double error = static_cast<double>(centre + anchor) - wanted;
  if (std::abs(error) > kSpliceWindows * window_) {
    const std::int64_t jump = nearest(error);
    in_ -= jump;
    fed_ -= jump;
    onsets_.reset(rate_, in_);
    error -= static_cast<double>(jump);
    set_ratio(1 / slope);
    return follow(error, slope, kGain);
  }
  const bool steady = std::abs(slope - 1) < kUnitySlope;
  unity_ = steady && (unity_ ? std::abs(error) < kUnityLeave
                             : std::abs(error) < kUnityEnter && std::abs(calculator_.surplus()) < 0.5);
  if (unity_) {
    hear_attacks(true);
    return set_ratio(1);
  }
  set_ratio(1 / slope);
  if (onset <= centre + increment() + nearest(kPassFrom * window_)) return pass(onset, target, slope);
  hear_attacks(false);
  return follow(error, slope, near > 0 ? 1 : kGain);
}

/// A hop that mends a part of `error` (source frames ahead of the map).
double Stretcher::follow(double error, double slope, double gain) noexcept {
  double ratio = 1;
  for (int round = 0; round < 3; ++round) {  // the increment itself depends on the ratio
    const double taken = increment(), natural = taken / slope;
    const double hop = std::clamp((taken + gain * error) / slope, kLeastBend * natural, kMostBend * natural);
    ratio = set_ratio(calculator_.ratio_for(hop, taken));
  }
  return ratio;
}

/// A hop at unity. R2 may reset its phases at the attack; from there on it copies windows untouched as long
/// as each increment equals the hop before it.
double Stretcher::pass(std::int64_t onset, const StretchTarget& target, double slope) noexcept {
  const std::int64_t half = window_ / 2, centre = in_ + half;
  if (passing_ != onset) {
    passing_ = onset;
    heard_ = false;
    lands_ = static_cast<double>(onset - in_ + out_);
    for (int round = 0; round < 3; ++round) lands_ += (static_cast<double>(onset) - target(lands_)) / slope;
  }
  hear_attacks(onset < centre + half);
  double ratio = follow(0, 1, 1);
  if (onset >= centre + half - increment() && !heard_) {  // barely in the window: the last chance to place it
    const double late = static_cast<double>(onset - in_ + out_) - lands_;
    return follow(-late, 1, 1);
  }
  const int natural = window_ / 8;  // R2's hop above unity, whatever the ratio
  if (ratio > 1 && last_made_ > natural / 2 && last_made_ < natural)
    return set_ratio(natural / (last_made_ + 0.5));
  const int taken = increment();
  for (int step = 0; step < 40; ++step) {  // R2 rounds thrice: search for the exact hop
    const double tried = ratio + (step % 2 ? 0.1 : -0.1) * ((step + 1) / 2) / taken;
    if (tried < 1 && calculator_.predict(tried, taken) == taken) return set_ratio(tried);
  }
  return ratio;
}

double Stretcher::set_ratio(double ratio) noexcept {
  const double set = std::clamp(ratio, min_ratio_, kMaxRatio);
  r2_->setTimeRatio(set);
  return set;
}

/// Lets R2 reset its phases at what it takes for an attack; elsewhere a reset only tears steady sound.
void Stretcher::hear_attacks(bool hear) noexcept {
  r2_->setTransientsOption(hear ? options_ & kTransients : int{R2::OptionTransientsSmooth});
}

int Stretcher::increment() const noexcept { return static_cast<int>(r2_->getInputIncrement()); }

/// One hop over `frames` from the feed buffers; returns the frames it made.
int Stretcher::run(int frames) noexcept {
  const int before = r2_->available();
  const std::array<const float*, 2> feed{feed_left_.data(), feed_right_.data()};
  r2_->process(feed.data(), static_cast<std::size_t>(frames), false);
  return r2_->available() - before;
}

double Stretcher::source_position() const noexcept {
  if (hops_ < 2) return 0;
  // Back to the two windows whose meeting points enclose the next output frame.
  const std::int64_t at = taken_ - anchor_;
  const std::uint64_t depth = std::min<std::uint64_t>(hops_, laid_.size());
  Laid later = laid_[(hops_ - 1) % laid_.size()], earlier = later;
  for (std::uint64_t back = 2; back <= depth; ++back) {
    earlier = laid_[(hops_ - back) % laid_.size()];
    if (earlier.output <= at || back == depth) break;
    later = earlier;
  }
  const double span = static_cast<double>(std::max<std::int64_t>(1, later.output - earlier.output));
  return static_cast<double>(earlier.source + anchor_) +
         static_cast<double>(at - earlier.output) * static_cast<double>(later.source - earlier.source) / span;
}

}  // namespace entrain
