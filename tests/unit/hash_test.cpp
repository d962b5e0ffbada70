#include "engine/core/hash.h"

#include <array>
#include <set>
#include <vector>

#include "tests/support/catch.h"

using namespace entrain;

namespace {

std::vector<std::byte> bytes(std::size_t count) {
  std::vector<std::byte> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::byte>(i * 37 + 11);
  return out;
}

constexpr std::array<float, 2> kLeft = {0.5f, -1.0f}, kRight = {0.25f, 1.0f};
constexpr std::uint64_t kAtCompileTime = pcm_hash(kLeft, kRight);

}  // namespace

TEST_CASE("a hash does not depend on how its bytes arrive", "[hash]") {
  const auto all = bytes(41);
  const std::uint64_t whole = Hash64().add(all).value();
  for (std::size_t a = 0; a <= all.size(); ++a) {
    for (std::size_t b = a; b <= all.size(); ++b) {
      Hash64 hash;
      hash.add(std::span(all).first(a)).add(std::span(all).subspan(a, b - a)).add(std::span(all).subspan(b));
      REQUIRE(hash.value() == whole);
    }
  }
}

TEST_CASE("every bit and the length of what is hashed matter", "[hash]") {
  auto all = bytes(19);
  std::set<std::uint64_t> seen = {Hash64().add(all).value()};
  for (auto& byte : all) {
    for (int bit = 0; bit < 8; ++bit) {
      byte ^= static_cast<std::byte>(1 << bit);
      CHECK(seen.insert(Hash64().add(all).value()).second);
      byte ^= static_cast<std::byte>(1 << bit);
    }
  }
  const std::vector<std::byte> zeros(40);
  for (std::size_t n = 0; n <= zeros.size(); ++n)
    CHECK(seen.insert(Hash64().add(std::span(zeros).first(n)).value()).second);
}

TEST_CASE("the hash of PCM tells channels, order, sign and place apart", "[hash]") {
  const std::vector<float> a = {0.1f, 0.2f, 0.3f}, b = {0.3f, 0.2f, 0.1f}, c = {0.1f, -0.2f, 0.3f};
  const std::set<std::uint64_t> seen = {pcm_hash(a, b), pcm_hash(b, a), pcm_hash(a, c), pcm_hash(c, a),
                                        pcm_hash(a, a)};
  CHECK(seen.size() == 5);
  CHECK(kAtCompileTime == pcm_hash(kLeft, kRight));
}

TEST_CASE("the hash is for ever: journals of old jams name their sounds by it", "[hash]") {
  CHECK(Hash64().value() == 0xE220A8397B1DCDAFu);
  CHECK(Hash64().add(bytes(41)).value() == 0x613181C05D8BB65Fu);
  CHECK(kAtCompileTime == 0x0F559CAE19035097u);
}
