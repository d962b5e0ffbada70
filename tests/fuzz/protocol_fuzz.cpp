// Feeds any lines to a conversation with the stage. Every line gets an answer; commands are looked up and checked,
// but only those that touch no file are performed.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "control/protocol/protocol.h"

namespace {

struct Partner {
  Partner() { engine.prepare({}); }
  entrain::Engine engine;
  entrain::Wires wires{engine, 48'000, nullptr, nullptr};
  entrain::WorkerPool workers{{{"/bin/false"}, 1}};
  entrain::Sounds sounds{workers, 48'000, {}};
  entrain::Stage stage{wires, sounds, 48'000, engine.lead(), {}};
  entrain::Wires::Producer producer = stage.make_producer();
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Partner partner;  // its stage never runs: commands wait, unperformed
  int answers = 0;
  entrain::Dialogue dialogue(partner.stage, partner.producer, [&](const entrain::Json& answer) {
    static_cast<void>(answer.dump(-1, ' ', false, entrain::Json::error_handler_t::replace));
    ++answers;
  });
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (int lines = 0; !text.empty() && lines < 64; ++lines) {
    const auto line = text.substr(0, text.find('\n'));
    const int before = answers;
    dialogue.hear(line);
    if (answers == before && line.find("\"do\"") == std::string_view::npos) std::abort();
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return 0;
}
