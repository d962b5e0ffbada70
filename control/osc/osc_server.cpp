#include "control/osc/osc_server.h"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "control/osc/osc_socket.h"

namespace entrain {
namespace {

/// So that feedback keeps its pace in a flood.
constexpr int kDatagramsPerTurn = 256;

OscNow read_clocks() { return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()}; }

void ring(int bell) {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(bell, &one, sizeof one));
}

}  // namespace

class OscServer::Impl {
 public:
  Impl(Stage& stage, Options options, OscSocket socket, std::shared_ptr<OwnedFd> bell)
      : socket_(std::move(socket)),
        bell_(std::move(bell)),
        producer_(stage.make_producer()),
        desk_(outlets(stage, std::move(options))) {
    thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
  }
  ~Impl() {
    thread_.request_stop();
    ring(bell_->get());
  }

  std::uint16_t port() const { return socket_.port(); }
  OscStatus status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  OscDesk::Outlets outlets(Stage& stage, Options options) {
    OscDesk::Outlets out;
    out.post = [this](const Event& event) { return producer_.post(event); };
    out.execute = [&stage](CommandCall call, Stage::Done done) {
      stage.execute(std::move(call), std::move(done));
    };
    out.arrival = [&stage] { return stage.arrival(); };
    out.frame_at = std::move(options.frame_at);
    out.snapshot = [&stage] { return stage.snapshot(); };
    out.send = [this](OscPeer to, std::span<const std::byte> datagram) { socket_.send(to, datagram); };
    out.log = [](const std::string& sentence) { spdlog::info("{}", sentence); };
    out.ring = [bell = bell_] { ring(bell->get()); };
    return out;
  }

  void run(std::stop_token stop) {
    while (!stop.stop_requested()) {
      wait();
      hear();
      desk_.tick(read_clocks());
      OscStatus status = desk_.status();
      status.lost = socket_.lost();
      const std::lock_guard lock(mutex_);
      status_ = status;
    }
  }

  void wait() {
    std::array<pollfd, 2> fds{{{socket_.fd(), POLLIN, 0}, {bell_->get(), POLLIN, 0}}};
    static_cast<void>(::poll(fds.data(), fds.size(), static_cast<int>(desk_.wait(read_clocks()).count())));
    std::uint64_t rings;
    static_cast<void>(!::read(bell_->get(), &rings, sizeof rings));
  }

  void hear() {
    OscPeer from;
    for (int i = 0; i < kDatagramsPerTurn; ++i) {
      const auto datagram = socket_.receive(from);
      if (!datagram) return;
      desk_.hear(*datagram, from, read_clocks());
    }
  }

  OscSocket socket_;
  const std::shared_ptr<OwnedFd> bell_;  ///< outlives us for as long as a command is under way
  Wires::Producer producer_;
  OscDesk desk_;
  mutable std::mutex mutex_;
  OscStatus status_;
  std::jthread thread_;
};

Result<std::unique_ptr<OscServer>> OscServer::start(Stage& stage, Options options) {
  auto socket = OscSocket::open(options.address, options.port);
  if (!socket) return socket.error();
  auto bell = std::make_shared<OwnedFd>(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!*bell)
    return Error{
        fmt::format("cannot make an event for OSC ({}); close other programs", std::strerror(errno))};
  return std::unique_ptr<OscServer>(
      new OscServer(std::make_unique<Impl>(stage, std::move(options), *std::move(socket), std::move(bell))));
}

OscServer::OscServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OscServer::~OscServer() = default;

std::uint16_t OscServer::port() const { return impl_->port(); }
OscStatus OscServer::status() const { return impl_->status(); }

}  // namespace entrain
