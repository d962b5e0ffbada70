// What datagrams do, and when: time, floods and who is answered.
#include <algorithm>
#include <random>
#include <set>

#include "tests/support/catch.h"
#include "tests/support/osc_stage.h"
#include "tests/support/rig.h"
#include "tests/support/sanitized.h"
#include "tests/support/temp_dir.h"

using namespace entrain;
using namespace entrain::test;
using namespace std::chrono_literals;

namespace {

Packet stamped(OscTime time, const Packet& inside) { return bundle(ntp_of(time), {inside}); }

}  // namespace

// --- time

TEST_CASE("an event from a stamped bundle is placed at exactly its frame, all of one bundle at the same",
          "[osc]") {
  FakeStage stage;
  const Packet inside = bundle(kImmediately, {message("/deck/1/gain", {arg_f(1)}), message("/track/1/hit")});
  stage.hear(stamped(stage.now.wall + 1500ms, inside));
  stage.hear(inside);
  stage.hear(stamped(stage.now.wall + 10s, message("/deck/1/play/now", {arg_i(1)})));
  stage.hear(stamped(stage.now.wall + 125us, message("/deck/1/play", {arg_i(1)})));
  REQUIRE(stage.events.size() == 6);
  CHECK(stage.events[0].frame == Frame(FakeStage::kArrival + 72'000));
  CHECK(stage.events[1].frame == Frame(FakeStage::kArrival + 72'000));
  CHECK(stage.events[2].frame == Frame(FakeStage::kArrival));
  CHECK(stage.events[3].frame == Frame(FakeStage::kArrival));
  CHECK(stage.events[4].frame == Frame(FakeStage::kArrival + 480'000));
  CHECK(stage.events[5].frame == Frame(FakeStage::kArrival + 6));
  CHECK(stage.events[5].grid == Grid::bar);  // the first bar from that frame on
}

TEST_CASE("what comes too late happens at once, and what is too far ahead is refused with a sentence",
          "[osc]") {
  FakeStage stage;
  stage.hear(stamped(stage.now.wall - 3s, message("/deck/1/gain", {arg_f(1)})));
  stage.hear(stamped(stage.now.wall - 3s, message("/undo")));
  REQUIRE(stage.events.size() == 1);
  CHECK(stage.events[0].frame == Frame(FakeStage::kArrival));
  CHECK(stage.calls.size() == 1);
  CHECK(stage.desk.status().late == 2);
  stage.hear(stamped(stage.now.wall + 10s + 1us, message("/deck/1/gain", {arg_f(1)})));
  stage.hear(stamped(stage.now.wall + 10s + 1us, message("/undo")));
  CHECK(stage.events.size() == 1);
  CHECK(stage.desk.status().held == 0);
  CHECK(stage.faults(OscFault::Kind::time) == 2);
  REQUIRE(stage.log.size() == 1);
  CHECK(mentions(stage.log[0], "10 s"));
}

TEST_CASE("a command from a stamped bundle is done when its time has come, in order of time", "[osc]") {
  FakeStage stage;
  stage.hear(stamped(stage.now.wall + 2s, message("/deck/2/eject")));
  stage.hear(stamped(stage.now.wall + 1s, message("/deck/1/eject")));
  stage.hear(stamped(stage.now.wall + 2s, message("/deck/3/eject")));
  CHECK(stage.desk.wait(stage.now) == 1000ms);
  stage.pass(1s - 1ns);
  CHECK(stage.calls.empty());
  CHECK(stage.desk.wait(stage.now) == 1ms);
  stage.pass(1ns);
  REQUIRE(stage.calls.size() == 1);
  CHECK(stage.calls[0].instance == 0);
  CHECK(stage.desk.status().held == 2);
  stage.pass(1s);
  REQUIRE(stage.calls.size() == 3);
  CHECK(stage.calls[1].instance == 1);
  CHECK(stage.calls[2].instance == 2);
  CHECK(stage.desk.status().held == 0);
}

// --- floods

TEST_CASE("a flood of events is bounded, and over when it is over", "[osc]") {
  FakeStage stage;
  Packet fill = message("/*/*/*", {arg_f(1)});
  for (int i = 0; i < 100; ++i) {
    const std::size_t before = stage.events.size() + stage.calls.size();
    stage.hear(bundle(kImmediately, std::vector<Packet>(200, fill)));
    CHECK(stage.events.size() + stage.calls.size() - before <= OscDesk::kPacketActs);
  }
  CHECK(stage.events.size() <= static_cast<std::size_t>(OscDesk::kEventBurst));
  CHECK(stage.desk.status().dropped > 0);
  CHECK(stage.log.size() <= static_cast<std::size_t>(OscFault::Kind::count));
  stage.pass(1s);
  const std::size_t before = stage.events.size();
  stage.hear(message("/deck/1/gain", {arg_f(-3)}));
  CHECK(stage.events.size() == before + 1);
}

TEST_CASE("over a second, no more events pass than the budget says", "[osc]") {
  FakeStage stage;
  for (int ms = 0; ms < 1000; ++ms) {
    for (int i = 0; i < 100; ++i) stage.hear(message("/deck/1/gain", {arg_f(1)}));
    stage.pass(1ms);
  }
  const double most = OscDesk::kEventsPerSecond + OscDesk::kEventBurst;
  CHECK(static_cast<double>(stage.events.size()) <= most);
  CHECK(static_cast<double>(stage.events.size()) > most * 0.95);
  CHECK(stage.desk.status().events + stage.desk.status().dropped == 100'000);
}

TEST_CASE("what waits for its time is bounded, for events and for commands", "[osc]") {
  FakeStage stage;
  for (int i = 0; i < 1'000; ++i) {
    stage.hear(stamped(stage.now.wall + 5s, message("/deck/1/gain", {arg_f(1)})));
    stage.hear(stamped(stage.now.wall + 5s, message("/deck/1/eject")));
  }
  CHECK(stage.events.size() == OscDesk::kMostWaiting);
  CHECK(stage.desk.status().held == OscDesk::kMostWaiting);
  stage.hear(message("/deck/1/gain", {arg_f(2)}));  // what need not wait still passes
  CHECK(stage.events.size() == OscDesk::kMostWaiting + 1);
  stage.pass(5s);
  CHECK(stage.desk.status().held == 0);
  stage.hear(stamped(stage.now.wall + 5s, message("/deck/1/gain", {arg_f(1)})));
  CHECK(stage.events.size() == OscDesk::kMostWaiting + 2);
  SECTION("events that wait for a bar count as well") {
    for (int i = 0; i < 1'000; ++i) stage.hear(message("/deck/1/play", {arg_i(1)}));
    CHECK(stage.events.size() == 2 * OscDesk::kMostWaiting + 1);
  }
}

TEST_CASE("commands under way are bounded, whether or not the stage ever answers", "[osc]") {
  FakeStage stage;
  stage.keeps_commands = true;
  for (int i = 0; i < 500; ++i) stage.hear(message("/undo"));
  CHECK(stage.calls.size() == OscDesk::kMostCommands);
  stage.done.front()(std::string("done"));
  stage.done.erase(stage.done.begin());
  stage.hear(message("/undo"));
  CHECK(stage.calls.size() == OscDesk::kMostCommands + 1);
  stage.done.clear();  // forgotten without an answer
  for (int i = 0; i < 500; ++i) stage.hear(message("/undo"));
  CHECK(stage.calls.size() == 2 * OscDesk::kMostCommands + 1);
}

TEST_CASE("an inbox that is full costs the event and says so", "[osc]") {
  FakeStage stage;
  stage.room_in_inbox = false;
  stage.hear(message("/deck/1/gain", {arg_f(1)}));
  CHECK(stage.desk.status().events == 0);
  CHECK(stage.desk.status().dropped == 1);
  CHECK(stage.log.size() == 1);
}

TEST_CASE("answers are bounded in bytes", "[osc]") {
  FakeStage stage;
  for (int i = 0; i < (kSanitized ? 500 : 2'000); ++i)
    stage.hear(bundle(kImmediately, {message("/refresh"), message("/get", {arg_s("/*/*/gain")})}));
  std::size_t bytes = 0;
  for (const auto& [to, datagram] : stage.sent) bytes += datagram.size();
  CHECK(static_cast<double>(bytes) <= OscDesk::kAnswerBurst);
  CHECK(bytes > 1'000);
  CHECK(stage.desk.status().unanswered > 0);
}

// --- who is answered

TEST_CASE("whatever is sent goes to the IP that asked, to the port it came from, 9001 or the port it named",
          "[osc]") {
  FakeStage stage;
  std::mt19937 random(3);
  const std::vector<Packet> packets{message("/ping"),
                                    message("/refresh"),
                                    message("/subscribe"),
                                    message("/subscribe", {arg_i(7'000)}),
                                    message("/subscribe", {arg_s("osc.udp://10.9.9.9:53/")}),
                                    message("/get", {arg_s("/deck/1/gain")}),
                                    message("/nothing"),
                                    message("/deck/1/gain", {arg_s("osc.udp://10.9.9.9:53/")}),
                                    message("/undo"),
                                    Packet(3)};
  stage.refusal = "no";
  std::set<std::uint32_t> asked;
  for (int i = 0; i < 5'000; ++i) {
    const OscPeer from{0x0A000000u + static_cast<std::uint32_t>(random() % 40),
                       static_cast<std::uint16_t>(20'000 + random() % 3)};
    asked.insert(from.ip);
    stage.sent.clear();
    const auto& packet = packets[random() % packets.size()];
    stage.desk.hear(packet, from, stage.now);
    for (const auto& [to, datagram] : stage.sent) {
      REQUIRE(to.ip == from.ip);
      REQUIRE((to.port == 9001 || to.port == 7'000 || (to.port >= 20'000 && to.port < 20'003)));
    }
    stage.sent.clear();
    stage.pass(20ms);
    for (const auto& [to, datagram] : stage.sent) REQUIRE(asked.count(to.ip) == 1);
    CHECK(stage.desk.status().subscribers <= OscFeedback::kMostSubscribers);
  }
  CHECK(stage.desk.status().subscribers > 0);
}

TEST_CASE("a ping is answered to its port and to the one its sender listens on", "[osc]") {
  FakeStage stage;
  const auto ping = [&](OscPeer from) {
    stage.sent.clear();
    stage.hear(message("/ping"), from);
    std::set<OscPeer> peers;
    for (const auto& [to, datagram] : stage.sent) {
      CHECK(said_in(datagram).at(0).address == "/pong");
      CHECK(peers.insert(to).second);
    }
    return peers;
  };
  CHECK(ping(kTablet) == std::set<OscPeer>{kTablet, {kTablet.ip, 9001}});
  CHECK(ping({kTablet.ip, 9001}) == std::set<OscPeer>{{kTablet.ip, 9001}});
  stage.hear(message("/subscribe", {arg_i(9'123)}));
  CHECK(ping(kTablet) == std::set<OscPeer>{kTablet, {kTablet.ip, 9'123}});
  CHECK(ping({kTablet.ip, 77}) == std::set<OscPeer>{{kTablet.ip, 77}, {kTablet.ip, 9'123}});
  CHECK(ping(kPhone) == std::set<OscPeer>{kPhone, {kPhone.ip, 9001}});
}

TEST_CASE("get answers with a control's value: floats, whole numbers for switches", "[osc]") {
  FakeStage stage;
  stage.snapshot.values[id("/deck/1/gain").index] = -4.5;
  stage.snapshot.values[id("/deck/1/play").index] = 1;
  const auto get = [&](const std::vector<Arg>& args) {
    stage.sent.clear();
    stage.hear(message("/get", args), {kTablet.ip, 9001});
    return stage.said();
  };
  const auto gain = get({arg_s("/deck/1/gain")});
  REQUIRE(gain.size() == 1);
  CHECK(gain[0].address == "/deck/1/gain");
  CHECK(gain[0].type == 'f');
  CHECK(gain[0].number == -4.5);
  const auto play = get({arg_s("/deck/1/play")});
  REQUIRE(play.size() == 1);
  CHECK(play[0].type == 'i');
  CHECK(play[0].number == 1);
  CHECK(get({arg_s("/deck/*/gain")}).size() == 4);
  for (const std::vector<Arg>& wrong : {std::vector<Arg>{},
                                        {arg_i(1)},
                                        {arg_s("")},
                                        {arg_s("gain")},
                                        {arg_s("/undo")},
                                        {arg_s("/track/1/hit")},
                                        {arg_s("/x")}})
    CHECK(get(wrong).empty());
  CHECK(stage.faults(OscFault::Kind::value) == 6);
  CHECK(stage.faults(OscFault::Kind::address) == 1);
}

TEST_CASE("faults are logged once a second and kind, and told to subscribers alone", "[osc]") {
  FakeStage stage;
  stage.hear(message("/subscribe"), kPhone);
  stage.pass(1s);
  stage.sent.clear();
  for (int i = 0; i < 50; ++i) {
    stage.hear(message("/deck/1/gian", {arg_f(1)}), kTablet);
    stage.hear(message("/deck/1/gian", {arg_f(1)}), kPhone);
    stage.hear(message("/deck/1/gain", {arg_s("\x1B[2J")}), kPhone);
  }
  REQUIRE(stage.log.size() == 2);
  CHECK(mentions(stage.log[0], "10.0.0.5:50000"));
  CHECK(mentions(stage.log[0], "/deck/1/gain?"));
  CHECK(stage.faults(OscFault::Kind::address) == 100);
  CHECK(stage.faults(OscFault::Kind::value) == 50);
  std::size_t errors = 0;
  for (const auto& [to, datagram] : stage.sent) {
    CHECK(to.ip == kPhone.ip);
    CHECK(said_in(datagram).at(0).address == "/error");
    CHECK(said_in(datagram).at(0).type == 's');
    ++errors;
  }
  CHECK(errors == 4);  // two kinds, to the port it came from and to 9001
  stage.now.steady += 1s;
  stage.hear(message("/deck/1/gian", {arg_f(1)}));
  REQUIRE(stage.log.size() == 3);
  CHECK(mentions(stage.log[2], "99 more"));
}

TEST_CASE("a command that the stage refuses, at whatever time, is an error to who asked", "[osc]") {
  FakeStage stage;
  stage.keeps_commands = true;
  stage.hear(message("/subscribe", {arg_i(9'123)}));
  stage.pass(1s);
  stage.hear(message("/deck/1/load", {arg_s("nothing.wav")}));
  stage.sent.clear();
  stage.done.at(0)(Error{"there is no \x1B[2J.wav"});
  CHECK(stage.rings == 1);
  CHECK(stage.sent.empty());  // that was another thread
  stage.desk.tick(stage.now);
  const auto said = stage.said();
  REQUIRE(said.size() == 2);
  CHECK(said[0].address == "/error");
  CHECK(said[0].text == "there is no ?[2J.wav");
  REQUIRE(stage.log.size() == 1);
  CHECK(mentions(stage.log[0], "there is no ?[2J.wav"));
  CHECK(stage.faults(OscFault::Kind::command) == 1);
}

TEST_CASE("a command's answer may come when the desk is gone", "[osc]") {
  std::function<void(const Result<std::string>&)> done;
  {
    OscDesk::Outlets out;
    out.execute = [&](CommandCall, std::function<void(const Result<std::string>&)> answer) {
      done = std::move(answer);
    };
    out.arrival = [] { return Frame(0); };
    out.ring = [] {};
    OscDesk desk(std::move(out));
    desk.hear(message("/undo"), kTablet, FakeStage().now);
  }
  REQUIRE(done);
  done(Error{"no"});
}
