#include "control/protocol/server.h"

#include <fmt/format.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "control/owned_fd.h"
#include "engine/core/catalogue.h"

namespace entrain {
namespace {

constexpr int kMaxClients = 32;
constexpr std::size_t kMaxUnread = 1 << 20;       ///< bytes a client may leave unread
constexpr int kPushEveryMs = 33, kStatusEveryMs = 250;
constexpr std::size_t kMaxReports = 4096;         ///< that wait to be pushed

struct Client {
  OwnedFd fd;
  std::string in, out;
  std::unique_ptr<Dialogue> dialogue;
  bool gone = false;
  bool watched = false;                       ///< has been sent all values
  std::vector<double> seen;                   ///< values it was last pushed
};

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.string().size() >= sizeof address.sun_path)
    return Error{fmt::format("the socket's path {} is too long; give a shorter --socket", path.string())};
  std::strcpy(address.sun_path, path.c_str());
  return address;
}

}  // namespace

class StageServer::Impl : public std::enable_shared_from_this<StageServer::Impl> {
 public:
  Impl(Stage& stage, OwnedFd listener, std::filesystem::path path, MoreQueries more)
      : stage_(stage), more_(std::move(more)), producer_(stage.make_producer()), listener_(std::move(listener)), path_(std::move(path)),
        wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  void run() {
    thread_ = std::jthread([this](std::stop_token stop) { loop(stop); });
  }
  void stop() {
    thread_.request_stop();
    ring();
    thread_.join();
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  /// From the stage's thread.
  void hear_report(const Report& report) {
    const std::lock_guard lock(mutex_);
    if (reports_.size() < kMaxReports) reports_.push_back(report);
  }

 private:
  struct Late {
    std::weak_ptr<Client> to;
    std::string line;
  };

  void ring() {
    const std::uint64_t one = 1;
    static_cast<void>(!write(wake_.get(), &one, sizeof one));
  }
  static std::string line_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }

  void loop(std::stop_token stop) {
    auto next_status = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
      wait();
      accept_clients();
      for (auto& client : clients_) read_from(*client);
      deliver_late();
      const bool status_due = std::chrono::steady_clock::now() >= next_status;
      if (status_due) next_status = std::chrono::steady_clock::now() + std::chrono::milliseconds(kStatusEveryMs);
      push_news(status_due);
      for (auto& client : clients_) write_to(*client);
      std::erase_if(clients_, [](const auto& client) { return client->gone; });
    }
  }

  void wait() {
    std::vector<pollfd> fds{{listener_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    bool watched = false;
    for (const auto& client : clients_) {
      fds.push_back({client->fd.get(), static_cast<short>(client->out.empty() ? POLLIN : POLLIN | POLLOUT), 0});
      watched = watched || client->dialogue->watching();
    }
    static_cast<void>(poll(fds.data(), fds.size(), watched ? kPushEveryMs : 1000));
    std::uint64_t count;
    static_cast<void>(!read(wake_.get(), &count, sizeof count));
  }

  void accept_clients() {
    for (int fd; (fd = accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      auto client = std::make_shared<Client>();
      client->fd = OwnedFd(fd);
      if (clients_.size() >= kMaxClients) {
        const std::string line = line_of({{"error", "32 clients are connected already; close one"}});
        static_cast<void>(!write(fd, line.data(), line.size()));
        continue;
      }
      const std::weak_ptr<Client> to = client;
      const std::weak_ptr<Impl> self = weak_from_this();
      client->dialogue = std::make_unique<Dialogue>(stage_, producer_, [self, to](const Json& json) {
        const auto server = self.lock();
        if (!server) return;
        const std::lock_guard lock(server->mutex_);
        server->late_.push_back({to, line_of(json)});
        server->ring();
      }, more_);
      clients_.push_back(std::move(client));
    }
  }

  void read_from(Client& client) {
    char bytes[16 * 1024];
    for (;;) {
      const ssize_t n = read(client.fd.get(), bytes, sizeof bytes);
      if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) client.gone = true;
      if (n <= 0) break;
      client.in.append(bytes, static_cast<std::size_t>(n));
      std::size_t from = 0;
      for (std::size_t end; (end = client.in.find('\n', from)) != std::string::npos; from = end + 1)
        if (end > from) client.dialogue->hear(std::string_view(client.in).substr(from, end - from));
      client.in.erase(0, from);
      if (client.in.size() > kLongestLine) {
        client.out += line_of({{"error", "the line is too long; 64 KiB is the most"}});
        write_to(client);
        client.gone = true;
        break;
      }
    }
  }

  void deliver_late() {
    std::deque<Late> late;
    {
      const std::lock_guard lock(mutex_);
      late.swap(late_);
    }
    for (const Late& item : late)
      if (const auto client = item.to.lock()) client->out += item.line;
  }

  void push_news(bool status_due) {
    std::deque<Report> reports;
    {
      const std::lock_guard lock(mutex_);
      reports.swap(reports_);
    }
    const bool anyone = std::any_of(clients_.begin(), clients_.end(), [](auto& c) { return c->dialogue->watching(); });
    if (!anyone) return;
    const Snapshot snapshot = stage_.snapshot();
    std::string news;
    for (const Report& report : reports) news += line_of(report_json(report));
    if (status_due) news += line_of({{"status", status_json(snapshot, stage_.dropped())}});
    for (auto& client : clients_) {
      if (!client->dialogue->watching()) continue;
      push_values(*client, snapshot);
      client->out += news;
    }
  }

  static void push_values(Client& client, const Snapshot& snapshot) {
    client.seen.resize(catalogue().size());
    for (std::uint16_t i = 0; i < catalogue().size(); ++i) {
      if (client.watched && client.seen[i] == snapshot.values[i]) continue;
      client.seen[i] = snapshot.values[i];
      if (catalogue().row(ControlId{i}).kind != Kind::trigger)
        client.out += line_of(value_json(ControlId{i}, snapshot.values[i]));
    }
    client.watched = true;
  }

  void write_to(Client& client) {
    while (!client.out.empty()) {
      const ssize_t n = send(client.fd.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno != EAGAIN) client.gone = true;
      if (n <= 0) break;
      client.out.erase(0, static_cast<std::size_t>(n));
    }
    if (client.out.size() > kMaxUnread) client.gone = true;
  }

  Stage& stage_;
  const MoreQueries more_;
  Wires::Producer producer_;
  OwnedFd listener_;
  const std::filesystem::path path_;
  OwnedFd wake_;
  std::vector<std::shared_ptr<Client>> clients_;  // the thread's alone
  std::mutex mutex_;
  std::deque<Late> late_;        // guarded by mutex_
  std::deque<Report> reports_;   // guarded by mutex_
  std::jthread thread_;
};

std::filesystem::path default_socket_path() {
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR"); runtime != nullptr && *runtime != '\0')
    return std::filesystem::path(runtime) / "entrain.sock";
  return std::filesystem::temp_directory_path() / fmt::format("entrain-{}", getuid()) / "entrain.sock";
}

/// Makes the socket's folder; refuses one that another user could put a false socket into.
static Result<void> prepare_folder(const std::filesystem::path& folder) {
  if (folder.empty()) return {};
  std::error_code ignored;
  if (std::filesystem::create_directories(folder, ignored))
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
  struct stat is {};
  if (stat(folder.c_str(), &is) == 0 && is.st_uid != getuid() && is.st_uid != 0)
    return Error{fmt::format("the folder {} belongs to another user; give another --socket", folder.string())};
  return {};
}

Result<std::unique_ptr<StageServer>> StageServer::start(Stage& stage, const std::filesystem::path& path,
                                                        MoreQueries more) {
  const auto address = address_of(path);
  if (!address) return address.error();
  const auto* name = reinterpret_cast<const sockaddr*>(&*address);
  if (auto folder = prepare_folder(path.parent_path()); !folder) return folder.error();

  const OwnedFd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(probe.get(), name, sizeof *address) == 0)
    return Error{fmt::format("another Entrain answers at {}; stop it, or give this one its own --socket", path.string())};
  std::error_code ignored;
  if (errno == ECONNREFUSED) std::filesystem::remove(path, ignored);

  OwnedFd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const mode_t before = umask(0077);
  const int bound = bind(listener.get(), name, sizeof *address);
  umask(before);
  if (bound != 0 || listen(listener.get(), 16) != 0)
    return Error{fmt::format("cannot make the socket {} ({}); give another --socket", path.string(), std::strerror(errno))};
  auto impl = std::make_shared<Impl>(stage, std::move(listener), path, std::move(more));
  stage.on_report([weak = std::weak_ptr(impl)](const Report& report) {
    if (const auto server = weak.lock()) server->hear_report(report);
  });
  impl->run();
  return std::unique_ptr<StageServer>(new StageServer(std::move(impl)));
}

StageServer::StageServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
StageServer::~StageServer() { impl_->stop(); }

}  // namespace entrain
