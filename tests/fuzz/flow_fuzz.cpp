// Feeds any text to the parser of flow files. It gives a flow or a sentence; a flow that is written reads
// back as the same flow, and can be planned over a small library.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "control/flow/flow_file.h"
#include "tests/support/flow_library.h"

using namespace entrain;

namespace {

const test::FlowLibrary& some_loops() {
  static const test::FlowLibrary library = [] {
    std::vector<Card> cards;
    for (std::int64_t id = 1; id <= 9; ++id)
      cards.push_back(test::loop_card(id, 114 + static_cast<double>(id)));
    return test::FlowLibrary(std::move(cards));
  }();
  return library;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = parse_flow(text, "/l/fuzz.toml");
  if (!file) {
    if (file.error().sentence.empty()) std::abort();
    return 0;
  }
  const auto again = parse_flow(flow_text(*file), file->path);
  if (!again || !(*again == *file)) std::abort();
  FlowRequest request = some_loops().after(1);
  request.wishes = arranged(*file, some_loops().shelf()).wishes;
  request.settings = file->settings;
  if (some_loops().plan(request).steps.empty() && file->vetoes.empty()) std::abort();
  return 0;
}
