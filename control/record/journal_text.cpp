#include "control/record/journal_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "control/record/crc32.h"
#include "engine/core/catalogue.h"
#include "engine/core/commands.h"

namespace entrain {
namespace {

/// Bytes that are no UTF-8 become U+FFFD.
std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// The shortest digits that read back as the same bits, in every locale; always a fraction or an exponent, so
/// that -0.0 stays itself.
std::string spelled(double value) {
  std::array<char, 40> text;
  const auto done = std::to_chars(text.data(), text.data() + text.size(), value);
  std::string digits(text.data(), done.ptr);
  if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  return digits;
}

std::string spelled(const Due& due) {
  return due.by_beat ? fmt::format(R"({{"beat":{}}})", due.beat.ticks)
                     : fmt::format(R"({{"frame":{}}})", due.frame.index);
}

void append(std::string& list, std::string_view item) {
  if (!list.empty()) list += ',';
  list += item;
}

}  // namespace

std::string checksum_of(std::string_view json) { return fmt::format("{:08x}", crc32(json)); }

std::string journal_line(std::string_view json) { return fmt::format("{} {}\n", checksum_of(json), json); }

std::string JournalText::header(const JournalHeader& h) {
  std::string libraries;
  for (const auto& [name, hash] : h.libraries)
    append(libraries, fmt::format("{}:{}", json_text(name), json_text(hash)));
  return journal_line(fmt::format(
      R"({{"entrain-journal":{},"version":{},"build":{},"rate":{},"seed":"{}","isa":{},"cpu":{},"libraries":{{{}}},"set":{}}})",
      kJournalFormat, json_text(h.version), json_text(h.build), h.rate, h.seed, json_text(h.isa),
      json_text(h.cpu), libraries, json_text(h.set)));
}

std::string JournalText::lost(Frame frame, std::int64_t inputs) {
  return journal_line(fmt::format(R"({{"f":{},"lost":{}}})", frame.index, inputs));
}

std::string JournalText::end(Frame frame) {
  return journal_line(fmt::format(R"({{"f":{},"end":true}})", frame.index));
}

// --- versions

std::string JournalText::version(const Performance& p) {
  std::string lines, tracks, decks;
  if (!epochs_.insert(p.epoch).second) return lines;
  for (std::size_t i = 0; i < p.tracks.size(); ++i)
    if (p.tracks[i]) append(tracks, fmt::format(R"("{}":{})", i + 1, track(p.tracks[i], lines)));
  for (std::size_t i = 0; i < p.decks.size(); ++i)
    if (p.decks[i]) append(decks, fmt::format(R"("{}":{})", i + 1, deck(p.decks[i], lines)));
  const std::string groove_text = p.groove ? fmt::format(R"(,"groove":{})", groove(p.groove)) : "";
  const std::string transition_text =
      p.transition ? fmt::format(R"(,"transition":{})", transition(p.transition)) : "";
  lines += journal_line(fmt::format(R"({{"version":{},"meter":[{},{}],"tracks":{{{}}},"decks":{{{}}}{}{}}})", p.epoch,
                                    p.meter.beats_per_bar, p.meter.bars_per_phrase, tracks, decks, groove_text,
                                    transition_text));
  return lines;
}

bool JournalText::number(Numbers& numbers, const std::shared_ptr<const void>& object, int& number) {
  if (const auto known = numbers.find(object); known != numbers.end()) return number = known->second, false;
  number = &numbers == &assets_ ? ++last_asset_ : ++last_part_;
  numbers.emplace(object, number);
  return true;
}

int JournalText::asset(const std::shared_ptr<const Asset>& asset, std::string& lines) {
  int id = 0;
  if (number(assets_, asset, id))
    lines += journal_line(
        fmt::format(R"({{"asset":{},"path":{},"file":"{}","pcm":"{}","frames":{},"channels":{}}})", id,
                    json_text(asset->path), hex_of(asset->file_hash), hex_of(asset->pcm_hash),
                    asset->frames(), asset->right.empty() ? 1 : 2));
  return id;
}

std::string JournalText::cluster(const std::shared_ptr<const Cluster>& cluster, std::string& lines) {
  int part = 0;
  if (!number(parts_, cluster, part)) return std::to_string(part);
  std::string samples;
  for (const auto& sample : cluster->samples) append(samples, std::to_string(asset(sample, lines)));
  return fmt::format(R"({{"part":{},"name":{},"samples":[{}]}})", part, json_text(cluster->name), samples);
}

std::string JournalText::track(const std::shared_ptr<const Track>& track, std::string& lines) {
  int part = 0;
  if (!number(parts_, track, part)) return std::to_string(part);
  std::string text = fmt::format(R"({{"part":{})", part);
  if (track->cluster) text += R"(,"cluster":)" + cluster(track->cluster, lines);
  std::string patterns;
  for (std::size_t slot = 0; slot < track->patterns.size(); ++slot)
    if (track->patterns[slot])
      append(patterns, fmt::format(R"("{}":{})", static_cast<char>('A' + slot), pattern(track->patterns[slot])));
  return text + fmt::format(R"(,"patterns":{{{}}}}})", patterns);
}

std::string JournalText::pattern(const std::shared_ptr<const Pattern>& pattern) {
  int part = 0;
  if (!number(parts_, pattern, part)) return std::to_string(part);
  return fmt::format(R"({{"part":{},"steps":"{}"}})", part, pattern->steps.empty() ? "" : to_text(*pattern));
}

std::string JournalText::groove(const std::shared_ptr<const Groove>& groove) {
  int part = 0;
  if (!number(parts_, groove, part)) return std::to_string(part);
  std::string sixteenths;
  for (const Groove::Sixteenth& s : groove->sixteenths)
    append(sixteenths, fmt::format("[{},{}]", spelled(static_cast<double>(s.shift)), spelled(static_cast<double>(s.velocity))));
  return fmt::format(R"({{"part":{},"name":{},"sixteenths":[{}]}})", part, json_text(groove->name), sixteenths);
}

std::string JournalText::loop(const std::shared_ptr<const Loop>& loop, std::string& lines) {
  int part = 0;
  if (!number(parts_, loop, part)) return std::to_string(part);
  std::string warp;
  for (const WarpPoint& p : loop->warp) append(warp, fmt::format("[{},{}]", p.beat.ticks, spelled(p.source)));
  std::string text = fmt::format(R"({{"part":{},"asset":{},"warp":[{}])", part, asset(loop->asset, lines), warp);
  if (loop->one != Beat(0)) text += fmt::format(R"(,"one":{})", loop->one.ticks);
  if (loop->seam != 0) text += fmt::format(R"(,"seam":{})", loop->seam);
  if (loop->gain != 1) text += R"(,"gain":)" + spelled(static_cast<double>(loop->gain));
  const auto moments = [&](const char* name, const std::vector<Beat>& beats) {
    std::string list;
    for (const Beat beat : beats) append(list, std::to_string(beat.ticks));
    if (!list.empty()) text += fmt::format(R"(,"{}":[{}])", name, list);
  };
  moments("onsets", loop->onsets);
  moments("kicks", loop->kicks);
  std::string markers;
  for (std::size_t m = 0; m < loop->markers.size(); ++m)
    if (loop->markers[m]) append(markers, fmt::format(R"("{}":{})", m + 1, loop->markers[m]->ticks));
  if (!markers.empty()) text += fmt::format(R"(,"markers":{{{}}})", markers);
  return text + '}';
}

std::string JournalText::shape(const std::shared_ptr<const TransitionShape>& shape) {
  int part = 0;
  if (!number(parts_, shape, part)) return std::to_string(part);
  std::string text = fmt::format(R"({{"part":{},"name":{})", part, json_text(shape->name));
  const auto curves = [&](const char* name, const TransitionShape::Curves& all) {
    std::string lanes;
    for (std::size_t lane = 0; lane < all.size(); ++lane) {
      std::string points;
      for (const TransitionShape::Point& p : all[lane])
        append(points, fmt::format("[{},{}]", spelled(static_cast<double>(p.part)), spelled(static_cast<double>(p.value))));
      if (!points.empty()) append(lanes, fmt::format(R"("{}":[{}])", name_of(static_cast<Lane>(lane)), points));
    }
    text += fmt::format(R"(,"{}":{{{}}})", name, lanes);
  };
  curves("out", shape->out);
  curves("in", shape->in);
  return text + '}';
}

std::string JournalText::transition(const std::shared_ptr<const Transition>& transition) {
  int part = 0;
  if (!number(parts_, transition, part)) return std::to_string(part);
  const Transition& t = *transition;
  return fmt::format(R"({{"part":{},"id":{},"from":{},"to":{},"at":{},"length":{},"entry":{},"shape":{}}})", part, t.id,
                     t.from + 1, t.to + 1, t.at.ticks, t.length.ticks, t.entry.ticks, shape(t.shape));
}

std::string JournalText::deck(const std::shared_ptr<const DeckDocument>& deck, std::string& lines) {
  int part = 0;
  if (!number(parts_, deck, part)) return std::to_string(part);
  if (!deck->loop) return fmt::format(R"({{"part":{}}})", part);
  return fmt::format(R"({{"part":{},"loop":{}}})", part, loop(deck->loop, lines));
}

// --- records

std::string JournalText::record(const Record& r) {
  std::string line;
  switch (r.what) {
    case Record::What::event:
      line = fmt::format(R"({{"f":{},"set":"{}","v":{},"at":"{}","from":{},"glide":{},"by":"{}","due":{}}})",
                         r.frame.index, catalogue().address(r.event.control), spelled(r.event.value),
                         name_of(r.event.grid), r.event.frame.index, r.event.glide.ticks,
                         name_of(r.event.source), spelled(r.due));
      break;
    case Record::What::schedule:
      if (r.entry == 0) entries_.clear(), after_schedule_.clear();
      if (r.entries > 0)
        append(entries_, fmt::format(R"([{},{},"{}"])", r.epoch, r.boundary.ticks, name_of(r.grid)));
      if (r.entry + 1 < r.entries) return {};
      line = fmt::format(R"({{"f":{},"schedule":{},"entries":[{}]}})", r.frame.index, r.serial, entries_);
      entries_.clear();
      return journal_line(line) + std::exchange(after_schedule_, {});
    case Record::What::adopted:
      line = fmt::format(R"({{"f":{},"adopted":{},"due":{}}})", r.frame.index, r.epoch, spelled(r.due));
      break;
    case Record::What::missed:
      line = fmt::format(R"({{"f":{},"missed":{},"boundary":{}}})", r.frame.index, r.epoch, r.boundary.ticks);
      break;
    case Record::What::checksum:
      line = fmt::format(R"({{"f":{},"sum":"{}"}})", r.frame.index, hex_of(r.epoch));
      break;
  }
  line = journal_line(line);
  if (entries_.empty()) return line;
  after_schedule_ += line;  // a missed boundary is told between the entries of its schedule
  return {};
}

}  // namespace entrain
