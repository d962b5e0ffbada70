// Keeps the lines of a set that a person wrote.
#include <algorithm>
#include <optional>

#include "control/stage/set_writer.h"

namespace entrain {
namespace {

/// Lines first..last of a text (from 0), and what they say.
struct Entry {
  std::size_t first, last;
  std::string key;      ///< as TOML writes it
  std::string comment;  ///< that ends the last line, with the blanks before it
};
struct TextSection {
  std::string header;
  std::size_t first;  ///< the line of its header; 0 for the top
  bool headed = false;
  std::vector<Entry> entries;
};

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Follows a value through its lines: where its brackets close, and where a comment begins.
class Value {
 public:
  /// Reads one line from `at`. False: a way of writing that this does not follow.
  bool read(std::string_view line, std::size_t at) {
    comment_ = line.size();
    for (; at < line.size(); ++at) {
      const char c = line[at];
      if (c == '#') return comment_ = at, true;
      if (c == '"' || c == '\'') {
        if (line.substr(at, 3) == std::string(3, c)) return false;
        for (++at; at < line.size() && line[at] != c; ++at)
          if (c == '"' && line[at] == '\\') ++at;
        if (at >= line.size()) return false;
      }
      if (c == '[' || c == '{') ++depth_;
      if (c == ']' || c == '}') --depth_;
    }
    return depth_ >= 0;
  }
  bool closed() const { return depth_ == 0; }
  std::string comment_of(std::string_view line) const {
    std::size_t from = comment_;
    while (from > 0 && blank(line[from - 1])) --from;
    return comment_ < line.size() ? std::string(line.substr(from)) : "";
  }

 private:
  int depth_ = 0;
  std::size_t comment_ = 0;
};

class Weaver {
 public:
  Weaver(const SetFile& set, const SetFile& before, std::string_view original) : set_(set), before_(before) {
    while (!original.empty()) {
      std::string_view line = original.substr(0, original.find('\n'));
      original.remove_prefix(std::min(original.size(), line.size() + 1));
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      lines_.emplace_back(line);
    }
  }

  /// Nothing: the original is written in a way that is not followed here.
  std::optional<std::string> weave() {
    if (!scan()) return std::nullopt;
    kept_.assign(lines_.size(), true);
    after_.resize(lines_.size() + 1);
    const auto wanted = set_tables(set_), were = set_tables(before_);
    for (const SetTable& table : wanted) lay(table, find(were, table.header));
    for (const TextSection& section : sections_)
      if (!in_scene(section) && find(wanted, section.header) == nullptr) strike(section);
    const bool same_scenes = set_.scenes == before_.scenes;
    if (!same_scenes)
      for (const TextSection& section : sections_)
        if (in_scene(section)) strike(section);
    return joined(same_scenes ? "" : scenes_text(set_));
  }

 private:
  static bool in_scene(const TextSection& s) { return s.header == "[scene]" || s.header.starts_with("scene."); }
  static const SetTable* find(const std::vector<SetTable>& tables, const std::string& header) {
    const auto at =
        std::find_if(tables.begin(), tables.end(), [&](const SetTable& t) { return t.header == header; });
    return at == tables.end() ? nullptr : &*at;
  }
  static const std::string* find(const SetTable* table, const std::string& key) {
    if (table == nullptr) return nullptr;
    for (const auto& [k, value] : table->items)
      if (k == key) return &value;
    return nullptr;
  }

  bool scan() {
    sections_.push_back({"", 0, false, {}});
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::string_view line = trimmed(lines_[i]);
      if (line.empty() || line[0] == '#') continue;
      if (line[0] == '[') {
        const std::string_view head = trimmed(line.substr(0, line.find('#')));
        if (head.size() < 3 || head.back() != ']' || head.find_first_of(" \t\"'") != head.npos) return false;
        sections_.push_back({std::string(head.substr(1, head.size() - 2)), i, true, {}});
        continue;
      }
      const std::size_t equals = lines_[i].find('=');
      if (equals == std::string::npos) return false;
      const std::string key(trimmed(std::string_view(lines_[i]).substr(0, equals)));
      if (key.empty() || (key[0] != '"' && key.find_first_of(".'\"") != std::string::npos)) return false;
      Entry entry{i, i, key, ""};
      Value value;
      if (!value.read(lines_[i], equals + 1)) return false;
      while (!value.closed())
        if (++i == lines_.size() || !value.read(lines_[i], 0)) return false;
      entry.last = i;
      entry.comment = value.comment_of(lines_[i]);
      sections_.back().entries.push_back(std::move(entry));
    }
    return true;
  }

  void lay(const SetTable& table, const SetTable* was) {
    const auto at = std::find_if(sections_.begin(), sections_.end(),
                                 [&](const TextSection& s) { return s.header == table.header; });
    if (at == sections_.end()) return add(table);
    std::size_t end = at->headed ? at->first + 1 : 0;  // the line before which new items go
    for (const Entry& entry : at->entries) {
      end = entry.last + 1;
      const std::string* value = find(&table, entry.key);
      const std::string* old = find(was, entry.key);
      if (value != nullptr && old != nullptr && *value == *old) continue;
      strike(entry);
      if (value != nullptr) after_[entry.last + 1] += entry.key + " = " + *value + entry.comment + "\n";
    }
    for (const auto& [key, value] : table.items) {
      const bool there =
          std::any_of(at->entries.begin(), at->entries.end(), [&](const Entry& e) { return e.key == key; });
      const bool usual = key == "version" && at->header.empty();  // a set need not name it
      if (!there && !usual) after_[end] += key + " = " + value + "\n";
    }
  }

  /// A new table goes behind the last of its kind ("track"), else before the scenes.
  void add(const SetTable& table) {
    const std::string kind = table.header.substr(0, table.header.find('.'));
    std::size_t place = lines_.size();
    for (const TextSection& s : sections_)
      if (in_scene(s)) place = std::min(place, s.first);
    for (const TextSection& s : sections_)
      if (s.header.substr(0, s.header.find('.')) == kind && !s.header.empty())
        place = s.entries.empty() ? s.first + 1 : s.entries.back().last + 1;
    std::string text = "\n[" + table.header + "]\n";
    for (const auto& [key, value] : table.items) text += key + " = " + value + "\n";
    after_[place] += place < lines_.size() && !lines_[place].empty() ? text + "\n" : text;
  }

  void strike(const Entry& entry) {
    std::fill(kept_.begin() + static_cast<std::ptrdiff_t>(entry.first),
              kept_.begin() + static_cast<std::ptrdiff_t>(entry.last) + 1, false);
  }
  void strike(const TextSection& section) {
    if (section.headed) kept_[section.first] = false;
    for (const Entry& entry : section.entries) strike(entry);
  }

  /// What is kept and what is new, in order; runs of empty lines that striking left become one.
  std::string joined(const std::string& scenes) const {
    std::string text;
    bool struck = false;
    for (std::size_t i = 0; i <= lines_.size(); ++i) {
      text += after_[i];
      if (i == lines_.size()) break;
      struck = struck || !kept_[i];
      if (!kept_[i]) continue;
      const bool empty = trimmed(lines_[i]).empty();
      if (empty && struck && (text.empty() || text.ends_with("\n\n"))) continue;
      struck = struck && empty;
      text += lines_[i] + "\n";
    }
    return text + scenes;
  }

  const SetFile &set_, &before_;
  std::vector<std::string> lines_;
  std::vector<TextSection> sections_;
  std::vector<bool> kept_;          ///< by line
  std::vector<std::string> after_;  ///< what is written before line i
};

}  // namespace

std::string woven_text(const SetFile& set, std::string_view original) {
  const auto before = parse_set(original, set.path);
  if (!before) return set_text(set);
  const auto text = Weaver(set, *before, original).weave();
  if (!text) return set_text(set);
  const auto reads = parse_set(*text, set.path);
  return reads && *reads == set ? *text : set_text(set);
}

}  // namespace entrain
