// The seam over RtAudio 5 and 6: lists devices and opens one. All that is peculiar to the library stays here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "control/device/backend.h"

namespace entrain {

/// JACK, PulseAudio and ALSA, as far as the library was built with them. Never starts a JACK server.
std::unique_ptr<DeviceBackend> rtaudio_backend();

/// Every device with an output, in the order "default" tries the apis. May block for ever inside a hung
/// library: devices.h has the bounded form.
std::vector<DeviceEntry> rtaudio_devices();

/// Which entry a request means, or nullptr: an exact name first, then a part of one (without regard to case);
/// for "default" or the bare api: JACK's `system`, else the library's default, else the first.
const DeviceEntry* choose_device(const std::vector<DeviceEntry>& entries, const std::string& device);

/// The rate to open an entry at: the wish if it can, else what it prefers, else the next above, else its top.
int choose_rate(const DeviceEntry& entry, int wish);

}  // namespace entrain
