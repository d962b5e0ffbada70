// DeviceHost: keeps the engine driven - by a device while there is one, by the null clock when not.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "control/device/backend.h"
#include "control/device/meter.h"
#include "control/device/quantum_source.h"
#include "engine/core/result.h"

namespace entrain {

class DeviceWatchdog;

struct DeviceConfig {
  std::string device = "default";  ///< see DeviceRequest; "null": the null clock only
  int rate = 48'000;               ///< the engine's rate in Hz, 8 000 to 384 000; fixed for the whole jam
  int buffer = 256;                ///< frames per period, 16 to 8 192: a wish
  std::string client_name = "entrain";
};

/// What start() got: a device, or the null clock and the sentence that says why.
struct DeviceOpened {
  std::string api, name;  ///< "null", "null clock" without a device
  int rate = 0, buffer = 0, channels = 0;
  std::string why_null;  ///< empty when a device plays
};

struct DeviceStatus {
  enum class State { stopped, device, null_clock };
  State state = State::stopped;
  std::string api, device;
  int engine_rate = 0, device_rate = 0, buffer = 0, channels = 0;
  bool resampled = false;
  std::int64_t frame = 0;          ///< frames rendered so far
  std::int64_t xruns = 0;          ///< told by the device
  std::int64_t losses = 0;         ///< times a playing device went away
  std::int64_t takeovers = 0;      ///< times the null clock took over
  std::int64_t returns = 0;        ///< times a device took over from the null clock
  std::int64_t caught_up = 0;      ///< frames that had been missed at take-overs, and were rendered
  std::int64_t left_out = 0;       ///< frames never rendered: the machine slept for longer than longest_hole
  float load = 0, worst_load = 0;  ///< share of the period: the last, and the last minute's worst
  double measured_rate = 0;        ///< engine frames per second of wall time
  Anchor anchor;                   ///< where wall time last met a frame
};

/// The host's patience. The defaults are for the stage; tests shorten some.
struct DeviceTiming {
  using ms = std::chrono::milliseconds;
  ms tick{10};               ///< how often the watchdog looks
  ms heartbeat{500};         ///< without a callback for so long (or 4 periods), a device counts as lost
  ms retry{1'000};           ///< between attempts to open
  ms open_patience{5'000};   ///< start() settles for the null clock when opening takes longer
  ms prove{2'000};           ///< a device that was opened must call within this
  ms bury_patience{5'000};   ///< a lost device that does not finish closing holds up the next attempt so long
  ms same_api{15'000};       ///< a lost "default" is sought in its own api before the others
  double longest_hole = 30;  ///< seconds that are made up for at once
};

/// Threads: start, stop and destruction from one control thread; status() and frame_at() from any thread that
/// is not realtime; `say` is called on control threads only, one call at a time, and must not call back.
class DeviceHost {
 public:
  using Say = std::function<void(std::string)>;

  /// `source` must outlive the host. Without a backend: RtAudio.
  explicit DeviceHost(QuantumSource& source, Say say = {}, std::shared_ptr<DeviceBackend> backend = nullptr,
                      DeviceTiming timing = {});
  ~DeviceHost();  ///< stops
  DeviceHost(const DeviceHost&) = delete;
  DeviceHost& operator=(const DeviceHost&) = delete;

  /// From its return on, `source` is driven without pause, until stop(). An error only for a configuration
  /// out of range or a host already started (a host starts once): with no device it succeeds, says why, and
  /// keeps looking for one.
  Result<DeviceOpened> start(const DeviceConfig& config);

  /// Returns once nobody renders any more, nor ever will; a library that hangs while closing is left behind.
  void stop();

  DeviceStatus status() const;

  /// The frame that is next to be rendered at a time (past or future), for stamping events: smooth, and good
  /// to a fraction of a period once the clock has run for a quarter of a second. 0 before the start.
  std::int64_t frame_at(std::chrono::steady_clock::time_point time) const;

 private:
  std::shared_ptr<DeviceWatchdog> watchdog() const;

  QuantumSource& source_;
  const Say say_;
  const std::shared_ptr<DeviceBackend> backend_;
  const DeviceTiming timing_;
  mutable std::mutex mutex_;
  std::shared_ptr<DeviceWatchdog> watchdog_;  ///< under mutex_; made by start(), kept until destruction
};

}  // namespace entrain
