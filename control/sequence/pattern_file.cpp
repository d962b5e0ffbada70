#include "control/sequence/pattern_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "control/text_file.h"

namespace entrain {
namespace {

constexpr std::size_t kQuoted = 40;  ///< bytes of a pattern that a sentence repeats

/// `line` without its comment and all blanks.
std::string essence(std::string_view line) {
  std::string out;
  for (const char c : line.substr(0, line.find(';')))
    if (c != ' ' && c != '\t' && c != '\r') out += c;
  return out;
}

/// The character at `at`, of one byte or (UTF-8) several.
std::string_view character(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return text.substr(at, end - at);
}

/// "[1.0, 0.8, 0.6]": numbers between brackets; a comma after the last one does no harm.
Result<std::vector<double>> parse_volumes(const std::string& text) {
  const Error form{"the volumes must be a list of numbers in brackets, such as [1.0, 0.8, 0.6]"};
  std::vector<double> volumes;
  if (text.size() < 2 || text.back() != ']') return form;
  const char* at = text.data() + 1;
  const char* const end = text.data() + text.size() - 1;
  while (at != end) {
    double volume = 0;
    const auto [rest, error] = std::from_chars(at, end, volume);
    if (error != std::errc() || (rest != end && *rest != ',')) return form;
    if (!(std::abs(volume) <= kMaxVolume))
      return Error{fmt::format("volume {} is out of range: {} to {}", volume, -kMaxVolume, kMaxVolume)};
    volumes.push_back(volume);
    at = rest == end ? end : rest + 1;
  }
  return volumes;
}

class Parser {
 public:
  explicit Parser(const std::string& name) : name_(name) {}

  Result<PatternFile> parse(std::string_view text) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF")
      text.remove_prefix(3);  // a byte order mark, as some editors leave
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      ++line_;
      if (const std::string said = essence(line); !said.empty())
        if (auto taken = take(said); !taken) return taken.error();
    }
    return finish();
  }

 private:
  Error wrong(int line, const std::string& what) const {
    return Error{fmt::format("{}:{}: {}", name_, line, what)};
  }

  Result<void> take(const std::string& said) {
    if (volumes_line_ > 0)
      return wrong(line_, fmt::format("nothing may follow the list of volumes of line {}; move it to the end",
                                      volumes_line_));
    if (said[0] != '[') return take_track(said);
    auto volumes = parse_volumes(said);
    if (!volumes) return wrong(line_, volumes.error().sentence);
    volumes_ = *std::move(volumes);
    volumes_line_ = line_;
    return {};
  }

  /// Only the seed's grammar: a live pattern's braces, directions and chains have no meaning here.
  Result<void> take_track(const std::string& said) {
    const auto bad = [&](std::size_t at, const char* what) {
      return wrong(line_, fmt::format("pattern \"{}{}\": '{}' {}", said.substr(0, kQuoted),
                                      said.size() > kQuoted ? "..." : "", character(said, at), what));
    };
    const std::size_t speed = std::min(said.find_first_of("*/"), said.size());
    if (const auto at = said.find_first_not_of("01"); at < speed)
      return bad(at, "is no step; use 1 for a hit and 0 for a rest");
    if (const auto at = said.find_first_not_of("*/.0123456789", speed); at != said.npos)
      return bad(at, "cannot follow a speed");
    auto pattern = parse_pattern(said);
    if (!pattern) return wrong(line_, pattern.error().sentence);
    file_.tracks.push_back({*std::move(pattern), said.substr(0, speed), said.substr(speed), 1});
    return {};
  }

  Result<PatternFile> finish() {
    const std::size_t tracks = file_.tracks.size();
    if (tracks == 0 && volumes_line_ == 0)
      return Error{fmt::format(
          "{} holds no pattern; write a line such as 1000 for each track, then their volumes, such as [1.0]",
          name_)};
    if (tracks == 0)
      return wrong(volumes_line_,
                   "there are volumes but no patterns; write a line such as 1000 for each track above them");
    if (volumes_line_ == 0)
      return wrong(
          line_,
          "the list of volumes is missing; end the file with one for each track, such as [1.0, 0.8, 0.6]");
    if (volumes_.size() != tracks)
      return wrong(volumes_line_, fmt::format("there are {} volumes for {} tracks; write one for each",
                                              volumes_.size(), tracks));
    for (std::size_t i = 0; i < tracks; ++i) file_.tracks[i].volume = volumes_[i];
    return std::move(file_);
  }

  const std::string& name_;
  int line_ = 0, volumes_line_ = 0;
  std::vector<double> volumes_;
  PatternFile file_;
};

}  // namespace

Result<PatternFile> parse_pattern_file(std::string_view text, const std::string& name) {
  return Parser(name).parse(text);
}

Result<PatternFile> read_pattern_file(const std::filesystem::path& path) {
  const auto text = read_text(path, "pattern file", kMaxPatternFile);
  if (!text) return text.error();
  return parse_pattern_file(*text, path.filename().string());
}

std::string pattern_file_text(const std::vector<PatternFile::Line>& tracks) {
  std::string text, volumes;
  for (const PatternFile::Line& line : tracks) {
    text += line.steps + line.modifier + "\n";
    volumes += fmt::format("{}{:.4g}", volumes.empty() ? "" : ", ", line.volume);
  }
  return text + "[" + volumes + "]\n";
}

PatternFile::Line line_of(const Pattern& pattern, double volume, int& lost) {
  Step plain;
  plain.velocity = 1;
  PatternFile::Line line{pattern, "", "", volume};
  for (const Step& step : pattern.steps) {
    line.steps += step.hits() ? '1' : '0';
    if (step.hits() && !(step == plain)) ++lost;
  }
  if (line.steps.empty()) line.steps.push_back('0');
  if (pattern.speed_num != 1) line.modifier = fmt::format("*{}", pattern.speed_num);
  if (pattern.speed_den != 1) line.modifier += fmt::format("/{}", pattern.speed_den);
  return line;
}

}  // namespace entrain
