#include "control/record/journal_parser.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "engine/core/catalogue.h"
#include "engine/core/commands.h"

namespace entrain {
namespace {

// Wider than any jam, narrow enough that no sum in the engine overflows.
constexpr std::int64_t kFarFrame = std::int64_t{1} << 53, kFarTick = std::int64_t{1} << 60;
constexpr std::int64_t kLongestAsset = std::int64_t{1} << 28;  // 23 minutes at 192 kHz
constexpr int kMostSpeed = 65'536;
constexpr int kMostBeats = 65'536;  // in a bar, or bars in a phrase

template <class Name, class Last>
bool find_name(const std::string& text, Name& found, Last last) {
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (text == name_of(static_cast<Name>(i))) return found = static_cast<Name>(i), true;
  return false;
}

std::string add_sentence(std::string text, const std::string& sentence) {
  return text.empty() ? sentence : text + " " + sentence;
}

}  // namespace

std::string JournalParser::header(const Json& line) {
  if (!line.is_object() || !line.contains("entrain-journal")) return "is no journal of Entrain";
  Fields fields(line, problem_);
  JournalHeader& h = journal_.header;
  if (const auto format = fields.whole("entrain-journal", 1, kFarFrame);
      problem_.empty() && format > kJournalFormat)
    return "is a journal of format " + std::to_string(format) + " and this program reads up to " +
           std::to_string(kJournalFormat) + "; read it with Entrain " + fields.text("version") +
           " or a later one";
  h.version = fields.text("version");
  h.build = fields.text("build");
  h.rate = static_cast<int>(fields.whole("rate", 44'100, 192'000));
  const std::string seed = fields.text("seed");
  const auto done = std::from_chars(seed.data(), seed.data() + seed.size(), h.seed);
  if (done.ec != std::errc() || done.ptr != seed.data() + seed.size())
    wrong("\"seed\" must be a 64-bit number");
  h.isa = fields.text("isa");
  h.cpu = fields.text("cpu");
  h.set = fields.text("set");
  for (const auto& [name, hash] : fields.object("libraries").items())
    hash.is_string() ? void(h.libraries[name] = hash.get<std::string>())
                     : wrong("\"libraries\" must hold texts");
  return problem_.empty() ? std::string() : "has no header that makes sense: " + problem_;
}

std::string JournalParser::line(const Json& line) {
  problem_.clear();
  Fields fields(line, problem_);
  if (!line.is_object()) return "it is no JSON object";
  if (ended_) return "it follows the journal's end";
  if (fields.has("asset")) {
    asset(fields);
  } else if (fields.has("version")) {
    version(fields);
  } else if (fields.has("set")) {
    event(fields);
  } else if (fields.has("schedule")) {
    schedule(fields);
  } else if (fields.has("adopted") || fields.has("missed") || fields.has("sum")) {
    derived(fields);
  } else if (fields.has("lost") || fields.has("end")) {
    end(fields);
  } else if (unknown_kinds_++ == 0) {
    unknown_kind_ = line.empty() ? "nothing" : line.begin().key().substr(0, 40);
  }
  return problem_;
}

Journal JournalParser::take() {
  std::string& remark = journal_.remark;
  if (lost_ > 0)
    remark = add_sentence(remark, "From frame " + std::to_string(lost_from_.index) + " on " +
                                      std::to_string(lost_) +
                                      " inputs played that are not in it, since the disk was too slow.");
  if (unknown_controls_ > 0)
    remark =
        add_sentence(remark, "Of its inputs " + std::to_string(unknown_controls_) +
                                 " move controls this program does not have, the first " + unknown_control_ +
                                 "; they were skipped; read it with the version that wrote it.");
  if (unknown_kinds_ > 0)
    remark = add_sentence(remark, "Of its lines " + std::to_string(unknown_kinds_) +
                                      " are of a kind this program does not know, the first with \"" +
                                      unknown_kind_ + "\"; they were skipped.");
  journal_.left_out = lost_ + unknown_controls_;
  return std::move(journal_);
}

// --- versions

void JournalParser::asset(Fields& line) {
  AssetLine a;
  a.asset = static_cast<int>(line.whole("asset", 1, 1 << 30));
  a.path = line.text("path");
  a.file_hash = line.hash("file");
  a.pcm_hash = line.hash("pcm");
  a.frames = line.whole("frames", 1, kLongestAsset);
  a.channels = static_cast<int>(line.whole("channels", 1, 2));
  if (!problem_.empty()) return;
  if (!journal_.assets.emplace(a.asset, a).second)
    wrong("asset " + std::to_string(a.asset) + " is there twice");
}

void JournalParser::version(Fields& line) {
  VersionLine version;
  const std::uint64_t epoch = line.natural("version");
  const Json& meter = line.list("meter");
  if (meter.size() != 2) return wrong("\"meter\" must be [beats in a bar, bars in a phrase]");
  version.meter.beats_per_bar = static_cast<std::int32_t>(line.whole(meter[0], "meter", 1, kMostBeats));
  version.meter.bars_per_phrase = static_cast<std::int32_t>(line.whole(meter[1], "meter", 1, kMostBeats));
  const auto place = [&](const std::string& key, auto& slots, const char* what) -> int* {
    std::size_t slot = 0;
    const auto done = std::from_chars(key.data(), key.data() + key.size(), slot);
    if (done.ec == std::errc() && done.ptr == key.data() + key.size() && slot >= 1 && slot <= slots.size())
      return &slots[slot - 1];
    return wrong("there is no " + std::string(what) + ' ' + key.substr(0, 20)), nullptr;
  };
  for (const auto& [key, value] : line.object("tracks").items())
    if (int* slot = place(key, version.tracks, "track")) *slot = track(value);
  for (const auto& [key, value] : line.object("decks").items())
    if (int* slot = place(key, version.decks, "deck")) *slot = deck(value);
  if (line.has("groove")) version.groove = known_or_new(line.at("groove"), journal_.grooves, &JournalParser::read_groove);
  if (!problem_.empty()) return;
  if (!journal_.versions.emplace(epoch, version).second)
    wrong("version " + std::to_string(epoch) + " is there twice");
}

template <class Part>
int JournalParser::known_or_new(const Json& value, std::map<int, Part>& parts,
                                Part (JournalParser::*read)(Fields&)) {
  Fields fields(value, problem_);
  if (value.is_number()) {
    const int part = static_cast<int>(fields.whole(value, "part", 1, 1 << 30));
    if (!parts.contains(part)) wrong("it needs part " + std::to_string(part) + ", which is not there");
    return part;
  }
  const int part = static_cast<int>(fields.whole("part", 1, 1 << 30));
  Part made = (this->*read)(fields);
  if (problem_.empty() && !parts.emplace(part, std::move(made)).second)
    wrong("part " + std::to_string(part) + " is there twice");
  return part;
}

int JournalParser::track(const Json& value) {
  return known_or_new(value, journal_.tracks, &JournalParser::read_track);
}
int JournalParser::cluster(const Json& value) {
  return known_or_new(value, journal_.clusters, &JournalParser::read_cluster);
}
int JournalParser::deck(const Json& value) {
  return known_or_new(value, journal_.decks, &JournalParser::read_deck);
}
int JournalParser::loop(const Json& value) {
  return known_or_new(value, journal_.loops, &JournalParser::read_loop);
}

TrackPart JournalParser::read_track(Fields& part) {
  TrackPart track;
  if (part.has("cluster")) track.cluster = cluster(part.at("cluster"));
  for (const auto& [key, value] : part.object("patterns").items()) {
    const bool slot = key.size() == 1 && key[0] >= 'A' && key[0] < 'A' + kSlots;
    if (!slot) return wrong("there is no slot " + key.substr(0, 20)), track;
    track.patterns[static_cast<std::size_t>(key[0] - 'A')] =
        known_or_new(value, journal_.patterns, &JournalParser::read_pattern);
  }
  return track;
}

Pattern JournalParser::read_pattern(Fields& part) {
  const std::string steps = part.text("steps");
  if (steps.empty()) return {};
  auto pattern = parse_pattern(steps);
  if (!pattern) return wrong(pattern.error().sentence), Pattern{};
  return *std::move(pattern);
}

Groove JournalParser::read_groove(Fields& part) {
  Groove groove{part.text("name"), {}};
  for (const Json& pair : part.list("sixteenths")) {
    if (!pair.is_array() || pair.size() != 2) return wrong("\"sixteenths\" must be a list of [shift, velocity]"), groove;
    groove.sixteenths.push_back(
        {static_cast<float>(part.real(pair[0], "sixteenths")), static_cast<float>(part.real(pair[1], "sixteenths"))});
  }
  if (!lawful(groove)) wrong("the groove needs 1 to 64 sixteenths, shifted by -0.5 to 0.5, with velocities of 0 to 2");
  return groove;
}

ClusterPart JournalParser::read_cluster(Fields& part) {
  ClusterPart cluster;
  cluster.name = part.text("name");
  for (const Json& sample : part.list("samples")) {
    cluster.samples.push_back(static_cast<int>(part.whole(sample, "samples", 1, 1 << 30)));
    if (!journal_.assets.contains(cluster.samples.back()))
      wrong("it needs asset " + std::to_string(cluster.samples.back()) + ", which is not there");
  }
  if (cluster.samples.empty()) wrong("the cluster is empty");
  return cluster;
}

DeckPart JournalParser::read_deck(Fields& part) { return {part.has("loop") ? loop(part.at("loop")) : 0}; }

LoopPart JournalParser::read_loop(Fields& part) {
  LoopPart loop;
  loop.asset = static_cast<int>(part.whole("asset", 1, 1 << 30));
  const auto asset = journal_.assets.find(loop.asset);
  if (asset == journal_.assets.end())
    return wrong("it needs asset " + std::to_string(loop.asset) + ", which is not there"), loop;
  for (const Json& point : part.list("warp")) {
    if (!point.is_array() || point.size() != 2)
      return wrong("\"warp\" must be a list of [ticks, frame]"), loop;
    loop.warp.push_back({beat(point[0], "warp"), part.real(point[1], "warp")});
  }
  bool lawful = loop.warp.size() >= 2 && loop.warp.front().beat == Beat(0) && loop.warp.front().source >= 0 &&
                loop.warp.back().source < static_cast<double>(kLongestAsset);
  for (std::size_t i = 1; i < loop.warp.size() && lawful; ++i)
    lawful = loop.warp[i].beat > loop.warp[i - 1].beat && loop.warp[i].source > loop.warp[i - 1].source;
  if (lawful) {  // whole frames that the player will read
    const double first = std::floor(loop.warp.front().source);
    const double length = std::floor(loop.warp.back().source - loop.warp.front().source);
    lawful = length >= 1 && first + length <= static_cast<double>(asset->second.frames);
  }
  if (!lawful) wrong("the warp map does not rise from beat 0 within its asset");
  return loop;
}

// --- records

Frame JournalParser::frame(Fields& line, bool on_edge) {
  const Frame frame(line.whole("f", 0, kFarFrame));
  const Frame quantum = frame - frame.index % kQuantum;
  if (on_edge && frame != quantum) wrong("frame " + std::to_string(frame.index) + " is no quantum's edge");
  if (quantum < quantum_) wrong("frame " + std::to_string(frame.index) + " lies before the line before");
  if (problem_.empty()) quantum_ = quantum;
  return frame;
}

Beat JournalParser::beat(const Json& value, const char* what) {
  return Beat(Fields(value, problem_).whole(value, what, -kFarTick, kFarTick));
}

Due JournalParser::due(Fields& line) {
  Fields due(line.object("due"), problem_);
  if (due.has("beat")) return {true, {}, beat(due.at("beat"), "beat")};
  return {false, Frame(due.whole("frame", -kFarFrame, kFarFrame)), {}};
}

std::uint64_t JournalParser::known_version(const Json& value) {
  const std::uint64_t epoch = Fields(value, problem_).natural(value, "version");
  if (problem_.empty() && !journal_.versions.contains(epoch))
    wrong("it needs version " + std::to_string(epoch) + ", which is not there");
  return epoch;
}

void JournalParser::event(Fields& line) {
  Record r{.what = Record::What::event};
  r.frame = frame(line, true);
  r.event.value = line.real("v");
  r.event.frame = Frame(line.whole("from", -kFarFrame, kFarFrame));
  r.event.glide = Beat(line.whole("glide", 0, kFarTick));
  r.due = due(line);
  if (!find_name(line.text("at"), r.event.grid, Grid::phrase))
    wrong("\"at\" must be now, step, beat, bar or phrase");
  if (!find_name(line.text("by"), r.event.source, Source::chat)) wrong("\"by\" is nobody known");
  const std::string address = line.text("set");
  if (!problem_.empty()) return;
  if (const auto control = catalogue().find(address)) {
    r.event.control = *control;
    journal_.records.push_back(r);
  } else if (unknown_controls_++ == 0) {
    unknown_control_ = address.substr(0, 80);
  }
}

void JournalParser::schedule(Fields& line) {
  Record r{.what = Record::What::schedule};
  r.frame = frame(line, true);
  r.serial = line.natural("schedule");
  const Json& entries = line.list("entries");
  if (r.frame <= last_schedule_) wrong("its quantum has a schedule already");
  if (entries.size() > kScheduleRoom)
    wrong("a schedule holds at most " + std::to_string(kScheduleRoom) + " versions");
  if (!problem_.empty()) return;
  std::vector<Record> lines;
  r.entries = static_cast<std::int32_t>(entries.size());
  for (const Json& entry : entries) {
    if (!entry.is_array() || entry.size() != 3 || !entry[2].is_string() ||
        !find_name(entry[2].get<std::string>(), r.grid, Grid::phrase))
      return wrong("\"entries\" must be a list of [version, ticks, grid]");
    r.epoch = known_version(entry[0]);
    r.boundary = beat(entry[1], "entries");
    lines.push_back(r);
    ++r.entry;
  }
  if (!problem_.empty()) return;
  if (lines.empty()) lines.push_back(r);
  last_schedule_ = r.frame;
  journal_.records.insert(journal_.records.end(), lines.begin(), lines.end());
}

void JournalParser::derived(Fields& line) {
  Record r{.what = Record::What::checksum};
  r.frame = frame(line, line.has("sum"));
  if (line.has("adopted")) {
    r.what = Record::What::adopted;
    r.epoch = known_version(line.at("adopted"));
    r.due = due(line);
  } else if (line.has("missed")) {
    r.what = Record::What::missed;
    r.epoch = known_version(line.at("missed"));
    r.boundary = beat(line.at("boundary"), "boundary");
  } else {
    r.epoch = line.hash("sum");
  }
  if (problem_.empty()) journal_.records.push_back(r);
}

void JournalParser::end(Fields& line) {
  const Frame at = frame(line, true);
  if (line.has("lost")) {
    if (lost_ == 0) lost_from_ = at;
    lost_ = line.whole("lost", 0, kFarFrame);
  } else if (problem_.empty()) {
    journal_.end = at;
    ended_ = journal_.complete = true;
  }
}

}  // namespace entrain
