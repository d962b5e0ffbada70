// The device host against a real JACK server, which is killed, replaced, changed and hung under it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "control/device/devices.h"
#include "control/device/host.h"
#include "tests/support/catch.h"
#include "tests/support/counting_source.h"
#include "tests/support/jack_server.h"

using namespace entrain;
using namespace entrain::test;
using namespace std::chrono_literals;
using State = DeviceStatus::State;

namespace {

struct Jam {
  CountingSource source;
  Sentences said;
  DeviceHost host{source, said.taker(), nullptr, patient()};

  /// As on stage, but for a machine so busy that a healthy server takes its time to answer.
  static DeviceTiming patient() {
    DeviceTiming timing;
    timing.open_patience = timing.prove = 30s;
    return timing;
  }

  DeviceOpened start(const std::string& device = "default") {
    DeviceConfig config;
    config.device = device;
    config.buffer = 128;
    config.client_name = "entrain-test";
    auto opened = host.start(config);
    REQUIRE(opened);
    return *opened;
  }
  bool reaches(State state) {
    return eventually([&] { return host.status().state == state; });
  }
  /// A device plays that was not yet playing at the time of `before`.
  bool comes_back_after(const DeviceStatus& before) {
    return eventually([&] {
      const auto s = host.status();
      return s.state == State::device && s.returns > before.returns;
    });
  }
  /// The status of a playing device: a machine under load may lose one for a moment at any time.
  DeviceStatus playing() {
    DeviceStatus s;
    REQUIRE(eventually([&] { return (s = host.status()).state == State::device; }));
    return s;
  }
  /// Another half second of music, whoever drives.
  bool goes_on() {
    const auto from = source.rendered.load();
    return eventually([&] { return source.rendered > from + 24'000; });
  }
  /// Every frame rendered once and in order, none by two clocks at once.
  void check_whole() {
    host.stop();
    CHECK_FALSE(source.overlapped);
    CHECK(host.status().frame == source.rendered);
  }
};

/// A server that is up: it answers a client.
void start_and_wait(JackServer& server, int rate = 48'000, int period = 64) {
  server.start(rate, period);
  REQUIRE(eventually([] {
    const auto devices = list_devices(30s);
    return devices && std::any_of(devices->begin(), devices->end(),
                                  [](const DeviceEntry& d) { return d.api == "jack" && d.name == "system"; });
  }));
}

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// The server's ports and connections.
std::string graph() {
  const std::string log = "/tmp/entrain-test-" + std::to_string(getpid()) + ".lsp";
  CHECK(eventually([&] { return run({"jack_lsp", "-c"}, log) == 0; }));
  const std::string text = read(log);
  std::filesystem::remove(log);
  return text;
}

}  // namespace

TEST_CASE("a running JACK server is listed, opened by default, and its period and rate are read back") {
  JackServer server;
  start_and_wait(server, 48'000, 64);
  const auto devices = list_devices(30s);
  REQUIRE(devices);
  const auto system =
      std::find_if(devices->begin(), devices->end(), [](auto& d) { return d.name == "system"; });
  REQUIRE(system != devices->end());
  CHECK(system->outputs == 2);
  CHECK(system->preferred_rate == 48'000);

  Jam jam;
  const auto opened = jam.start();
  INFO(jam.said.text());
  CHECK(opened.api == "jack");
  CHECK(opened.name == "system");
  CHECK(opened.rate == 48'000);
  CHECK(opened.buffer == 64);  // not the 128 wished for
  CHECK(opened.channels == 2);
  CHECK(opened.why_null.empty());
  CHECK(jam.goes_on());

  CHECK(graph().find("system:playback_2\n   entrain-test:outport 1") != std::string::npos);

  jam.check_whole();
  CHECK(jam.said.all().size() <= 2);  // "Playing on ...", and perhaps that real-time priority is refused
}

TEST_CASE("with no server the null clock plays and says why; a server that appears is taken") {
  JackServer server;
  Jam jam;
  const auto opened = jam.start();
  CHECK(opened.api == "null");
  CHECK(opened.why_null.find("jack offers no output") != std::string::npos);
  CHECK(jam.goes_on());
  server.start();
  CHECK(jam.reaches(State::device));
  INFO(jam.said.text());
  CHECK(jam.host.status().api == "jack");
  CHECK(jam.goes_on());
  jam.check_whole();
}

TEST_CASE("jackd killed mid-run: the null clock carries on without a hole, and a new server is taken back") {
  JackServer server;
  start_and_wait(server);
  Jam jam;
  jam.start();
  REQUIRE(jam.goes_on());

  SECTION("with the same period") {
    const auto before = jam.playing();
    server.kill_hard();
    REQUIRE(jam.reaches(State::null_clock));
    const auto lost = jam.host.status();
    CHECK(lost.losses >= 1);
    CHECK(jam.goes_on());
    server.start();
    CHECK(jam.comes_back_after(before));
  }
  SECTION("with another period, then at another rate, then as it was") {
    const std::pair<int, int> servers[] = {{48'000, 1024}, {44'100, 64}, {96'000, 441}, {48'000, 64}};
    for (const auto& [rate, period] : servers) {
      CAPTURE(rate, period);
      const auto before = jam.playing();
      server.kill_hard();
      REQUIRE(jam.reaches(State::null_clock));
      server.start(rate, period);
      REQUIRE(jam.comes_back_after(before));
      const auto s = jam.playing();
      CHECK(s.device_rate == rate);
      CHECK(s.buffer == period);
      CHECK(s.resampled == (rate != 48'000));
      CHECK(s.engine_rate == 48'000);
      CHECK(jam.goes_on());
    }
  }
  INFO(jam.said.text());
  jam.check_whole();
  CHECK(jam.said.count("Sound is back") == jam.host.status().returns);
}

TEST_CASE("the position follows the wall clock across the loss of a server") {
  JackServer server;
  start_and_wait(server);
  Jam jam;
  jam.start();
  REQUIRE(jam.goes_on());
  const auto anchor = jam.playing().anchor;
  server.freeze();  // so that half a second is missed before the heartbeat tells
  REQUIRE(jam.reaches(State::null_clock));
  CHECK(jam.host.status().caught_up > 48'000 * 4 / 10);
  const auto now_due = [](const Anchor& from) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const double seconds =
        std::chrono::duration<double>(now).count() - static_cast<double>(from.nanoseconds) * 1e-9;
    return from.frame + static_cast<std::int64_t>(seconds * 48'000);
  };
  // Loosely, from one of the server's last periods: a busy machine makes jackd itself skip some ...
  CHECK(eventually([&] { return jam.source.rendered >= now_due(anchor) - 48'000; }));
  // ... and frame_at says where the engine is.
  CHECK(eventually([&] {
    return std::abs(jam.host.frame_at(std::chrono::steady_clock::now()) - jam.source.rendered) < 4'800;
  }));
  jam.check_whole();
}

TEST_CASE(
    "jackd changes its period mid-run: the device is lost for a moment, and comes back with the new one") {
  JackServer server;
  start_and_wait(server);
  Jam jam;
  jam.start();
  REQUIRE(jam.goes_on());
  for (const int period : {256, 1'024, 64}) {
    CAPTURE(period);
    const auto before = jam.playing();
    REQUIRE(JackServer::set_period(period));
    CHECK(eventually([&] {
      const auto s = jam.host.status();
      return s.state == State::device && s.buffer == period && s.returns > before.returns;
    }));
    CHECK(jam.goes_on());
    CHECK(graph().find("entrain-test:outport 0") !=
          std::string::npos);  // the old client is gone, name and all
  }
  INFO(jam.said.text());
  jam.check_whole();
}

TEST_CASE("jackd hangs: the null clock carries on, and the device is taken back when it wakes") {
  JackServer server;
  start_and_wait(server);
  Jam jam;
  jam.start();
  REQUIRE(jam.goes_on());
  const auto before = jam.playing();
  server.freeze();
  REQUIRE(jam.reaches(State::null_clock));
  CHECK(jam.goes_on());
  server.thaw();
  INFO(jam.said.text());
  CHECK(jam.comes_back_after(before));
  CHECK(jam.goes_on());
  jam.check_whole();
}

TEST_CASE("a server that hangs while the jam stops does not hold it up") {
  JackServer server;
  start_and_wait(server);
  Jam jam;
  jam.start();
  REQUIRE(jam.goes_on());
  server.freeze();
  jam.host.stop();  // returns: that is the law
  CHECK(jam.host.status().state == State::stopped);
  CHECK_FALSE(jam.source.overlapped);
}

TEST_CASE("a server that hangs and is then killed while the library is closing on it takes nothing with it") {
  JackServer server;
  start_and_wait(server);
  Jam jam;
  jam.start();
  for (int i = 0; i < 3; ++i) {
    REQUIRE(jam.goes_on());
    const auto before = jam.playing();
    server.freeze();
    REQUIRE(jam.reaches(State::null_clock));
    // Within these two seconds the library begins to close, and waits for an answer.
    for (int half_second = 0; half_second < 4; ++half_second) CHECK(jam.goes_on());
    server.kill_hard();
    CHECK(jam.goes_on());
    server.start();
    REQUIRE(jam.comes_back_after(before));
  }
  jam.check_whole();
}

TEST_CASE("a server that dies while the engine is rendering leaves no quantum half rendered") {
  // libjack cancels its thread asynchronously: without protection the process ends, or the engine stays held.
  JackServer server;
  start_and_wait(server, 48'000, 4'096);
  Jam jam;
  jam.start();
  jam.source.busy_microseconds = 400;  // 51 ms of each period of 85: death finds the engine inside, mostly
  for (int i = 0; i < 6; ++i) {
    REQUIRE(jam.goes_on());
    const auto before = jam.playing();
    server.kill_hard();
    REQUIRE(jam.reaches(State::null_clock));
    server.start(48'000, 4'096);
    REQUIRE(jam.comes_back_after(before));
  }
  jam.check_whole();
}

TEST_CASE("whatever happens to the server, the libraries print nothing on the performer's terminal") {
  const std::string log = "/tmp/entrain-test-" + std::to_string(getpid()) + ".err";
  const int terminal = dup(2), file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  REQUIRE(file >= 0);
  std::cerr.flush();
  dup2(file, 2);
  bool lost = false, back = false;
  {
    JackServer server;
    Jam jam;
    DeviceConfig config;
    if (jam.host.start(config)) {
      server.start();
      jam.reaches(State::device);
      const auto before = jam.playing();
      server.kill_hard();
      lost = jam.reaches(State::null_clock);
      server.start();
      back = jam.comes_back_after(before);
    }
    std::cerr << "\nRtApiJack: a library's line\n"
              << std::endl
              << "our line" << std::endl
              << "Rt, not quite\n";
  }
  dup2(terminal, 2);
  close(terminal);
  close(file);
  CHECK(lost);
  CHECK(back);
  const std::string printed = read(log);
  std::filesystem::remove(log);
  CHECK(printed == "our line\nRt, not quite\n");
}
