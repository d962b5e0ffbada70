// The weights a person writes down.
#include "control/library/compatibility_config.h"

#include "tests/support/catch.h"

using namespace entrain;

namespace {

Result<CompatibilityWeights> parse(std::string_view text) {
  return parse_compatibility(text, "/c/config.toml");
}

std::string wrong(std::string_view text) {
  const auto weights = parse(text);
  return weights ? "" : weights.error().sentence;
}

}  // namespace

TEST_CASE("weights that are written read back as the same") {
  CompatibilityWeights weights;
  CHECK(*parse(compatibility_text(weights)) == weights);
  weights = {0.1, 2, 0, 4.5, 100, 7.25, 0.5, 1, 0, 0.125, 0.3, false};
  CHECK(*parse(compatibility_text(weights)) == weights);
}

TEST_CASE("what is not named keeps its default, and other sections are others'") {
  CHECK(*parse("") == CompatibilityWeights{});
  CHECK(*parse("[window]\nsize = 3\n") == CompatibilityWeights{});
  CompatibilityWeights changed;
  changed.tempo_limit = 8;
  changed.diagonals = false;
  CHECK(*parse("[compatibility]\ntempo_limit = 8\ndiagonals = false\n") == changed);
  CHECK(*read_compatibility("/nowhere/at/all/config.toml") == CompatibilityWeights{});
}

TEST_CASE("what is wrong is said with its line and its mend") {
  CHECK(wrong("[compatibility]\ntempos = 1\n") ==
        "/c/config.toml:2: unknown key \"tempos\"; did you mean \"tempo\"?");
  CHECK(wrong("[compatibility]\n\nkey = -1\n") == "/c/config.toml:3: key must be a number from 0 to 100");
  CHECK(wrong("[compatibility]\nkey = nan\n") == "/c/config.toml:2: key must be a number from 0 to 100");
  CHECK(wrong("[compatibility]\nkey = \"much\"\n") == "/c/config.toml:2: key must be a number from 0 to 100");
  CHECK(wrong("[compatibility]\ndiagonals = 1\n") == "/c/config.toml:2: diagonals must be true or false");
  CHECK(wrong("compatibility = 1\n") == "/c/config.toml:1: compatibility must be a section: [compatibility]");
  CHECK(wrong("[compatibility]\nkey = \n").starts_with("/c/config.toml:2: "));
}
