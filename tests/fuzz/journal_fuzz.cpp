// Feeds the journal's reader, its printer and what builds a replay from it. A journal's checksums keep damage
// from getting far, so the input is read twice: as it is, and with every line's checksum made right.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "control/record/journal_print.h"
#include "control/record/journal_reader.h"
#include "control/record/journal_text.h"
#include "control/record/replay.h"

namespace {

using namespace entrain;

void read(const std::string& text) {
  std::istringstream in(text);
  auto journal = read_journal(in, "fuzz");
  if (!journal) return;
  std::ostringstream shown;
  print_journal(shown, *journal);
  const auto load = [](const AssetLine&) -> Result<std::shared_ptr<const Asset>> {
    Asset asset;
    asset.left.resize(64);
    return std::make_shared<const Asset>(std::move(asset));
  };
  for (const auto& [id, asset] : journal->assets)
    if (asset.frames > 100'000) return;  // lawful, and only slow
  static_cast<void>(Replay::prepare(std::move(*journal), load, JournalHeader{}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  read(text);
  std::istringstream in(text);
  std::string right = JournalText::header(JournalHeader{});
  for (std::string line; std::getline(in, line);) {
    const std::size_t json = line.find('{');
    if (json != std::string::npos) right += journal_line(line.substr(json));
  }
  read(right);
  return 0;
}
