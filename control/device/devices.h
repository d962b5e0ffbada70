// What `entrain devices` shows.
#pragma once

#include <chrono>
#include <vector>

#include "control/device/backend.h"
#include "engine/core/result.h"

namespace entrain {

/// Every device with an output: JACK's, PulseAudio's, ALSA's, in the order "default" tries them. Empty when
/// there is none (the null clock always works). An error only when a library does not answer within `limit`.
/// Control side; starts no server.
Result<std::vector<DeviceEntry>> list_devices(std::chrono::milliseconds limit = std::chrono::seconds(5));

}  // namespace entrain
