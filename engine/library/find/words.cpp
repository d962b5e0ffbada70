#include "engine/library/find/words.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "engine/core/lowered.h"

namespace entrain {
namespace {

/// One way of writing, and how the library writes it: one or two words.
struct Spelling {
  std::string_view written, first, second;
};

// By `written`.
constexpr std::array kSpellings = std::to_array<Spelling>({
    {"acc", "acoustic", {}},
    {"amb", "ambient", {}},
    {"ambience", "ambient", {}},
    {"arp", "arpeggio", {}},
    {"atmo", "ambient", {}},
    {"atmos", "ambient", {}},
    {"atmosphere", "ambient", {}},
    {"bassdrum", "kick", {}},
    {"bassline", "bass", {}},
    {"bd", "kick", {}},
    {"breakbeat", "break", {}},
    {"brk", "break", {}},
    {"cb", "cowbell", {}},
    {"ch", "hat", "closed"},
    {"chh", "hat", "closed"},
    {"clhat", "hat", "closed"},
    {"clhh", "hat", "closed"},
    {"close", "closed", {}},
    {"clp", "clap", {}},
    {"clsd", "closed", {}},
    {"cp", "clap", {}},
    {"cy", "cymbal", {}},
    {"cym", "cymbal", {}},
    {"dist", "distorted", {}},
    {"distortion", "distorted", {}},
    {"drm", "drum", {}},
    {"effect", "fx", {}},
    {"elec", "electronic", {}},
    {"electro", "electronic", {}},
    {"gtr", "guitar", {}},
    {"guit", "guitar", {}},
    {"handclap", "clap", {}},
    {"hardest", "hard", {}},
    {"hh", "hat", {}},
    {"hhc", "hat", "closed"},
    {"hho", "hat", "open"},
    {"hi", "high", {}},
    {"hihat", "hat", {}},
    {"kck", "kick", {}},
    {"kd", "kick", {}},
    {"kik", "kick", {}},
    {"lo", "low", {}},
    {"med", "mid", {}},
    {"medium", "mid", {}},
    {"oh", "hat", "open"},
    {"ohat", "hat", "open"},
    {"ohh", "hat", "open"},
    {"ophat", "hat", "open"},
    {"opn", "open", {}},
    {"perc", "percussion", {}},
    {"percussive", "percussion", {}},
    {"pno", "piano", {}},
    {"rev", "reverse", {}},
    {"reversed", "reverse", {}},
    {"rhode", "rhodes", {}},
    {"rimshot", "rim", {}},
    {"sd", "snare", {}},
    {"sfx", "fx", {}},
    {"shkr", "shaker", {}},
    {"sidestick", "rim", {}},
    {"sn", "snare", {}},
    {"snr", "snare", {}},
    {"softest", "soft", {}},
    {"str", "string", {}},
    {"syn", "synth", {}},
    {"synthesizer", "synth", {}},
    {"tamb", "tambourine", {}},
    {"voice", "vocal", {}},
    {"vox", "vocal", {}},
});

/// Two words that are one thing.
struct Pair {
  std::string_view first, second, means;
};
constexpr std::array kPairs = std::to_array<Pair>({
    {"bass", "drum", "kick"},
    {"break", "beat", "break"},
    {"cow", "bell", "cowbell"},
    {"hand", "clap", "clap"},
    {"high", "hat", "hat"},
    {"rim", "shot", "rim"},
    {"side", "stick", "rim"},
});

constexpr std::array<std::string_view, 22> kSilentWords{
    "aif", "aiff", "an",  "and", "at", "bpm",  "by",        "flac", "for", "from", "in",
    "mp",  "of",   "ogg", "on",  "or", "some", "something", "the",  "to",  "wav",  "with"};
constexpr std::array<std::string_view, 8> kMachines{"303", "505", "606", "626", "707", "727", "808", "909"};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 128;
}

/// Whether a word ends between two letters: kick|Drum, TR|Kick (before the K).
bool ends_between(std::string_view text, std::size_t i) {
  const bool next_small = i + 1 < text.size() && is_letter(text[i + 1]) && !is_upper(text[i + 1]);
  return is_upper(text[i]) && (!is_upper(text[i - 1]) || next_small);
}

std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t from = i++;
    if (is_digit(text[from]))
      while (i < text.size() && is_digit(text[i])) ++i;
    else if (is_letter(text[from]))
      while (i < text.size() && is_letter(text[i]) && !ends_between(text, i)) ++i;
    else
      continue;
    pieces.push_back(lowered(text.substr(from, i - from)));
  }
  return pieces;
}

std::string singular(std::string word) {
  const bool plural = word.size() > 3 && word.ends_with('s') && !word.ends_with("ss") &&
                      !word.ends_with("us") && !word.ends_with("is");
  if (plural && word != "rhodes") word.pop_back();
  return word;
}

bool says_nothing(const std::string& word) {
  if (is_digit(word.front())) return std::ranges::find(kMachines, word) == kMachines.end();
  return word.size() < 2 || std::ranges::find(kSilentWords, word) != kSilentWords.end();
}

void add_spelled(std::vector<std::string>& words, std::string word) {
  const auto at = std::ranges::lower_bound(kSpellings, std::string_view(word), {}, &Spelling::written);
  if (at == kSpellings.end() || at->written != word) {
    words.push_back(std::move(word));
    return;
  }
  words.emplace_back(at->first);
  if (!at->second.empty()) words.emplace_back(at->second);
}

void join_pairs(std::vector<std::string>& words) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    for (const Pair& pair : kPairs)
      if (words[i] == pair.first && words[i + 1] == pair.second) {
        words[i] = pair.means;
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        break;
      }
}

}  // namespace

std::vector<std::string> words_in(std::string_view text) {
  static_assert(std::ranges::is_sorted(kSpellings, {}, &Spelling::written));
  std::vector<std::string> words;
  for (std::string& piece : pieces_of(text)) {
    std::string word = singular(std::move(piece));
    if (!says_nothing(word)) add_spelled(words, std::move(word));
  }
  join_pairs(words);
  return words;
}

PathWords words_of_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const bool folders = slash != std::string_view::npos;
  std::string_view name = folders ? path.substr(slash + 1) : path;
  if (const std::size_t dot = name.rfind('.'); dot != std::string_view::npos && dot > 0)
    name = name.substr(0, dot);
  return {words_in(name), folders ? words_in(path.substr(0, slash)) : std::vector<std::string>()};
}

}  // namespace entrain
