// Feeds any datagram to the desk, from a subscriber and from a stranger. Whatever it holds: what reaches the
// stage is bounded and well-formed, and answers go to the sender only.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/support/osc_stage.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entrain;
  test::FakeStage stage;
  stage.refusal = "refused";
  stage.hear(test::message("/subscribe", {test::arg_i(9'123)}));
  stage.pass(std::chrono::seconds(1));
  stage.sent.clear();
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  for (const OscPeer from : {test::kTablet, test::kPhone}) {
    const std::size_t before = stage.events.size() + stage.calls.size();
    stage.hear({bytes, bytes + size}, from);
    if (stage.events.size() + stage.calls.size() - before > OscDesk::kPacketActs) std::abort();
    stage.pass(std::chrono::milliseconds(50));
    for (const auto& [to, datagram] : stage.sent)
      if (to.ip != from.ip && to.ip != test::kTablet.ip) std::abort();
  }
  stage.pass(std::chrono::seconds(10));
  if (stage.desk.status().held != 0) std::abort();
  for (const Event& event : stage.events)
    if (!catalogue().holds(event.control) || !std::isfinite(event.value) || event.frame < Frame(0))
      std::abort();
  for (const CommandCall& call : stage.calls)
    if (call.row == nullptr || call.instance < 0 || call.instance >= call.row->instances) std::abort();
  return 0;
}
