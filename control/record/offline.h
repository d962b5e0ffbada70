// Drives an engine without a device: quantum by quantum, as fast as the machine can.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "control/record/output_hash.h"
#include "engine/core/engine.h"
#include "engine/core/result.h"

namespace entrain {

/// Hears each quantum: kQuantum frames of master left, right, cue left, right; the engine stands right after
/// it, so that its stems and reports can be read. An error ends the render.
using QuantumSink = std::function<Result<void>(const std::array<const float*, 4>& channels, Engine& engine)>;

/// One engine, from its first frame on. One thread at a time, never the audio thread.
class Offline {
 public:
  explicit Offline(const EngineConfig& config, QuantumSink sink = {});

  /// Renders the next quantum with these inputs. Fails with the sink's error.
  Result<void> process(std::span<const Event> events, const Schedule* schedule = nullptr);
  /// Renders without inputs until `end` has come: the engine's frame() is then `end`, rounded up to a
  /// quantum.
  Result<void> run_until(Frame end);
  /// Renders without inputs until the running beat has reached `end`. Fails, with a sentence, if that does
  /// not happen before `latest`.
  Result<void> run_until(Beat end, Frame latest);

  /// What the last quantum took and did.
  std::span<const Record> records() const { return {records_.data(), static_cast<std::size_t>(written_)}; }
  Frame frame() const { return engine_->frame(); }
  std::uint64_t sum() const { return hash_.value(); }  ///< OutputHash of all frames before frame()
  Engine& engine() { return *engine_; }
  const Engine& engine() const { return *engine_; }

 private:
  const int rate_;
  std::unique_ptr<Engine> engine_;
  QuantumSink sink_;
  OutputHash hash_;
  std::array<std::array<float, kQuantum>, 4> output_{};
  std::array<Record, 2 * Engine::kRecordsPerQuantum>
      records_;  // more than a quantum can write: nothing is refused
  int written_ = 0;
};

}  // namespace entrain
