// A rig for one unit of the rack alone: a context, parameters and buses that a seed fills, quantum after quantum.
#pragma once

#include <memory>
#include <vector>

#include "engine/core/hash.h"
#include "tests/support/rig.h"
#include "tests/support/shapes.h"

namespace entrain::test {

/// Feeds what the rest of the rack would have fed: events on the unit's controls, triggers, sound on the buses it
/// may read, a beat that starts, stops and changes tempo, versions that come and go.
template <class Unit>
class UnitRig {
 public:
  explicit UnitRig(int rate = 48'000) : rate_(rate), catalogue_(std::span(&section_, 1)) {
    parameters_.prepare(catalogue_, rate);
    unit_.prepare(rate);
    for (int v = 0; v < 4; ++v) versions_.push_back(make_version(v));
  }

  void reset() {
    unit_.reset();
    parameters_.reset();
    buses_.reset();
    hash_ = {};
    wrote_ = false;
    frame_ = Frame(0);
    timeline_ = {Beat(0), Frame(0), rate_, Tempo{}, Tempo{}, 0};
    reached_ = Beat(0);
    running_ = false;
    current_ = 0;
  }
  void storm(std::uint64_t seed, int quanta) {
    for (int q = 0; q < quanta; ++q) quantum(mix_bits(mix_bits(seed) + static_cast<std::uint64_t>(q)));
  }

  std::uint64_t checksum() const { return hash_.value(); }
  bool wrote() const { return wrote_; }  ///< something sounded or was triggered

 private:
  std::unique_ptr<const Performance> make_version(int v) {
    auto p = std::make_unique<Performance>();
    p->epoch = static_cast<std::uint64_t>(v + 1);
    for (int t = 0; t < kTracks; t += 1 + v % 2)
      p->tracks[static_cast<std::size_t>(t)] =
          make_track({make_noise(3'000 + 500 * t, 0.3f), make_sine(900, 0.02, 0.5f)}, "1010011", 1 + (t + v) % 5, 1 + t % 3);
    for (int d = 0; d < kDecks; ++d)
      if ((d + v) % 3 != 0) p->decks[static_cast<std::size_t>(d)] = loops_[static_cast<std::size_t>((d + v) % 2)];
    if (v % 2 != 0) p->transition = random_transition(static_cast<std::uint64_t>(v), static_cast<std::uint64_t>(v), 4 * v);
    return p;
  }

  void quantum(std::uint64_t b) {
    const auto chance = [&](std::uint64_t salt, std::uint64_t one_in) { return mix_bits(b + salt) % one_in == 0; };
    context_.before = versions_[static_cast<std::size_t>(current_)].get();
    if (chance(1, 150)) current_ = static_cast<int>(mix_bits(b + 2) % versions_.size());
    context_.current = versions_[static_cast<std::size_t>(current_)].get();
    if (chance(3, 400)) {
      running_ = !running_;
      timeline_ = {Beat(0), frame_, rate_, timeline_.to, timeline_.to, 0};
      reached_ = Beat(0);
    }
    if (chance(4, 100)) timeline_ = timeline_.turned(frame_, Tempo::nearest(20 + static_cast<double>(mix_bits(b + 5) % 300)), 0);
    context_.frame = frame_;
    context_.running = context_.rolling = running_;
    context_.timeline = timeline_;
    context_.begin = context_.end = Beat(0);
    if (running_) {
      context_.begin = reached_;
      context_.end = reached_ = std::max(reached_, timeline_.beat_at(frame_ + (kQuantum - 1)) + Beat(1));
    }
    context_.adopted_from = context_.begin;
    context_.seed = 3;
    context_.end_notes = chance(6, 300);
    context_.silence = chance(7, 900);
    context_.kernels = &kernels_for(Isa::baseline);
    context_.triggers = &triggers_;
    context_.moves = &moves_;
    context_.lead = 3'000;
    context_.reports = &reports_;
    triggers_.clear();
    reports_.clear();
    buses_.clear();
    draw_events(b);
    draw_signals(b);
    draw_moves(b);
    parameters_.advance(frame_);
    unit_.process(context_, Controls(parameters_, section_), buses_);
    count();
    frame_ = frame_ + kQuantum;
  }

  void draw_events(std::uint64_t b) {
    applied_.clear();
    const int count = catalogue_.size() > 0 && mix_bits(b + 10) % 8 == 0 ? static_cast<int>(1 + mix_bits(b + 11) % 6) : 0;
    for (int i = 0; i < count; ++i) {
      const std::uint64_t e = mix_bits(b + 20 + static_cast<std::uint64_t>(i));
      const ControlId control{static_cast<std::uint16_t>(e % catalogue_.size())};
      const ControlRow& row = catalogue_.row(control);
      const double value = catalogue_.clamp(control, row.min + static_cast<double>(e >> 40) / 16777216.0 * (row.max - row.min));
      if (row.flags & kPrepared) {
        const Due due{true, {}, Meter{}.next_line(reached_ + Beat::beats(1), Grid::beat)};
        if constexpr (requires { unit_.announce(Announcement{}, Controls(parameters_, section_)); })
          unit_.announce({control, value, due}, Controls(parameters_, section_));
      }
      if (row.kind != Kind::trigger) parameters_.set(control, value, frame_, frame_);
      const auto offset = static_cast<int>(e >> 20 & 31);
      const Beat beat = running_ ? std::max(context_.begin, timeline_.beat_at(frame_ + (offset - 1)) + Beat(1)) : Beat(0);
      applied_.push_back({control, offset, value, beat});
    }
    std::stable_sort(applied_.begin(), applied_.end(), [](auto& x, auto& y) { return x.offset < y.offset; });
    context_.events = applied_;
  }

  /// What the stitcher does to decks and strips.
  void draw_moves(std::uint64_t b) {
    moves_ = {};
    if (Unit::place == Place::sequence) return;
    const auto part = [&](std::uint64_t n) { return static_cast<float>(mix_bits(b + 60 + n) % 1000) / 999; };
    for (std::size_t d = 0; d < kDecks; ++d) {
      const std::uint64_t spell = mix_bits(static_cast<std::uint64_t>(frame_.index / kQuantum / 512) * 8 + d);
      if (spell % 3 == 0) moves_.strips[d] = {part(d), {part(d + 4), 1, part(d + 8)}, part(d + 12) - 0.5f, {part(d + 16), 0}};
      const Beat at = Beat::beats(static_cast<std::int64_t>(spell >> 8) % 64);
      if (spell % 5 == 0) moves_.orders[d].launch = DeckOrder::Launch{at, at};
      if (spell % 7 == 0) moves_.orders[d].stop = at;
      moves_.under[d] = static_cast<std::int8_t>(static_cast<int>(spell % 5) - 1);
    }
    moves_.sides = {part(20), part(21)};
  }

  void draw_signals(std::uint64_t b) {
    if (Unit::place == Place::sequence) return;
    for (int i = 0; Unit::place == Place::source && i < static_cast<int>(mix_bits(b + 40) % 12) - 6; ++i) {
      const std::uint64_t t = mix_bits(b + 41 + static_cast<std::uint64_t>(i));
      triggers_.add({sound_.get(), 1, static_cast<std::int16_t>(t % kTracks), static_cast<std::int16_t>(t >> 8 & 31), 0.5f});
    }
    if (Unit::place == Place::source) return;
    for (int place = 0; place < Buses::kCount; ++place) {
      const auto bus = static_cast<Bus>(place);
      // What a unit at this place finds written, sometimes; the sums of the end of the path, always.
      const bool end = bus == Bus::master || bus == Bus::cue;
      const std::uint64_t spell = mix_bits(static_cast<std::uint64_t>(frame_.index / kQuantum / 64) * 64 + static_cast<std::uint64_t>(place));
      if (!end && spell % 2 == 0) continue;
      const float level = spell % 3 == 0 ? 2.0f : 0.2f;
      for (int i = 0; i < kQuantum; ++i) {
        const std::uint64_t n = mix_bits(b + 1000 * static_cast<std::uint64_t>(bus) + static_cast<std::uint64_t>(i));
        buses_.left(bus)[i] = level * (static_cast<float>(n & 0xffffff) / 8388608.0f - 1);
        buses_.right(bus)[i] = level * (static_cast<float>(n >> 32 & 0xffffff) / 8388608.0f - 1);
      }
      buses_.mark(bus);
    }
  }

  void count() {
    for (int bus = 0; bus < Buses::kCount; ++bus) {
      if (!buses_.live(Bus{}, bus)) continue;
      for (const float* channel : {buses_.left(Bus{}, bus), buses_.right(Bus{}, bus)})
        for (int i = 0; i < kQuantum; ++i) {
          hash_.word(std::bit_cast<std::uint32_t>(channel[i]));
          wrote_ = wrote_ || channel[i] != 0.0f;
        }
    }
    for (const Trigger& t : triggers_.items()) {
      hash_.word(static_cast<std::uint64_t>(t.track) << 16 | static_cast<std::uint64_t>(t.offset));
      wrote_ = true;
    }
    if (Unit::place == Place::sequence)
      for (std::size_t d = 0; d < kDecks; ++d) {
        hash_.word(std::bit_cast<std::uint32_t>(moves_.strips[d].gain)).word(std::bit_cast<std::uint32_t>(moves_.sides[d / 2]));
        if (const auto& launch = moves_.orders[d].launch) hash_.word(static_cast<std::uint64_t>(launch->at.ticks));
        wrote_ = wrote_ || moves_.orders[d].launch || moves_.sides[0] != moves_.sides[1];
      }
    for (const Report& r : reports_.items()) hash_.word(static_cast<std::uint64_t>(r.frame.index)).word(static_cast<std::uint64_t>(r.step));
    if constexpr (requires { unit_.observe(shown_); }) {
      shown_ = {};
      shown_.oldest_epoch = 99;
      unit_.observe(shown_);
      hash_.word(shown_.stolen).word(shown_.late).word(static_cast<std::uint64_t>(shown_.voices)).word(shown_.oldest_epoch);
      hash_.word(std::bit_cast<std::uint32_t>(shown_.true_peak)).word(std::bit_cast<std::uint32_t>(shown_.limiter_gain));
      hash_.word(std::bit_cast<std::uint32_t>(shown_.loudness));
      for (const float peak : shown_.tracks) hash_.word(std::bit_cast<std::uint32_t>(peak));
      for (const auto& d : shown_.decks) hash_.word(std::bit_cast<std::uint64_t>(d.beat));
    }
  }

  static constexpr Section section_{Unit::rows, Unit::instances, 0};
  const int rate_;
  const Catalogue catalogue_;
  Unit unit_;
  Parameters parameters_;
  Buses buses_;
  Context context_;
  Triggers triggers_;
  DeckMoves moves_;
  Reports reports_;
  Snapshot shown_;
  std::vector<Applied> applied_;
  const std::shared_ptr<const Asset> sound_ = make_noise(5'000, 0.4f);
  const std::array<std::shared_ptr<const DeckDocument>, 2> loops_{make_deck(make_noise(48'000, 0.4f), 2),
                                                                  make_deck(make_sine(33'075, 0.01, 0.4f), 1)};
  std::vector<std::unique_ptr<const Performance>> versions_;
  int current_ = 0;
  Frame frame_;
  Timeline timeline_{Beat(0), Frame(0), rate_, Tempo{}, Tempo{}, 0};
  Beat reached_;
  bool running_ = false;
  Hash64 hash_;
  bool wrote_ = false;
};

}  // namespace entrain::test
