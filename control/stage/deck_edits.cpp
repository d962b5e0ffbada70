#include "control/stage/deck_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace entrain {
namespace {

constexpr double kTapGap = 3;  ///< seconds after which a tap begins anew

std::int64_t wrapped(std::int64_t ticks, std::int64_t length) { return (ticks % length + length) % length; }

template <class Change>
void change_moments(Loop& loop, Change change) {
  const auto all = [&](std::vector<Beat>& moments, Beat gap) {
    for (Beat& moment : moments) moment = change(moment);
    std::sort(moments.begin(), moments.end());
    std::vector<Beat> kept;
    for (const Beat moment : moments)
      if (kept.empty() || (moment - kept.back() >= gap && kept.front() + loop.length() - moment >= gap))
        kept.push_back(moment);
    moments = std::move(kept);
  };
  all(loop.onsets, Beat(1));
  all(loop.kicks, Loop::kKickGap);
  for (auto& marker : loop.markers)
    if (marker) marker = change(*marker);
}

double own_tempo(const Loop& loop, int rate) {
  return loop.length().value() * 60 * rate / loop.source_length();
}

}  // namespace

Loop with_beats_times(Loop loop, double times) {
  const auto scaled = [&](Beat b) {
    return Beat(static_cast<std::int64_t>(static_cast<double>(b.ticks) * times));
  };
  for (WarpPoint& point : loop.warp) point.beat = scaled(point.beat);
  loop.one = scaled(loop.one);
  change_moments(loop, scaled);
  return loop;
}

Loop with_beat_zero_at(Loop loop, Beat at) {
  const std::int64_t length = loop.length().ticks;
  loop.one = Beat(wrapped((loop.one + at).ticks, length));
  change_moments(loop, [&](Beat b) { return Beat(wrapped((b - at).ticks, length)); });
  return loop;
}

std::optional<double> GridTaps::tap(const Loop* loop, double position, double seconds) {
  if (loop != loop_ || seconds - last_ > kTapGap) apart_.clear();
  loop_ = loop;
  last_ = seconds;
  double apart = position - std::round(position);
  // Taps about half a beat off count from the side the first one was on.
  if (!apart_.empty()) apart -= std::round(apart - apart_.front());
  apart_.push_back(apart);
  if (apart_.size() < kTaps) return std::nullopt;
  const double mean = std::accumulate(apart_.begin(), apart_.end(), 0.0) / static_cast<double>(apart_.size());
  apart_.clear();
  return mean;
}

double position_heard(const Snapshot& now, int deck, double ahead) {
  return now.decks[static_cast<std::size_t>(deck)].beat + ahead;
}

bool mends_grid(CommandId id) {
  return id >= CommandId::deck_grid_double && id <= CommandId::deck_grid_shift;
}

Result<Edit> deck_edit(const CommandCall& call, const Performance& latest, int rate, double position,
                       double seconds, std::array<GridTaps, kDecks>& taps) {
  const auto& document = latest.decks[static_cast<std::size_t>(call.instance)];
  if (!document || !document->loop)
    return Error{fmt::format("deck {} is empty; load a loop first", call.instance + 1)};
  Loop loop = *document->loop;
  switch (call.row->id) {
    case CommandId::deck_grid_double:
    case CommandId::deck_grid_halve: {
      const double times = call.row->id == CommandId::deck_grid_double ? 2 : 0.5;
      const double tempo = own_tempo(loop, rate) * times;
      if (tempo < Tempo::kMinBpm || tempo > Tempo::kMaxBpm || loop.length() < Beat::beats(1))
        return Error{fmt::format("the loop would be one of {:.1f} BPM; that is no tempo", tempo)};
      loop = with_beats_times(std::move(loop), times);
      break;
    }
    case CommandId::deck_grid_one:
      loop = with_beat_zero_at(std::move(loop), Beat::beats(std::llround(position)));
      break;
    case CommandId::deck_grid_tap: {
      const auto apart =
          taps[static_cast<std::size_t>(call.instance)].tap(document->loop.get(), position, seconds);
      if (!apart) return Error{fmt::format("tap on: {} taps in a row move the grid", GridTaps::kTaps)};
      loop = with_beat_zero_at(std::move(loop), Beat::nearest(*apart));
      break;
    }
    case CommandId::deck_grid_shift: {
      if (!(std::abs(call.number(0)) <= 10'000))
        return Error{"a grid moves by 10 s at most; give milliseconds"};
      loop =
          with_beat_zero_at(std::move(loop), Beat::nearest(call.number(0) / 60'000 * own_tempo(loop, rate)));
      break;
    }
    default: {
      const double number = call.number(0);
      if (!(number >= 1 && number <= kMarkers) || number != std::floor(number))
        return Error{fmt::format("there is no marker {:g}; a loop has 1 to {}", number, kMarkers)};
      auto& marker = loop.markers[static_cast<std::size_t>(number) - 1];
      const double beat = call.args.size() > 1 ? call.number(1) : std::round(position);
      if (call.args.size() > 1 && beat >= loop.length().value())
        return Error{
            fmt::format("beat {:g} lies behind the loop, which has {:g}", beat, loop.length().value())};
      if (beat < 0)
        marker.reset();
      else
        marker = Beat(wrapped(Beat::nearest(beat).ticks, loop.length().ticks));
    }
  }
  return Edit{SetDeck{call.instance, std::make_shared<const DeckDocument>(
                                         DeckDocument{std::make_shared<const Loop>(std::move(loop))})}};
}

}  // namespace entrain
