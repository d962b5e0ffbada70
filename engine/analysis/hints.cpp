#include "engine/analysis/hints.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string>
#include <vector>

namespace entrain {
namespace {

constexpr double kSlowestHint = 40, kFastestHint = 250, kSlowestUnsure = 60, kFastestUnsure = 200;

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

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

std::optional<bool> is_minor(std::string_view mode) {
  if (mode == "m") return true;
  const std::string low = lowered(mode);
  if (low == "min" || low == "minor") return true;
  if (low == "maj" || low == "major") return false;
  return std::nullopt;
}

/// A note's name with its mode, in one word or two. A small letter counts only before a mode spelled out, as
/// `am` and `em` are words.
std::optional<Key> key_at(const std::vector<std::string>& words, std::size_t i) {
  constexpr std::array<int, 7> kNotes{9, 11, 0, 2, 4, 5, 7};  // A to G
  const std::string_view word = words[i];
  const char letter = static_cast<char>(std::toupper(static_cast<unsigned char>(word.front())));
  if (letter < 'A' || letter > 'G') return std::nullopt;
  int root = kNotes[static_cast<std::size_t>(letter - 'A')];
  std::string_view rest = word.substr(1);
  if (!rest.empty() && (rest.front() == '#' || rest.front() == 'b')) {
    root += rest.front() == '#' ? 1 : 11;
    rest.remove_prefix(1);
  }
  const bool apart = rest.empty() && i + 1 < words.size() && words[i + 1].size() >= 3;
  const std::string_view mode = apart ? std::string_view(words[i + 1]) : rest;
  const auto minor = is_minor(mode);
  const bool small = word.front() != letter;
  if (!minor || (small && mode.size() < 3)) return std::nullopt;
  return Key{root % 12, *minor};
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
