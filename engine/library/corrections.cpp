#include "engine/library/corrections.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

namespace entrain {
namespace {

constexpr double kSlowest = 20, kFastest = 400;
constexpr double kEnd = 0.02;  // seconds: a beat so near to the end is the next round's first
constexpr double kWholeBeats = 0.02;  // of a beat: what is so near to whole beats is cut to them

std::optional<double> number(std::string_view text, double least, double most) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= least && value <= most))
    return std::nullopt;
  return value;
}

/// An even grid over the whole sound that passes through `through`, and begins with it if that lies before.
void lay_grid(Analysis& all, double through) {
  const double period = 60 / all.tempo.bpm;
  const double first = through - period * std::floor(std::max(0.0, through) / period + 1e-9);
  all.beats.seconds.clear();
  for (int k = 0; first + k * period < all.seconds - kEnd; ++k) all.beats.seconds.push_back(first + k * period);
  if (all.beats.seconds.empty()) all.beats.seconds.push_back(first);
  all.beats.even = true;
  all.beats.confidence = 1;
}

bool set_tempo(Analysis& all, std::string_view value) {
  const auto bpm = number(value, kSlowest, kFastest);
  if (!bpm && value != "none") return false;
  const Beats before = all.beats;
  all.tempo = {};
  all.beats = {};
  if (!bpm) return true;
  all.hit.reset();  // what has a tempo is no single hit
  all.tempo.bpm = *bpm;
  all.tempo.confidence = 1;
  const double beats = all.seconds * *bpm / 60;
  if (std::abs(beats - std::round(beats)) <= kWholeBeats)
    all.tempo.beats = static_cast<int>(std::round(beats));
  const auto one = static_cast<std::size_t>(before.first_downbeat);
  const bool known = one < before.seconds.size();
  lay_grid(all, known ? before.seconds[one] : 0);
  if (known) {
    const auto places = all.beats.seconds.size();
    const auto index =
        static_cast<std::size_t>(std::lround((before.seconds[one] - all.beats.seconds.front()) * *bpm / 60));
    all.beats.first_downbeat = static_cast<int>(std::min(index % 4, places - 1));
    all.beats.downbeat_confidence = before.downbeat_confidence;
  }
  return true;
}

bool set_first_beat(Analysis& all, std::string_view value) {
  const auto at = number(value, 0, kLongestSeconds);
  if (!at) return false;
  if (all.tempo.bpm > 0) lay_grid(all, *at);
  return true;
}

bool set_downbeat(Analysis& all, std::string_view value) {
  const auto at = number(value, 0, kLongestSeconds);
  if (!at) return false;
  if (!(all.tempo.bpm > 0)) return true;
  lay_grid(all, *at);
  const double index = (*at - all.beats.seconds.front()) * all.tempo.bpm / 60;
  all.beats.first_downbeat = static_cast<int>(std::lround(index)) % 4;
  if (static_cast<std::size_t>(all.beats.first_downbeat) >= all.beats.seconds.size())
    all.beats.first_downbeat = 0;
  all.beats.downbeat_confidence = 1;
  return true;
}

bool set_key(Analysis& all, std::string_view value) {
  const auto key = key_from(value);
  if (!key && value != "none") return false;
  all.key.has_key = key.has_value();
  all.key.others.clear();
  all.key.best = key ? KeyGuess{*key, 1} : KeyGuess{};
  return true;
}

bool set_loudness(Analysis& all, std::string_view value) {
  const auto lufs = number(value, Loudness::kSilence, 0);
  if (lufs) all.loudness.integrated = *lufs;
  return lufs.has_value();
}

bool set_energy(Analysis& all, std::string_view value) {
  const auto energy = number(value, 0, 10);
  if (energy) all.energy = static_cast<float>(*energy);
  return energy.has_value();
}

bool set_class(Analysis& all, std::string_view value) {
  for (std::size_t c = 0; c < kHitClasses; ++c) {
    if (value != name_of(static_cast<HitClass>(c))) continue;
    HitSuggestion said{static_cast<HitClass>(c), 1, {}};
    said.chances[c] = 1;
    all.hit = said;
    return true;
  }
  if (value == "none") all.hit.reset();
  return value == "none";
}

using Setter = bool (*)(Analysis&, std::string_view);
constexpr std::array<Setter, kCorrectionFields.size()> kSetters{
    set_tempo, set_first_beat, set_downbeat, set_key, set_loudness, set_energy, set_class};

}  // namespace

Result<Correction> correction_from(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = equals == text.npos ? std::string_view() : text.substr(equals + 1);
  std::string names;
  for (std::size_t f = 0; f < kCorrectionFields.size(); ++f) {
    const CorrectionField& field = kCorrectionFields[f];
    names += (names.empty() ? "" : ", ") + std::string(field.name);
    if (name != field.name) continue;
    Analysis trial;
    if (kSetters[f](trial, value)) return Correction{std::string(name), std::string(value)};
    return Error{std::string(name) + " cannot be \"" + std::string(value) + "\"; give " +
                 std::string(field.values) + "."};
  }
  return Error{"\"" + std::string(text) + "\" corrects nothing; write FIELD=VALUE with one of: " + names +
               "."};
}

Analysis corrected(Analysis analysis, std::span<const Correction> corrections) {
  for (std::size_t f = 0; f < kCorrectionFields.size(); ++f)
    for (const Correction& c : corrections)
      if (c.field == kCorrectionFields[f].name) kSetters[f](analysis, c.value);
  return analysis;
}

}  // namespace entrain
