#include "control/record/journal_print.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/catalogue.h"
#include "engine/core/commands.h"

namespace entrain {
namespace {

/// "17.3": bar and beat, counted from 1; with a fraction where it lies between beats.
std::string place_of(Beat beat, const Meter& meter) {
  const std::int64_t whole = beat.ticks / Beat::kPerBeat - (beat.ticks % Beat::kPerBeat < 0 ? 1 : 0);
  const std::int64_t bar = whole / meter.beats_per_bar - (whole % meter.beats_per_bar < 0 ? 1 : 0);
  const double rest = (beat - Beat::beats(bar * meter.beats_per_bar)).value() + 1;
  return beat.ticks % Beat::kPerBeat == 0 ? fmt::format("{}.{:.0f}", bar + 1, rest)
                                          : fmt::format("{}.{:.3f}", bar + 1, rest);
}

class Printer {
 public:
  Printer(std::ostream& out, const Journal& journal) : out_(out), journal_(journal) {}

  void head() {
    const JournalHeader& h = journal_.header;
    out_ << fmt::format("Entrain {}, {} Hz, seed {}, instruction set {} on a machine of level {}\n",
                        h.version, h.rate, h.seed, h.isa, h.cpu);
    if (!h.set.empty()) out_ << "set " << h.set << '\n';
    for (const auto& [id, asset] : journal_.assets)
      out_ << fmt::format("asset {}: {} ({} s)\n", id, asset.path, asset.frames / h.rate);
    for (const auto& [epoch, version] : journal_.versions) print(epoch, version);
    out_ << '\n';
  }

  void record(const Record& r) {
    switch (r.what) {
      case Record::What::event: {
        std::string what = fmt::format("{} {:g}", catalogue().address(r.event.control), r.event.value);
        if (r.event.glide > Beat(0)) what += fmt::format(" over {:g} beats", r.event.glide.value());
        if (r.event.grid != Grid::now) what += fmt::format(", on the {}", name_of(r.event.grid));
        return line(r.frame, &r.due, what, name_of(r.event.source));
      }
      case Record::What::schedule:
        if (r.entries == 0)
          return line(r.frame, nullptr, fmt::format("schedule {}: nothing more to come", r.serial), "");
        return line(r.frame, nullptr,
                    fmt::format("schedule {}: version {} at {}", r.serial, r.epoch,
                                r.grid == Grid::now ? "once" : place_of(r.boundary, meter_)),
                    "");
      case Record::What::adopted:
        if (const auto v = journal_.versions.find(r.epoch); v != journal_.versions.end())
          meter_ = v->second.meter;
        return line(r.frame, &r.due, fmt::format("version {} plays", r.epoch), "");
      case Record::What::missed:
        return line(r.frame, nullptr,
                    fmt::format("version {} missed {}", r.epoch, place_of(r.boundary, meter_)), "");
      case Record::What::checksum:
        return line(r.frame, nullptr, "checksum " + hex_of(r.epoch), "");
    }
  }

  void foot() {
    line(journal_.end, nullptr, journal_.complete ? "end" : "no end: the journal is incomplete", "");
    if (!journal_.remark.empty()) out_ << '\n' << journal_.remark << '\n';
  }

 private:
  void print(std::uint64_t epoch, const VersionLine& version) {
    out_ << fmt::format("version {} ({} beats to a bar):", epoch, version.meter.beats_per_bar);
    for (std::size_t i = 0; i < version.tracks.size(); ++i) {
      if (version.tracks[i] == 0) continue;
      const TrackPart& track = journal_.tracks.at(version.tracks[i]);
      out_ << " track " << i + 1 << ' '
           << (track.cluster == 0 ? "-" : journal_.clusters.at(track.cluster).name);
      for (std::size_t slot = 0; slot < track.patterns.size(); ++slot) {
        if (track.patterns[slot] == 0) continue;
        const std::string text = to_text(journal_.patterns.at(track.patterns[slot]));
        out_ << ' ' << static_cast<char>('A' + slot) << ' ' << text.substr(0, 64) << (text.size() > 64 ? "..." : "");
      }
      out_ << ';';
    }
    for (std::size_t i = 0; i < version.decks.size(); ++i) {
      if (version.decks[i] == 0) continue;
      const int loop = journal_.decks.at(version.decks[i]).loop;
      out_ << " deck " << i + 1 << ' ';
      if (loop == 0)
        out_ << "empty;";
      else
        out_ << fmt::format("asset {} over {:g} beats;", journal_.loops.at(loop).asset,
                            journal_.loops.at(loop).loop.length().value());
    }
    if (version.transition != 0) {
      const auto& [shape, t] = journal_.transitions.at(version.transition);
      out_ << fmt::format(" transition {}: {} from deck {} to {} at {} over {:g} beats;", t.id, journal_.shapes.at(shape).name,
                          t.from + 1, t.to + 1, place_of(t.at, version.meter), t.length.value());
    }
    out_ << '\n';
  }

  void line(Frame frame, const Due* due, std::string_view what, std::string_view who) {
    const std::string at = due != nullptr && due->by_beat ? place_of(due->beat, meter_) : "";
    out_ << fmt::format("{:>10}  {:>9}  {}", time_of(frame, journal_.header.rate), at, what);
    if (!who.empty()) out_ << "  (" << who << ')';
    out_ << '\n';
  }

  std::ostream& out_;
  const Journal& journal_;
  Meter meter_;
};

}  // namespace

std::string time_of(Frame frame, int rate) {
  const std::int64_t ms = frame.index / rate * 1000 + frame.index % rate * 1000 / rate;
  return fmt::format("{:02}:{:02}.{:03}", ms / 60'000, ms / 1000 % 60, ms % 1000);
}

void print_journal(std::ostream& out, const Journal& journal) {
  Printer printer(out, journal);
  printer.head();
  for (const Record& record : journal.records) printer.record(record);
  printer.foot();
}

}  // namespace entrain
