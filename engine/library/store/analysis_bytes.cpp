#include "engine/library/store/analysis_bytes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "engine/core/hash.h"

namespace entrain {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr double kBeyond = 1e9;  // beyond any value that is measured
constexpr double kLongest = kLongestSeconds + 1;
constexpr double kFastestBeat = 1000;  // BPM
constexpr std::size_t kMostMoments = 200'000, kMostGuesses = 64, kWidestPicture = 4096,
                      kUsual = 20'000;  // bytes of an analysis

std::uint64_t hash_of(std::string_view bytes) {
  return Hash64().add(std::as_bytes(std::span(bytes))).value();
}

class Writer {
 public:
  Writer() { bytes_.reserve(kUsual); }

  template <class T, class Low, class High>
  void number(T& value, Low, High) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  void count(std::vector<T>& list, std::size_t most) {
    if (list.size() > most) list.resize(most);
    auto size = static_cast<std::uint32_t>(list.size());
    number(size, 0, 0);
  }
  void level(float& value, float least) {
    const float held = std::clamp(value, least, 1.0f);
    auto step = static_cast<std::int8_t>(std::floor(least < 0 ? held * 127 + 0.5f : held * 255 - 127.5f));
    number(step, 0, 0);
  }
  std::string take() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads zeros once something was wrong.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T, class Low, class High>
  void number(T& value, Low low, High high) {
    if (bytes_.size() < sizeof value) {
      wrong_ = true;
      bytes_ = {};
      return;
    }
    T read{};
    std::memcpy(&read, bytes_.data(), sizeof read);
    bytes_.remove_prefix(sizeof read);
    if (read >= static_cast<T>(low) && read <= static_cast<T>(high))  // never true of NaN
      value = read;
    else
      wrong_ = true;
  }
  template <class T>
  void count(std::vector<T>& list, std::size_t most) {
    std::uint32_t size = 0;
    number(size, 0, most);
    if (size > bytes_.size()) wrong_ = true;  // every element takes a byte at least
    list.resize(wrong_ ? 0 : size);
  }
  void level(float& value, float least) {
    std::int8_t step = 0;
    number(step, least < 0 ? -127 : -128, 127);
    const auto steps = static_cast<float>(step);
    value = least < 0 ? steps / 127 : (steps + 128) / 255;
  }
  bool whole() const { return !wrong_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool wrong_ = false;
};

// What follows names every field once, for writing and for reading.

template <class Archive>
void part(Archive& a, float& value) {
  a.number(value, 0, 1.0001);
}

template <class Archive>
void flag(Archive& a, bool& value) {
  auto byte = static_cast<std::uint8_t>(value);
  a.number(byte, 0, 1);
  value = byte == 1;
}

template <class Archive>
void guess(Archive& a, TempoGuess& g) {
  a.number(g.bpm, 0, kFastestBeat);
  part(a, g.confidence);
}

template <class Archive>
void guess(Archive& a, KeyGuess& g) {
  a.number(g.key.root, 0, 11);
  flag(a, g.key.minor);
  part(a, g.confidence);
}

template <class Archive>
void tempo_and_beats(Archive& a, TempoReading& tempo, Beats& beats) {
  a.number(tempo.bpm, 0, kFastestBeat);
  part(a, tempo.confidence);
  a.number(tempo.beats, 0, 1'000'000);
  a.count(tempo.others, kMostGuesses);
  for (TempoGuess& g : tempo.others) guess(a, g);
  a.count(beats.seconds, kMostMoments);
  for (double& at : beats.seconds) a.number(at, -kLongest, kLongest);
  flag(a, beats.even);
  part(a, beats.confidence);
  a.number(beats.first_downbeat, 0, 1'000'000);
  part(a, beats.downbeat_confidence);
}

template <class Archive>
void hit_of(Archive& a, std::optional<HitSuggestion>& hit) {
  bool there = hit.has_value();
  flag(a, there);
  if (!there) return;
  if (!hit) hit.emplace();
  auto kind = static_cast<std::uint8_t>(hit->hit);
  a.number(kind, 0, kHitClasses - 1);
  hit->hit = static_cast<HitClass>(kind);
  part(a, hit->confidence);
  for (float& chance : hit->chances) part(a, chance);
}

template <class Archive>
void pictures(Archive& a, Analysis& all) {
  a.number(all.thumbnail.width, 0, kWidestPicture);
  a.number(all.thumbnail.height, 0, kWidestPicture);
  a.count(all.thumbnail.levels, kWidestPicture * kWidestPicture);
  for (float& level : all.thumbnail.levels) a.level(level, 0);
  a.count(all.overview, kWidestPicture);
  for (WaveColumn& column : all.overview) {
    a.level(column.low, -1);
    a.level(column.high, -1);
  }
}

template <class Archive>
void everything(Archive& a, Analysis& all) {
  a.number(all.rate, 0, 1'000'000);
  a.number(all.seconds, 0, kLongest);
  tempo_and_beats(a, all.tempo, all.beats);
  flag(a, all.key.has_key);
  guess(a, all.key.best);
  a.count(all.key.others, kMostGuesses);
  for (KeyGuess& g : all.key.others) guess(a, g);
  a.number(all.key.cents, -50.001, 50.001);
  a.count(all.onsets, kMostMoments);
  for (Onset& onset : all.onsets) {
    a.number(onset.seconds, 0, kLongest);
    part(a, onset.strength);
    part(a, onset.low);
    flag(a, onset.kick);
  }
  a.number(all.loudness.integrated, Loudness::kSilence, 200);
  a.number(all.loudness.range, 0, 200);
  a.number(all.loudness.true_peak, Loudness::kLowestPeak, 200);
  a.number(all.energy, 0, 10);
  for (PeakGroup& group : all.bands) {
    a.number(group.count, 0, 1'000'000);
    a.number(group.hertz, 0, kBeyond);
    part(a, group.energy);
  }
  for (float& value : all.fingerprint) a.number(value, -kBeyond, kBeyond);
  for (float& value : all.descriptors) a.number(value, -kBeyond, kBeyond);
  hit_of(a, all.hit);
  pictures(a, all);
}

template <class T>
void versioned(T& archive, Analysis& all) {
  int version = kAnalysisVersion;
  archive.number(version, kAnalysisVersion, kAnalysisVersion);
  everything(archive, all);
}

/// What hangs together: beats and onsets rise, a picture has its pixels.
bool consistent(const Analysis& all) {
  const Beats& beats = all.beats;
  return std::ranges::is_sorted(beats.seconds) && std::ranges::is_sorted(all.onsets, {}, &Onset::seconds) &&
         (beats.first_downbeat == 0 ||
          static_cast<std::size_t>(beats.first_downbeat) < beats.seconds.size()) &&
         all.thumbnail.levels.size() ==
             static_cast<std::size_t>(all.thumbnail.width) * static_cast<std::size_t>(all.thumbnail.height);
}

}  // namespace

std::string analysis_bytes(const Analysis& analysis) {
  Writer writer;
  Analysis copy = analysis;
  versioned(writer, copy);
  std::string bytes = std::move(writer).take();
  const std::uint64_t hash = hash_of(bytes);
  return bytes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
}

std::optional<Analysis> analysis_from(std::string_view bytes) {
  std::uint64_t hash = 0;
  if (bytes.size() < sizeof hash) return std::nullopt;
  std::memcpy(&hash, bytes.data() + bytes.size() - sizeof hash, sizeof hash);
  bytes.remove_suffix(sizeof hash);
  if (hash != hash_of(bytes)) return std::nullopt;
  Reader reader(bytes);
  std::optional<Analysis> all(std::in_place);
  versioned(reader, *all);
  if (!reader.whole() || !consistent(*all)) all.reset();
  return all;
}

}  // namespace entrain
