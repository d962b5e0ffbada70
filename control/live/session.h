// A live session: the engine with everything around it, from a set to a clean stop.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/device/host.h"
#include "control/stage/stage.h"
#include "engine/core/result.h"

namespace entrain {

struct LiveOptions {
  std::optional<std::filesystem::path> set;      ///< none: an empty performance
  bool restore = false;                          ///< open the set's autosave instead
  std::string device = "default";                ///< see DeviceRequest; "null": the null clock
  std::optional<int> rate;                       ///< Hz; default: what the device prefers, else 48 000
  int buffer = 256;                              ///< frames, a wish
  std::optional<int> osc_port = 9000;            ///< UDP on 127.0.0.1; none: no OSC
  std::optional<std::uint64_t> seed;             ///< default: drawn, and told
  std::optional<std::filesystem::path> record;   ///< a take of the master
  std::optional<std::filesystem::path> journal;
  std::optional<std::string> isa;                ///< default: the machine's best
  std::optional<std::filesystem::path> socket;   ///< default: default_socket_path()
  std::optional<std::filesystem::path> library_file;  ///< a library that is kept up to date meanwhile; none: no
  std::vector<std::string> worker{"/proc/self/exe", "worker"};  ///< command of a decoding child
  std::vector<std::string> follower{"/proc/self/exe", "prehear"};  ///< command of what hears a flow ahead
};

/// Made, run and destroyed by one thread; its own threads serve everybody else.
class LiveSession {
 public:
  /// Receives one sentence at a time, from several threads, one call at a time. Must not block.
  using Say = std::function<void(const std::string&)>;

  /// Loads the set, opens the device, starts the sound. An Error when it cannot play at all; what only lacks a
  /// part (a sample, a device, priorities, OSC) is said and played without.
  static Result<std::unique_ptr<LiveSession>> start(const LiveOptions& options, Say say);
  ~LiveSession();  ///< stops

  /// Ends the sound and closes what was recorded; says how it went. False: something of it was lost.
  bool stop();

  /// Says once what went wrong with take or journal meanwhile. Call now and then.
  void tend();

  Snapshot snapshot() const;
  DeviceStatus device() const;
  int rate() const;
  /// Frames between an event's arrival and its effect.
  int event_latency() const;
  int osc_port() const;  ///< 0: none
  /// The frame that is next to be rendered at a time.
  Frame frame_at(std::chrono::steady_clock::time_point time) const;

 private:
  struct Parts;
  explicit LiveSession(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace entrain
