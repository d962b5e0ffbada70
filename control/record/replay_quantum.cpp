#include "control/record/replay_quantum.h"

namespace entrain {
namespace {

bool same(const Due& a, const Due& b) {
  return a.by_beat == b.by_beat && (a.by_beat ? a.beat == b.beat : a.frame == b.frame);
}

/// Whether the engine did again what the journal says it did.
bool same(const Record& a, const Record& b) {
  if (a.what != b.what || a.frame != b.frame) return false;
  switch (a.what) {
    case Record::What::event:
      return a.event.control == b.event.control && same(a.due, b.due);
    case Record::What::adopted:
      return a.epoch == b.epoch && same(a.due, b.due);
    case Record::What::missed:
      return a.epoch == b.epoch && a.boundary == b.boundary;
    case Record::What::schedule:
    case Record::What::checksum:
      break;
  }
  return true;
}

}  // namespace

void ReplayQuantum::clear() {
  events_.clear();
  expected_.clear();
  has_schedule_ = false;
}

void ReplayQuantum::add(const Record& r, const VersionOf& version_of) {
  if (r.what == Record::What::event) events_.push_back(r.event);
  if (r.what != Record::What::schedule) return expected_.push_back(r);
  has_schedule_ = true;
  schedule_.serial = r.serial;
  schedule_.count = r.entries;
  if (r.entries > 0)
    schedule_.entries[static_cast<std::size_t>(r.entry)] = {r.boundary, r.grid, version_of(r.epoch)};
}

bool ReplayQuantum::came(std::span<const Record> made) const {
  auto next = expected_.begin();
  for (const Record& record : made) {
    if (next != expected_.end() && same(*next, record))
      ++next;
    else if (record.what == Record::What::event)
      return false;
  }
  return next == expected_.end();
}

}  // namespace entrain
