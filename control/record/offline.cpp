#include "control/record/offline.h"

#include <fmt/format.h>

namespace entrain {

Offline::Offline(const EngineConfig& config, QuantumSink sink)
    : rate_(config.rate), engine_(std::make_unique<Engine>()), sink_(std::move(sink)) {
  engine_->prepare(config);
}

Result<void> Offline::process(std::span<const Event> events, const Schedule* schedule) {
  Outputs out;
  std::array<const float*, 4> heard{};
  for (std::size_t c = 0; c < heard.size(); ++c) heard[c] = out.channels[c] = output_[c].data();
  out.room = records_;
  engine_->process({events, schedule}, out);
  written_ = out.records;
  hash_.add(heard.data(), kQuantum);
  return sink_ ? sink_(heard, *engine_) : Result<void>();
}

Result<void> Offline::run_until(Frame end) {
  while (engine_->frame() < end)
    if (auto done = process({}); !done) return done;
  return {};
}

Result<void> Offline::run_until(Beat end, Frame latest) {
  Snapshot now;
  for (engine_->observe(now); !now.running || now.beat < end; engine_->observe(now)) {
    if (engine_->frame() >= latest)
      return Error{
          fmt::format("Beat {:g} did not come within {:.1f} s: start the transport, or ask for fewer bars.",
                      end.value(), static_cast<double>(latest.index) / rate_)};
    if (auto done = process({}); !done) return done;
  }
  return {};
}

}  // namespace entrain
