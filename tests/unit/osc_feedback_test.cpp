// OSC feedback, and the socket it leaves by.
#include <algorithm>
#include <set>

#include "control/osc/osc_socket.h"
#include "tests/support/catch.h"
#include "tests/support/osc_stage.h"
#include "tests/support/rig.h"
#include "tests/support/temp_dir.h"

using namespace entrain;
using namespace entrain::test;
using namespace std::chrono_literals;

namespace {

std::size_t valued_controls() {
  std::size_t n = 0;
  for (std::size_t i = 0; i < catalogue().size(); ++i)
    n += catalogue().row(ControlId{static_cast<std::uint16_t>(i)}).kind != Kind::trigger;
  return n;
}

}  // namespace

TEST_CASE("a subscriber is sent all values, then only what changes, at most 30 times a second", "[osc]") {
  FakeStage stage;
  stage.hear(message("/subscribe", {arg_i(9'123)}));
  CHECK(stage.desk.wait(stage.now) == 0ms);
  stage.pass(1ms);
  const auto first = stage.said();
  CHECK(first.size() == valued_controls());
  std::set<std::string> addresses;
  for (const Said& said : first) {
    addresses.insert(said.address);
    const ControlRow& row = catalogue().row(catalogue().find(said.address).value());
    CHECK(said.number == static_cast<float>(row.initial));
    CHECK(said.type == (row.kind == Kind::continuous ? 'f' : 'i'));
  }
  CHECK(addresses.size() == first.size());
  for (const auto& [to, datagram] : stage.sent) {
    CHECK(to == OscPeer{kTablet.ip, 9'123});
    CHECK(datagram.size() <= 1'400);
    CHECK(std::memcmp(datagram.data(), "#bundle", 8) == 0);
  }
  CHECK(stage.sent.size() <= 2 + valued_controls() * 48 / 1'400);  // many values share a datagram

  stage.sent.clear();
  stage.pass(1s);
  CHECK(stage.sent.empty());
  stage.snapshot.values[id("/deck/2/gain").index] = -7.25;
  stage.pass(1s);
  const auto next = stage.said();
  REQUIRE(next.size() == 1);
  CHECK(next[0].address == "/deck/2/gain");
  CHECK(next[0].number == -7.25);

  stage.sent.clear();
  for (int ms = 0; ms < 10'000; ++ms) {
    stage.snapshot.values[id("/deck/2/gain").index] = -ms / 1000.0;
    stage.pass(1ms);
  }
  CHECK(stage.sent.size() <= 300);
  CHECK(stage.sent.size() >= 290);
}

TEST_CASE("who moves a control is not told of it while touching it, and after that only if it is wrong",
          "[osc]") {
  FakeStage stage;
  stage.hear(message("/subscribe"), kPhone);
  stage.hear(message("/subscribe", {arg_i(9'123)}));
  stage.pass(1s);
  stage.sent.clear();
  const auto told = [&](OscPeer whom) {
    std::vector<double> values;
    for (const auto& [to, datagram] : stage.sent)
      if (to == whom)
        for (const Said& said : said_in(datagram)) values.push_back(said.number);
    return values;
  };
  const OscPeer tablet_ear{kTablet.ip, 9'123};
  const auto gain = id("/deck/2/gain").index;
  stage.hear(message("/deck/2/gain", {arg_f(-7.25f)}));
  stage.snapshot.values[gain] = -7.25;
  stage.pass(999ms);
  CHECK(told(tablet_ear).empty());
  CHECK(told(kPhone) == std::vector<double>{-7.25});
  CHECK(told({kPhone.ip, 9001}) == std::vector<double>{-7.25});
  stage.pass(1s);
  CHECK(told(tablet_ear).empty());  // it was right

  stage.hear(message("/deck/2/gain", {arg_f(100)}));
  stage.snapshot.values[gain] = 12;  // brought into range
  stage.pass(999ms);
  CHECK(told(tablet_ear).empty());
  stage.pass(1ms);
  CHECK(told(tablet_ear).empty());  // not before the next thirtieth of a second
  stage.pass(34ms);
  CHECK(told(tablet_ear) == std::vector<double>{12});
  stage.pass(1s);
  CHECK(told(tablet_ear).size() == 1);
  stage.snapshot.values[gain] = 3;  // somebody else's doing
  stage.pass(1s);
  CHECK(told(tablet_ear) == std::vector<double>{12, 3});
}

TEST_CASE("a subscription lasts 30 s from the last packet of its IP, and starts anew with all values",
          "[osc]") {
  FakeStage stage;
  stage.hear(message("/subscribe"));
  stage.pass(29s);
  stage.hear(message("/ping"), {kTablet.ip, 1});
  stage.pass(29s);
  CHECK(stage.desk.status().subscribers == 1);
  stage.hear(message("/ping"), kPhone);
  stage.pass(1s - 1ns);
  CHECK(stage.desk.status().subscribers == 1);
  stage.pass(34ms);
  CHECK(stage.desk.status().subscribers == 0);
  stage.sent.clear();
  stage.snapshot.values[id("/deck/2/gain").index] = -3;
  stage.pass(1s);
  CHECK(stage.sent.empty());
  stage.hear(message("/subscribe", {arg_i(9'001)}));
  stage.pass(1s);
  CHECK(stage.said().size() == valued_controls());
  stage.sent.clear();
  stage.hear(message("/refresh"));
  stage.pass(1s);
  CHECK(stage.said().size() == valued_controls());
}

TEST_CASE("refresh sends all values to who is not subscribed as well", "[osc]") {
  FakeStage stage;
  stage.hear(message("/refresh"), {kTablet.ip, 9001});
  CHECK(stage.said().size() == valued_controls());
}

TEST_CASE("sixteen may subscribe, and to subscribe again takes no second place", "[osc]") {
  FakeStage stage;
  for (int again = 0; again < 3; ++again)
    for (std::uint32_t i = 0; i < 16; ++i)
      stage.hear(message("/subscribe", {arg_i(9'000)}), {0x0A000010 + i, 5});
  CHECK(stage.desk.status().subscribers == 16);
  CHECK(stage.faults(OscFault::Kind::crowd) == 0);
  stage.hear(message("/subscribe"));
  CHECK(stage.desk.status().subscribers == 16);
  CHECK(stage.faults(OscFault::Kind::crowd) == 1);
  for (const Arg& wrong : {arg_i(0), arg_i(65'536), arg_i(-1), arg_f(1.5f), arg_flag('I'), arg_d(1e300)})
    stage.hear(message("/subscribe", {wrong}));
  CHECK(stage.faults(OscFault::Kind::value) == 6);
}

// --- the socket

TEST_CASE("a port in use is one sentence with the mend", "[osc]") {
  const auto first = OscSocket::open("127.0.0.1", 0);
  REQUIRE(first);
  CHECK(first->port() != 0);
  const auto second = OscSocket::open("127.0.0.1", first->port());
  REQUIRE_FALSE(second);
  CHECK(mentions(second.error().sentence, "--osc-port"));
  CHECK(mentions(second.error().sentence, std::to_string(first->port())));
  CHECK_FALSE(OscSocket::open("tablet", 0));
  CHECK_FALSE(OscSocket::open("192.0.2.1", 0));
}

TEST_CASE(
    "a socket carries datagrams to the largest, shows larger ones as too large, and never talks to itself",
    "[osc]") {
  auto a = OscSocket::open("127.0.0.1", 0), b = OscSocket::open("127.0.0.1", 0);
  REQUIRE((a && b));
  OscPeer from;
  for (const std::size_t size : {std::size_t{4}, kOscLargestPacket, kOscLargestPacket + 4}) {
    a->send({0x7F000001, b->port()}, Packet(size, std::byte{7}));
    const auto datagram = b->receive(from);
    REQUIRE(datagram);
    CHECK(from == OscPeer{0x7F000001, a->port()});
    CHECK(datagram->size() == std::min(size, kOscLargestPacket + 1));
  }
  CHECK_FALSE(b->receive(from));
  a->send({0x7F000001, a->port()}, Packet(4));
  CHECK_FALSE(a->receive(from));
  CHECK(a->lost() == 1);
}
