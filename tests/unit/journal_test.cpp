#include "control/record/journal.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <sstream>

#include "control/record/journal_print.h"
#include "control/record/journal_reader.h"
#include "engine/core/catalogue.h"
#include "tests/support/catch.h"
#include "tests/support/sanitized.h"
#include "tests/support/some_journal.h"

using namespace entrain;
namespace fs = std::filesystem;

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

Result<Journal> parse(const std::string& text) {
  std::istringstream in(text);
  return read_journal(in, "jam");
}

}  // namespace

TEST_CASE("a torn tail costs only its last line", "[journal]") {
  const auto lines = some_lines();
  const std::string all = joined(lines);
  REQUIRE(parse(all)->complete);
  std::size_t whole = 1, begin = lines[0].size();  // lines before the cut, and where the next begins
  for (std::size_t cut = begin; cut < all.size() - 1; ++cut) {
    if (cut == begin + lines[whole].size()) begin += lines[whole++].size();
    if (test::kSanitized && cut % 7 != 0) continue;
    const auto torn = parse(all.substr(0, cut)),
               sound = parse(joined({lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(whole)}));
    REQUIRE((torn && sound));
    const bool only_newline_lost = cut == begin + lines[whole].size() - 1;
    if (only_newline_lost) continue;  // then nothing is lost
    if (!equal(torn->records, sound->records) || torn->versions.size() != sound->versions.size() ||
        torn->complete)
      FAIL("cut at byte " << cut);
    if (cut > begin && !says(torn->remark, "jam:" + std::to_string(whole + 1) + " is torn"))
      FAIL(torn->remark);
  }
}

TEST_CASE("a flipped bit is found, and the line named", "[journal]") {
  const auto lines = some_lines();
  const std::string all = joined(lines);
  std::size_t line = 0, end = lines[0].size();
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {  // the last newline may be anything
    if (i == end) end += lines[++line].size();
    if (test::kSanitized && i % 5 != 0) continue;
    std::string damaged = all;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 7)));
    const auto journal = parse(damaged);
    const bool head = line == 0;
    const bool found = head ? !journal
                            : (journal && !journal->complete &&
                               says(journal->remark, "jam:" + std::to_string(line + 1) + ' '));
    if (!found)
      FAIL("byte " << i << " of line " << line + 1 << ": "
                   << (journal ? journal->remark : journal.error().sentence));
    if (!head && line + 2 < lines.size() && !says(journal->remark, "damaged in the middle"))
      FAIL(journal->remark);
  }
}

TEST_CASE("doubles survive the journal bit for bit", "[journal]") {
  std::mt19937_64 random(1);
  std::string text = JournalText::header(some_header());
  std::vector<Record> records;
  JournalText lines;
  const auto add = [&](double value) {
    Record record;
    record.event.value = value;
    records.push_back(record);
    text += lines.record(record);
  };
  using Limits = std::numeric_limits<double>;
  for (const double value : {0.0, -0.0, 3.0, -3.0, 1e300, Limits::denorm_min(), Limits::min(), Limits::max(),
                             Limits::lowest(), 9007199254740993.0, 0.1, 1e15, 1e16, 123456789012345680.0})
    add(value);
  for (int i = 0; i < 20'000; ++i)
    if (const auto value = std::bit_cast<double>(random()); std::isfinite(value)) add(value);
  const auto journal = parse(text);
  REQUIRE(journal);
  CHECK(journal->remark.empty());
  CHECK(equal(journal->records, records));
}

TEST_CASE("a line that makes no sense is named with its number and its fault", "[journal]") {
  const std::string head = JournalText::header(some_header());
  const std::string asset = journal_line(
      R"({"asset":1,"path":"a","file":"0000000000000001","pcm":"0000000000000001","frames":100,"channels":1})");
  const auto version = [](const std::string& track, const std::string& deck) {
    return journal_line(R"({"version":1,"meter":[4,4],"tracks":{)" + track + R"(},"decks":{)" + deck + "}}");
  };
  const auto event = [](const std::string& f, const std::string& v, const std::string& rest) {
    return journal_line(R"({"f":)" + f + R"(,"set":"/transport/tempo","v":)" + v + rest + "}");
  };
  const std::string rest = R"(,"at":"now","from":0,"glide":0,"by":"osc","due":{"frame":0})";
  REQUIRE(parse(head + asset + version("", "") + event("32", "1", rest))->records.size() == 1);
  const std::vector<std::pair<std::string, std::string>> faults{
      {journal_line("[1]"), "no JSON object"},
      {journal_line("{\"f\":"), "no JSON object"},
      {event("33", "1", rest), "no quantum's edge"},
      {event("-32", "1", rest), "\"f\""},
      {event("1e3", "1", rest), "\"f\""},
      {event("18446744073709551615", "1", rest), "\"f\""},
      {event("32", "null", rest), "\"v\""},
      {event("32", "1e999", rest), "no JSON object"},
      {event("32", "1", R"(,"at":"noon","from":0,"glide":0,"by":"osc","due":{"frame":0})"), "\"at\""},
      {event("32", "1", R"(,"at":"now","from":0,"glide":-1,"by":"osc","due":{"frame":0})"), "\"glide\""},
      {event("32", "1", R"(,"at":"now","from":0,"glide":0,"by":"me","due":{"frame":0})"), "\"by\""},
      {event("32", "1", R"(,"at":"now","from":0,"glide":0,"by":"osc")"), "\"due\" is missing"},
      {event("64", "1", rest) + event("32", "1", rest), "before the line before"},
      {journal_line(R"({"f":32,"schedule":1,"entries":[[9,0,"bar"]]})"), "needs version 9"},
      {journal_line(R"({"f":32,"schedule":1,"entries":[]})") +
           journal_line(R"({"f":32,"schedule":2,"entries":[]})"),
       "schedule already"},
      {journal_line(R"({"f":32,"sum":"12"})"), "16 hex digits"},
      {version("", ""), "version 1 is there twice"},
      {asset, "asset 1 is there twice"},
      {version(R"("17":1)", ""), "no track 17"},
      {version(R"("1":1)", ""), "needs part 1"},
      {version(R"("1":{"part":1,"patterns":{"A":{"part":2,"steps":"102"}}})", ""), "'2' is no step"},
      {version(R"("1":{"part":1,"patterns":{"A":{"part":2,"steps":"1/0"}}})", ""), "a speed of 0"},
      {version(R"("1":{"part":1,"patterns":{"I":{"part":2,"steps":"1"}}})", ""), "no slot I"},
      {version(R"("1":{"part":1,"patterns":{"A":2}})", ""), "needs part 2"},
      {version(R"("1":{"part":1,"cluster":{"part":2,"name":"x","samples":[]},"patterns":{}})", ""),
       "empty"},
      {version(R"("1":{"part":1,"cluster":{"part":2,"name":"x","samples":[2]},"patterns":{}})", ""),
       "needs asset 2"},
      {version("", R"("1":{"part":1,"loop":{"part":2,"asset":1,"warp":[[0,0],[4,101]]}})"), "warp map"},
      {version("", R"("1":{"part":1,"loop":{"part":2,"asset":1,"warp":[[0,0.9],[4,0.95]]}})"), "warp map"},
      {version("", R"("1":{"part":1,"loop":{"part":2,"asset":1,"warp":[[0,0],[4,9],[4,10]]}})"), "warp map"},
      {version("", R"("1":{"part":1,"loop":{"part":2,"asset":1,"warp":[[1,0],[4,9]]}})"), "warp map"},
  };
  for (const auto& [lines, fault] : faults) {
    const bool first =
        says(fault, "version 1 is") || says(fault, "twice") || lines.find("\"version\"") == std::string::npos;
    const std::string before = head + asset + (first ? version("", "") : "");
    const auto number =
        1 + std::count(before.begin(), before.end(), '\n') + std::count(lines.begin(), lines.end(), '\n') - 1;
    const auto journal = parse(before + lines + journal_line(R"({"f":96,"end":true})"));
    REQUIRE(journal);
    INFO(lines << journal->remark);
    CHECK_FALSE(journal->complete);
    CHECK(says(journal->remark, "jam:" + std::to_string(number) + " makes no sense: "));
    CHECK(says(journal->remark, fault));
  }
}

TEST_CASE("what a later version writes is skipped and remarked, or refused as a whole", "[journal]") {
  std::string header = JournalText::header(some_header());
  const std::string known = journal_line(R"({"f":32,"sum":"0000000000000001","colour":"red"})");
  const auto unknown = parse(header + journal_line(R"({"f":0,"weather":"fine"})") + known +
                             journal_line(R"({"f":32,"end":true})"));
  REQUIRE(unknown);
  CHECK(unknown->records.size() == 1);
  CHECK(unknown->complete);
  CHECK(says(unknown->remark, "Of its lines 1 "));

  const auto control = parse(
      header +
      journal_line(
          R"({"f":0,"set":"/weather","v":1,"at":"now","from":0,"glide":0,"by":"osc","due":{"frame":0}})") +
      known);
  REQUIRE(control);
  CHECK(control->left_out == 1);
  CHECK_FALSE(control->complete);
  CHECK(says(control->remark, "/weather"));

  std::string json = header.substr(9, header.size() - 10);
  json.replace(json.find("\"entrain-journal\":1"), 19, "\"entrain-journal\":2");
  const auto newer = parse(journal_line(json) + known);
  REQUIRE_FALSE(newer);
  CHECK(says(newer.error().sentence, "format 2"));
  for (const std::string& none : {std::string(), std::string("\n"), std::string("hello"), journal_line("{}"),
                                  journal_line("{\"entrain-journal\":1}")}) {
    const auto journal = parse(none);
    REQUIRE_FALSE(journal);
    CHECK(says(journal.error().sentence, "jam "));
  }
  CHECK_FALSE(read_journal(fs::path("/nonexistent/jam")));
  CHECK_FALSE(read_journal(fs::path("/")));
}

TEST_CASE("whatever stands behind a right checksum, the reader survives it and the printer too",
          "[journal]") {
  std::mt19937 random(7);
  const auto lines = some_lines();
  int sound = 0, unsound = 0;
  for (int round = 0; round < (test::kSanitized ? 1000 : 4000); ++round) {
    auto mutated = lines;
    for (int change = 0; change < 3; ++change) {
      std::string& line = mutated[random() % mutated.size()];
      std::string json = line.substr(9, line.size() - 10);
      if (json.empty()) continue;
      const std::size_t at = random() % json.size();
      switch (random() % 4) {
        case 0:
          json[at] = static_cast<char>(random());
          break;
        case 1:
          json.erase(at, 1 + random() % 8);
          break;
        case 2:
          json.insert(
              at, std::to_string(static_cast<std::int64_t>(std::uint64_t{random()} * std::uint64_t{random()})));
          break;
        case 3:
          std::swap(json[at], json[random() % json.size()]);
          break;
      }
      line = journal_line(json);
    }
    const auto journal = parse(joined(mutated));
    if (!journal) continue;
    ++(journal->complete ? sound : unsound);
    std::ostringstream shown;
    print_journal(shown, *journal);
  }
  CHECK(sound > 0);
  CHECK(unsound > 0);
}

TEST_CASE("a printed journal tells when, where in the music, what and who", "[journal]") {
  std::ostringstream out;
  const auto journal = parse(joined(some_lines()));
  REQUIRE(journal);
  print_journal(out, *journal);
  CHECK(says(out.str(),
             catalogue().address(ControlId{4}) + " -0.1 over 0.0127573 beats, on the step  (stage)"));
  CHECK(says(out.str(), "00:00.014"));
  CHECK(says(out.str(), "version 7 plays"));
  CHECK(says(out.str(), "end\n"));
  CHECK(time_of(Frame(48'000 * 3'725 + 47'999), 48'000) == "62:05.999");
}
