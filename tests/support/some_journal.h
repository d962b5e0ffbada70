// A small journal with a line of every kind, for the tests of what writes, reads and prints one.
#pragma once

#include <algorithm>
#include <bit>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "control/record/journal_text.h"
#include "tests/support/shapes.h"

namespace entrain {

inline JournalHeader some_header() {
  JournalHeader header{
      "0.1",           "abc", 44'100, ~std::uint64_t{0} - 1, "v3", "v4", {{"libm", "0123456789abcdef"}},
      "a \"set\".toml"};
  return header;
}

inline std::shared_ptr<const Asset> some_asset(std::string path, std::size_t frames, bool stereo) {
  Asset asset{std::move(path), 0xFEDC'BA98'7654'3210u, 17, std::vector<float>(frames, 0.5f), {}};
  if (stereo) asset.right = asset.left;
  return std::make_shared<const Asset>(std::move(asset));
}

/// Three versions: tracks of the first share a cluster and a pattern, the second shares all but the meter with the first, the third has an equal copy of the
/// deck.
inline std::vector<std::shared_ptr<const Performance>> some_versions() {
  const auto kick = some_asset("kick\\\n.wav", 100, false), loop = some_asset("loop.wav", 1000, true);
  const auto cluster = std::make_shared<const Cluster>(Cluster{"kicks \xC3\xBC", {kick, loop, kick}, {}});
  const auto document = [&] {
    Loop made;
    made.asset = loop;
    made.warp = {{Beat(0), 0.1}, {Beat(3), 1.0 / 3}, {Beat::beats(4), 999.9999999999999}};
    test::decorate(made, 4);
    made.one = Beat(77);
    made.seam = 12;
    return std::make_shared<const DeckDocument>(DeckDocument{std::make_shared<const Loop>(std::move(made))});
  };
  Performance p;
  p.epoch = 1;
  const auto pattern = [](const char* text) { return std::make_shared<const Pattern>(*parse_pattern(text)); };
  p.tracks[0] = std::make_shared<const Track>(Track{cluster, {pattern("1001*3/2"), pattern("1{v0.25 p0.5 r3 t-0.125 s2 a}0 pendulum ->A:4")}});
  const auto snares = std::make_shared<const Cluster>(Cluster{"snares", {kick}, {}});
  p.tracks[1] = std::make_shared<const Track>(Track{snares, {pattern("10")}});
  p.tracks[9] = std::make_shared<const Track>(Track{snares, {p.tracks[1]->patterns[0]}});
  p.tracks[15] = std::make_shared<const Track>(Track{nullptr, {std::make_shared<const Pattern>()}});
  p.groove = std::make_shared<const Groove>(Groove{"late", {{0, 1}, {0.125f, 0.75f}}});
  p.decks[1] = document();
  p.decks[3] = std::make_shared<const DeckDocument>();
  p.transition = test::random_transition(5, 3, 20);
  std::vector versions{std::make_shared<const Performance>(p)};
  p.epoch = 2;
  p.meter = {3, 8};
  versions.push_back(std::make_shared<const Performance>(p));
  p.epoch = 7;
  p.decks[1] = document();
  versions.push_back(std::make_shared<const Performance>(p));
  return versions;
}

inline std::vector<Record> some_records() {
  std::vector<Record> records;
  const auto add = [&](Record r) { records.push_back(r); };
  add({.what = Record::What::schedule, .frame = Frame(0), .serial = 1});
  for (std::uint16_t c = 0; c < 20; ++c) {
    Record r{.frame = Frame(32 * c)};
    r.event = {ControlId{static_cast<std::uint16_t>(c * 4)},
               static_cast<Grid>(c % 5),
               static_cast<Source>(c % 7),
               Frame(1000 * c - 500),
               -0.1 * c,
               Beat(c * 12'345)};
    r.due = c % 2 ? Due{true, {}, Beat(c * 7 - 20)} : Due{false, Frame(c * 99), {}};
    add(r);
  }
  Record entry{.what = Record::What::schedule, .frame = Frame(640), .serial = 2, .entries = 3};
  for (const std::uint64_t epoch : {1, 2, 7}) {
    entry.epoch = epoch;
    entry.boundary = Beat::beats(static_cast<std::int64_t>(epoch) * 4);
    entry.grid = static_cast<Grid>(entry.entry);
    add(entry);
    ++entry.entry;
  }
  add({.what = Record::What::missed, .frame = Frame(640), .epoch = 2, .boundary = Beat(5)});
  add({.what = Record::What::adopted, .frame = Frame(677), .due = {true, {}, Beat(9)}, .epoch = 7});
  add({.what = Record::What::checksum, .frame = Frame(704), .epoch = 0x00FF'0123'4567'89ABu});
  return records;
}

inline bool equal(const Record& a, const Record& b) {
  const bool due = a.due.by_beat == b.due.by_beat && a.due.frame == b.due.frame && a.due.beat == b.due.beat;
  const bool event =
      a.event.control == b.event.control && a.event.grid == b.event.grid &&
      a.event.source == b.event.source && a.event.frame == b.event.frame &&
      std::bit_cast<std::uint64_t>(a.event.value) == std::bit_cast<std::uint64_t>(b.event.value) &&
      a.event.glide == b.event.glide;
  return a.what == b.what && a.frame == b.frame && due && event && a.serial == b.serial &&
         a.epoch == b.epoch && a.boundary == b.boundary && a.grid == b.grid && a.entry == b.entry &&
         a.entries == b.entries;
}

template <class Records, class Others>
bool equal(const Records& a, const Others& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Record& x, const Record& y) { return equal(x, y); });
}

/// The lines of a whole journal of the above.
inline std::vector<std::string> some_lines() {
  JournalText text;
  std::vector<std::string> lines{JournalText::header(some_header())};
  const auto add = [&](const std::string& made) {
    std::istringstream in(made);
    for (std::string line; std::getline(in, line);) lines.push_back(line + '\n');
  };
  for (const auto& version : some_versions()) add(text.version(*version));
  for (const Record& record : some_records()) add(text.record(record));
  add(JournalText::end(Frame(736)));
  return lines;
}

inline bool says(const std::string& sentence, const std::string& part) {
  return sentence.find(part) != std::string::npos;
}

}  // namespace entrain
