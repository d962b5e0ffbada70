#include "engine/library/find/query.h"

#include <algorithm>
#include <cctype>

#include "engine/analysis/hints.h"
#include "engine/core/lowered.h"
#include "engine/core/text.h"
#include "engine/library/find/words.h"

namespace entrain {
namespace {

constexpr double kSlowest = 20, kFastest = 999;  // BPM that may be asked for
constexpr double kAbout = 0.02;                  // of a lone tempo

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  const auto gap = [](char c) {
    return c == ' ' || c == ',' || c == ';' || c == '"' || (c >= '\t' && c <= '\r');
  };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && !gap(text[end])) ++end;
    if (end > i) parts.push_back(text.substr(i, end - i));
    i = end + 1;
  }
  return parts;
}

bool negates(const std::string& low) { return low == "not" || low == "no" || low == "without"; }

/// "120bpm" or "120" before "bpm", or "bpm" before "120"; how many parts that takes.
std::size_t take_tempo(std::span<const std::string_view> parts, std::optional<ValueRange>& tempo) {
  std::string first = lowered(parts[0]);
  const std::string second = parts.size() > 1 ? lowered(parts[1]) : std::string();
  std::size_t taken = 1;
  if (first.ends_with("bpm") && first.size() > 3)
    first.resize(first.size() - 3);
  else if (second == "bpm")
    taken = 2;
  else if (first == "bpm" && !second.empty())
    first = second, taken = 2;
  else
    return 0;
  const auto range = tempo_range_in(first);
  if (!range) return 0;
  tempo = range;
  return taken;
}

/// "8A", "Am", "F#m", "A minor"; a small letter only before a mode spelled out, as "am" is a word.
std::size_t take_key(std::span<const std::string_view> parts, std::optional<Key>& key) {
  const std::string_view part = parts[0];
  if (std::isdigit(static_cast<unsigned char>(part.front())) != 0) {
    if (const auto found = key_from(part)) return key = found, 1;
    return 0;
  }
  if (const auto alone = hints_in(part).key) return key = alone, 1;
  if (parts.size() < 2 || part.size() > 2 || parts[1].size() < 3 || !is_minor(parts[1])) return 0;
  const auto both = key_from(std::string(part) + " " + std::string(parts[1]));
  if (!both) return 0;
  return key = both, 2;
}

}  // namespace

std::optional<ValueRange> range_in(std::string_view text, double least, double most) {
  const std::size_t dash = text.find('-');
  const auto bounded = [&](std::string_view number) {
    const auto value = number_in(number);
    return value && *value >= least && *value <= most ? value : std::nullopt;
  };
  if (dash == std::string_view::npos) {
    const auto value = bounded(text);
    if (!value) return std::nullopt;
    return ValueRange{*value, *value};
  }
  const std::string_view from = text.substr(0, dash), to = text.substr(dash + 1);
  if (from.empty() && to.empty()) return std::nullopt;
  const auto low = from.empty() ? std::optional(least) : bounded(from);
  const auto high = to.empty() ? std::optional(most) : bounded(to);
  if (!low || !high || *low > *high) return std::nullopt;
  return ValueRange{*low, *high};
}

std::optional<ValueRange> tempo_range_in(std::string_view text) {
  auto range = range_in(text, kSlowest, kFastest);
  if (range && range->least == range->most) {
    range->least *= 1 - kAbout;
    range->most *= 1 + kAbout;
  }
  return range;
}

Query parse_query(std::string_view text) {
  Query query;
  query.text = text.substr(0, Query::kMostText);
  const auto parts = parts_of(query.text);
  bool not_so = false;
  std::string wanted;  // what is left, to be read as one text: pairs of words may be one thing
  const auto flush = [&](bool negative) {
    for (std::string& word : words_in(wanted)) {
      const auto same = [&](const AskedWord& asked) { return asked.word == word; };
      if (query.words.size() < Query::kMostWords && std::ranges::none_of(query.words, same))
        query.words.push_back({std::move(word), negative});
    }
    wanted.clear();
  };
  for (std::size_t i = 0; i < parts.size();) {
    const auto rest = std::span(parts).subspan(i);
    std::size_t taken = not_so ? 0 : take_tempo(rest, query.tempo);
    if (taken == 0 && !not_so) taken = take_key(rest, query.key);
    if (taken > 0) {
      i += taken;
      continue;
    }
    const std::string_view part = parts[i++];
    if (negates(lowered(part))) {
      flush(not_so);
      not_so = true;
      continue;
    }
    const bool dashed = part.size() > 1 && part.front() == '-';
    if (dashed) flush(not_so);
    wanted += ' ';
    wanted += dashed ? part.substr(1) : part;
    if (dashed || not_so) flush(true);
    not_so = false;
  }
  flush(false);
  return query;
}

}  // namespace entrain
