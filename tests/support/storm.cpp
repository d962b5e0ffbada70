#include "tests/support/random_pattern.h"
#include "tests/support/storm.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/support/rig.h"
#include "tests/support/shapes.h"

namespace entrain::test {
namespace {

/// What a draw is for; each drop of the storm uses its own number for each.
enum What : std::uint64_t { kMany, kKind, kControl, kValue, kOdd, kGrid, kWhen, kGlide, kPlan, kLine, kMake };

constexpr std::uint64_t kEventsPerQuantum = 256;

double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) / 9007199254740992.0; }

std::shared_ptr<const Asset> make_burst(std::uint64_t seed) {
  const auto frames = static_cast<std::int64_t>(1 + mix_bits(seed) % 30'000);
  const auto decay = 1.0f / static_cast<float>(frames);
  const bool stereo = mix_bits(seed + 1) % 2 == 0;
  const float level = 0.2f + 0.8f * static_cast<float>(unit(mix_bits(seed + 2)));
  const double pitch = 0.001 + 0.2 * unit(mix_bits(seed + 3));
  const bool tonal = mix_bits(seed + 4) % 3 == 0;
  const auto noise = tonal ? make_sine(frames, pitch, level) : make_noise(frames, level, seed);
  auto asset = std::make_shared<Asset>(*noise);
  for (std::size_t i = 0; i < asset->left.size(); ++i) asset->left[i] *= 1.0f - decay * static_cast<float>(i);
  if (stereo) asset->right.assign(asset->left.rbegin(), asset->left.rend());
  return asset;
}

/// A beat of noise hits over a tone, so that onset detectors and phases have something to do.
std::shared_ptr<const Loop> make_storm_loop(std::uint64_t seed, double beats, double bpm, int rate, bool bent) {
  const auto frames = static_cast<std::int64_t>(beats * 60.0 / bpm * rate);
  const std::int64_t hit = std::max<std::int64_t>(1, rate * 15 / static_cast<std::int64_t>(bpm));
  auto asset = std::make_shared<Asset>();
  asset->path = "made by a storm";
  for (std::int64_t i = 0; i < frames; ++i) {
    const auto since = static_cast<float>(i % hit);
    const auto noise = static_cast<float>(mix_bits(seed + static_cast<std::uint64_t>(i)) >> 40) / 8388608.0f - 1.0f;
    const auto tone = static_cast<float>(std::sin(0.02 * static_cast<double>(i)));
    asset->left.push_back(0.2f * tone + 0.6f * noise / (1.0f + 0.01f * since * since));
    asset->right.push_back(0.2f * tone - 0.5f * noise / (1.0f + 0.02f * since));
  }
  auto loop = std::make_shared<Loop>();
  const auto end = static_cast<double>(frames);
  loop->warp = {{Beat(0), 0.0}};
  if (bent) loop->warp.push_back({Beat::nearest(beats / 3), end * 0.4});
  loop->warp.push_back({Beat::nearest(beats), end});
  loop->asset = asset;
  decorate(*loop, seed);
  return loop;
}

}  // namespace

Storm::Storm(std::uint64_t seed, const StormTuning& tuning) : seed_(mix_bits(seed)), tuning_(tuning) {
  for (std::size_t d = 0; d < plays_.size(); ++d) plays_[d] = id("/deck/" + std::to_string(d + 1) + "/play");
  make_sounds();
  make_versions();
}

void Storm::make_sounds() {
  for (std::uint64_t c = 0; c < 6; ++c) {
    Cluster cluster{"storm", {}, {}};
    for (std::uint64_t s = 0; s <= c * 3; ++s) cluster.samples.push_back(make_burst(bits(kMake, 1000 * c + s)));
    if (c == 0) cluster.samples[0] = make_click();
    clusters_.push_back(std::make_shared<const Cluster>(std::move(cluster)));
  }
  for (std::uint64_t t = 0; t < 48; ++t) {
    const std::uint64_t b = bits(kMake, 10'000 + t);
    auto track = std::make_shared<Track>();
    if (b % 9 != 0) track->cluster = clusters_[(b >> 8) % clusters_.size()];
    for (std::uint64_t slot = 0; slot < kSlots; ++slot)
      if (slot < 2 || (b >> (16 + slot)) % 2 != 0)
        track->patterns[slot] = std::make_shared<const Pattern>(random_pattern(mix_bits(b + slot)));
    tracks_.push_back(track);
  }
  decks_.push_back(nullptr);
  decks_.push_back(std::make_shared<const DeckDocument>());
  if (!tuning_.decks) return;
  const double beats[] = {1, 2, 3, 4, 8, 0.25}, tempos[] = {90, 174, 120, 133.7, 100, 128};
  for (std::uint64_t d = 0; d < std::size(beats); ++d) {
    auto document = std::make_shared<DeckDocument>();
    document->loop = make_storm_loop(bits(kMake, 20'000 + d), beats[d], tempos[d], tuning_.rate, d % 3 == 2);
    decks_.push_back(document);
  }
}

void Storm::make_versions() {
  Performance performance;
  for (int v = 0; v < tuning_.versions; ++v) {
    const auto number = static_cast<std::uint64_t>(v) * 64;
    performance.epoch = static_cast<std::uint64_t>(v + 1);
    const std::uint64_t changes = v == 0 ? 20 : bits(kMake, 30'000 + number) % 4;
    for (std::uint64_t c = 0; c < changes; ++c) {
      const std::uint64_t b = bits(kMake, 30'001 + number + c);
      const std::uint64_t place = v == 0 ? c : b % 12 == 0 ? kTracks + (b >> 4) % kDecks : (b >> 4) % kTracks;
      if (place < kTracks) performance.tracks[place] = tracks_[(b >> 8) % tracks_.size()];
      if (place >= kTracks) performance.decks[place - kTracks] = decks_[v == 0 ? 1 + (b >> 8) % (decks_.size() - 1) : (b >> 8) % decks_.size()];
    }
    const std::uint64_t t = bits(kMake, 50'000'000 + number);
    if (t % 4 == 0) performance.transition = random_transition(t, performance.epoch, static_cast<std::int64_t>(t >> 8) % 64);
    if (t % 32 == 1) performance.transition = nullptr;
    const std::uint64_t b = bits(kMake, 40'000'000 + number);
    if (b % 50 == 0) performance.meter = {1 + static_cast<int>((b >> 8) % 7), 1 + static_cast<int>((b >> 16) % 8)};
    versions_.push_back(std::make_unique<const Performance>(performance));
  }
}

std::uint64_t Storm::bits(std::uint64_t what, std::uint64_t number) const {
  return mix_bits(mix_bits(seed_ + what) ^ number);
}

Inputs Storm::next(const Snapshot& now) {
  const auto quantum = static_cast<std::uint64_t>(now.frame.index / kQuantum);
  const std::uint64_t b = bits(kMany, quantum);
  std::size_t count = 0;
  if (b % 4 == 0) count = 1 + (b >> 8) % 4;
  if (b % 64 == 1) count = 20 + (b >> 8) % 30;
  if (b % 512 == 2) count = events_.size();  // a flood
  for (std::size_t i = 0; i < count; ++i) events_[i] = draw_event(quantum * kEventsPerQuantum + i, now);
  if (quantum == 0 || bits(kPlan, quantum) % 24 == 0) draw_schedule(quantum, now);
  return {{events_.data(), count}, offering_ ? &schedule_ : nullptr};
}

ControlId Storm::draw_control(std::uint64_t number) const {
  const std::uint64_t kind = bits(kKind, number) % 1000, b = bits(kControl, number);
  const auto in = [&](std::size_t section) {
    const Section& s = Rack::sections[section];
    return ControlId{static_cast<std::uint16_t>(s.base + b % (s.rows.size() * static_cast<std::size_t>(s.instances)))};
  };
  const Section& transport = Rack::transport();
  if (kind < 20) return ControlId{static_cast<std::uint16_t>(b)};  // mostly nobody's
  if (kind < 110) return transport.id(Transport::tempo);
  if (kind < 170) return transport.id(Transport::play);
  if (tuning_.panics && kind < 173) return transport.id(Transport::panic_notes);
  if (tuning_.panics && kind < 174) return transport.id(Transport::panic_silence);
  if (kind < 188) return plays_[b % kDecks];
  // Launches rarely: they need their time to come, and the last one asked for stands.
  const std::uint64_t section = 1 + bits(kKind, number + (1ull << 60)) % (Rack::kSections - 1);
  const ControlId control = in(section);
  const bool launch = (catalogue().row(control).flags & kPrepared) != 0;
  return launch && b >> 32 & 7 ? in(1) : control;
}

double Storm::draw_value(const ControlRow& row, std::uint64_t number) const {
  constexpr double inf = std::numeric_limits<double>::infinity();
  constexpr double odd[] = {std::numeric_limits<double>::quiet_NaN(), inf,   -inf, 1e300, -1e300,
                            std::numeric_limits<double>::denorm_min(), -0.0, 0.5,  1e-40, -1};
  const std::uint64_t o = bits(kOdd, number);
  if (o % 25 == 0) return odd[(o >> 8) % std::size(odd)];
  const double part = unit(bits(kValue, number));
  if (row.index == Transport::tempo && row.address == "/transport/tempo")
    return tuning_.tempo_low + part * part * part * (tuning_.tempo_high - tuning_.tempo_low);
  if (row.address == "/transport/play") return part < 0.97 ? 1 : 0;
  const bool silences = row.address.ends_with("/mute") || row.address.ends_with("/solo");
  if (row.kind == Kind::toggle) return part < (silences ? 0.2 : 0.8) ? 1 - row.min : 0;
  const double high = 1 - (1 - part) * (1 - part);  // loud more often than soft
  return row.min + high * (row.max - row.min);
}

Event Storm::draw_event(std::uint64_t number, const Snapshot& now) const {
  Event event;
  event.control = draw_control(number);
  event.source = static_cast<Source>(number % 7);
  event.value = catalogue().holds(event.control) ? draw_value(catalogue().row(event.control), number) : 1;
  const std::uint64_t g = bits(kGrid, number), w = bits(kWhen, number), l = bits(kGlide, number);
  if (g % 3 == 0) event.grid = static_cast<Grid>((g >> 8) % 5);
  if (catalogue().holds(event.control) && catalogue().row(event.control).flags & kPrepared)
    event.grid = static_cast<Grid>((g >> 8) % 3);
  if (g % 200 == 1) event.grid = static_cast<Grid>(200);
  if (w % 4 == 0) event.frame = now.frame + static_cast<std::int64_t>((w >> 8) % 6000) - 1000;
  if (w % 300 == 1) event.frame = Frame(w >> 8 & 1 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min());
  if (l % 4 == 0) event.glide = Beat(static_cast<std::int64_t>((l >> 8) % (4 * Beat::kPerBeat)));
  if (l % 300 == 1) event.glide = Beat(l >> 8 & 1 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min());
  return event;
}

/// Boundaries behind, at and ahead of the beat; one version or several; always the newest epochs.
void Storm::draw_schedule(std::uint64_t quantum, const Snapshot& now) {
  const std::uint64_t b = bits(kLine, quantum);
  const int wanted = b % 7 == 0 ? 0 : b % 7 == 1 ? kScheduleRoom : 1 + static_cast<int>((b >> 8) % 3);
  schedule_.serial = quantum + 1;
  schedule_.count = 0;
  Beat boundary = now.beat - Beat(Beat::kPerBeat / 2);
  for (int i = 0; i < wanted && next_version_ < tuning_.versions; ++i) {
    const std::uint64_t e = bits(kLine, (quantum << 8) + static_cast<std::uint64_t>(i) + (1ull << 60));
    boundary = boundary + Beat(static_cast<std::int64_t>(e % (wanted > 4 ? Beat::kPerBeat / 8 : Beat::kPerBeat)));
    Grid grid = i == 0 && e >> 40 & 1 ? Grid::now : static_cast<Grid>(1 + (e >> 48) % 4);
    if (quantum == 0) grid = Grid::now;
    schedule_.entries[static_cast<std::size_t>(schedule_.count++)] = {boundary, grid, versions_[static_cast<std::size_t>(next_version_++)].get()};
  }
  offering_ = true;
}

void StormRide::count(const Outputs& out) {
  loudest_ = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    const auto& channel = sound_[c];
    for (int i = 0; i < kQuantum; i += 2)
      hash_.word(std::uint64_t{std::bit_cast<std::uint32_t>(channel[i])} |
                 std::uint64_t{std::bit_cast<std::uint32_t>(channel[i + 1])} << 32);
    for (const float x : channel) {
      finite_ = finite_ && std::isfinite(x);
      if (c < 2) loudest_ = std::max(loudest_, std::abs(x));
    }
  }
  records_ = out.records;
  for (const Record& r : records())
    hash_.word(static_cast<std::uint64_t>(r.what)).word(static_cast<std::uint64_t>(r.frame.index)).word(r.epoch).word(r.serial);
  for (const Report& r : engine_.reports())
    hash_.word(static_cast<std::uint64_t>(r.frame.index)).word(static_cast<std::uint64_t>(r.step)).word(static_cast<std::uint64_t>(r.sample));
}

}  // namespace entrain::test
