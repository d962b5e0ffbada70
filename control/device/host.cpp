#include "control/device/host.h"

#include "control/device/rtaudio.h"
#include "control/device/watchdog.h"

namespace entrain {

DeviceHost::DeviceHost(QuantumSource& source, Say say, std::shared_ptr<DeviceBackend> backend,
                       DeviceTiming timing)
    : source_(source),
      say_(std::move(say)),
      backend_(backend ? std::move(backend) : std::shared_ptr<DeviceBackend>(rtaudio_backend())),
      timing_(timing) {}

DeviceHost::~DeviceHost() { stop(); }

Result<DeviceOpened> DeviceHost::start(const DeviceConfig& config) {
  if (config.rate < 8'000 || config.rate > 384'000) {
    return Error{"the rate " + std::to_string(config.rate) +
                 " Hz is out of range: give one from 8000 to 384000, such as 48000."};
  }
  if (config.buffer < 16 || config.buffer > 8'192) {
    return Error{"the buffer of " + std::to_string(config.buffer) +
                 " frames is out of range: give one from 16 to 8192, such as 256."};
  }
  std::shared_ptr<DeviceWatchdog> watchdog;
  {
    const std::lock_guard lock(mutex_);
    if (watchdog_) return Error{"the audio device is already started: stop the jam to choose another."};
    watchdog = watchdog_ = std::make_shared<DeviceWatchdog>(source_, config, say_, backend_, timing_);
  }
  return watchdog->begin();
}

void DeviceHost::stop() {
  if (const auto watchdog = this->watchdog()) watchdog->end();
}

DeviceStatus DeviceHost::status() const {
  const auto watchdog = this->watchdog();
  return watchdog ? watchdog->status() : DeviceStatus{};
}

std::int64_t DeviceHost::frame_at(std::chrono::steady_clock::time_point time) const {
  const auto watchdog = this->watchdog();
  if (!watchdog) return 0;
  return watchdog->frame_at(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

std::shared_ptr<DeviceWatchdog> DeviceHost::watchdog() const {
  const std::lock_guard lock(mutex_);
  return watchdog_;
}

}  // namespace entrain
