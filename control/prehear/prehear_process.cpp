#include "control/prehear/prehear_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "control/owned_fd.h"
#include "control/prehear/follower.h"
#include "control/prehear/prehear_wire.h"
#include "control/stage/sounds.h"
#include "control/worker/wire.h"
#include "control/worker/worker.h"
#include "engine/core/hash.h"

namespace entrain {
namespace {

using What = PrehearAnswer::What;
using std::chrono::milliseconds;

constexpr milliseconds kIdle{20};
constexpr int kSlice = 500;  ///< quanta between two looks at the parent
constexpr int kMostSecondsLate = 3;
constexpr double kTellStep = 0.02;
constexpr double kLeastBeginning = 1;  ///< seconds that are heard while the rest is rendered, and
constexpr double kAhead = 2;           ///< how many times as long as that should take

class Following {
 public:
  explicit Following(int socket)
      : socket_(socket), follower_([this](const AssetLine& line) { return load(line); }) {}
  ~Following() { end_clone(); }

  int run() {
    if (!send_packet(socket_, R"({"ready":1})")) return 0;
    for (;;) {
      Packet packet;
      switch (receive_packet(socket_, busy_ ? milliseconds(0) : kIdle, packet)) {
        case Received::closed:
          return 0;
        case Received::packet:
          if (!obey(packet.line)) return 2;
          break;
        case Received::timeout:
          break;
      }
      if (auto done = work(); !done) {
        if (!tell({.what = What::error, .id = id_, .text = done.error().sentence})) return 0;
        return 3;
      }
    }
  }

 private:
  bool tell(const PrehearAnswer& answer) { return send_packet(socket_, line_of(answer)); }

  bool obey(const std::string& line) {
    auto order = prehear_order(line);
    if (!order) return false;
    if (order->hear) {
      forget();
      told_ = -1;
      id_ = wanted_.emplace(*std::move(order->hear)).id;
      begun_at_ = follower_.frame();
    } else if (order->forget) {
      forget();
      wanted_.reset();
    } else {
      journal_ = OwnedFd(::open(order->follow.c_str(), O_RDONLY | O_CLOEXEC));
      return static_cast<bool>(journal_);
    }
    return true;
  }

  void forget() {
    end_clone();
    follower_.forget();
    told_change_.clear();
  }

  Result<void> work() {
    bool more = false;
    if (auto done = read(more); !done) return done;
    auto going = follower_.advance(kSlice);
    if (!going) return going.error();
    busy_ = more || *going;
    reap_clone();
    if (const std::string change = follower_.change(); change != told_change_) {
      told_change_ = change;
      tell({.what = What::changed, .id = id_, .text = change});
    }
    if (wanted_) serve();
    return {};
  }

  Result<void> read(bool& more) {
    if (!journal_) return {};
    std::array<char, 1 << 16> block;
    const auto n = ::read(journal_.get(), block.data(), block.size());
    if (n < 0 && errno != EINTR && errno != EAGAIN)
      return Error{fmt::format("the journal cannot be read ({})", std::generic_category().message(errno))};
    more = n > 0;
    return n > 0 ? follower_.read({block.data(), static_cast<std::size_t>(n)}) : Result<void>();
  }

  /// What is coming is in the engine; or it will not get there any more, and the rendering will say so.
  bool ready_for(const PrehearOrder::Hear& order) {
    if (busy_ || follower_.read_until() < order.after) return false;
    return follower_.now().transition.id == order.coming.transition.id ||
           follower_.read_until() > order.after + kMostSecondsLate * follower_.rate();
  }

  /// Renders as soon as all that was done before it was asked for is known and was played.
  void serve() {
    if (!ready_for(*wanted_)) {
      const double all = static_cast<double>(wanted_->after - begun_at_);
      const double part = all > 0 ? static_cast<double>(follower_.frame() - begun_at_) / all : 1;
      if (part >= told_ + kTellStep)
        tell({.what = What::catching_up, .id = id_, .part = told_ = std::min(part, 1.0)});
      return;
    }
    const auto order = std::exchange(wanted_, std::nullopt);
    follower_.expect(order->coming);
    clone_ = ::fork();
    if (clone_ == 0) ::_exit(render(*order) ? 0 : 1);
    if (clone_ < 0)
      tell({.what = What::error,
            .id = id_,
            .text = "There is no memory left to render ahead; unload some sounds."});
  }

  /// The clone: renders, tells, and is gone.
  bool render(const PrehearOrder::Hear& order) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Pcm heard;
    double told = -1;
    const auto begun = std::chrono::steady_clock::now();
    bool begins = false;  // its beginning was sent
    const auto span = follower_.render(
        order.coming,
        [&](std::span<const float> left, std::span<const float> right) {
          heard.left.insert(heard.left.end(), left.begin(), left.end());
          heard.right.insert(heard.right.end(), right.begin(), right.end());
        },
        [&](double part) {
          if (part >= told + kTellStep) tell({.what = What::rendering, .id = order.id, .part = told = part});
          const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
          const double there = static_cast<double>(heard.left.size()) / follower_.rate();
          if (begins || there < kLeastBeginning || took * (1 - part) * kAhead > there * part) return;
          begins = true;
          if (const OwnedFd sealed = seal_pcm(heard))
            send_packet(socket_,
                        line_of({.what = What::beginning,
                                 .id = order.id,
                                 .frames = static_cast<std::int64_t>(heard.left.size())}),
                        sealed.get());
        });
    if (!span) return tell({.what = What::error, .id = order.id, .text = span.error().sentence});
    PrehearAnswer answer{
        .what = What::rendered, .id = order.id, .frames = static_cast<std::int64_t>(heard.left.size())};
    answer.span = *span;
    const OwnedFd sealed = seal_pcm(heard);
    if (!sealed)
      return tell(
          {.what = What::error, .id = order.id, .text = "There is no memory left for what is heard ahead."});
    return send_packet(socket_, line_of(answer), sealed.get());
  }

  void reap_clone() {
    int status = 0;
    if (clone_ <= 0 || ::waitpid(clone_, &status, WNOHANG) != clone_) return;
    clone_ = -1;
    if (WIFSIGNALED(status))
      tell({.what = What::error,
            .id = id_,
            .text =
                fmt::format("What was rendered ahead broke off (signal {}); ask again.", WTERMSIG(status))});
  }

  void end_clone() {
    if (clone_ <= 0) return;
    ::kill(clone_, SIGKILL);
    ::waitpid(clone_, nullptr, 0);
    clone_ = -1;
  }

  /// The session's own workers have decoded it before, so it is not hostile.
  static Result<std::shared_ptr<const Asset>> decoded(const AssetLine& line, int rate) {
    auto pcm = decode(line.path, rate);
    if (!pcm) return pcm.error();
    const std::uint64_t hash = pcm_hash(pcm->left, pcm->right);
    return make_asset(line.path, LoadedPcm{*std::move(pcm), hash}, rate);
  }
  Result<std::shared_ptr<const Asset>> load(const AssetLine& line) {
    auto asset = decoded(line, follower_.rate());
    if (!asset) return asset;
    if ((*asset)->pcm_hash != line.pcm_hash)
      return Error{line.path + " is not any more what it was when it was loaded"};
    return asset;
  }

  const int socket_;
  Follower follower_;
  OwnedFd journal_;
  std::optional<PrehearOrder::Hear> wanted_;
  int id_ = 0;
  Frame begun_at_;
  double told_ = -1;
  std::string told_change_;
  bool busy_ = false;
  pid_t clone_ = -1;
};

}  // namespace

int prehear_main(int fd) {
  if (!is_worker_socket(fd)) {
    std::fprintf(stderr, "entrain prehear is started by entrain itself, not by hand.\n");
    return 1;
  }
  isolate_worker(fd, false);
  return serve_prehear(fd);
}

int serve_prehear(int fd) { return Following(fd).run(); }

}  // namespace entrain
