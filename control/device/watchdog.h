// DeviceWatchdog: sees that exactly one clock drives the engine, and changes over when it must.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "control/device/device_gate.h"
#include "control/device/driven_engine.h"
#include "control/device/errand.h"
#include "control/device/frame_clock.h"
#include "control/device/host.h"
#include "control/device/null_clock.h"

namespace entrain {

/// One thread that looks every few milliseconds and never blocks on a library: what may hang goes on errands.
/// See DeviceHost for what it promises. Control side.
class DeviceWatchdog {
 public:
  DeviceWatchdog(QuantumSource& source, const DeviceConfig& config, DeviceHost::Say say,
                 std::shared_ptr<DeviceBackend> backend, const DeviceTiming& timing);
  ~DeviceWatchdog();

  DeviceOpened begin();  ///< returns when a clock drives
  void end();            ///< returns when nobody renders; idempotent

  DeviceStatus status() const;
  std::int64_t frame_at(std::int64_t nanoseconds) const { return frames_.frame_at(nanoseconds); }

 private:
  struct Device {  ///< an opened device and its way into the engine
    std::unique_ptr<DeviceStream> stream;
    std::shared_ptr<DeviceGate> gate;
  };
  struct Attempt {
    std::string why_not;  ///< empty on success
    Device device;
  };

  void loop();
  void look(std::int64_t now);
  std::string loss(std::int64_t now) const;

  void seek(std::int64_t now);
  void send_for_device(std::int64_t now);
  void receive(Attempt attempt, std::int64_t now);
  void prove(std::int64_t now);
  void failed(const std::string& why, std::int64_t now);
  bool still_burying(std::int64_t now);
  bool jack_hangs() const;
  void bury(Device device, bool lost, std::int64_t now);

  void hand_over_to_device(std::int64_t now);
  void lose_device(const std::string& why, std::int64_t now);
  std::int64_t null_clock_takes_over(bool from_a_device);
  void take(Baton::Turn next);
  void say(const std::string& sentence);
  void settle(const std::string& why_null);

  const DeviceConfig config_;
  const DeviceHost::Say say_;
  const std::shared_ptr<DeviceBackend> backend_;
  const DeviceTiming timing_;
  const std::shared_ptr<DrivenEngine> engine_;
  std::unique_ptr<NullClock> null_;
  FrameClock frames_;

  // The watchdog thread's own (end() uses them after joining it). Times are CLOCK_MONOTONIC nanoseconds.
  Baton::Turn next_turn_ = 1;
  Device playing_, candidate_;
  std::shared_ptr<Errand<Attempt>> opening_;
  struct Burial {
    std::shared_ptr<Errand<bool>> errand;
    std::string api;
  };
  std::vector<Burial> burials_;
  std::int64_t last_look_ = 0, watched_since_ = 0, since_ = 0, next_try_ = 0, buried_at_ = 0, lost_at_ = 0;
  bool complained_ = false;
  std::string last_failure_, last_api_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  DeviceStatus status_;    ///< under mutex_: what does not come from the engine
  DeviceOpened opened_;    ///< under mutex_: start()'s answer
  bool settled_ = false;   ///< under mutex_: a clock drives
  bool stopping_ = false;  ///< under mutex_
  std::thread thread_;
};

}  // namespace entrain
