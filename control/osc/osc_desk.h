// The desk: what a datagram does, and when. No socket, no thread, no clock: all of that is handed in.
//
// Besides controls and commands (osc_map.h) it knows
//   /ping                  answers /pong
//   /get s:address         answers with the value; patterns are allowed
//   /refresh               sends all values (again)
//   /subscribe [i:port]    sends all values and then what changes, for 30 s after the last packet from that
//   IP
// Faults are answered with /error s:sentence to subscribers, once a second and kind.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <span>
#include <string>
#include <vector>

#include "control/osc/osc_feedback.h"
#include "control/osc/osc_limits.h"
#include "control/osc/osc_map.h"
#include "control/osc/osc_peer.h"
#include "engine/core/result.h"

namespace entrain {

/// Counters since the start.
struct OscStatus {
  std::uint64_t packets = 0, messages = 0;  ///< that could be read
  std::uint64_t events = 0, commands = 0;   ///< passed on
  std::uint64_t late = 0;                   ///< messages whose time had passed: taken at once
  std::uint64_t dropped = 0;                ///< events over a limit, or that found the inbox full
  std::uint64_t unanswered = 0;             ///< answers left out because there were too many
  std::uint64_t lost = 0;  ///< datagrams the system dropped before we saw them, unsendable ones
  std::array<std::uint64_t, static_cast<std::size_t>(OscFault::Kind::count)> faults{};
  std::size_t held = 0;  ///< commands waiting for their time now
  std::size_t subscribers = 0;
};

/// One thread, save for what becomes of commands, which may be told on any.
class OscDesk {
 public:
  static constexpr int kPacketActs = 512;           ///< events and commands of one packet
  static constexpr std::size_t kMostWaiting = 256;  ///< events for later, and commands, each
  static constexpr int kMostCommands = 64;          ///< that the stage has not answered yet
  static constexpr std::chrono::seconds kFarthest{10};
  static constexpr double kEventsPerSecond = 16'000, kEventBurst = 1'024;
  static constexpr double kAnswerBytesPerSecond = 256e3, kAnswerBurst = 64e3;

  struct Outlets {
    std::function<bool(const Event&)> post;
    std::function<void(CommandCall, std::function<void(const Result<std::string>&)> done)> execute;
    std::function<Frame()> arrival;  ///< where something that arrives now is placed
    std::function<Frame(OscTime)>
        frame_at;  ///< the same for another time; may be empty: all is placed on arrival
    std::function<Snapshot()> snapshot;
    OscSend send;
    std::function<void(const std::string&)> log;
    std::function<void()> ring;  ///< tick() is wanted; any thread, even when the desk is gone
  };

  explicit OscDesk(Outlets outlets);

  void hear(std::span<const std::byte> datagram, OscPeer from, OscNow now);
  /// Commands whose time has come, answers to commands, feedback. Call when rung, and after wait().
  void tick(OscNow now);
  /// How long until tick() has something to do, 0 to 1 s.
  std::chrono::milliseconds wait(OscNow now) const;
  OscStatus status() const;

 private:
  struct Mailbox;  ///< where commands' answers arrive
  struct Ticket;   ///< a command the stage has not answered yet
  struct Held {
    SteadyTime due;
    CommandCall call;
    OscPeer from;
  };
  /// When a message takes effect.
  struct Moment {
    Frame frame;
    bool later = false;
    SteadyTime due;
  };

  bool converse(const OscMessage& message, int& room, OscPeer from, OscNow now);
  void subscribe(const OscMessage& message, OscPeer from, OscNow now);
  void get(const OscMessage& message, int& room, OscPeer from, OscNow now);
  void refresh(OscPeer from, OscNow now);
  void perform(const OscMessage& message, int& room, Frame arrival, OscPeer from, OscNow now);
  bool place(const OscMessage& message, Frame arrival, OscPeer from, OscNow now, Moment& moment);
  void post(Event event, const Moment& moment, OscPeer from, OscNow now);
  void hold(CommandCall call, const Moment& moment, OscPeer from, OscNow now);
  void execute(CommandCall call, OscPeer from, OscNow now);
  void answer(OscPeer to, std::span<const std::byte> datagram, OscNow now);
  void report(const OscFault& fault, OscPeer from, OscNow now);

  const Outlets outlets_;
  const OscMap map_;
  OscFeedback feedback_;
  OscBudget event_budget_{kEventsPerSecond, kEventBurst}, answer_budget_{kAnswerBytesPerSecond, kAnswerBurst};
  std::priority_queue<SteadyTime, std::vector<SteadyTime>, std::greater<>>
      waiting_;             ///< events posted for later
  std::vector<Held> held_;  ///< soonest first
  std::array<OscHush, static_cast<std::size_t>(OscFault::Kind::count)> hushes_;
  OscStatus status_;
  std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace entrain
