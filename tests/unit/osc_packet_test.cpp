// OSC packets: any bytes, bundles, times.
#include "control/osc/osc_packet.h"

#include <cstdint>
#include <random>
#include <span>
#include <string>

#include "control/osc/osc_map.h"
#include "control/osc/osc_text.h"
#include "tests/support/catch.h"
#include "tests/support/osc.h"

using namespace entrain;
using namespace entrain::test;

TEST_CASE("a bundle is read in order, and takes the later time of those around it", "[osc]") {
  const std::uint64_t early = std::uint64_t{3'900'000'000} << 32, late = early + (std::uint64_t{2} << 32);
  const auto packet =
      bundle(late, {message("/a"), bundle(early, {message("/b")}), bundle(kImmediately, {message("/c")}),
                    bundle(late + 1, {message("/d"), bundle(0, {})}), message("/e")});
  const auto messages = read_packet(packet);
  REQUIRE(messages);
  REQUIRE(messages->size() == 5);
  std::string order;
  for (const OscMessage& m : *messages) order += m.address;
  CHECK(order == "/a/b/c/d/e");
  const auto time = from_ntp(static_cast<std::uint32_t>(late >> 32), 0);
  for (const std::size_t i : {0, 1, 2, 4}) CHECK((*messages)[i].time == time);
  CHECK((*messages)[3].time >= time);
  CHECK_FALSE(read_packet(bundle(kImmediately, {message("/a")}))->front().time);
}

TEST_CASE("eight bundles may be nested, nine may not", "[osc]") {
  Packet packet = message("/a");
  for (int i = 0; i < kOscDeepestBundle; ++i) packet = bundle(kImmediately, {packet});
  CHECK(read_packet(packet));
  CHECK_FALSE(read_packet(bundle(kImmediately, {packet})));
  for (int i = 0; i < 300; ++i) packet = bundle(kImmediately, {packet});
  CHECK_FALSE(read_packet(packet));
}

TEST_CASE("NTP time is read to the nanosecond, across the end of its era", "[osc]") {
  CHECK(from_ntp(2'208'988'800u, 0) == OscTime{});
  CHECK(from_ntp(2'208'988'801u, 0x8000'0000u) == OscTime(std::chrono::milliseconds(1'500)));
  CHECK(from_ntp(0xFFFF'FFFFu, 0) == OscTime(std::chrono::seconds(2'085'978'495)));
  CHECK(from_ntp(0, 2) == OscTime(std::chrono::seconds(2'085'978'496)));
  CHECK_FALSE(from_ntp(0, 0));
  CHECK_FALSE(from_ntp(0, 1));
  for (const std::int64_t ns :
       {1LL, 999'999'999LL, 1'750'000'000'123'456'789LL, 1'750'000'000'999'999'999LL}) {
    const OscTime time{std::chrono::nanoseconds(ns)};
    const std::uint64_t ntp = ntp_of(time);
    CHECK(from_ntp(static_cast<std::uint32_t>(ntp >> 32), static_cast<std::uint32_t>(ntp)) == time);
  }
}

TEST_CASE("any bytes are messages or one sentence", "[osc]") {
  const Packet good =
      bundle(ntp_of(OscTime(std::chrono::seconds(1'750'000'000))),
             {message("/deck/1/gain", {arg_f(1), arg_s("text"), arg_d(2), arg_blob(3), arg_h(4)}),
              bundle(kImmediately, {message("/undo", {arg_flag('T')})})});
  REQUIRE(read_packet(good));
  const OscMap map;
  const auto check = [&](const Packet& packet) {
    const Packet exact(packet);  // an allocation of its own, so that a read past its end is seen
    const auto messages = read_packet(exact);
    if (!messages) {
      REQUIRE_FALSE(messages.error().sentence.empty());
      return;
    }
    for (const OscMessage& m : *messages) {
      REQUIRE(m.address.at(0) == '/');
      for (const char c : m.address) REQUIRE((c > ' ' && c <= '~'));
      int room = 512;
      static_cast<void>(map.map(m, room));
      REQUIRE(room >= 0);
    }
  };
  int whole = 0;
  for (std::size_t size = 0; size < good.size(); ++size) {
    check({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)});
    whole += static_cast<bool>(read_packet(std::span(good).first(size)));
  }
  CHECK(whole == 2);  // a bundle cut where an element begins is a bundle still
  std::mt19937 random(2);
  for (int i = 0; i < 20'000; ++i) {
    Packet bad = good;
    for (int n = 1 + i % 4; n > 0; --n) bad[random() % bad.size()] = static_cast<std::byte>(random());
    check(bad);
  }
  for (const std::string wrong : {"no slash", "/with space", "/\x80", "/\x01", "", "/a\xC3\xA4"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read_packet(message(wrong)));
  }
  CHECK_FALSE(read_packet(message("/" + std::string(kOscLongestAddress, 'a'))));
  CHECK(read_packet(message("/" + std::string(kOscLongestAddress - 1, 'a'))));
  Packet large = message("/a", {arg_blob(kOscLargestPacket / 4 - 2)});
  REQUIRE(large.size() == kOscLargestPacket + 4);
  CHECK_FALSE(read_packet(large));
  CHECK(read_packet(message("/a", {arg_blob(kOscLargestPacket / 4 - 3)})));
}

TEST_CASE("text from outside cannot steer a terminal", "[osc]") {
  CHECK(printable("a\x1B[2Jb\n\x7F") == "a?[2Jb??");
  CHECK(printable("a\xC2\x9B"
                  "2J \xC3\xA4") == "a?2J \xC3\xA4");
  CHECK(printable(std::string(10'000, 'x')).size() == 300);
}
