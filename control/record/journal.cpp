#include "control/record/journal.h"

#include <link.h>

#include <array>
#include <fstream>
#include <span>

#include "engine/core/hash.h"
#include "engine/core/isa.h"

namespace entrain {
namespace {

/// Libraries whose code makes samples, by the beginning of their file's name.
constexpr std::array<std::string_view, 2> kSounding{"libm", "libsamplerate"};

/// Empty when the file cannot be read.
std::string hash_of_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  Hash64 hash;
  std::array<char, 1 << 16> block;
  while (file.read(block.data(), block.size()), file.gcount() > 0)
    hash.add(std::as_bytes(std::span(block.data(), static_cast<std::size_t>(file.gcount()))));
  return file.bad() ? std::string() : hex_of(hash.value());
}

int note_library(dl_phdr_info* object, std::size_t, void* into) {
  const std::string_view path = object->dlpi_name;
  const std::string_view file = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  for (const std::string_view name : kSounding)
    if (file.starts_with(name) && file.substr(name.size()).starts_with(".so"))
      (*static_cast<std::map<std::string, std::string>*>(into))[std::string(name)] =
          hash_of_file(object->dlpi_name);
  return 0;
}

}  // namespace

JournalHeader header_of_this_process(const EngineConfig& config, std::string version, std::string set) {
  JournalHeader header;
  header.version = std::move(version);
  header.build = hash_of_file("/proc/self/exe");
  header.rate = config.rate;
  header.seed = config.seed;
  header.isa = name_of(config.isa);
  header.cpu = name_of(best_isa());
  header.set = std::move(set);
  ::dl_iterate_phdr(note_library, &header.libraries);
  return header;
}

std::string_view name_of(Source source) {
  switch (source) {
    case Source::set:
      return "set";
    case Source::stage:
      return "stage";
    case Source::socket:
      return "socket";
    case Source::osc:
      return "osc";
    case Source::midi:
      return "midi";
    case Source::web:
      return "web";
    case Source::chat:
      return "chat";
  }
  return "";
}

std::string hex_of(std::uint64_t hash) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; hash >>= 4) text[i] = digits[hash & 15];
  return text;
}

}  // namespace entrain
