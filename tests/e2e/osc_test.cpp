// The OSC server over real UDP, with a real stage and engine, and Debian's oscsend and oscdump as the tablet.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "control/osc/osc_server.h"
#include "engine/core/catalogue.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

extern char** environ;

using namespace entrain;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// Waits until something holds, for as long as a loaded machine may need.
template <class Condition>
bool eventually(Condition condition) {
  for (const auto end = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return condition();
}

pid_t start(const std::vector<std::string>& command, const std::string& output) {
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) FAIL(command[0] + " cannot be started: install liblo-tools");
  return pid;
}

/// An engine that a thread keeps rendering, with its stage and OSC server.
class Show {
 public:
  Show() {
    engine_.prepare({48'000, 1, Isa::baseline});
    stage.set_arrival([this] { return Frame(rendered_.load()); });
    stage.run();
    clock_ = std::jthread([this](std::stop_token stop) { render(stop); });
    auto started = OscServer::start(stage, {"127.0.0.1", 0, frame_at()});
    REQUIRE(started);
    server = *std::move(started);
  }
  ~Show() { server.reset(); }

  double value(const std::string& address) const {
    return stage.snapshot().values[catalogue().find(address).value().index];
  }
  std::string port() const { return std::to_string(server->port()); }

 private:
  std::function<Frame(OscTime)> frame_at() {
    return [this](OscTime time) {
      const std::chrono::duration<double> ahead = time - std::chrono::system_clock::now();
      return Frame(rendered_.load() + std::llround(ahead.count() * 48'000));
    };
  }
  void render(std::stop_token stop) {
    float channels[4][kQuantum];
    float* out[4] = {channels[0], channels[1], channels[2], channels[3]};
    while (!stop.stop_requested()) {
      for (int i = 0; i < 8; ++i) wires_.render(out);
      rendered_ += 8 * kQuantum;
      std::this_thread::sleep_for(5ms);
    }
  }

  Engine engine_;
  WorkerPool workers_{{{"/bin/false"}, 1, 1s}};
  Sounds sounds_{workers_, 48'000, {}};
  Wires wires_{engine_, 48'000, nullptr, nullptr};
  std::atomic<std::int64_t> rendered_{0};

 public:
  Stage stage{wires_, sounds_, 48'000, 0, {}};
  std::unique_ptr<OscServer> server;

 private:
  std::jthread clock_;
};

/// oscsend and, on a port of its own, oscdump.
class Tablet {
 public:
  explicit Tablet(std::string server_port)
      : to_(std::move(server_port)), heard_((folder_.path / "heard").string()) {
    const int probe = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    REQUIRE(::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    ::close(probe);
    port = ntohs(address.sin_port);
    dump_ = start({"oscdump", "-L", std::to_string(port)}, heard_);
    REQUIRE(eventually([&] { return listens(); }));
  }
  ~Tablet() {
    ::kill(dump_, SIGTERM);
    ::waitpid(dump_, nullptr, 0);
  }

  void send(std::vector<std::string> words) const {
    words.insert(words.begin(), {"oscsend", "localhost", to_});
    int status = 0;
    const pid_t pid = start(words, (folder_.path / "sent").string());
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    REQUIRE(status == 0);
  }
  std::string heard() const {
    std::ostringstream text;
    text << std::ifstream(heard_).rdbuf();
    return text.str();
  }
  bool hears(const std::string& part) const {
    return eventually([&] { return heard().find(part) != std::string::npos; });
  }

  std::uint16_t port = 0;

 private:
  /// True when somebody has bound our port (in /proc/net/udp or udp6, in hexadecimal).
  bool listens() const {
    char hex[8];
    std::snprintf(hex, sizeof hex, ":%04X ", port);
    for (const char* table : {"/proc/net/udp", "/proc/net/udp6"}) {
      std::ostringstream text;
      text << std::ifstream(table).rdbuf();
      if (text.str().find(hex) != std::string::npos) return true;
    }
    return false;
  }

  TempDir folder_;
  std::string to_, heard_;
  pid_t dump_ = -1;
};

}  // namespace

TEST_CASE("a tablet moves controls, calls commands, and hears what changed", "[osc][e2e]") {
  Show show;
  const Tablet tablet(show.port());

  tablet.send({"/subscribe", "i", std::to_string(tablet.port)});
  CHECK(tablet.hears("/transport/tempo f 120.0"));
  CHECK(tablet.hears("/deck/4/play i 0"));

  tablet.send({"/deck/2/gain", "f", "-7.5"});
  CHECK(eventually([&] { return show.value("/deck/2/gain") == -7.5; }));
  CHECK(tablet.hears("/deck/2/gain f -7.5"));

  tablet.send({"/deck/*/gain", "i", "99"});  // out of range, to four decks
  CHECK(eventually([&] { return show.value("/deck/1/gain") == 12 && show.value("/deck/4/gain") == 12; }));
  CHECK(tablet.hears("/deck/3/gain f 12.0"));

  tablet.send({"/transport/play", "T"});
  CHECK(tablet.hears("/transport/play i 1"));
  CHECK(eventually([&] { return show.stage.snapshot().running; }));

  CHECK(eventually([&] { return show.stage.snapshot().epoch > 0; }));
  const auto epoch = show.stage.snapshot().epoch;
  tablet.send({"/track/1/pattern", "s", "1000"});
  CHECK(eventually([&] { return show.stage.snapshot().epoch > epoch; }));
  tablet.send({"/track/1/pattern", "s", "1x00"});
  CHECK(tablet.hears("/error s"));

  tablet.send({"/deck/1/gian", "f", "0"});
  CHECK(tablet.hears("did you mean /deck/1/gain?"));
  tablet.send({"/ping"});
  CHECK(tablet.hears("/pong"));
  tablet.send({"/get", "s", "/master/ceiling"});
  CHECK(tablet.hears("/master/ceiling f -1.0"));

  CHECK(eventually([&] { return show.server->status().messages == 9; }));
  CHECK(show.server->status().subscribers == 1);
  CHECK(show.server->status().lost == 0);
}

TEST_CASE("the server listens on this machine alone unless told otherwise, and says when its port is taken",
          "[osc][e2e]") {
  Show show;
  std::ostringstream table;
  table << std::ifstream("/proc/net/udp").rdbuf();
  char local[32];
  std::snprintf(local, sizeof local, " 0100007F:%04X ", show.server->port());
  CHECK(table.str().find(local) != std::string::npos);
  const auto second = OscServer::start(show.stage, {"127.0.0.1", show.server->port(), {}});
  REQUIRE_FALSE(second);
  CHECK(second.error().sentence.find("--osc-port") != std::string::npos);
}

TEST_CASE("garbage and a flood over the wire leave the server answering", "[osc][e2e]") {
  Show show;
  const Tablet tablet(show.port());
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(show.server->port());
  std::vector<char> bytes(60'000);
  std::uint32_t random = 1;
  for (int i = 0; i < 20'000; ++i) {
    for (int n = 0; n < 16; ++n)
      bytes[static_cast<std::size_t>(n)] =
          static_cast<char>((random = random * 1'664'525 + 1'013'904'223) >> 24);
    if (i % 2 == 0) std::copy_n("/*/*/*\0\0,f\0\0\x3f\x80\0\0", 16, bytes.begin());
    const std::size_t size = i % 3 == 0 ? 16 : (random >> 8) % (i % 100 == 0 ? bytes.size() : 64);
    static_cast<void>(::sendto(fd, bytes.data(), size, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to));
  }
  ::close(fd);
  // Pings may drown in the flood that is still queued: a tablet sends again.
  CHECK(eventually([&] {
    tablet.send({"/subscribe", "i", std::to_string(tablet.port)});
    tablet.send({"/ping"});
    return tablet.heard().find("/pong") != std::string::npos;
  }));
  tablet.send({"/deck/2/gain", "f", "-7.5"});
  CHECK(eventually([&] { return show.value("/deck/2/gain") == -7.5; }));
}
