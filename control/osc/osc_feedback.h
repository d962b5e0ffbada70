// Feedback: who listens, what each of them believes, and what has changed since.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "control/osc/osc_limits.h"
#include "control/osc/osc_map.h"
#include "control/osc/osc_peer.h"
#include "engine/core/records.h"

namespace entrain {

/// Pure logic for one thread; time is handed in. Everything goes to the IP that asked, never anywhere else.
///
/// Senders often leave from another port than they listen on, so a subscription has both: `source`, where its
/// packets come from, and the port it named, or by custom 9001 and the source port.
class OscFeedback {
 public:
  static constexpr std::size_t kMostSubscribers = 16;
  static constexpr std::uint16_t kCustomaryPort = 9001;
  static constexpr std::chrono::seconds kLease{30};
  static constexpr std::chrono::seconds kTouch{1};
  static constexpr std::chrono::microseconds kEvery{33'334};  ///< at most 30 a second

  /// Subscribes, or subscribes again: all values are sent. False: there are too many already.
  bool subscribe(OscPeer sender, std::optional<std::uint16_t> port, SteadyTime now);
  /// A packet from that IP: its leases last longer.
  void renew(OscPeer sender, SteadyTime now);
  /// The sender moved this control to `value`: it knows, and is not told for as long as it keeps touching it.
  void touch(OscPeer sender, ControlId control, double value, SteadyTime now);
  /// All values shall be sent again. False: the sender is not subscribed.
  bool refresh(OscPeer sender);
  /// True when the sender is subscribed and was not told of such a fault within a second.
  bool may_tell(OscPeer sender, OscFault::Kind kind, SteadyTime now);
  /// Where an answer to a packet goes: back to its port, and where that sender listens.
  std::vector<OscPeer> answers_to(OscPeer sender) const;

  /// When push() has something to do next; nothing while nobody is subscribed.
  std::optional<SteadyTime> due() const;
  /// Ends leases and sends every subscriber what changed. Call when due().
  void push(const Snapshot& snapshot, SteadyTime now, const OscSend& send);
  std::size_t subscribers() const { return subscribers_.size(); }

 private:
  struct Belief {
    float value;           ///< NaN: nothing is known
    SteadyTime touched{};  ///< no feedback until kTouch later
    bool touching = false;
  };
  struct Subscriber {
    OscPeer source;
    std::optional<std::uint16_t> named;
    SteadyTime until;
    std::vector<Belief> beliefs;  ///< by control
    std::array<OscHush, static_cast<std::size_t>(OscFault::Kind::count)> hushes{};

    std::vector<OscPeer> listens_at() const;
    void forget();
  };
  /// Those whose packets leave from this very port; else all of that IP.
  std::vector<std::size_t> matching(OscPeer sender) const;
  static void push_to(Subscriber& subscriber, const Snapshot& snapshot, SteadyTime now, const OscSend& send);

  std::vector<Subscriber> subscribers_;
  std::optional<SteadyTime> last_push_;
};

/// All values, as datagrams handed to `send` one by one. Triggers keep no value and are left out.
void osc_dump(const Snapshot& snapshot, const std::function<void(std::span<const std::byte>)>& send);

}  // namespace entrain
