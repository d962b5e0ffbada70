// Laws of the follower: what it renders ahead is what is then played, and it knows when it is not.
#include "control/prehear/follower.h"

#include "tests/support/catch.h"
#include "tests/support/night.h"

using namespace entrain;
using namespace entrain::test;

namespace {

/// A follower of a night, as far as its journal goes.
struct Listener {
  explicit Listener(Night& night) : night_(night), follower(night.loader()) { catch_up(); }
  void catch_up() {
    const std::string& all = night_.journal();
    while (read_ < all.size()) {  // in pieces that end anywhere
      const std::size_t n = std::min<std::size_t>(all.size() - read_, 997);
      const auto understood = follower.read(std::string_view(all).substr(read_, n));
      INFO((understood ? "" : understood.error().sentence));
      REQUIRE(understood);
      read_ += n;
    }
    for (;;) {
      const auto more = follower.advance(1'000);
      INFO((more ? "" : more.error().sentence));
      REQUIRE(more);
      if (!*more) return;
    }
  }
  FutureSpan render(const Conductor::Placed& coming) {
    const auto span = follower.render(coming, [&](auto l, auto r) {
      left.insert(left.end(), l.begin(), l.end());
      right.insert(right.end(), r.begin(), r.end());
    });
    INFO((span ? "" : span.error().sentence));
    REQUIRE(span);
    return *span;
  }
  Night& night_;
  Follower follower;
  std::size_t read_ = 0;
  std::vector<float> left, right;
};

/// Frames from the span's first one on in which the same was heard, bit for bit.
std::int64_t same_frames(const Listener& heard, const Night& night, const FutureSpan& span) {
  const auto from = static_cast<std::size_t>(span.from.index);
  std::size_t i = 0;
  while (i < heard.left.size() && from + i < night.left.size() && heard.left[i] == night.left[from + i] &&
         heard.right[i] == night.right[from + i])
    ++i;
  return static_cast<std::int64_t>(i);
}

/// The first loop plays, with what a performer may have done by then, and the second one has its place.
void second_loop_planned(Night& night, FlowPart second) {
  night.next = night.part(1);
  night.next->tempo = 122;
  night.next->tempo_at_once = true;
  night.run_to(2);
  night.post("/deck/1/gain", -4);
  night.post("/deck/1/eq/low", -6);
  night.post("/crossfader/position", 0.2);
  night.post("/group/2/gain", -2);
  SetParts layer;
  layer.decks[2] = std::make_shared<const DeckDocument>(DeckDocument{night.loop("layer.wav")});
  night.edit(std::move(layer));
  night.post("/deck/3/under", 1);
  night.post("/deck/3/duck/depth", 9);
  night.post("/deck/3/play", 1);
  night.run_to(5);
  night.next = std::move(second);
  night.run_to(8.3);
  REQUIRE(night.conductor.placed());
  REQUIRE_FALSE(night.conductor.placed()->begun);
}

}  // namespace

TEST_CASE("what is heard ahead is what is then played, bit for bit on the decks") {
  for (const auto kind : {TransitionKind::blend, TransitionKind::bass_swap, TransitionKind::filter,
                          TransitionKind::echo_out, TransitionKind::cut}) {
    Night night;
    FlowPart second = night.part(2, kind);
    second.semitones = 2;
    if (kind == TransitionKind::blend) second.tempo = 128;
    if (kind == TransitionKind::filter) second.relaxes_to = 118;
    if (kind == TransitionKind::bass_swap) second.riser = FlowRiser{Beat::beats(4)};
    second_loop_planned(night, second);
    Listener listener(night);
    const FutureSpan span = listener.render(*night.conductor.placed());
    INFO(name_of(kind) << ": from " << span.from.index << ", begins " << span.begins.index << ", ends "
                       << span.ends.index << ", until " << span.until.index);
    REQUIRE(span.until - span.from == static_cast<std::int64_t>(listener.left.size()));
    CHECK(span.from < span.begins);
    CHECK(span.begins < span.ends);
    CHECK(span.ends < span.until);
    CHECK(span.begins - span.from > Night::kRate);

    const auto late = night.now().late;
    night.run_to(26);
    REQUIRE(static_cast<std::int64_t>(night.left.size()) > span.until.index);
    CHECK(night.conductor.playing() == 2);
    CHECK(night.now().late == late);
    // The plan is kept to its end, and here also in the bar after it.
    CHECK(same_frames(listener, night, span) == span.until - span.from);
    CHECK(*std::max_element(listener.left.begin(), listener.left.end()) > 0.01f);
  }
}

TEST_CASE("what is touched before a transition is said to be a change; what the decks do not hear is none") {
  struct Touch {
    const char* address;
    double value;
    const char* said;
  };
  for (const Touch& touch : {Touch{"/transport/tempo", 133, "the tempo was set to 133 BPM"},
                             Touch{"/deck/1/gain", -9, "/deck/1/gain was set to -9 dB"},
                             Touch{"/transition/abort", 1, "/transition/abort was asked for"},
                             Touch{"/track/4/solo", 1, "/track/4/solo was set to 1"}}) {
    Night night;
    second_loop_planned(night, night.part(2));
    Listener watcher(night);
    watcher.follower.expect(*night.conductor.placed());
    night.run_to(9);
    night.post("/cue/gain", -3);
    night.post("/master/gain", -3);
    night.post("/deck/1/cue", 1);
    night.post("/track/1/gain", -3);
    night.post("/bridge/go", 1);
    night.post("/deck/1/gain", -4);  // where it stands
    night.run_to(10);
    watcher.catch_up();
    CHECK(watcher.follower.change().empty());
    night.post(touch.address, touch.value);
    night.run_to(11);
    watcher.catch_up();
    CHECK(watcher.follower.change() == touch.said);
    night.post("/transport/tempo", 99);
    night.run_to(12);
    watcher.catch_up();
    CHECK(watcher.follower.change() == touch.said);  // the first
    watcher.follower.forget();
    CHECK(watcher.follower.change().empty());
  }
}

TEST_CASE("after a change what was heard ahead is not what is played") {
  Night night;
  second_loop_planned(night, night.part(2, TransitionKind::cut));
  Listener listener(night);
  const FutureSpan span = listener.render(*night.conductor.placed());
  night.run_to(10);
  night.post("/transport/tempo", 133);
  night.run_to(18);
  CHECK(same_frames(listener, night, span) < span.begins - span.from);
}

TEST_CASE("another plan is a change, the plan as it was is none") {
  Night night;
  second_loop_planned(night, night.part(2));
  Listener kept(night);
  kept.follower.expect(*night.conductor.placed());
  night.run_to(12);
  kept.catch_up();
  CHECK(kept.follower.change().empty());
  night.next = night.part(3);
  night.run_to(13);
  kept.catch_up();
  CHECK(kept.follower.change() == "what comes next is loop3.wav");

  kept.follower.expect(*night.conductor.placed());
  night.next.reset();
  night.run_to(14);
  kept.catch_up();
  CHECK(kept.follower.change() == "the transition was taken back");
}

TEST_CASE(
    "a plan with its own tempo, a track's pattern and a layer's launch on the bar are no change to it") {
  Night night;
  FlowPart second = night.part(2);
  second.tempo = 126;
  second_loop_planned(night, second);
  SetParts track;
  track.tracks[0] = make_track({night.loop("hit.wav")->asset}, "1010");
  Listener kept(night);
  kept.follower.expect(*night.conductor.placed());
  night.edit(std::move(track));
  night.run_to(17);  // the tempo is told a beat before 16
  kept.catch_up();
  CHECK(kept.follower.change().empty());
  CHECK(night.now().tempo > 122.1);
}

TEST_CASE("a follower refuses what it cannot follow, with a reason") {
  Night night;
  night.next = night.part(1);
  night.run_to(8);
  const std::string journal = night.journal();
  const auto refused = [&](const std::string& text) {
    Follower follower(night.loader());
    auto done = follower.read(text);
    for (bool more = true; done && more;) {
      const auto going = follower.advance(1'000);
      if (!going) return going.error().sentence;
      more = *going;
    }
    return done ? std::string() : done.error().sentence;
  };
  CHECK(refused(journal).empty());
  std::string damaged = journal;
  damaged[damaged.size() / 2] ^= 1;
  CHECK(refused(damaged).find("is damaged") != std::string::npos);
  CHECK(refused("nonsense\n").find("line 1 of the journal is damaged") != std::string::npos);
  CHECK(refused(journal + JournalText::lost(night.engine().frame(), 3)).find("not in the journal") !=
        std::string::npos);
  const std::string wrong =
      JournalText().record({.what = Record::What::checksum, .frame = night.engine().frame(), .epoch = 1});
  CHECK(refused(journal + wrong + JournalText::end(night.engine().frame() + 64)).find("bit for bit") !=
        std::string::npos);
  // Without a sound there is nothing to play.
  Follower deaf([](const AssetLine& line) -> Result<std::shared_ptr<const Asset>> {
    return Error{line.path + " is gone"};
  });
  REQUIRE(deaf.read(journal));
  const auto going = deaf.advance(1'000'000);
  REQUIRE_FALSE(going);
  CHECK(going.error().sentence == "/loops/loop1.wav is gone");
}
