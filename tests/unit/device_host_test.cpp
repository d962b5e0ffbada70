// Laws of the device host, with a device library that fails in every way on demand.
#include <algorithm>

#include "control/device/baton.h"
#include "control/device/frame_clock.h"
#include "control/device/host.h"
#include "control/device/rtaudio.h"
#include "tests/support/catch.h"
#include "tests/support/counting_source.h"
#include "tests/support/mock_device.h"

using namespace entrain;
using namespace entrain::test;
using namespace std::chrono_literals;
using State = DeviceStatus::State;

namespace {

DeviceTiming brisk() {
  DeviceTiming t;
  t.tick = 2ms;
  t.retry = 20ms;
  t.open_patience = 200ms;
  t.prove = 200ms;
  t.bury_patience = 200ms;
  return t;
}

/// A host on mocks, with all that a test looks at.
struct Bench {
  explicit Bench(std::vector<std::shared_ptr<Mock>> mocks, DeviceTiming timing = brisk())
      : host(source, said.taker(), std::make_shared<MockBackend>(std::move(mocks)), timing) {}
  DeviceOpened start(DeviceConfig config = {}) {
    auto opened = host.start(config);
    REQUIRE(opened);
    return *opened;
  }
  bool reaches(State state) {
    return eventually([&] { return host.status().state == state; });
  }
  bool goes_on() {
    const auto from = source.rendered.load();
    return eventually([&] { return source.rendered > from + 4'800; });
  }

  CountingSource source;
  Sentences said;
  DeviceHost host;
};

std::shared_ptr<Mock> mock() { return std::make_shared<Mock>(); }

/// The frames a device heard follow one another: each the next of the last, silence apart.
bool contiguous(const std::vector<float>& heard) {
  float last = 0;
  for (const float x : heard) {
    if (x == 0.f) continue;
    if (last != 0.f && x != last + 1 && !(last == CountingSource::kModulo && x == 1)) return false;
    last = x;
  }
  return last != 0.f;
}

}  // namespace

TEST_CASE("a device hears every frame once and in order from frame 0") {
  const auto device = mock();
  device->opened.buffer = 441;
  Bench bench({device});
  const auto opened = bench.start();
  CHECK(opened.api == "jack");
  CHECK(opened.buffer == 441);
  CHECK(opened.why_null.empty());
  CHECK(bench.reaches(State::device));
  CHECK(bench.goes_on());
  bench.host.stop();
  const std::lock_guard lock(device->mutex);
  CHECK(contiguous(device->heard));
  CHECK(*std::find_if(device->heard.begin(), device->heard.end(), [](float x) { return x != 0; }) == 1.f);
  CHECK_FALSE(bench.source.overlapped);
}

TEST_CASE("without a device the null clock drives, and one sentence says why") {
  const auto device = mock();
  device->refuse = "there is no card";
  Bench bench({device});
  const auto opened = bench.start();
  CHECK(opened.api == "null");
  CHECK(opened.why_null.find("there is no card") != std::string::npos);
  CHECK(bench.goes_on());
  REQUIRE(eventually([&] { return device->opens > 3; }));
  CHECK(bench.said.count("there is no card") == 1);  // not at each attempt
}

TEST_CASE("asked for the null clock, the host looks for no device") {
  const auto device = mock();
  Bench bench({device});
  DeviceConfig config;
  config.device = "null";
  CHECK(bench.start(config).api == "null");
  CHECK(bench.goes_on());
  CHECK(device->opens == 0);
}

TEST_CASE("a device that closes itself is replaced by the null clock, then by the next device") {
  const auto first = mock(), second = mock();
  second->opened.name = "second";
  Bench bench({first, second});
  bench.start();
  REQUIRE(bench.goes_on());
  first->closed_itself = true;
  REQUIRE(eventually([&] { return bench.host.status().device == "second"; }));
  CHECK(bench.goes_on());
  const auto s = bench.host.status();
  CHECK(s.losses == 1);
  CHECK(s.takeovers == 1);
  CHECK(s.returns == 1);
  CHECK(first->close_was_lost);
  CHECK(bench.said.count("closed itself") == 1);
  CHECK(eventually([&] { return bench.said.count("Sound is back") == 1; }));
  CHECK_FALSE(bench.source.overlapped);
}

TEST_CASE("a device that stops calling is lost by its heartbeat, and the frames missed are rendered") {
  const auto first = mock(), second = mock();
  second->refuse = "gone";
  auto timing = brisk();
  timing.heartbeat = 2'000ms;
  Bench bench({first, second}, timing);
  bench.start();
  REQUIRE(bench.goes_on());
  const Anchor anchor = bench.host.status().anchor;
  first->frozen = true;
  REQUIRE(bench.reaches(State::null_clock));
  CHECK(bench.host.status().caught_up >= 48'000);
  // Without the two seconds made up for, the position would stay that far behind the wall clock for ever.
  CHECK(eventually([&] {
    const double seconds = static_cast<double>(monotonic_nanoseconds() - anchor.nanoseconds) * 1e-9;
    return bench.source.rendered > anchor.frame + static_cast<std::int64_t>((seconds - 1) * 48'000);
  }));
  CHECK(eventually([&] { return bench.said.count("has not called for") == 1; }));
}

TEST_CASE("a callback that comes after its turn hears silence and does not touch the engine") {
  const auto device = mock(), other = mock();
  other->refuse = "gone";
  Bench bench({device, other});
  bench.start();
  REQUIRE(bench.goes_on());
  device->frozen = true;
  REQUIRE(bench.reaches(State::null_clock));
  // Now call as fast as can be while the null clock renders.
  bool silent = true;
  for (int i = 0; i < 20'000; ++i) {
    const auto heard = device->call(device->sink);
    silent = silent && std::all_of(heard.begin(), heard.end(), [](float x) { return x == 0.f; });
  }
  CHECK(silent);
  CHECK_FALSE(bench.source.overlapped);
  CHECK(bench.goes_on());
}

TEST_CASE("after stop nobody renders, not even a device whose closing hangs, nor after the host is gone") {
  const auto device = mock();
  device->closing_hangs = true;
  CountingSource source;
  {
    DeviceHost host(source, {}, std::make_shared<MockBackend>(std::vector{device}), brisk());
    REQUIRE(host.start({}));
    REQUIRE(eventually([&] { return source.rendered > 0; }));
    host.stop();
    CHECK(host.status().state == State::stopped);
    source.forbidden = true;
  }
  const int before = device->calls;
  CHECK(eventually([&] { return device->calls > before + 100; }));
  CHECK_FALSE(source.rendered_when_forbidden);
  device->closing_hangs = false;
  CHECK(eventually([&] { return device.use_count() == 1 || device->closes == 1; }));
}

TEST_CASE("a device whose closing hangs does not keep the next one away for ever") {
  const auto first = mock(), second = mock();
  first->opened.api = "alsa";
  first->closing_hangs = true;
  second->opened.name = "second";
  Bench bench({first, second});
  bench.start();
  REQUIRE(bench.goes_on());
  first->closed_itself = true;
  CHECK(eventually([&] { return bench.host.status().device == "second"; }));
  CHECK(bench.goes_on());
  first->closing_hangs = false;
  const std::lock_guard lock(second->mutex);
  CHECK(second->last_request.except_api.empty());
}

TEST_CASE("while JACK's library hangs in closing, JACK is left alone: to open it again would crash") {
  const auto first = mock(), second = mock();
  first->closing_hangs = true;
  second->refuse = "not now";
  Bench bench({first, second});
  bench.start();
  REQUIRE(bench.goes_on());
  first->closed_itself = true;
  const auto last_except = [&] {
    const std::lock_guard lock(second->mutex);
    return second->last_request.except_api;
  };
  REQUIRE(eventually([&] { return second->opens > 0; }));
  CHECK(last_except() == "jack");
  first->closing_hangs = false;
  CHECK(eventually([&] { return last_except().empty(); }));
}

TEST_CASE(
    "a library that hangs while opening leaves the null clock driving, and its device is taken when it "
    "comes") {
  const auto device = mock();
  device->opening_hangs = true;
  Bench bench({device});
  const auto opened = bench.start();
  CHECK(opened.api == "null");
  CHECK(opened.why_null.find("does not answer") != std::string::npos);
  CHECK(bench.goes_on());
  CHECK(device->opens == 1);
  device->opening_hangs = false;
  CHECK(bench.reaches(State::device));
  CHECK_FALSE(bench.source.overlapped);
}

TEST_CASE("a device that only comes up after the host is gone is closed again by itself") {
  const auto device = mock();
  device->opening_hangs = true;
  {
    Bench bench({device});
    bench.start();
  }
  device->opening_hangs = false;
  CHECK(eventually([&] { return device->closes == 1; }));
}

TEST_CASE("a device that opens but never calls does not get the engine") {
  const auto device = mock(), good = mock();
  device->never_calls = true;
  good->opened.name = "good";
  Bench bench({device, good});
  const auto opened = bench.start();
  CHECK(opened.why_null.find("never asks for sound") != std::string::npos);
  CHECK(eventually([&] { return bench.host.status().device == "good"; }));
}

TEST_CASE("a device that calls without pause, as a pulled plug makes some, counts as lost") {
  const auto first = mock(), second = mock();
  first->opened.burst = 8 * 64;
  first->opened.api = "alsa";
  first->free_runs = true;
  second->opened.name = "second";
  Bench bench({first, second});
  bench.start();
  REQUIRE(eventually([&] { return bench.host.status().device == "second"; }));
  CHECK(bench.said.count("calls without pause") == 1);
  CHECK(bench.source.rendered < 48'000 * 40);
}

TEST_CASE("a lost default device is sought in its own api before the others") {
  const auto first = mock(), second = mock();
  Bench bench({first, second});
  bench.start();
  REQUIRE(bench.goes_on());
  first->closed_itself = true;
  REQUIRE(eventually([&] { return bench.host.status().returns == 1; }));
  const std::lock_guard lock(second->mutex);
  CHECK(second->last_request.only_api == "jack");
  const std::lock_guard lock1(first->mutex);
  CHECK(first->last_request.only_api.empty());
}

TEST_CASE("a device that returns at another rate is resampled to, and the engine keeps its own") {
  const auto first = mock(), second = mock();
  second->opened.rate = 44'100;
  second->opened.buffer = 100;
  Bench bench({first, second});
  bench.start();
  REQUIRE(bench.goes_on());
  first->closed_itself = true;
  REQUIRE(eventually([&] { return bench.host.status().returns == 1; }));
  const auto s = bench.host.status();
  CHECK(s.engine_rate == 48'000);
  CHECK(s.device_rate == 44'100);
  CHECK(s.resampled);
  CHECK(eventually([&] { return bench.said.count("resampled") == 1; }));
}

TEST_CASE("a configuration out of range is refused with a sentence") {
  Bench bench({mock()});
  DeviceConfig config;
  config.rate = 100;
  CHECK_FALSE(bench.host.start(config));
  config = {};
  config.buffer = 1;
  CHECK_FALSE(bench.host.start(config));
  CHECK(bench.host.start({}));
  CHECK_FALSE(bench.host.start({}));  // once only
}

TEST_CASE("xruns are counted, and load is a share of the period") {
  const auto device = mock();
  Bench bench({device});
  bench.start();
  REQUIRE(bench.goes_on());
  const auto s = bench.host.status();
  CHECK(s.load > 0);
  CHECK(s.worst_load >= s.load);
  CHECK(s.xruns == 0);
  // The stream's own thread must not be inside: it counts only what enters.
  device->frozen = true;
  CHECK(eventually([&] {
    device->call(device->sink, true);
    return bench.host.status().xruns > 0;
  }));
}
