// DeviceBackend: what a device library must offer the host. RtAudio is one; tests bring their own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace entrain {

/// One playable device, as `entrain devices` shows it.
struct DeviceEntry {
  std::string api;         ///< "jack", "pulse" or "alsa"
  std::string name;        ///< as the library calls it; unique within its api
  int outputs = 0;         ///< channels
  int preferred_rate = 0;  ///< frames per second; 0 when unknown
  std::vector<int> rates;  ///< frames per second it can run at
  bool is_default = false;
};

/// What to open.
struct DeviceRequest {
  /// "default", an api ("jack"), an api and a name ("alsa:hw:Scarlett 2i2,0"), or a name or a part of it.
  std::string device = "default";
  int rate = 48'000;                    ///< frames per second; a wish
  int buffer = 256;                     ///< frames per period; a wish, JACK dictates its own
  std::string client_name = "entrain";  ///< as JACK and PulseAudio show it
  std::string only_api;                 ///< where "default" must look; empty: jack, pulse, alsa in turn
  std::string except_api;               ///< not to be touched at all; empty: none
};

/// What was really got.
struct OpenedDevice {
  std::string api, name;
  int rate = 0;      ///< frames per second
  int buffer = 0;    ///< frames per period
  int channels = 0;  ///< outputs opened
  /// Frames it may ask for beyond what half a second of wall time plays before it counts as run away: some
  /// libraries call back without pause when the device is gone. 0: never (JACK may freewheel).
  std::int64_t burst = 0;
};

/// Takes a device's periods, on the device's own thread.
class PeriodSink {
 public:
  virtual ~PeriodSink() = default;
  /// Fills `frames` of planar audio: channel c at out[c * frames]. `xrun`: the device ran dry before.
  /// Realtime-safe.
  virtual void period(float* out, int frames, bool xrun) noexcept = 0;
};

/// A device that was opened and started, and calls its sink. Control side; any thread, one at a time.
class DeviceStream {
 public:
  virtual ~DeviceStream() = default;
  /// False once the library closed it by itself. Never blocks.
  virtual bool is_open() const noexcept = 0;
  /// Stops and closes. May block for ever: call it on an Errand, and only once the sink can no longer enter
  /// the engine (libjack may cancel its thread in the middle of a callback). `lost`: the device went away by
  /// itself and the library may still be cleaning up.
  virtual void close(bool lost) noexcept = 0;
};

class DeviceBackend {
 public:
  /// Called between opening and starting, when the rate is known; the stream shares the sink.
  using MakeSink = std::function<Result<std::shared_ptr<PeriodSink>>(const OpenedDevice&)>;
  struct Live {
    OpenedDevice opened;
    std::unique_ptr<DeviceStream> stream;
  };

  virtual ~DeviceBackend() = default;
  /// Opens and starts. May block for ever: call it on an Errand.
  virtual Result<Live> open(const DeviceRequest& request, const MakeSink& make_sink) = 0;
};

}  // namespace entrain
