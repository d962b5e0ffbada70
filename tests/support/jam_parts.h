// What a jam is made of, drawn from a seed: sounds, patterns, loops.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/core/catalogue.h"
#include "engine/core/events.h"
#include "engine/core/hash.h"
#include "engine/core/performance.h"
#include "tests/support/random_pattern.h"
#include "tests/support/shapes.h"

namespace entrain {

/// Sets a control at once.
inline Event set_now(const std::string& address, double value) {
  Event event;
  event.control = *catalogue().find(address);
  event.value = value;
  return event;
}

class JamParts {
 public:
  JamParts(std::uint64_t seed, int rate) : random_(seed) {
    for (int i = 0; i < 4; ++i) add_asset("hit" + std::to_string(i) + ".wav", 4000 + 1000 * i, i % 2 == 1);
    for (int i = 0; i < 3; ++i) add_asset("loop" + std::to_string(i) + ".wav", rate + 5000 * i, i % 2 == 0);
  }

  const std::map<std::string, std::shared_ptr<const Asset>>& assets() const { return assets_; }

  /// 0 to n - 1
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n));
  }
  std::shared_ptr<const Track> new_track() {
    Cluster cluster{"hits", {}, {}};
    for (std::int64_t n = 1 + below(3); n-- > 0;) cluster.samples.push_back(asset("hit", below(4)));
    Track track{std::make_shared<const Cluster>(std::move(cluster)), {}};
    for (std::size_t slot = 0; slot < 3; ++slot)
      track.patterns[slot] = std::make_shared<const Pattern>(test::random_pattern(random_()));
    Pattern steady;  // something plays for certain
    steady.steps.resize(static_cast<std::size_t>(1 + below(16)));
    for (Step& step : steady.steps) step.velocity = below(2) == 0 ? 1.0f : 0.0f;
    steady.steps[0].velocity = 1;
    track.patterns[0] = std::make_shared<const Pattern>(std::move(steady));
    return std::make_shared<const Track>(std::move(track));
  }
  std::shared_ptr<const DeckDocument> new_deck() {
    const auto pcm = asset("loop", below(3));
    const double frames = static_cast<double>(pcm->frames());
    Loop loop;
    loop.asset = pcm;
    loop.warp = {{Beat(0), 0}, {Beat::beats(1), frames * (0.4 + 0.01 * static_cast<double>(below(10)))}, {Beat::beats(2), frames}};
    test::decorate(loop, random_());
    return std::make_shared<const DeckDocument>(DeckDocument{std::make_shared<const Loop>(std::move(loop))});
  }
  std::shared_ptr<const Transition> new_transition(std::uint64_t id) {
    return test::random_transition(random_(), id, below(16));
  }

  /// Anything that a surface may ask at a frame, the impossible included.
  Event new_event(Frame now) {
    Event event;
    event.control =
        ControlId{static_cast<std::uint16_t>(below(static_cast<std::int64_t>(catalogue().size())))};
    if (below(3) == 0)
      event.control = *catalogue().find("/deck/" + std::to_string(1 + below(kDecks)) + "/play");
    if (below(20) == 0) event.control = *catalogue().find("/transport/play");
    const ControlRow& row = catalogue().row(event.control);
    event.value = row.min + (row.max - row.min) * static_cast<double>(below(1 << 20)) / (1 << 20);
    const bool louder = row.unit == Unit::decibels && below(4) != 0;
    if (row.address == "/transport/play")
      event.value = below(4) != 0 ? 1 : 0;
    else if (row.kind == Kind::toggle)
      event.value = below(3) == 0 ? 0 : 1;
    else if (louder)
      event.value = std::min(0.0, row.max);
    event.grid = static_cast<Grid>(below(5));
    event.source = static_cast<Source>(below(7));
    event.frame = Frame(below(3) == 0 ? now.index + below(5000) : 0);
    event.glide = below(3) == 0 ? Beat(below(2 * Beat::kPerBeat)) : Beat(0);
    return event;
  }

 private:
  void add_asset(const std::string& path, int frames, bool stereo) {
    Asset asset{path,
                static_cast<std::uint64_t>(frames),
                0,
                std::vector<float>(static_cast<std::size_t>(frames)),
                {}};
    for (float& x : asset.left) x = static_cast<float>(below(2000) - 1000) / 4000.0f;
    if (stereo) asset.right = {asset.left.rbegin(), asset.left.rend()};
    asset.pcm_hash = pcm_hash(asset.left, stereo ? asset.right : asset.left);
    assets_[path] = std::make_shared<const Asset>(std::move(asset));
  }
  std::shared_ptr<const Asset> asset(const char* kind, std::int64_t n) {
    return assets_.at(kind + std::to_string(n) + ".wav");
  }

  std::mt19937_64 random_;
  std::map<std::string, std::shared_ptr<const Asset>> assets_;
};

}  // namespace entrain
