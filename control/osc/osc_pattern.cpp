#include "control/osc/osc_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "control/osc/osc_packet.h"

namespace entrain {
namespace {

using Reach = std::bitset<kOscLongestAddress + 1>;  ///< positions in the text that some reading has come to

/// "/a/b" to its parts "a" and "b"; everything before the first slash is left out.
std::vector<std::string_view> split(std::string_view address) {
  std::vector<std::string_view> parts;
  while (!address.empty()) {
    address.remove_prefix(1);
    const auto slash = std::min(address.find('/'), address.size());
    parts.push_back(address.substr(0, slash));
    address.remove_prefix(slash);
  }
  return parts;
}

/// The inside of [..]. Empty optional: it holds nothing, or a range that runs backwards.
std::optional<std::bitset<128>> read_set(std::string_view inside) {
  const bool negated = !inside.empty() && inside[0] == '!';
  if (negated) inside.remove_prefix(1);
  if (inside.empty()) return {};
  std::bitset<128> set;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const auto from = static_cast<unsigned char>(inside[i]);
    auto to = from;
    if (i + 2 < inside.size() && inside[i + 1] == '-') to = static_cast<unsigned char>(inside[i += 2]);
    if (to < from) return {};
    for (std::size_t c = from; c <= to; ++c) set.set(c);
  }
  return negated ? ~set : set;
}

std::vector<std::string> read_strings(std::string_view inside) {
  std::vector<std::string> strings;
  for (std::size_t begin = 0; begin <= inside.size();) {
    const auto end = std::min(inside.find(',', begin), inside.size());
    strings.emplace_back(inside.substr(begin, end - begin));
    begin = end + 1;
  }
  return strings;
}

}  // namespace

bool is_osc_pattern(std::string_view address) {
  return address.find_first_of("?*[]{}") != std::string_view::npos;
}

Result<OscPattern> OscPattern::parse(std::string_view text) {
  if (text.empty() || text[0] != '/' || text.size() > kOscLongestAddress)
    return Error{
        fmt::format("an OSC pattern begins with / and has at most {} characters", kOscLongestAddress)};
  OscPattern pattern;
  for (const std::string_view part : split(text)) {
    auto tokens = parse_part(part);
    if (!tokens)
      return Error{fmt::format("the OSC pattern {} is malformed: {}", text, tokens.error().sentence)};
    pattern.parts_.push_back(*std::move(tokens));
  }
  return pattern;
}

Result<OscPattern::Part> OscPattern::parse_part(std::string_view text) {
  Part part;
  for (std::size_t i = 0; i < text.size(); ++i) {
    Token token;
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 128) return Error{"only ASCII is allowed"};
    if (c == '*') {
      if (!part.empty() && part.back().kind == Token::Kind::any_number) continue;
      token.kind = Token::Kind::any_number;
    } else if (c == '?') {
      token.characters.set();
    } else if (c == '[' || c == '{') {
      const auto end = text.find(c == '[' ? ']' : '}', i);
      if (end == std::string_view::npos) return Error{fmt::format("close {} before the next /", c)};
      const std::string_view inside = text.substr(i + 1, end - i - 1);
      if (inside.find_first_of("[{") != std::string_view::npos)
        return Error{"brackets and braces do not nest"};
      if (c == '[') {
        const auto set = read_set(inside);
        if (!set) return Error{fmt::format("[{}] stands for no character", inside)};
        token.characters = *set;
      } else {
        token.kind = Token::Kind::strings;
        token.strings = read_strings(inside);
      }
      i = end;
    } else if (c == ']' || c == '}') {
      return Error{fmt::format("{} closes nothing", c)};
    } else {
      token.characters.set(static_cast<unsigned char>(c));
    }
    part.push_back(std::move(token));
  }
  return part;
}

bool OscPattern::matches(std::string_view address) const {
  if (address.empty() || address[0] != '/' || address.size() > kOscLongestAddress) return false;
  if (static_cast<std::size_t>(std::count(address.begin(), address.end(), '/')) != parts_.size())
    return false;
  const auto texts = split(address);
  return std::equal(parts_.begin(), parts_.end(), texts.begin(), texts.end(),
                    [](const Part& part, std::string_view text) { return matches(part, text); });
}

bool OscPattern::matches(const Part& part, std::string_view text) {
  Reach reach;
  reach.set(0);
  for (const Token& token : part) {
    Reach next;
    bool some = false;
    for (std::size_t at = 0; at <= text.size(); ++at) {
      some = some || reach[at];
      if (token.kind == Token::Kind::any_number) next[at] = some;
      if (!reach[at]) continue;
      if (token.kind == Token::Kind::one && at < text.size()) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c < 128 && token.characters[c]) next.set(at + 1);
      }
      for (const std::string& string : token.strings)
        if (text.substr(at, string.size()) == string) next.set(at + string.size());
    }
    if (next.none()) return false;
    reach = next;
  }
  return reach[text.size()];
}

}  // namespace entrain
