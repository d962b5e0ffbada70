// An OSC desk with nothing real around it: its clock, stage and network are vectors.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "control/osc/osc_desk.h"
#include "engine/core/catalogue.h"
#include "tests/support/osc.h"

namespace entrain::test {

inline constexpr OscPeer kTablet{0x0A000005, 50'000}, kPhone{0x0A000006, 40'000};

/// A desk with nothing real around it.
class FakeStage {
 public:
  static constexpr std::int64_t kArrival =
      1'000'000;  ///< frame of what arrives now; a constant, as is the clock

  FakeStage() {
    snapshot.controls = static_cast<std::int32_t>(catalogue().size());
    for (std::size_t i = 0; i < catalogue().size(); ++i)
      snapshot.values[i] = catalogue().row(ControlId{static_cast<std::uint16_t>(i)}).initial;
  }
  void hear(const Packet& packet, OscPeer from = kTablet) { desk.hear(packet, from, now); }
  void pass(std::chrono::nanoseconds time) {
    now.steady += time;
    now.wall += std::chrono::duration_cast<OscTime::duration>(time);
    desk.tick(now);
  }
  std::vector<Said> said() const {
    std::vector<Said> all;
    for (const auto& [to, datagram] : sent)
      for (Said& one : said_in(datagram)) all.push_back(std::move(one));
    return all;
  }
  std::uint64_t faults(OscFault::Kind kind) const {
    return desk.status().faults[static_cast<std::size_t>(kind)];
  }

  OscNow now{SteadyTime(std::chrono::hours(5)), OscTime(std::chrono::seconds(1'750'000'000))};
  Snapshot snapshot;
  bool room_in_inbox = true;
  bool keeps_commands = false;  ///< commands stay under way: `done` keeps their answers
  std::string refusal;          ///< when not empty, what commands are refused with
  std::vector<Event> events;
  std::vector<CommandCall> calls;
  std::vector<std::function<void(const Result<std::string>&)>> done;
  std::vector<std::pair<OscPeer, Packet>> sent;
  std::vector<std::string> log;
  int rings = 0;
  OscDesk desk{outlets()};

 private:
  OscDesk::Outlets outlets() {
    OscDesk::Outlets out;
    out.post = [this](const Event& event) {
      if (room_in_inbox) events.push_back(event);
      return room_in_inbox;
    };
    out.execute = [this](CommandCall call, std::function<void(const Result<std::string>&)> answer) {
      calls.push_back(std::move(call));
      if (keeps_commands) return done.push_back(std::move(answer));
      answer(refusal.empty() ? Result<std::string>(std::string("done")) : Error{refusal});
    };
    out.arrival = [] { return Frame(kArrival); };
    // 48 frames a millisecond, so that moments and frames can be told from one another exactly.
    out.frame_at = [this](OscTime time) {
      const auto ahead = std::chrono::duration_cast<std::chrono::nanoseconds>(time - now.wall).count();
      return Frame(kArrival + ahead * 48 / 1'000'000);
    };
    out.snapshot = [this] { return snapshot; };
    out.send = [this](OscPeer to, std::span<const std::byte> datagram) {
      sent.push_back({to, {datagram.begin(), datagram.end()}});
    };
    out.log = [this](const std::string& sentence) { log.push_back(sentence); };
    out.ring = [this] { ++rings; };
    return out;
  }
};

}  // namespace entrain::test
