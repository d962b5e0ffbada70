// Laws of what is laid over the headphones: heard there, under their controls, and nowhere else.
#include "control/prehear/cue_player.h"

#include "control/record/journal_reader.h"
#include "control/stage/wires.h"
#include "tests/support/catch.h"
#include "tests/support/rate.h"
#include "tests/support/rig.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;

namespace {

std::shared_ptr<const CueClip> some_clip(std::int64_t frames) {
  auto clip = std::make_shared<CueClip>();
  clip->left = make_noise(frames, 0.3f, 11)->left;
  clip->right = make_noise(frames, 0.3f, 12)->left;
  return clip;
}

/// A short jam with its journal and take; with a clip in the headphones, or without.
struct Jam : TempDir {
  explicit Jam(std::shared_ptr<const CueClip> clip) {
    const EngineConfig config{kRate, 1, Isa::baseline};
    engine.prepare(config);
    auto journal = *JournalWriter::start(path / "jam.journal", header_of_this_process(config, "1", ""));
    auto take = *Take::start(path / "jam.wav", {kRate, 2, WaveFormat::float32, 0});
    Wires wires(engine, kRate, journal.get(), take.get());
    auto producer = wires.make_producer();
    for (const auto& [address, value] : std::vector<std::pair<const char*, double>>{
             {"/transport/play", 1}, {"/metronome/on", 1}, {"/cue/blend", 0.25}, {"/cue/gain", -6}})
      producer.post({id(address), Grid::now, Source::stage, Frame(0), value, {}});
    if (clip) wires.cue_player().play(clip);
    for (int q = 0; q < 3'000; ++q) {
      std::array<std::array<float, kQuantum>, 4> sound{};
      float* out[4] = {sound[0].data(), sound[1].data(), sound[2].data(), sound[3].data()};
      wires.render(out);
      for (std::size_t c = 0; c < 4; ++c) heard[c].insert(heard[c].end(), sound[c].begin(), sound[c].end());
    }
    sum = wires.sum();
    CHECK(journal->stop(engine.frame(), sum).error.empty());
    CHECK(take->stop().error.empty());
    written = read_back(path / "jam.wav").samples;
  }
  Borrowed borrowed;
  Engine& engine = *borrowed;
  std::array<std::vector<float>, 4> heard;
  std::vector<float> written;
  std::uint64_t sum = 0;
};

/// The next quantum of a player; silence where it has none.
std::array<float, kQuantum> next(CuePlayer& player) {
  std::array<float, kQuantum> left{}, right{};
  player.next({left.data(), right.data()});
  return left;
}

}  // namespace

TEST_CASE("what is laid over the headphones reaches no master, no take and no journal") {
  const auto clip = some_clip(kRate);
  const Jam with(clip), without(nullptr);
  CHECK(with.heard[0] == without.heard[0]);
  CHECK(with.heard[1] == without.heard[1]);
  CHECK(with.written == without.written);
  CHECK(with.sum == without.sum);
  CHECK(with.heard[2] != without.heard[2]);
  // Under the gain and blend of the headphones; those take 10 ms to settle, and the clip fades in.
  for (std::size_t i = 4'800; i < 40'000; i += 997)
    CHECK(with.heard[2][i] - without.heard[2][i] ==
          Approx(clip->left[i] * 0.75 * std::pow(10, -6 / 20.0)).margin(1e-4));
  for (std::size_t i = kRate + 64; i < with.heard[2].size(); ++i)
    REQUIRE(with.heard[2][i] == without.heard[2][i]);  // the clip is over
}

TEST_CASE("four times a second a journal says what was heard, so that a follower need not wait longer") {
  const Jam jam(nullptr);
  const auto journal = read_journal(jam.path / "jam.journal");
  REQUIRE(journal);
  const auto sums = std::ranges::count(journal->records, Record::What::checksum, &Record::what);
  CHECK(sums == 3'000 * kQuantum / (kRate / 4) + 1);  // and one at the end
}

TEST_CASE("split, what is laid over the headphones is heard on the left, in mono") {
  Rig rig;
  rig.post("/cue/split", 1);
  rig.run(kRate / 10);
  std::array<float, kQuantum> left, right, cue_left{}, cue_right{};
  left.fill(0.5f);
  right.fill(0.1f);
  rig.engine.lay_over_cue({left.data(), right.data()}, {cue_left.data(), cue_right.data()});
  for (const float x : cue_left) CHECK(x == Approx(0.3));
  for (const float x : cue_right) CHECK(x == 0);
}

TEST_CASE("the engine's headphones at rest let a clip through bit for bit") {
  Rig rig;
  rig.run(kQuantum);
  const auto clip = some_clip(kQuantum);
  std::array<float, kQuantum> cue_left{}, cue_right{};
  rig.engine.lay_over_cue({clip->left.data(), clip->right.data()}, {cue_left.data(), cue_right.data()});
  CHECK(std::equal(cue_left.begin(), cue_left.end(), clip->left.begin()));
  CHECK(std::equal(cue_right.begin(), cue_right.end(), clip->right.begin()));
}

TEST_CASE("a clip goes on where its beginning is, whenever the rest comes") {
  const auto whole = some_clip(4'000);
  auto beginning = std::make_shared<CueClip>(*whole);
  beginning->left.resize(1'500);
  beginning->right.resize(1'500);
  const auto heard = [&](int until_rest) {  // quanta
    CuePlayer player;
    std::vector<float> all;
    if (until_rest >= 0) player.play(beginning);
    for (int q = 0; q < 200; ++q) {
      if (q == until_rest) player.go_on(whole);
      if (q == 0 && until_rest < 0) player.play(whole);
      if (q == until_rest) CHECK(player.position() == std::min(until_rest * kQuantum, 1'500));
      const auto quantum = next(player);
      all.insert(all.end(), quantum.begin(), quantum.end());
    }
    CHECK_FALSE(player.playing());
    CHECK(player.position() == 4'000);
    return all;
  };
  const auto at_once = heard(-1);
  CHECK(heard(0) == at_once);
  CHECK(heard(1) == at_once);
  CHECK(heard(20) == at_once);
  const auto late = heard(60);  // the beginning is over: what follows fades in
  CHECK(std::equal(late.begin(), late.begin() + 1'500, at_once.begin()));
  CHECK(late[1'600] == 0);
  float in = 0, then = 0;  // of the first quantum after it
  for (std::size_t i = 60 * kQuantum; i < 61 * kQuantum; ++i) {
    in += late[i] * late[i];
    then += late[i + 10 * kQuantum] * late[i + 10 * kQuantum];
  }
  CHECK(in < 0.1f * then);
  const std::size_t faded = (60 + 8) * kQuantum, missed = 60 * kQuantum - 1'500;
  CHECK(std::equal(late.begin() + faded, late.begin() + faded + 1'000, at_once.begin() + faded - missed));
}

TEST_CASE("another clip in its place begins anew, though it was told to go on") {
  const auto first = some_clip(1'000);
  const auto second = std::make_shared<CueClip>(CueClip{{1, 1, 1}, {1, 1, 1}});
  CuePlayer player;
  player.play(first);
  next(player);
  player.play(second);
  player.go_on(first);  // before the audio side took what came between
  for (int q = 0; q < 10; ++q) next(player);
  CHECK(player.position() == 9 * kQuantum);  // one went into the fade of what was heard
  for (int q = 0; q < 60; ++q) next(player);
  CHECK(player.position() == 1'000);
  CHECK_FALSE(player.playing());
}

TEST_CASE("a clip fades in, plays through, begins again, and fades out when it is stopped") {
  CuePlayer player;
  CHECK_FALSE(player.playing());
  CHECK(next(player) == std::array<float, kQuantum>{});
  auto ones = std::make_shared<CueClip>();
  ones->left.assign(1'000, 1.0f);
  ones->right = ones->left;
  const std::weak_ptr<const CueClip> watched = ones;
  player.play(ones);
  CHECK(player.playing());
  CHECK(player.position() == 0);
  float before = 0;
  for (int q = 0; q < 8; ++q)
    for (const float x : next(player)) {
      CHECK(x > before - 1e-6f);
      CHECK(x - before < 0.01f);
      before = x;
    }
  CHECK(before == 1);
  CHECK(player.position() == 8 * kQuantum);
  player.play(ones);  // again
  for (int q = 0; q < 8; ++q) before = next(player)[kQuantum - 1];
  CHECK(before == 0);
  next(player);
  CHECK(player.position() == kQuantum);
  for (int q = 0; q < 40; ++q) before = next(player)[0];
  CHECK_FALSE(player.playing());
  CHECK(player.position() == 1'000);
  CHECK(before == 0);

  player.play(std::move(ones));
  for (int q = 0; q < 10; ++q) next(player);
  player.stop();
  CHECK_FALSE(player.playing());
  CHECK(next(player)[kQuantum - 1] == Approx(7 / 8.0));
  for (int q = 0; q < 8; ++q) before = next(player)[0];
  CHECK(before == 0);
  CHECK_FALSE(watched.expired());
  player.stop();  // now that the audio side is done with it
  CHECK(watched.expired());
}
