#include "control/record/journal_reader.h"

#include <cerrno>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

#include "control/record/journal_parser.h"
#include "control/record/journal_text.h"

namespace entrain {
namespace {

/// False at the end. What exceeds the longest line is dropped, and the checksum then tells.
bool next_line(std::istream& in, std::string& line) {
  line.clear();
  std::streambuf& buffer = *in.rdbuf();
  int c = buffer.sbumpc();
  if (c == std::char_traits<char>::eof()) return false;
  for (; c != std::char_traits<char>::eof() && c != '\n'; c = buffer.sbumpc())
    if (line.size() <= kLongestJournalLine) line += static_cast<char>(c);
  return true;
}

std::string sound_lines_after(std::istream& in) {
  std::string line;
  std::int64_t sound = 0;
  while (next_line(in, line))
    if (checked(line)) ++sound;
  if (sound == 0) return {};
  return ", though " + std::to_string(sound) + " sound lines follow";
}

}  // namespace

std::optional<std::string_view> checked(std::string_view line) {
  if (line.size() < 10 || line[8] != ' ' || line.size() > kLongestJournalLine) return std::nullopt;
  const std::string_view json = line.substr(9);
  if (line.substr(0, 8) != checksum_of(json)) return std::nullopt;
  return json;
}

Result<Journal> read_journal(std::istream& in, const std::string& name) {
  JournalParser parser;
  std::string line, ending;
  std::int64_t number = 0;
  while (next_line(in, line)) {
    ++number;
    const std::string here = name + ':' + std::to_string(number);
    const auto text = checked(line);
    if (number == 1) {
      if (!text)
        return Error{name + " is no journal of Entrain, or its first line is damaged; choose another file."};
      if (const auto wrong = parser.header(nlohmann::ordered_json::parse(*text, nullptr, false)); !wrong.empty())
        return Error{name + ' ' + wrong + '.'};
      continue;
    }
    std::string wrong;
    if (!text) {
      const std::string follow = sound_lines_after(in);
      ending = follow.empty()
                   ? here + " is torn, the journal's tail: what came after the line before is lost."
                   : here + " is damaged in the middle of the journal" + follow +
                         "; everything from that line on is left out.";
    } else if (wrong = parser.line(nlohmann::ordered_json::parse(*text, nullptr, false)); !wrong.empty()) {
      ending = here + " makes no sense: " + wrong + "; everything from that line on is left out.";
    }
    if (!ending.empty()) break;
  }
  Journal journal = parser.take();
  if (number == 0) return Error{name + " is empty; choose another file."};
  if (!ending.empty()) journal.remark += (journal.remark.empty() ? "" : " ") + ending;
  journal.complete = journal.complete && ending.empty() && journal.left_out == 0;
  if (!journal.records.empty() && journal.end == Frame(0)) {
    const Record& last = journal.records.back();
    const Frame quantum = last.frame - last.frame.index % kQuantum;
    journal.end = last.what == Record::What::checksum ? quantum : quantum + kQuantum;
  }
  return journal;
}

Result<Journal> read_journal(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return Error{path.string() + " is a directory; choose a journal in it."};
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return Error{path.string() + " cannot be read (" + std::generic_category().message(errno) +
                 "); choose another file, or change its rights."};
  return read_journal(in, path.string());
}

}  // namespace entrain
