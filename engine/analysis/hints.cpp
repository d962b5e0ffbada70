#include "engine/analysis/hints.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/core/lowered.h"

namespace entrain {
namespace {

constexpr double kSlowestHint = 40, kFastestHint = 250, kSlowestUnsure = 60, kFastestUnsure = 200;

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// Numbers (with their decimals) and words (letters and #), in order.
std::vector<std::string> words_in(std::string_view name) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < name.size();) {
    const std::size_t from = i;
    if (is_digit(name[i])) {
      while (i < name.size() && is_digit(name[i])) ++i;
      const bool decimals = i + 1 < name.size() && name[i] == '.' && is_digit(name[i + 1]);
      if (decimals)
        for (++i; i < name.size() && is_digit(name[i]);) ++i;
    } else if (is_letter(name[i])) {
      while (i < name.size() && (is_letter(name[i]) || name[i] == '#')) ++i;
    } else {
      ++i;
      continue;
    }
    words.emplace_back(name.substr(from, i - from));
  }
  return words;
}

/// The number a word is, or 0; nothing of more than nine characters is a tempo.
double number(const std::string& word) {
  return is_digit(word.front()) && word.size() < 10 ? std::strtod(word.c_str(), nullptr) : 0;
}

double within(double x, double low, double high) { return x >= low && x <= high ? x : 0; }

TempoHint tempo_in(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (lowered(words[i]) != "bpm") continue;
    for (const std::size_t beside : {i - 1, i + 1}) {
      const double bpm =
          beside < words.size() ? within(number(words[beside]), kSlowestHint, kFastestHint) : 0;
      if (bpm > 0) return {bpm, true};
    }
  }
  TempoHint lone;
  for (const std::string& word : words) {
    const double bpm = within(number(word), kSlowestUnsure, kFastestUnsure);
    if (bpm > 0 && lone.bpm > 0) return {};
    if (bpm > 0) lone.bpm = bpm;
  }
  return lone;
}

/// A note's name with its mode, in one word or two. A small letter counts only before a mode spelled out, as
/// `am` and `em` are words.
std::optional<Key> key_at(const std::vector<std::string>& words, std::size_t i) {
  const std::string_view word = words[i];
  std::string_view rest = word;
  const auto root = take_note(rest);
  if (!root) return std::nullopt;
  const bool apart = rest.empty() && i + 1 < words.size() && words[i + 1].size() >= 3;
  const std::string_view mode = apart ? std::string_view(words[i + 1]) : rest;
  const auto minor = is_minor(mode);
  const bool small = std::islower(static_cast<unsigned char>(word.front())) != 0;
  if (!minor || (small && mode.size() < 3)) return std::nullopt;
  return Key{*root, *minor};
}

}  // namespace

Hints hints_in(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const bool extension = dot != std::string_view::npos && dot + 1 < name.size() && is_letter(name[dot + 1]);
  const std::vector<std::string> words = words_in(extension ? name.substr(0, dot) : name);
  Hints hints{tempo_in(words), std::nullopt};
  for (std::size_t i = 0; i < words.size() && !hints.key; ++i) hints.key = key_at(words, i);
  return hints;
}

}  // namespace entrain
