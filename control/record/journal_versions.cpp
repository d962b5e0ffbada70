// How a journal's versions are read: their assets and parts.
#include <charconv>
#include <utility>

#include "control/record/journal_parser.h"
#include "engine/core/pattern.h"

namespace entrain {
namespace {

constexpr std::int64_t kLongestAsset = std::int64_t{1} << 28;  // 23 minutes at 192 kHz
constexpr int kMostBeats = 65'536;  // in a bar, or bars in a phrase

}  // namespace

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

/// The place that a key from "1" on names; null, and a problem, when there is none.
template <class Slots>
auto JournalParser::place(const std::string& key, Slots& slots, const char* what) -> typename Slots::value_type* {
  std::size_t slot = 0;
  const auto done = std::from_chars(key.data(), key.data() + key.size(), slot);
  if (done.ec == std::errc() && done.ptr == key.data() + key.size() && slot >= 1 && slot <= slots.size())
    return &slots[slot - 1];
  return wrong("there is no " + std::string(what) + ' ' + key.substr(0, 20)), nullptr;
}

void JournalParser::version(Fields& line) {
  VersionLine version;
  const std::uint64_t epoch = line.natural("version");
  const Json& meter = line.list("meter");
  if (meter.size() != 2) return wrong("\"meter\" must be [beats in a bar, bars in a phrase]");
  version.meter.beats_per_bar = static_cast<std::int32_t>(line.whole(meter[0], "meter", 1, kMostBeats));
  version.meter.bars_per_phrase = static_cast<std::int32_t>(line.whole(meter[1], "meter", 1, kMostBeats));
  for (const auto& [key, value] : line.object("tracks").items())
    if (int* slot = place(key, version.tracks, "track")) *slot = track(value);
  for (const auto& [key, value] : line.object("decks").items())
    if (int* slot = place(key, version.decks, "deck")) *slot = deck(value);
  if (line.has("groove")) version.groove = known_or_new(line.at("groove"), journal_.grooves, &JournalParser::read_groove);
  if (line.has("transition"))
    version.transition = known_or_new(line.at("transition"), journal_.transitions, &JournalParser::read_transition);
  if (!problem_.empty()) return;
  if (!journal_.versions.emplace(epoch, version).second)
    wrong("version " + std::to_string(epoch) + " is there twice");
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
  LoopPart read;
  read.asset = static_cast<int>(part.whole("asset", 1, 1 << 30));
  const auto asset = journal_.assets.find(read.asset);
  if (asset == journal_.assets.end())
    return wrong("it needs asset " + std::to_string(read.asset) + ", which is not there"), read;
  Loop& loop = read.loop;
  for (const Json& point : part.list("warp")) {
    if (!point.is_array() || point.size() != 2)
      return wrong("\"warp\" must be a list of [ticks, frame]"), read;
    loop.warp.push_back({beat(point[0], "warp"), part.real(point[1], "warp")});
  }
  if (part.has("one")) loop.one = beat(part.at("one"), "one");
  if (part.has("seam")) loop.seam = static_cast<int>(part.whole("seam", 0, 1 << 20));
  if (part.has("gain")) loop.gain = static_cast<float>(part.real("gain"));
  const auto moments = [&](const char* name, std::vector<Beat>& beats) {
    if (!part.has(name)) return;
    for (const Json& moment : part.list(name)) beats.push_back(beat(moment, name));
  };
  moments("onsets", loop.onsets);
  moments("kicks", loop.kicks);
  if (part.has("markers"))
    for (const auto& [key, value] : part.object("markers").items())
      if (auto* marker = place(key, loop.markers, "marker")) *marker = beat(value, "markers");
  if (problem_.empty() && !lawful(loop, asset->second.frames))
    wrong("its warp map, gain, onsets, kicks or markers lie out of the loop");
  return read;
}

TransitionShape JournalParser::read_shape(Fields& part) {
  TransitionShape shape{part.text("name"), {}, {}};
  for (const auto& [name, curves] : {std::pair{"out", &shape.out}, std::pair{"in", &shape.in}})
    for (const auto& [lane, points] : part.object(name).items()) {
      std::size_t index = 0;
      while (index < kLanes && name_of(static_cast<Lane>(index)) != lane) ++index;
      if (index == kLanes || !points.is_array()) return wrong("there is no curve " + lane.substr(0, 20)), shape;
      for (const Json& point : points) {
        if (!point.is_array() || point.size() != 2) return wrong("a curve must be a list of [part, value]"), shape;
        (*curves)[index].push_back(
            {static_cast<float>(part.real(point[0], name)), static_cast<float>(part.real(point[1], name))});
      }
    }
  if (!lawful(shape)) wrong("a curve of its transition does not rise from 0 to 1, or leaves its range");
  return shape;
}

TransitionPart JournalParser::read_transition(Fields& part) {
  TransitionPart read;
  Transition& t = read.transition;
  t.id = part.natural("id");
  t.from = static_cast<int>(part.whole("from", 0, kDecks)) - 1;
  t.to = static_cast<int>(part.whole("to", 0, kDecks)) - 1;
  t.at = beat(part.at("at"), "at");
  t.length = beat(part.at("length"), "length");
  t.entry = beat(part.at("entry"), "entry");
  read.shape = known_or_new(part.at("shape"), journal_.shapes, &JournalParser::read_shape);
  if (problem_.empty() && !lawful(t)) wrong("its transition has no id or length, or goes from a deck to the same");
  return read;
}

}  // namespace entrain
