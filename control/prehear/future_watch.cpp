#include "control/prehear/future_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>

#include "engine/core/catalogue.h"

namespace entrain {
namespace {

ControlId tempo() {
  static const ControlId control = *catalogue().find("/transport/tempo");
  return control;
}

bool same(const Meter& a, const Meter& b) {
  return a.beats_per_bar == b.beats_per_bar && a.bars_per_phrase == b.bars_per_phrase;
}

std::string said(const Event& event) {
  const ControlRow& row = catalogue().row(event.control);
  const std::string address = catalogue().address(event.control);
  if (event.control == tempo()) return fmt::format("the tempo was set to {:.5g} BPM", event.value);
  if (row.kind == Kind::trigger) return address + " was asked for";
  const auto unit = name_of(row.unit);
  return fmt::format("{} was set to {:.4g}{}{}", address, event.value, unit.empty() ? "" : " ", unit);
}

}  // namespace

void ScheduledVersions::hear(const Record& r) {
  if (r.what == Record::What::adopted) {
    playing_ = r.epoch;
    const auto at =
        std::find_if(waiting_.begin(), waiting_.end(), [&](const Entry& e) { return e.epoch == r.epoch; });
    if (at != waiting_.end()) waiting_.erase(waiting_.begin(), at + 1);
  } else if (r.what == Record::What::schedule) {
    if (r.entry == 0) waiting_.clear();
    if (r.entries > 0) waiting_.push_back({r.boundary, r.grid, r.epoch});
    whole_ = r.entry + 1 >= r.entries;
  }
}

bool FutureWatch::Score::operator==(const Score& other) const {
  return same(meter, other.meter) && decks == other.decks && transition == other.transition &&
         tracks == other.tracks;
}

FutureWatch::FutureWatch(const Journal& journal, const ScheduledVersions& scheduled, const Snapshot& now,
                         const Conductor::Placed& coming)
    : journal_(journal), coming_(coming), settled_(now.settled.begin(), now.settled.begin() + now.controls) {
  static const ControlId ducks = *catalogue().find("/group/2/duck/by");
  tracks_count_ = settled_[ducks.index] > 0;
  for (std::size_t i = 0; i < settled_.size(); ++i)
    if (now.values[i] != settled_[i]) settled_[i] = std::numeric_limits<double>::quiet_NaN();
  turns_ = turns_of(scheduled);
}

FutureWatch::Score FutureWatch::score_of(std::uint64_t epoch) const {
  Score score;
  const auto at = journal_.versions.find(epoch);
  if (at == journal_.versions.end()) return score;
  score.meter = at->second.meter;
  score.decks = at->second.decks;
  score.transition = at->second.transition;
  if (tracks_count_) score.tracks = at->second.tracks;
  return score;
}

/// What plays, and each change to come that is one.
std::vector<FutureWatch::Turn> FutureWatch::turns_of(const ScheduledVersions& scheduled) const {
  std::vector<Turn> turns{{score_of(scheduled.playing()), {}, true}};
  for (const auto& [boundary, grid, epoch] : scheduled.waiting())
    if (const Score score = score_of(epoch); !(score == turns.back().score))
      turns.push_back({score, boundary, grid == Grid::now});
  return turns;
}

void FutureWatch::hear(const Record& record, const ScheduledVersions& scheduled) {
  if (!change_.empty() && !by_the_flow_) return;
  if (record.what == Record::What::event) {
    const Event& event = record.event;
    if (change_.empty() && matters(event) && !expected(event)) {
      change_ = said(event);
      by_the_flow_ = event.source == Source::stage;
    }
    if (catalogue().holds(event.control)) settled_[event.control.index] = event.value;
  }
  if (record.what != Record::What::schedule || !scheduled.whole()) return;
  // Of what was to come some may have come; the rest must be the same still.
  const std::vector<Turn> is = turns_of(scheduled);
  const auto follows = [&](std::size_t from) {
    for (std::size_t i = 0; i < is.size(); ++i) {
      const Turn &a = turns_[from + i], &b = is[i];
      if (!(a.score == b.score)) return false;
      if (i > 0 && !a.at_once && !b.at_once && a.boundary != b.boundary) return false;
    }
    return true;
  };
  const bool holds = is.size() <= turns_.size() && follows(turns_.size() - is.size());
  if (holds) return;
  change_ = difference(turns_.back().score, is.back().score);
  by_the_flow_ = false;
}

/// Whether the decks, or their group, hear of it.
bool FutureWatch::matters(const Event& event) const {
  if (!catalogue().holds(event.control)) return false;
  const ControlRow& row = catalogue().row(event.control);
  const bool stands = row.kind != Kind::trigger && (row.flags & kPrepared) == 0;
  if (stands && settled_[event.control.index] == event.value) return false;
  const std::string address = catalogue().address(event.control);
  if (address.ends_with("/cue") || address.find("/send/") != std::string::npos) return false;
  for (const std::string_view heard : {"/transport/", "/deck/", "/group/2/", "/transition/", "/crossfader/"})
    if (address.starts_with(heard)) return true;
  return address.ends_with("/solo") || (tracks_count_ && address.starts_with("/track/"));
}

/// What the flow's own conductor tells on the way there.
bool FutureWatch::expected(const Event& event) const {
  return event.source == Source::stage && event.control == tempo() && coming_.part.tempo > 0 &&
         event.value == catalogue().clamp(event.control, coming_.part.tempo);
}

std::string FutureWatch::difference(const Score& was, const Score& is) const {
  if (!same(was.meter, is.meter)) return "the meter is another";
  const auto deck = static_cast<std::size_t>(coming_.deck);
  if (is.transition == 0) return "the transition was taken back";
  if (was.transition != is.transition) {
    const std::string loop = loop_on(is.decks[deck]);
    return was.decks[deck] != is.decks[deck] && !loop.empty() ? fmt::format("what comes next is {}", loop)
                                                              : std::string("the next transition is another");
  }
  for (std::size_t d = 0; d < kDecks; ++d) {
    if (was.decks[d] == is.decks[d]) continue;
    const std::string loop = loop_on(is.decks[d]);
    return loop.empty() ? fmt::format("deck {} is emptied", d + 1)
                        : fmt::format("deck {} gets {}", d + 1, loop);
  }
  return "what the loops duck under is another, or comes at another time";
}

/// The file's name of what a deck holds.
std::string FutureWatch::loop_on(int deck_part) const {
  const auto deck = journal_.decks.find(deck_part);
  if (deck == journal_.decks.end()) return {};
  const auto loop = journal_.loops.find(deck->second.loop);
  if (loop == journal_.loops.end()) return {};
  const auto asset = journal_.assets.find(loop->second.asset);
  if (asset == journal_.assets.end()) return {};
  return asset->second.path.substr(asset->second.path.rfind('/') + 1);
}

}  // namespace entrain
