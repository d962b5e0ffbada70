// Malformed pattern files, mappings and numbers: each has its exact sentence.
#include <cmath>

#include "control/sequence/sequence_sounds.h"
#include "tests/support/sound_files.h"

// GCC 12 is wrong about lists of strings.
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overflow"

using namespace entrain;
using namespace entrain::test;

namespace {

struct Case {
  std::string text, sentence;
};

}  // namespace

TEST_CASE("a pattern file is read as it is written", "[sequence]") {
  const auto file = parse_pattern_file(
      "\xEF\xBB\xBF; a groove\r\n\r\n 1000 1000 / 3 ; toms\r\n01*1.5\r\n1*2/3\r\n[1, .5,2.5e-1,] ; loud\r\n",
      "p");
  REQUIRE(file);
  REQUIRE(file->tracks.size() == 3);
  CHECK(file->tracks[0].steps == "10001000");
  CHECK(file->tracks[0].modifier == "/3");
  CHECK(file->tracks[0].pattern.speed_den == 3);
  CHECK(file->tracks[1].modifier == "*1.5");
  CHECK(file->tracks[1].volume == 0.5);
  CHECK(file->tracks[2].pattern.speed_num == 2);
  CHECK(file->tracks[2].volume == 0.25);
}

TEST_CASE("every malformed pattern file has its sentence", "[sequence]") {
  const std::string form = "the volumes must be a list of numbers in brackets, such as [1.0, 0.8, 0.6]";
  const std::string empty =
      "pattern.txt holds no pattern; write a line such as 1000 for each track, then their volumes, such as "
      "[1.0]";
  const Case cases[] = {
      {"", empty},
      {"; nothing yet\n\n", empty},
      {"10002\n[1]", "pattern.txt:1: pattern \"10002\": '2' is no step; use 1 for a hit and 0 for a rest"},
      {"1000\n\n10x0 ; snare\n[1, 1]",
       "pattern.txt:3: pattern \"10x0\": 'x' is no step; use 1 for a hit and 0 for a rest"},
      {"1000/0\n[1]",
       "pattern.txt:1: pattern \"1000/0\": a speed of 0 would never play; use a number above 0"},
      {"1000*\n[1]", "pattern.txt:1: pattern \"1000*\": a number must follow * and /, as in *2 or /1.5"},
      {"1000*-2\n[1]", "pattern.txt:1: pattern \"1000*-2\": '-' cannot follow a speed"},
      {"1000*2*\n[1]", "pattern.txt:1: pattern \"1000*2*\": a number must follow * and /, as in *2 or /1.5"},
      {"1{v0.5}0\n[1]",
       "pattern.txt:1: pattern \"1{v0.5}0\": '{' is no step; use 1 for a hit and 0 for a rest"},
      {"10 \xE2\x86\x92 B\n[1]",
       "pattern.txt:1: pattern \"10\xE2\x86\x92"
       "B\": '\xE2\x86\x92' is no step; use 1 for a hit and 0 for a rest"},
      {"1000*2x\n[1]", "pattern.txt:1: pattern \"1000*2x\": 'x' cannot follow a speed"},
      {"1000*5000\n[1]", "pattern.txt:1: pattern \"1000*5000\": its speed must lie between /1024 and *1024"},
      {"*2\n[1]", "pattern.txt:1: pattern \"*2\": it has no steps; write some, such as 1000"},
      {std::string(10'000, '1') + "\n[1]",
       "pattern.txt:1: pattern \"" + std::string(80, '1') + "...\": it has more than 4096 steps"},
      {"1000\n0010\n",
       "pattern.txt:2: the list of volumes is missing; end the file with one for each track, such as [1.0, "
       "0.8, 0.6]"},
      {"1000\n0010\n[1.0]", "pattern.txt:3: there are 1 volumes for 2 tracks; write one for each"},
      {"1000\n[1.0, 0.5]", "pattern.txt:2: there are 2 volumes for 1 tracks; write one for each"},
      {"1000\n[]", "pattern.txt:2: there are 0 volumes for 1 tracks; write one for each"},
      {"1000\n[1.0", "pattern.txt:2: " + form},
      {"1000\n[loud]", "pattern.txt:2: " + form},
      {"1000\n[1.0 0.5]", "pattern.txt:2: " + form},
      {"1000\n[1,,2]", "pattern.txt:2: " + form},
      {"1000\n[nan]", "pattern.txt:2: volume nan is out of range: -1000 to 1000"},
      {"1000\n[1e9]", "pattern.txt:2: volume 1000000000 is out of range: -1000 to 1000"},
      {"[1.0]",
       "pattern.txt:1: there are volumes but no patterns; write a line such as 1000 for each track above "
       "them"},
      {"1000\n[1.0]\n0010",
       "pattern.txt:3: nothing may follow the list of volumes of line 2; move it to the end"},
  };
  for (const auto& [text, sentence] : cases) {
    const auto file = parse_pattern_file(text, "pattern.txt");
    CHECK((file ? "no error" : file.error().sentence) == sentence);
  }
}

TEST_CASE("a cluster mapping keeps its order", "[sequence]") {
  const auto mapping = parse_cluster_mapping(
      "{\"2\": [\"samples/b.wav\", \"c \\u00e9.wav\"],\n\n \"10\": [\"a.wav\"], \"0\": [\"z\"]}", "m.json");
  REQUIRE(mapping);
  REQUIRE(mapping->clusters.size() == 3);
  CHECK(mapping->clusters[0].id == "2");
  CHECK(mapping->clusters[0].samples == std::vector<std::string>{"samples/b.wav", "c \xC3\xA9.wav"});
  CHECK(mapping->clusters[1].id == "10");
  CHECK(mapping->clusters[1].line == 3);
  CHECK(mapping->clusters[2].id == "0");
}

TEST_CASE("every malformed cluster mapping has its sentence", "[sequence]") {
  const std::string shape = "; write {\"0\": [\"kick.wav\", \"snare.wav\"]}";
  const Case cases[] = {
      {"{}", "m.json names no clusters; cluster some sounds first"},
      {"[\"a.wav\"]", "m.json:1: a mapping cannot be a list" + shape},
      {"\"a.wav\"", "m.json:1: a mapping cannot be a text" + shape},
      {"7", "m.json:1: a mapping cannot be a number" + shape},
      {"{\"0\": []}", "m.json:1: cluster \"0\" is empty; list at least one sample, or remove it"},
      {"{\"0\": [\"a\"],\n\"1\": [\n]}",
       "m.json:2: cluster \"1\" is empty; list at least one sample, or remove it"},
      {"{\"0\": \"a.wav\"}",
       "m.json:1: cluster \"0\" is a text; write a list of paths, such as [\"kick.wav\"]"},
      {"{\"0\": {\"a\": 1}}",
       "m.json:1: cluster \"0\" is an object; write a list of paths, such as [\"kick.wav\"]"},
      {"{\"0\": null}", "m.json:1: cluster \"0\" is null; write a list of paths, such as [\"kick.wav\"]"},
      {"{\"0\": [\"a\", 3]}", "m.json:1: cluster \"0\" holds a number; write the path of a sample in quotes"},
      {"{\"0\": [\"a\",\n[\"b\"]]}",
       "m.json:2: cluster \"0\" holds a list; write the path of a sample in quotes"},
      {"{\"0\": [\"\"]}", "m.json:1: cluster \"0\" names an empty path; remove it"},
      {"{\"0\": [\"a\"],\n\n\"0\": [\"b\"]}",
       "m.json:3: cluster \"0\" stands in line 1 already; give it another name"},
  };
  for (const auto& [text, sentence] : cases) {
    const auto mapping = parse_cluster_mapping(text, "m.json");
    CHECK((mapping ? "no error" : mapping.error().sentence) == sentence);
  }
  const Case broken[] = {{"", "m.json:1: this is no JSON ("},
                         {"{\"0\": [\"a\",\n\"b\"", "m.json:2: this is no JSON ("},
                         {"{\"0\": [\"a\"],\n}", "m.json:2: this is no JSON ("},
                         {"{'0': ['a']}", "m.json:1: this is no JSON ("},
                         {"{\"0\": [\"a\"]} x", "m.json:1: this is no JSON ("}};
  for (const auto& [text, start] : broken) {
    const auto mapping = parse_cluster_mapping(text, "m.json");
    REQUIRE_FALSE(mapping);
    CHECK(mapping.error().sentence.substr(0, start.size()) == start);
    CHECK(mentions(mapping.error().sentence, "; cluster the sounds again, or mend it by hand"));
  }
}

TEST_CASE("numbers and tracks that cannot be are refused", "[sequence]") {
  const auto error = [](const std::string& pattern, SequenceOptions options) {
    const auto plan =
        Sequence::plan(*parse_pattern_file(pattern, "p.txt"),
                       *parse_cluster_mapping(R"({"0": ["a"], "1": ["b"]})", "m.json"), options, "p.txt");
    return plan ? std::string("no error") : plan.error().sentence;
  };
  CHECK(error("1\n[1]", {-120, 16, 1}) == "--bpm -120 is out of range: use 1 to 10000 BPM");
  CHECK(error("1\n[1]", {0, 16, 1}) == "--bpm 0 is out of range: use 1 to 10000 BPM");
  CHECK(error("1\n[1]", {std::nan(""), 16, 1}) == "--bpm nan is out of range: use 1 to 10000 BPM");
  CHECK(error("1\n[1]", {120, 0, 1}) == "--length 0 is out of range: use 0.001 to 86400 seconds");
  CHECK(error("1\n[1]", {120, -2, 1}) == "--length -2 is out of range: use 0.001 to 86400 seconds");
  CHECK(error("1*1024\n[1]", {10'000, 1, 1}) ==
        "p.txt: the steps of track 1 would be shorter than a sample; lower its *N or --bpm");
  CHECK(error("1\n1\n1\n[1,1,1]", {120, 16, 1}) ==
        "p.txt has 3 tracks, but m.json only 2 clusters; remove 1 track, or cluster the sounds into 3");
  CHECK(error("1\n[1]", {120, 16, 1}) == "no error");
}

TEST_CASE("samples are found as written, then under the folder, then there by base name", "[sequence]") {
  const TempDir dir;
  const auto folder = dir.path / "mine";
  for (const char* sub : {"", "kit"}) {
    std::filesystem::create_directories(folder / sub);
    put_bytes(folder / sub / "a.wav", sub);
  }
  put_bytes(dir.path / "here.wav", "");
  const auto find = [&](const std::string& written) {
    ClusterMapping mapping{"m.json", {{"0", {written}, 4}}};
    const auto found = find_samples(mapping, folder);
    return found ? (*found)[0][0] : found.error().sentence;
  };
  CHECK(find((dir.path / "here.wav").string()) == (dir.path / "here.wav").string());
  CHECK(find("kit/a.wav") == (folder / "kit/a.wav").string());
  CHECK(find("samples/a.wav") == (folder / "a.wav").string());
  CHECK(find("C:\\drums\\a.wav") == (folder / "a.wav").string());
  CHECK(find("samples/b.wav") == "m.json:4: cluster \"0\": samples/b.wav was not found, nor b.wav in " +
                                     folder.string() + "; name its folder with --samples");
  CHECK(find("samples/kit") == "m.json:4: cluster \"0\": samples/kit was not found, nor kit in " +
                                   folder.string() + "; name its folder with --samples");
  CHECK(mentions(read_pattern_file(dir.path / "none.txt").error().sentence, "cannot open the pattern file"));
  CHECK(mentions(read_pattern_file(dir.path).error().sentence, "is a folder; name a pattern file"));
  put_bytes(dir.path / "big.txt", std::string(kMaxPatternFile + 1, '1'));
  CHECK(mentions(read_pattern_file(dir.path / "big.txt").error().sentence,
                 "too large for a pattern file (over 1024 KiB)"));
}
