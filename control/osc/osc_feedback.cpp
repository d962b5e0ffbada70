#include "control/osc/osc_feedback.h"

#include <algorithm>
#include <limits>
#include <set>

#include "control/osc/osc_write.h"
#include "engine/core/catalogue.h"

namespace entrain {
namespace {

/// Calls `each(id, row, value)` for every control that keeps a value (triggers do not).
template <class Each>
void for_each_value(const Snapshot& snapshot, Each each) {
  const std::size_t known =
      std::min(static_cast<std::size_t>(std::max(snapshot.controls, 0)), catalogue().size());
  for (std::size_t i = 0; i < known; ++i) {
    const ControlId id{static_cast<std::uint16_t>(i)};
    const ControlRow& row = catalogue().row(id);
    if (row.kind != Kind::trigger) each(id, row, snapshot.values[i]);
  }
}

}  // namespace

std::vector<OscPeer> OscFeedback::Subscriber::listens_at() const {
  if (named) return {{source.ip, *named}};
  if (source.port == kCustomaryPort) return {source};
  return {source, {source.ip, kCustomaryPort}};
}

void OscFeedback::Subscriber::forget() {
  beliefs.assign(catalogue().size(), {std::numeric_limits<float>::quiet_NaN(), {}, false});
}

std::vector<std::size_t> OscFeedback::matching(OscPeer sender) const {
  std::vector<std::size_t> exact, near;
  for (std::size_t i = 0; i < subscribers_.size(); ++i) {
    if (subscribers_[i].source == sender) exact.push_back(i);
    if (subscribers_[i].source.ip == sender.ip) near.push_back(i);
  }
  return exact.empty() ? near : exact;
}

bool OscFeedback::subscribe(OscPeer sender, std::optional<std::uint16_t> port, SteadyTime now) {
  auto at = std::find_if(subscribers_.begin(), subscribers_.end(), [&](const Subscriber& s) {
    return s.source.ip == sender.ip && s.named == port && (port || s.source.port == sender.port);
  });
  if (at == subscribers_.end()) {
    if (subscribers_.size() == kMostSubscribers) return false;
    at = subscribers_.insert(at, Subscriber{});
  }
  at->source = sender;
  at->named = port;
  at->until = now + kLease;
  at->forget();
  return true;
}

void OscFeedback::renew(OscPeer sender, SteadyTime now) {
  for (Subscriber& subscriber : subscribers_)
    if (subscriber.source.ip == sender.ip && now < subscriber.until) subscriber.until = now + kLease;
}

void OscFeedback::touch(OscPeer sender, ControlId control, double value, SteadyTime now) {
  for (Subscriber& subscriber : subscribers_)
    if (subscriber.source == sender)
      subscriber.beliefs[control.index] = {static_cast<float>(value), now, true};
}

bool OscFeedback::refresh(OscPeer sender) {
  const auto matches = matching(sender);
  for (const std::size_t i : matches) subscribers_[i].forget();
  return !matches.empty();
}

bool OscFeedback::may_tell(OscPeer sender, OscFault::Kind kind, SteadyTime now) {
  bool may = false;
  std::uint64_t unsaid = 0;
  for (const std::size_t i : matching(sender))
    may = subscribers_[i].hushes[static_cast<std::size_t>(kind)].may_speak(now, unsaid) || may;
  return may;
}

std::vector<OscPeer> OscFeedback::answers_to(OscPeer sender) const {
  const auto matches = matching(sender);
  std::set<OscPeer> peers{sender};
  for (const std::size_t i : matches)
    for (const OscPeer peer : subscribers_[i].listens_at()) peers.insert(peer);
  if (matches.empty()) peers.insert({sender.ip, kCustomaryPort});
  return {peers.begin(), peers.end()};
}

std::optional<SteadyTime> OscFeedback::due() const {
  if (subscribers_.empty()) return {};
  return last_push_ ? *last_push_ + kEvery : SteadyTime{};
}

void OscFeedback::push(const Snapshot& snapshot, SteadyTime now, const OscSend& send) {
  std::erase_if(subscribers_, [&](const Subscriber& subscriber) { return now >= subscriber.until; });
  last_push_ = now;
  for (Subscriber& subscriber : subscribers_) push_to(subscriber, snapshot, now, send);
}

void OscFeedback::push_to(Subscriber& subscriber, const Snapshot& snapshot, SteadyTime now,
                          const OscSend& send) {
  OscBundles news([&](std::span<const std::byte> datagram) {
    for (const OscPeer peer : subscriber.listens_at()) send(peer, datagram);
  });
  for_each_value(snapshot, [&](ControlId id, const ControlRow& row, double exact) {
    Belief& belief = subscriber.beliefs[id.index];
    if (belief.touching && now < belief.touched + kTouch) return;
    belief.touching = false;
    const auto value = static_cast<float>(exact);
    if (value == belief.value) return;
    belief.value = value;
    news.add(osc_message(catalogue().address(id), osc_out(row, exact)));
  });
  news.flush();
}

void osc_dump(const Snapshot& snapshot, const std::function<void(std::span<const std::byte>)>& send) {
  OscBundles all(send);
  for_each_value(snapshot, [&](ControlId id, const ControlRow& row, double value) {
    all.add(osc_message(catalogue().address(id), osc_out(row, value)));
  });
  all.flush();
}

}  // namespace entrain
