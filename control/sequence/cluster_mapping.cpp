#include "control/sequence/cluster_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "control/text_file.h"

namespace entrain {
namespace {

/// Reads a text byte by byte and counts its lines on the way, so that the parser's events have a place.
class Counting {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Counting(const char* at, int* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  Counting& operator++() {
    *line_ += *at_++ == '\n';
    return *this;
  }
  Counting operator++(int) {
    const Counting before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Counting& other) const { return at_ == other.at_; }
  bool operator!=(const Counting& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  int* line_;
};

/// Takes {"id": ["path", ...], ...} and nothing else; what is wrong stands in `error`.
class Handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Handler(ClusterMapping& mapping, const int& line) : mapping_(mapping), line_(line) {}
  std::string error;

  bool null() override { return other("null"); }
  bool boolean(bool) override { return other("true or false"); }
  bool number_integer(number_integer_t) override { return other("a number"); }
  bool number_unsigned(number_unsigned_t) override { return other("a number"); }
  bool number_float(number_float_t, const string_t&) override { return other("a number"); }
  bool binary(binary_t&) override { return other("bytes"); }
  bool string(string_t& path) override {
    if (depth_ != 2) return other("a text");
    if (path.empty())
      return wrong(line_, fmt::format("cluster \"{}\" names an empty path; remove it", entry().id));
    entry().samples.push_back(std::move(path));
    return true;
  }
  bool start_object(std::size_t) override { return depth_ == 0 ? (++depth_, true) : other("an object"); }
  bool key(string_t& id) override {
    const auto same = [&](const ClusterMapping::Entry& e) { return e.id == id; };
    const auto first = std::find_if(mapping_.clusters.begin(), mapping_.clusters.end(), same);
    if (first != mapping_.clusters.end())
      return wrong(line_, fmt::format("cluster \"{}\" stands in line {} already; give it another name", id,
                                      first->line));
    mapping_.clusters.push_back({id, {}, line_});
    return true;
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return depth_ == 1 ? (++depth_, true) : other("a list"); }
  bool end_array() override {
    --depth_;
    if (!entry().samples.empty()) return true;
    return wrong(entry().line,
                 fmt::format("cluster \"{}\" is empty; list at least one sample, or remove it", entry().id));
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& e) override {
    const std::string_view what = e.what();
    const auto reason = what.find("syntax error");
    const std::string_view said = reason == what.npos ? what : what.substr(reason);
    return wrong(line_, fmt::format("this is no JSON ({}); cluster the sounds again, or mend it by hand",
                                    said.substr(0, 160)));
  }

 private:
  ClusterMapping::Entry& entry() { return mapping_.clusters.back(); }
  bool wrong(int line, const std::string& what) {
    error = fmt::format("{}:{}: {}", mapping_.name, line, what);
    return false;
  }
  bool other(std::string_view what) {
    if (depth_ >= 2 && !mapping_.clusters.empty())
      return wrong(line_, fmt::format("cluster \"{}\" holds {}; write the path of a sample in quotes",
                                      entry().id, what));
    if (!mapping_.clusters.empty())
      return wrong(line_, fmt::format("cluster \"{}\" is {}; write a list of paths, such as [\"kick.wav\"]",
                                      entry().id, what));
    return wrong(line_,
                 fmt::format("a mapping cannot be {}; write {{\"0\": [\"kick.wav\", \"snare.wav\"]}}", what));
  }

  ClusterMapping& mapping_;
  const int& line_;
  int depth_ = 0;  ///< 1: in the object, 2: in a cluster's list
};

}  // namespace

Result<ClusterMapping> parse_cluster_mapping(std::string_view text, const std::string& name) {
  ClusterMapping mapping;
  mapping.name = name;
  int line = 1;
  Handler handler(mapping, line);
  const Counting begin(text.data(), &line), end(text.data() + text.size(), &line);
  const bool done = nlohmann::json::sax_parse(begin, end, &handler);
  if (!done) return Error{handler.error};
  if (mapping.clusters.empty())
    return Error{fmt::format("{} names no clusters; cluster some sounds first", name)};
  return mapping;
}

Result<ClusterMapping> read_cluster_mapping(const std::filesystem::path& path) {
  const auto text = read_text(path, "cluster mapping", kMaxMappingFile);
  if (!text) return text.error();
  return parse_cluster_mapping(*text, path.filename().string());
}

std::string_view base_name(std::string_view path) { return path.substr(path.find_last_of("/\\") + 1); }

Result<std::vector<std::vector<std::string>>> find_samples(const ClusterMapping& mapping,
                                                           const std::filesystem::path& samples) {
  std::vector<std::vector<std::string>> found;
  for (const ClusterMapping::Entry& entry : mapping.clusters) {
    std::vector<std::string>& paths = found.emplace_back();
    for (const std::string& written : entry.samples) {
      const std::string_view base = base_name(written);
      const std::filesystem::path places[] = {written, samples / written, samples / base};
      const auto is_file = [](const std::filesystem::path& p) {
        std::error_code ignored;
        return std::filesystem::is_regular_file(p, ignored);
      };
      const auto at = std::find_if(std::begin(places), std::end(places), is_file);
      if (at == std::end(places))
        return Error{fmt::format(
            "{}:{}: cluster \"{}\": {} was not found, nor {} in {}; name its folder with --samples",
            mapping.name, entry.line, entry.id, written, base, samples.string())};
      paths.push_back(std::filesystem::absolute(*at).lexically_normal().string());
    }
  }
  return found;
}

}  // namespace entrain
