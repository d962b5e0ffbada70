// An analysis comes back from its bytes as it was, and nothing else comes back as an analysis.
#include "engine/library/store/analysis_bytes.h"

#include <sys/resource.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "tests/support/library_sounds.h"
#include "tests/support/sanitized.h"

using namespace entrain;
using namespace entrain::test;

namespace {

void check_same(const Analysis& a, const Analysis& b) {
  CHECK(a.seconds == b.seconds);
  CHECK(a.tempo.bpm == b.tempo.bpm);
  CHECK(a.tempo.confidence == b.tempo.confidence);
  CHECK(a.tempo.beats == b.tempo.beats);
  REQUIRE(a.tempo.others.size() == b.tempo.others.size());
  for (std::size_t i = 0; i < a.tempo.others.size(); ++i)
    CHECK(a.tempo.others[i].bpm == b.tempo.others[i].bpm);
  CHECK(a.beats.seconds == b.beats.seconds);
  CHECK(a.beats.even == b.beats.even);
  CHECK(a.beats.first_downbeat == b.beats.first_downbeat);
  CHECK(a.beats.confidence == b.beats.confidence);
  CHECK(a.beats.downbeat_confidence == b.beats.downbeat_confidence);
  CHECK(a.key.has_key == b.key.has_key);
  CHECK(a.key.best.key == b.key.best.key);
  CHECK(a.key.best.confidence == b.key.best.confidence);
  CHECK(a.key.others.size() == b.key.others.size());
  CHECK(a.key.cents == b.key.cents);
  REQUIRE(a.onsets.size() == b.onsets.size());
  for (std::size_t i = 0; i < a.onsets.size(); ++i) {
    CHECK(a.onsets[i].seconds == b.onsets[i].seconds);
    CHECK(a.onsets[i].strength == b.onsets[i].strength);
    CHECK(a.onsets[i].low == b.onsets[i].low);
    CHECK(a.onsets[i].kick == b.onsets[i].kick);
  }
  CHECK(a.loudness.integrated == b.loudness.integrated);
  CHECK(a.loudness.range == b.loudness.range);
  CHECK(a.loudness.true_peak == b.loudness.true_peak);
  CHECK(a.energy == b.energy);
  for (std::size_t k = 0; k < a.bands.size(); ++k) {
    CHECK(a.bands[k].count == b.bands[k].count);
    CHECK(a.bands[k].hertz == b.bands[k].hertz);
    CHECK(a.bands[k].energy == b.bands[k].energy);
  }
  CHECK(a.fingerprint == b.fingerprint);
  CHECK(a.descriptors == b.descriptors);
  REQUIRE(a.hit.has_value() == b.hit.has_value());
  if (a.hit) {
    CHECK(a.hit->hit == b.hit->hit);
    CHECK(a.hit->chances == b.hit->chances);
  }
  REQUIRE(a.thumbnail.levels.size() == b.thumbnail.levels.size());
  for (std::size_t i = 0; i < a.thumbnail.levels.size(); ++i)
    REQUIRE(std::abs(a.thumbnail.levels[i] - b.thumbnail.levels[i]) <= 0.5f / 255 + 1e-6f);
  REQUIRE(a.overview.size() == b.overview.size());
  for (std::size_t i = 0; i < a.overview.size(); ++i) {
    REQUIRE(std::abs(a.overview[i].low - b.overview[i].low) <= 0.5f / 127 + 1e-6f);
    REQUIRE(std::abs(a.overview[i].high - b.overview[i].high) <= 0.5f / 127 + 1e-6f);
  }
}

}  // namespace

TEST_CASE("an analysis comes back from its bytes") {
  for (const auto& sound : {a_loop(), a_hit(), silence(1), std::vector<float>{0.5f}}) {
    const Analysis analysis = analyse(as_pcm(sound));
    const auto back = analysis_from(analysis_bytes(analysis));
    REQUIRE(back);
    check_same(analysis, *back);
  }
}

TEST_CASE("bytes of an analysis that were damaged anywhere are refused") {
  const std::string bytes = analysis_bytes(analyse(as_pcm(a_hit())));
  REQUIRE(analysis_from(bytes));
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 16);
    REQUIRE_FALSE(analysis_from(damaged));
    REQUIRE_FALSE(analysis_from(std::string_view(bytes).substr(0, at)));
  }
}

TEST_CASE("an analysis that says what none says is refused") {
  const Analysis good = analyse(as_pcm(a_loop()));
  const auto refused = [&](auto change) {
    Analysis bad = good;
    change(bad);
    return !analysis_from(analysis_bytes(bad));
  };
  constexpr auto kNan = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(refused([](Analysis&) {}));
  CHECK(refused([](Analysis& a) { a.tempo.bpm = kNan; }));
  CHECK(refused([](Analysis& a) { a.tempo.bpm = -1; }));
  CHECK(refused([](Analysis& a) { a.tempo.bpm = 10'000; }));
  CHECK(refused([](Analysis& a) { a.key.best.key.root = 12; }));
  CHECK(refused([](Analysis& a) { a.beats.first_downbeat = 8; }));
  CHECK(refused([](Analysis& a) { std::swap(a.beats.seconds[0], a.beats.seconds[1]); }));
  CHECK(refused([](Analysis& a) { std::swap(a.onsets[0], a.onsets[1]); }));
  CHECK(refused([](Analysis& a) { a.onsets[0].strength = 2; }));
  CHECK(refused([](Analysis& a) { a.descriptors[3] = static_cast<float>(kNan); }));
  CHECK(refused([](Analysis& a) { a.fingerprint[3] = std::numeric_limits<float>::infinity(); }));
  CHECK(refused([](Analysis& a) { a.energy = 11; }));
  CHECK(refused([](Analysis& a) { a.hit = HitSuggestion{static_cast<HitClass>(9), 1, {}}; }));
  CHECK(refused([](Analysis& a) { a.thumbnail.width = 99; }));
  CHECK(refused([](Analysis& a) { a.loudness.integrated = -71; }));
}

TEST_CASE("counts that no bytes follow cost no memory") {
  const auto most_resident = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;  // KiB
  };
  const std::string bytes = analysis_bytes(analyse(as_pcm(a_hit())));
  const auto before = most_resident();
  for (std::size_t at = 0; at + 12 < bytes.size(); ++at) {
    std::string liar = bytes;
    const std::uint32_t many = 16'000'000;  // levels of a picture: as many as there may be, nearly
    std::memcpy(liar.data() + at, &many, sizeof many);
    static_cast<void>(analysis_from(rehashed(liar)));
  }
  constexpr long kMost = kSanitized ? 1 << 20 : 32 << 10;  // AddressSanitizer keeps what is freed for a while
  CHECK(most_resident() - before < kMost);
}
