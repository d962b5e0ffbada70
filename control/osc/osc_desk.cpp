#include "control/osc/osc_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <utility>

#include "control/osc/osc_text.h"
#include "control/osc/osc_write.h"
#include "engine/core/catalogue.h"

namespace entrain {
namespace {

using Fault = OscFault::Kind;

/// How long an event that waits for a grid line is taken to wait: a phrase at 120 BPM.
constexpr std::chrono::seconds kGridWait{8};

}  // namespace

struct OscDesk::Mailbox {
  struct Letter {
    OscPeer to;
    std::string sentence;
  };
  std::mutex mutex;
  std::vector<Letter> letters;  ///< at most kMostCommands: one for each ticket
  std::atomic<int> tickets{0};
  std::function<void()> ring;
};

/// Counts from execute() until the stage has forgotten the command, whether or not it answered.
struct OscDesk::Ticket {
  explicit Ticket(std::shared_ptr<Mailbox> box) : mailbox(std::move(box)) { ++mailbox->tickets; }
  ~Ticket() { --mailbox->tickets; }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  const std::shared_ptr<Mailbox> mailbox;
};

OscDesk::OscDesk(Outlets outlets) : outlets_(std::move(outlets)), mailbox_(std::make_shared<Mailbox>()) {
  mailbox_->ring = outlets_.ring;
}

void OscDesk::hear(std::span<const std::byte> datagram, OscPeer from, OscNow now) {
  feedback_.renew(from, now.steady);
  const auto messages = read_packet(datagram);
  if (!messages) return report({Fault::packet, messages.error().sentence}, from, now);
  ++status_.packets;
  status_.messages += messages->size();
  const Frame arrival = outlets_.arrival();  // one for all: what a bundle holds happens at once
  int room = kPacketActs;
  for (const OscMessage& message : *messages)
    if (!converse(message, room, from, now)) perform(message, room, arrival, from, now);
}

void OscDesk::tick(OscNow now) {
  std::vector<Mailbox::Letter> letters;
  {
    const std::lock_guard lock(mailbox_->mutex);
    letters.swap(mailbox_->letters);
  }
  for (const auto& letter : letters) report({Fault::command, letter.sentence}, letter.to, now);

  const auto later =
      std::find_if(held_.begin(), held_.end(), [&](const Held& held) { return held.due > now.steady; });
  std::vector<Held> due(std::make_move_iterator(held_.begin()), std::make_move_iterator(later));
  held_.erase(held_.begin(), later);
  for (Held& held : due) execute(std::move(held.call), held.from, now);

  if (const auto push = feedback_.due(); push && *push <= now.steady)
    feedback_.push(outlets_.snapshot(), now.steady, outlets_.send);
}

std::chrono::milliseconds OscDesk::wait(OscNow now) const {
  SteadyTime next = now.steady + std::chrono::seconds(1);
  if (!held_.empty()) next = std::min(next, held_.front().due);
  if (const auto push = feedback_.due()) next = std::min(next, *push);
  return std::chrono::ceil<std::chrono::milliseconds>(std::max(next, now.steady) - now.steady);
}

OscStatus OscDesk::status() const {
  OscStatus status = status_;
  status.held = held_.size();
  status.subscribers = feedback_.subscribers();
  return status;
}

// --- conversation

bool OscDesk::converse(const OscMessage& message, int& room, OscPeer from, OscNow now) {
  if (message.address == "/ping") {
    for (const OscPeer peer : feedback_.answers_to(from)) answer(peer, osc_message("/pong"), now);
  } else if (message.address == "/get") {
    get(message, room, from, now);
  } else if (message.address == "/refresh") {
    refresh(from, now);
  } else if (message.address == "/subscribe") {
    subscribe(message, from, now);
  } else {
    return false;
  }
  return true;
}

void OscDesk::subscribe(const OscMessage& message, OscPeer from, OscNow now) {
  std::optional<std::uint16_t> port;
  if (!message.args.empty()) {
    const double* number = std::get_if<double>(&message.args[0]);
    if (number == nullptr || !(*number >= 1 && *number <= 65'535) || std::floor(*number) != *number)
      return report({Fault::value, "/subscribe takes the port to send to, 1 to 65535, or nothing"}, from,
                    now);
    port = static_cast<std::uint16_t>(*number);
  }
  if (!feedback_.subscribe(from, port, now.steady))
    report({Fault::crowd, fmt::format("{} tablets are subscribed already; close one and wait {} s",
                                      OscFeedback::kMostSubscribers, OscFeedback::kLease.count())},
           from, now);
}

void OscDesk::get(const OscMessage& message, int& room, OscPeer from, OscNow now) {
  const std::string* address = message.args.empty() ? nullptr : std::get_if<std::string>(&message.args[0]);
  if (address == nullptr || address->empty() || address->size() > kOscLongestAddress ||
      address->front() != '/')
    return report({Fault::value, "/get takes one text, the address of a control"}, from, now);
  const auto found = map_.find(*address, room);
  if (found.fault) report(*found.fault, from, now);
  const Snapshot snapshot = outlets_.snapshot();
  const auto peers = feedback_.answers_to(from);
  for (const OscMap::Target* target : found.targets) {
    if (!target->control || catalogue().row(*target->control).kind == Kind::trigger) {
      report({Fault::value, fmt::format("{} keeps no value that /get could tell", target->address)}, from,
             now);
      continue;
    }
    const ControlRow& row = catalogue().row(*target->control);
    const int index = target->control->index;
    const double value =
        index < snapshot.controls ? snapshot.values[static_cast<std::size_t>(index)] : row.initial;
    for (const OscPeer peer : peers) answer(peer, osc_message(target->address, osc_out(row, value)), now);
  }
}

void OscDesk::refresh(OscPeer from, OscNow now) {
  if (feedback_.refresh(from)) return;
  const auto peers = feedback_.answers_to(from);
  osc_dump(outlets_.snapshot(), [&](std::span<const std::byte> datagram) {
    for (const OscPeer peer : peers) answer(peer, datagram, now);
  });
}

// --- controls and commands

void OscDesk::perform(const OscMessage& message, int& room, Frame arrival, OscPeer from, OscNow now) {
  auto meaning = map_.map(message, room);
  if (meaning.fault) report(*meaning.fault, from, now);
  Moment moment;
  if (meaning.acts.empty() || !place(message, arrival, from, now, moment)) return;
  for (OscAct& act : meaning.acts) {
    if (const Event* event = std::get_if<Event>(&act))
      post(*event, moment, from, now);
    else
      hold(std::get<CommandCall>(std::move(act)), moment, from, now);
  }
}

bool OscDesk::place(const OscMessage& message, Frame arrival, OscPeer from, OscNow now, Moment& moment) {
  moment = {arrival, false, now.steady};
  if (!message.time) return true;
  if (*message.time < now.wall) {
    ++status_.late;
    return true;
  }
  const auto ahead = *message.time - now.wall;
  if (ahead > kFarthest) {
    report({Fault::time,
            fmt::format("an OSC bundle is for {:.1f} s ahead and {} s is the most; set the sender's clock",
                        std::chrono::duration<double>(ahead).count(), kFarthest.count())},
           from, now);
    return false;
  }
  if (outlets_.frame_at) moment = {outlets_.frame_at(*message.time), ahead.count() > 0, now.steady + ahead};
  return true;
}

void OscDesk::post(Event event, const Moment& moment, OscPeer from, OscNow now) {
  event.frame = moment.frame;
  while (!waiting_.empty() && waiting_.top() <= now.steady) waiting_.pop();
  const bool waits = moment.later || event.grid != Grid::now;
  if (waits && waiting_.size() >= kMostWaiting) {
    ++status_.dropped;
    return report(
        {Fault::crowd, fmt::format("{} OSC events wait for their time already; send less", kMostWaiting)},
        from, now);
  }
  if (!event_budget_.spend(1, now.steady) || !outlets_.post(event)) {
    ++status_.dropped;
    return report({Fault::crowd, "more OSC events arrive than can be taken; send less"}, from, now);
  }
  if (waits) waiting_.push(event.grid == Grid::now ? moment.due : moment.due + kGridWait);
  ++status_.events;
  feedback_.touch(from, event.control, event.value, now.steady);
}

void OscDesk::hold(CommandCall call, const Moment& moment, OscPeer from, OscNow now) {
  if (!moment.later) return execute(std::move(call), from, now);
  if (held_.size() >= kMostWaiting)
    return report(
        {Fault::crowd, fmt::format("{} OSC commands wait for their time already; send less", kMostWaiting)},
        from, now);
  const auto after = [](SteadyTime due, const Held& held) { return due < held.due; };
  const auto at = std::upper_bound(held_.begin(), held_.end(), moment.due, after);
  held_.insert(at, {moment.due, std::move(call), from});
}

void OscDesk::execute(CommandCall call, OscPeer from, OscNow now) {
  if (mailbox_->tickets >= kMostCommands)
    return report({Fault::crowd, fmt::format("{} commands are being done already; send less", kMostCommands)},
                  from, now);
  ++status_.commands;
  outlets_.execute(std::move(call),
                   [ticket = std::make_shared<Ticket>(mailbox_), from](const Result<std::string>& outcome) {
                     if (outcome) return;
                     Mailbox& mailbox = *ticket->mailbox;
                     {
                       const std::lock_guard lock(mailbox.mutex);
                       if (mailbox.letters.size() >= kMostCommands) return;
                       mailbox.letters.push_back({from, outcome.error().sentence});
                     }
                     mailbox.ring();
                   });
}

// --- what goes out

void OscDesk::answer(OscPeer to, std::span<const std::byte> datagram, OscNow now) {
  if (answer_budget_.spend(static_cast<double>(datagram.size()), now.steady))
    outlets_.send(to, datagram);
  else
    ++status_.unanswered;
}

void OscDesk::report(const OscFault& fault, OscPeer from, OscNow now) {
  const auto kind = static_cast<std::size_t>(fault.kind);
  ++status_.faults[kind];
  std::uint64_t unsaid = 0;
  const bool log = hushes_[kind].may_speak(now.steady, unsaid);
  const bool tell = feedback_.may_tell(from, fault.kind, now.steady);
  if (!log && !tell) return;
  const std::string sentence = printable(map_.sentence(fault));
  if (log)
    outlets_.log(unsaid == 0 ? fmt::format("OSC from {}: {}", to_text(from), sentence)
                             : fmt::format("OSC from {}: {} ({} more of the kind before)", to_text(from),
                                           sentence, unsaid));
  if (!tell) return;
  for (const OscPeer peer : feedback_.answers_to(from)) answer(peer, osc_message("/error", sentence), now);
}

}  // namespace entrain
