// Laws of the small parts around the device: the baton, the frame clock, the choice of a device.
#include <cmath>

#include "control/device/baton.h"
#include "control/device/frame_clock.h"
#include "control/device/rtaudio.h"
#include "tests/support/catch.h"

using namespace entrain;

TEST_CASE("only the turn that holds the baton enters, once, and it passes only while nobody is inside") {
  Baton baton;
  CHECK_FALSE(baton.try_enter(Baton::kNobody));
  CHECK_FALSE(baton.try_enter(1));
  REQUIRE(baton.try_pass(1));
  CHECK_FALSE(baton.try_enter(2));
  REQUIRE(baton.try_enter(1));
  CHECK_FALSE(baton.try_enter(1));
  CHECK_FALSE(baton.try_pass(2));
  baton.leave(1);
  REQUIRE(baton.try_pass(2));
  CHECK_FALSE(baton.try_enter(1));
  CHECK(baton.try_enter(2));
}

TEST_CASE("the frame clock follows a straight line through jitter, outliers, drift and jumps") {
  const double rate = 48'000 * 1.0002;  // a crystal 200 ppm fast
  const auto frame_of = [&](double seconds) { return static_cast<std::int64_t>(seconds * rate); };
  FrameClock clock(48'000);
  CHECK(clock.frame_at(123) == 0);
  std::uint32_t noise = 1;
  double t = 5;
  for (int i = 0; i < 400; ++i, t += 0.01) {
    noise = noise * 1664525 + 1013904223;
    const double late = (noise >> 8) * 0.001 / (1 << 24);  // up to 1 ms
    clock.feed({frame_of(t), static_cast<std::int64_t>((t + late) * 1e9)});
  }
  // One odd anchor is not believed.
  clock.feed({frame_of(t) + 48'000, static_cast<std::int64_t>(t * 1e9)});
  CHECK(clock.measured_rate() == Approx(rate).margin(12));
  // Half a millisecond of mean lateness is 24 frames; a tenth of a millisecond of jitter remains.
  CHECK(std::abs(clock.frame_at(static_cast<std::int64_t>(t * 1e9)) - (frame_of(t) - 24)) < 8);
  // A stall of a second: three anchors later the line has moved.
  t += 1;
  for (int i = 0; i < 5; ++i, t += 0.01)
    clock.feed({frame_of(t) - 48'000, static_cast<std::int64_t>(t * 1e9)});
  CHECK(std::abs(clock.frame_at(static_cast<std::int64_t>(t * 1e9)) - (frame_of(t) - 48'000)) < 8);
}

TEST_CASE("default means JACK's system, else the library's default; a name may be given in part") {
  const std::vector<DeviceEntry> entries{{"jack", "reverb", 2, 48'000, {48'000}, true},
                                         {"jack", "system", 2, 48'000, {48'000}, false},
                                         {"pulse", "Monitor", 2, 44'100, {44'100, 48'000}, true},
                                         {"alsa", "hw:Mic", 0, 48'000, {48'000}, false},
                                         {"alsa", "hw:Scarlett 2i2", 4, 0, {44'100, 96'000}, false}};
  CHECK(choose_device(entries, "default")->name == "system");
  CHECK(choose_device({entries.begin() + 2, entries.end()}, "default")->name == "Monitor");
  CHECK(choose_device(entries, "alsa")->name == "hw:Scarlett 2i2");
  CHECK(choose_device(entries, "scarlett")->api == "alsa");
  CHECK(choose_device(entries, "jack:rev")->name == "reverb");
  CHECK(choose_device(entries, "jack:scarlett") == nullptr);
  CHECK(choose_device(entries, "hw:Mic") == nullptr);  // no outputs
  CHECK(choose_device({}, "default") == nullptr);
  CHECK(choose_rate(entries[2], 48'000) == 48'000);
  CHECK(choose_rate(entries[0], 44'100) == 48'000);
  CHECK(choose_rate(entries[4], 48'000) == 96'000);
  CHECK(choose_rate(entries[4], 192'000) == 96'000);
}
