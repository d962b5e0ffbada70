#include "control/device/devices.h"

#include "control/device/errand.h"
#include "control/device/rtaudio.h"

namespace entrain {

Result<std::vector<DeviceEntry>> list_devices(std::chrono::milliseconds limit) {
  const auto errand = Errand<std::vector<DeviceEntry>>::send([] { return rtaudio_devices(); });
  if (!errand)
    return Error{"cannot list the sound devices: the system has no thread left; end some processes."};
  if (!errand->wait_for(limit)) {
    return Error{
        "cannot list the sound devices: a sound server does not answer; restart jackd or PulseAudio."};
  }
  return errand->take();
}

}  // namespace entrain
