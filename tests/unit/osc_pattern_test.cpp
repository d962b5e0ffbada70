// OSC address patterns.
#include "control/osc/osc_pattern.h"

#include <array>
#include <random>
#include <regex>
#include <string>

#include "tests/support/catch.h"

using namespace entrain;

namespace {

/// An independent reading of a pattern: the regular expression that it stands for.
std::regex oracle(const std::string& pattern) {
  std::string text;
  bool choosing = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '*')
      text += "[^/]*";
    else if (c == '?')
      text += "[^/]";
    else if (c == '{') {
      text += "(?:";
      choosing = true;
    } else if (c == '}') {
      text += ")";
      choosing = false;
    } else if (c == ',' && choosing)
      text += "|";
    else if (c == '[' && pattern[i + 1] == '!') {
      text += "[^/";
      ++i;
    } else
      text += c;
  }
  return std::regex(text);
}

}  // namespace

TEST_CASE("a pattern matches exactly what the regular expression that it stands for matches", "[osc]") {
  std::mt19937 random(1);
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  const std::array<std::string, 14> pieces{"a",    "b",    "c",       "/",      "*", "?",   "[a-b]",
                                           "[!a]", "[cb]", "{a,bc,}", "{ab,b}", "*", "{c}", "[!b-c]"};
  int matched = 0, checked = 0;
  for (int i = 0; i < 1'000; ++i) {
    std::string pattern = "/";
    for (std::size_t n = below(7); n > 0; --n) pattern += pieces[below(pieces.size())];
    const auto parsed = OscPattern::parse(pattern);
    REQUIRE(parsed);
    const std::regex expected = oracle(pattern);
    for (int j = 0; j < 20; ++j) {
      std::string address = "/";
      for (std::size_t n = below(6); n > 0; --n) address += "abc/"[below(4)];
      CAPTURE(pattern, address);
      const bool matches = std::regex_match(address, expected);
      REQUIRE(parsed->matches(address) == matches);
      matched += matches;
      ++checked;
    }
  }
  CHECK(matched > checked / 50);  // the comparison is not an empty one
}

TEST_CASE("a malformed pattern is a sentence", "[osc]") {
  for (const char* wrong :
       {"/a[", "/a[b", "/a{b", "/a]", "/a}", "/a[]", "/a[!]", "/a[z-a]", "/{a[b]}", "/{a/b}", "/a[/]"}) {
    CAPTURE(wrong);
    CHECK_FALSE(OscPattern::parse(wrong));
  }
}

TEST_CASE("no pattern makes the matcher try every reading in turn", "[osc]") {
  // By backtracking, each of these would take longer than the universe has.
  const std::string many_a(250, 'a');
  std::string stars = "/", choices = "/";
  while (stars.size() < 250) stars += "*a";
  while (choices.size() < 240) choices += "{a,aa,aaa}";
  const auto a = OscPattern::parse(stars + "b"), b = OscPattern::parse(choices + "b");
  REQUIRE((a && b));
  CHECK_FALSE(a->matches("/" + many_a));
  CHECK_FALSE(b->matches("/" + many_a));
}
