#include "engine/units/dsp/transition_voice.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/time.h"
#include "engine/units/dsp/maths.h"

namespace entrain {
namespace {

/// What makes kinds equally loud, and how long each takes to come in and to go, in seconds.
struct Manner {
  float level;
  double attack, end;
};
constexpr std::array<Manner, kEffectKinds> kManners{{{0.43f, 0.010, 0.004},
                                                         {0.235f, 0.010, 0.004},
                                                         {0.36f, 0.010, 0.004},
                                                         {0.40f, 0.003, 0.030},
                                                         {0.39f, 0.010, 0.003},
                                                         {0.33f, 0.0006, 0.030}}};
constexpr double kLowestRoot = 110;  ///< A; the root lies in the octave above
constexpr double kBoomTime = 2.2, kCrashTime = 3.6, kBurstTime = 2.2;  ///< seconds for 60 dB
constexpr double kSixty = 9.96578428466209;                            ///< 60 dB in factors of two
constexpr double kBrightest = 16'000;

/// Quantities a draw can be for.
enum Chance : std::uint64_t {
  kWobble,
  kPump,
  kDamping,
  kLow,
  kJet,
  kFirst = 100,
  kSecond = 200,
  kMetal = 300,
  kNoise = 400
};

Manner manner(EffectKind kind) { return kManners[static_cast<std::size_t>(kind)]; }
float level_of(double halvings) { return static_cast<float>(exp2_exact(-halvings)); }
/// The way from one value to another on which `rate` frames' worth of `n` brings it, at a time constant.
double approach(double value, double target, int n, double seconds, int rate) {
  return target + (value - target) * exp2_exact(-1.4426950408889634 * n / (seconds * rate));
}

}  // namespace

TransitionVoice::Way TransitionVoice::Way::between(double from, double to) {
  return {from, log2_exact(to / from)};
}
double TransitionVoice::Way::at(double part) const { return from * exp2_exact(octaves * part); }

void TransitionVoice::prepare(int rate, const SawTable& saws) {
  rate_ = rate;
  table_ = &saws;
  sweep_.prepare(rate);
  reset();
}

// --- how it begins and ends

void TransitionVoice::start(const TransitionSetting& setting) {
  setting_ = setting;
  sounds_ = true;
  age_ = 0;
  release_left_ = -1;
  edge_ = 0;
  octaves_ = 1 + static_cast<int>(2 * setting.reach + 0.5f);
  root_hertz_ = kLowestRoot * exp2_exact(((setting.root + 3) % 12) / 12.0);
  wobble_ = 0.10 + 0.20 * chance(kWobble);
  pump_ = 0.15 + 0.35 * chance(kPump);
  damping_ = 0.45 + 0.5 * chance(kDamping);
  sweep_.start(mix_bits(setting.draws + kNoise));
  thin_ = dull_ = {};
  boom_ = 0;
  switch (setting.kind) {
    case EffectKind::noise:
      return begin_rise();
    case EffectKind::glide:
    case EffectKind::climb:
    case EffectKind::down:
      return begin_rise(), begin_tones();
    case EffectKind::reverse:
      return begin_metal(520);
    case EffectKind::impact:
      return begin_metal(380);
  }
}

/// Where the noise goes: up for risers, and down for a down-sweep, which reads its ways backward.
void TransitionVoice::begin_rise() {
  const double top = 4'500 * exp2_exact(1.8 * static_cast<double>(setting_.reach));
  const double low = setting_.kind == EffectKind::down ? 100 : 170;
  brightness_ = Way::between(low * (1 + 0.6 * chance(kLow)), std::min(top, kBrightest));
  jet_ = Way::between(0.0052, 0.0004 + 0.0003 * chance(kJet));
}

void TransitionVoice::begin_tones() {
  climb_ = Climb(setting_.beats);
  semitones_ = 0;
  accent_ = 1;
  const bool falls = setting_.kind == EffectKind::down;
  pitch_ = {falls ? 0.5 * root_hertz_ : root_hertz_, static_cast<double>(octaves_ + (falls ? 1 : 0))};
  const double pitch = pitch_at(0) / rate_;
  first_.start(setting_.draws + kFirst, pitch);
  second_.start(setting_.draws + kSecond, pitch * (setting_.kind == EffectKind::climb ? 0.5 : 1.5));
}

void TransitionVoice::begin_metal(double low) {
  brightness_ = Way::between(
      1'500, std::min(9'000 * exp2_exact(0.83 * static_cast<double>(setting_.reach)), kBrightest));
  metal_.start(setting_.draws + kMetal, low,
               std::min(brightness_.from * exp2_exact(brightness_.octaves), 0.4 * rate_), rate_);
}

void TransitionVoice::release(double seconds) {
  const auto frames = std::max<std::int64_t>(1, static_cast<std::int64_t>(seconds * rate_));
  if (release_left_ >= 0 && release_left_ <= frames) return;
  const float level = released() ? static_cast<float>(release_left_) / static_cast<float>(release_) : 1.0f;
  release_left_ = frames;
  release_ = static_cast<std::int64_t>(static_cast<float>(frames) / level);
}

/// The level of its beginning, its end, its release; then it is over where the line has come.
void TransitionVoice::edges(Stereo* to, const Stretch& stretch) {
  const Manner own = manner(setting_.kind);
  const int n = stretch.frames;
  const std::int64_t left = stretch.left - n;
  if (released()) release_left_ = std::max<std::int64_t>(0, release_left_ - n);
  age_ += n;
  const auto share = [&](std::int64_t frames, double seconds) {
    return std::clamp(static_cast<float>(frames) / static_cast<float>(seconds * rate_), 0.0f, 1.0f);
  };
  float level = std::min(share(age_, own.attack), share(left, own.end));
  if (released()) level *= static_cast<float>(release_left_) / static_cast<float>(release_);
  const float gain = own.level * setting_.strength,
              slope = (level - edge_) / static_cast<float>(std::max(n, 1));
  for (int i = 0; i < n; ++i) {
    edge_ += slope;
    to[i] *= gain * edge_;
  }
  edge_ = level;
  if (left <= 0 || release_left_ == 0) sounds_ = false;
}

void TransitionVoice::render(Stereo* to, const Stretch& stretch) {
  std::fill_n(to, stretch.frames, Stereo{});
  if (stretch.frames > 0) switch (setting_.kind) {
      case EffectKind::noise:
        noise(to, stretch);
        break;
      case EffectKind::glide:
      case EffectKind::climb:
        tones(to, stretch);
        break;
      case EffectKind::down:
        down(to, stretch);
        break;
      case EffectKind::reverse:
        reverse(to, stretch);
        break;
      case EffectKind::impact:
        impact(to, stretch);
        break;
    }
  edges(to, stretch);
}

// --- what moves it

double TransitionVoice::chance(std::uint64_t what) const {
  return draw_part(mix_bits(setting_.draws + what));
}

double TransitionVoice::part(double beat) const { return std::clamp(beat / setting_.beats, 0.0, 1.0); }

/// A cosine in time with the beat: once a beat through the first half, twice, then four times; a fall slows
/// down.
double TransitionVoice::pulse(double beat) const {
  const double whole = setting_.beats;
  if (setting_.kind == EffectKind::down) beat = whole - beat;
  const double turns = beat + std::max(0.0, beat - 0.5 * whole) + 2 * std::max(0.0, beat - 0.75 * whole);
  return sine_of_turns(turns + 0.25);
}

/// Hertz. A glide rests on the root at first and on its octave at last, and quickens between.
double TransitionVoice::pitch_at(double beat) const {
  const double p = part(beat);
  if (setting_.kind == EffectKind::down) return pitch_.at((1 - p) * std::sqrt(1 - p));
  const double x = std::clamp((p - 0.06) / 0.89, 0.0, 1.0);
  return pitch_.at(x * std::sqrt(x));
}

// --- the kinds

void TransitionVoice::noise(Stereo* to, const Stretch& stretch) {
  const double p = part(stretch.to), way = p + wobble_ / brightness_.octaves * (1 - p) * pulse(stretch.to);
  const auto gain = [&](double beat) {
    const double q = part(beat), pumped = 1 - pump_ * 4 * q * (1 - q) * (0.5 + 0.5 * pulse(beat));
    return level_of(5 * (1 - q) * (1 - 0.6 * q)) * static_cast<float>(pumped);
  };
  NoiseSweep::Setting s;
  s.high_hertz = brightness_.at(way);
  s.low_hertz = 60 * exp2_exact(4.5 * p * p);
  s.damping = damping_;
  s.jet_seconds = jet_.at(p);
  s.jet = static_cast<float>(0.6 - 0.25 * p);
  // A band's power grows with its width; the rise is to be ours.
  const auto width = static_cast<float>(std::sqrt(2'000 / s.high_hertz));
  s.gain = {width * gain(stretch.from), width * gain(stretch.to)};
  sweep_.render(to, stretch.frames, s);
}

void TransitionVoice::saws(Stereo* to, int n, const Tones& tones, Ramp gain) {
  Stereo stack[kQuantum] = {};
  first_.render(stack, n, *table_, tones.pitch / rate_, tones.cents, {1, 1});
  second_.render(stack, n, *table_, tones.pitch * tones.second / rate_, 0.7 * tones.cents,
                 {tones.blend, tones.blend});
  const auto corner = [&](double hertz) { return tangent(kPi * std::min(hertz / rate_, 0.45)); };
  const SvfShape thin = SvfShape::of(corner(tones.low_hertz), 1.2),
                 dull = SvfShape::of(corner(tones.high_hertz), 0.9);
  const float slope = (gain.to - gain.from) / static_cast<float>(n);
  for (int i = 0; i < n; ++i) {
    const auto lows = thin_.tick(stack[i], thin);
    const Stereo x = stack[i] - thin.k * lows.band - lows.low;
    to[i] += (gain.from + slope * static_cast<float>(i + 1)) * dull_.tick(x, dull).low;
  }
}

void TransitionVoice::tones(Stereo* to, const Stretch& stretch) {
  const double p = part(stretch.to);
  const int n = stretch.frames;
  const bool climbs = setting_.kind == EffectKind::climb;
  double pitch = pitch_at(stretch.to);
  const double before = accent_;
  if (climbs) {
    const Climb::Step step = climb_.at(stretch.to);
    const double target = semitones_of(setting_.mode, step.number * 7 * octaves_ / climb_.steps());
    semitones_ = approach(semitones_, target, n, 0.005, rate_);
    accent_ = approach(accent_, 1 - 0.4 * step.part, n, 0.004, rate_);
    pitch = root_hertz_ * exp2_exact(semitones_ / 12);
  }
  const auto gain = [&](double beat, double accent) {
    const double q = part(beat),
                 pumped = climbs ? accent : 1 - pump_ * 2 * q * (1 - q) * (0.5 + 0.5 * pulse(beat));
    return level_of(5.5 * (1 - q)) * static_cast<float>(pumped);
  };
  const double bright =
      brightness_.at(0.2 + 0.8 * p + 0.5 * wobble_ / brightness_.octaves * (1 - p) * pulse(stretch.to));
  const Ramp level{gain(stretch.from, before), gain(stretch.to, accent_)};
  saws(to, n,
       {pitch, climbs ? 0.5 : 1.5, climbs ? 0.7f : 0.6f, 14 + 6 * p, (0.3 + 1.3 * p) * pitch,
        std::max(bright, 1.5 * pitch)},
       level);
  NoiseSweep::Setting air;
  air.high_hertz = kBrightest;
  air.low_hertz = 0.5 * bright;
  air.jet_seconds = jet_.at(p);
  air.jet = 0.4f;
  const auto breath = static_cast<float>(0.25 * p);
  air.gain = {breath * level.from, breath * level.to};
  sweep_.render(to, n, air);
}

void TransitionVoice::down(Stereo* to, const Stretch& stretch) {
  const double p = part(stretch.to), fall = (1 - p) * std::sqrt(1 - p);
  const auto gain = [&](double beat) {
    const double q = part(beat), pumped = 1 - pump_ * 4 * q * (1 - q) * (0.5 + 0.5 * pulse(beat));
    return level_of(4 * q) * static_cast<float>((1 - q) * pumped);
  };
  const double bright =
      brightness_.at(fall + wobble_ / brightness_.octaves * p * (1 - p) * pulse(stretch.to));
  NoiseSweep::Setting s;
  s.high_hertz = bright;
  s.low_hertz = 40 * exp2_exact(4 * fall);
  s.damping = damping_;
  s.jet_seconds = jet_.at(fall);
  s.jet = 0.45f;
  const auto width = static_cast<float>(std::sqrt(2'000 / bright));
  const Ramp level{gain(stretch.from), gain(stretch.to)};
  s.gain = {width * level.from, width * level.to};
  sweep_.render(to, stretch.frames, s);
  const Ramp tone{0.35f * level.from, 0.35f * level.to};
  const double pitch = pitch_at(stretch.to);
  saws(to, stretch.frames, {pitch, 1.5, 0.5f, 12, 0.3 * pitch, std::max(0.6 * bright, 2 * pitch)}, tone);
}

void TransitionVoice::reverse(Stereo* to, const Stretch& stretch) {
  const double p = part(stretch.to), far = 1 - p;
  metal_.render(to, stretch.frames, 0.06f * level_of(5.5 * far), 0.95f * level_of(0.55 * far), age_ == 0);
  const auto gain = [&](double beat) { return 0.7f * level_of(9 * (1 - part(beat))); };
  NoiseSweep::Setting s;
  s.high_hertz = brightness_.at(0.25 + 0.75 * p);
  s.low_hertz = 700 * exp2_exact(1.5 * p);
  s.damping = 1.2;
  s.jet_seconds = 0.0023 * exp2_exact(-1.3 * p);
  s.jet = 0.25f;
  s.gain = {gain(stretch.from), gain(stretch.to)};
  sweep_.render(to, stretch.frames, s);
}

/// It rings by the clock; its line only bounds it.
void TransitionVoice::impact(Stereo* to, const Stretch& stretch) {
  const int n = stretch.frames;
  const double from = static_cast<double>(age_) / rate_, until = from + static_cast<double>(n) / rate_;
  const auto tail = [&](double beat) { return static_cast<float>(std::min(1.0, 3 * (1 - part(beat)))); };
  const auto crash = [&](double seconds) { return level_of(kSixty / kCrashTime * seconds); };
  metal_.render(to, n, 0.05f * crash(until), level_of(0.2 * until), age_ == 0);
  const auto burst = [&](double seconds) {
    return 0.55f * level_of(kSixty / kBurstTime * seconds) + 0.5f * level_of(seconds / 0.02);
  };
  NoiseSweep::Setting s;
  s.high_hertz = brightness_.at(1 - 0.5 * std::min(1.0, until / kBurstTime));
  s.low_hertz = 350;
  s.damping = 1.3;
  s.jet_seconds = 0.0009;
  s.jet = 0.2f;
  s.gain = {burst(from), burst(until)};
  sweep_.render(to, n, s);

  const double root = root_hertz_ * (root_hertz_ < 152 ? 0.5 : 0.25);  // 38 to 76 Hz
  const auto hertz = [&](double seconds) {
    return root * (1 + 2.5 * static_cast<double>(level_of(seconds / 0.03)));
  };
  const auto boom = [&](double seconds) { return 1.5f * level_of(kSixty / kBoomTime * seconds); };
  const double low = hertz(from), bend = (hertz(until) - low) / n;
  const Ramp swell{boom(from), boom(until)}, fade{tail(stretch.from), tail(stretch.to)};
  for (int i = 0; i < n; ++i) {
    const float part = static_cast<float>(i + 1) / static_cast<float>(n);
    boom_ += (low + bend * (i + 0.5)) / rate_;
    const float y = (swell.from + part * (swell.to - swell.from)) * static_cast<float>(sine_of_turns(boom_));
    to[i] = (fade.from + part * (fade.to - fade.from)) * (to[i] + stereo(y, y));
  }
  if (crash(until) < kInaudible && boom(until) < kInaudible) sounds_ = false;
}

}  // namespace entrain
