// The set's hits, grouped anew while it plays.
#include "control/stage/regroup.h"

#include <algorithm>

#include "control/stage/set_store.h"
#include "tests/support/library_sounds.h"
#include "tests/support/theatre.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

/// Three kicks and three hats; in two clusters that mix them, but for one more that lean to either.
struct Kit : TempDir {
  Kit() {
    for (int i = 0; i < 3; ++i) {
      auto kick = silence(0.4), hat = silence(0.2);
      add_kick(kick, 0.01, 0.6 + 0.1 * i);
      add_hat(hat, 0.01, 0.5 + 0.1 * i);
      write_sound(path / ("kick" + std::to_string(i) + ".wav"), kFloatWav, kSoundRate, 1, kick);
      write_sound(path / ("hat" + std::to_string(i) + ".wav"), kFloatWav, kSoundRate, 1, hat);
    }
  }
  Result<Regrouped> group(const std::vector<SetFile::ClusterText>& old, std::optional<int> k,
                          const std::optional<fs::path>& folder = {}) {
    return regroup(old, folder, k, sounds);
  }

  WorkerPool workers{{{ENTRAIN_BAD_WORKER, "real"}}};
  Sounds sounds{workers, kTheatreRate, {path}};
  const std::vector<SetFile::ClusterText> mixed{{"high", {"hat0.wav", "hat1.wav", "kick0.wav"}, {}},
                                                {"low", {"kick1.wav", "kick2.wav", "hat2.wav"}, {}}};
};

Names sorted(Names names) {
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE("what sounds alike comes together, under the name of the cluster it is most like", "[regroup]") {
  Kit kit;
  for (const std::optional<int> k : {std::optional(2), std::optional<int>()}) {
    const auto groups = kit.group(kit.mixed, k);
    REQUIRE(groups);
    REQUIRE(groups->texts.size() == 2);
    CHECK(groups->texts[0].name == "high");
    CHECK(sorted(groups->texts[0].samples) == Names{"hat0.wav", "hat1.wav", "hat2.wav"});
    CHECK(groups->texts[1].name == "low");
    CHECK(sorted(groups->texts[1].samples) == Names{"kick0.wav", "kick1.wav", "kick2.wav"});
    CHECK(groups->heirs == std::map<std::string, std::string>{{"high", "high"}, {"low", "low"}});
    CHECK(groups->clusters.at("low")->samples.size() == 3);
    CHECK(groups->clusters.at("low")->neighbours.size() == 6);
  }
}

TEST_CASE("fewer clusters take in the tracks of all, more are named after what they hold", "[regroup]") {
  Kit kit;
  const auto one = kit.group(kit.mixed, 1);
  REQUIRE(one);
  CHECK(one->texts.size() == 1);
  CHECK(one->heirs.at("high") == one->heirs.at("low"));
  const auto six = kit.group(kit.mixed, 6);
  REQUIRE(six);
  CHECK(six->texts.size() == 6);
  CHECK(six->clusters.contains("high"));
  CHECK(six->clusters.contains("low"));
}

TEST_CASE("a folder's sounds take the place of the set's", "[regroup]") {
  Kit kit;
  const std::vector<SetFile::ClusterText> old{{"boom", {"kick0.wav"}, {}},
                                              {"tick", {"hat0.wav", "hat0.wav"}, {}}};
  const auto groups = kit.group(old, 2, kit.path);
  REQUIRE(groups);
  CHECK(groups->heirs == std::map<std::string, std::string>{{"boom", "boom"}, {"tick", "tick"}});
  CHECK(groups->clusters.at("boom")->samples.size() == 3);
  CHECK(groups->texts[0].samples[0] == (kit.path / "kick0.wav").string());
}

TEST_CASE("what cannot be grouped is said, what cannot be loaded is kept for the next time", "[regroup]") {
  Kit kit;
  auto old = kit.mixed;
  old.push_back({"ghost", {"gone.wav"}, {}});
  const auto groups = kit.group(old, 2);
  REQUIRE(groups);
  CHECK(groups->remarks.size() == 1);
  CHECK(groups->texts.size() == 3);
  CHECK(groups->texts[0].name == "ghost");
  CHECK_FALSE(groups->heirs.contains("ghost"));
  CHECK(mentions(kit.group(kit.mixed, 7).error().sentence, "6 sounds cannot make 7"));
  CHECK(mentions(kit.group({}, 2).error().sentence, "has no sounds"));
  CHECK(mentions(kit.group(kit.mixed, 2, kit.path / "nowhere").error().sentence, "not a folder"));
}

TEST_CASE("tracks, scenes and the saved set go on with the new clusters, and undo brings the old ones back",
          "[regroup]") {
  Theatre t;
  auto kick = silence(0.4, kTheatreRate);
  add_kick(kick, 0.01, 0.8, kTheatreRate);
  fs::create_directories(t.path / "kit");
  write_sound(t.path / "kit/boom.wav", kFloatWav, kTheatreRate, 1, kick);
  const auto plays = [&](int track) {
    const auto& now = t.playing().tracks[static_cast<std::size_t>(track)];
    return now && now->cluster ? fs::path(now->cluster->samples[0]->path).filename().string() : std::string();
  };
  REQUIRE(t.perform("/clusters/group", {"1", "kit"}));
  t.until([&] { return plays(0) == "boom.wav" && plays(1) == "boom.wav"; });
  CHECK(t.first_pattern() == "1000");
  REQUIRE(t.perform("/scene/recall", {"Drop", "patterns"}));
  t.until([&] { return t.first_pattern() == "1111"; });
  CHECK(plays(0) == "boom.wav");
  REQUIRE(t.perform("/set/save", {"other.toml"}));
  const auto saved = read_set(t.path / "other.toml");
  INFO((saved ? std::string() : saved.error().sentence));
  REQUIRE(saved);
  CHECK(saved->clusters.size() == 1);
  REQUIRE(t.perform("/undo", {}));
  REQUIRE(t.perform("/undo", {}));
  t.until([&] { return plays(0) == "a.wav" && plays(1) == "b.wav"; });
  REQUIRE(t.perform("/track/1/cluster", {"hat"}));
  t.until([&] { return plays(0) == "b.wav"; });
  CHECK(mentions(t.perform("/clusters/group", {"none"}).error().sentence, "1 to 256, or auto"));
}
