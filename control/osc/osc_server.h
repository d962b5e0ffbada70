// The OSC server: a socket, a thread and a desk (osc_desk.h says what it understands).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "control/osc/osc_desk.h"
#include "control/stage/stage.h"
#include "engine/core/result.h"

namespace entrain {

/// One thread of its own, normal priority. What it does per datagram is bounded, and so is all that it keeps.
class OscServer {
 public:
  struct Options {
    std::string address = "127.0.0.1";  ///< where to listen; 0.0.0.0 lets tablets in
    std::uint16_t port = 9000;          ///< 0: any that is free
    /// The frame for something stamped with that time, the stage's constant included, so that for the present
    /// it agrees with Stage::arrival(). Called on the server's thread. Empty: stamped bundles are taken on
    /// arrival.
    std::function<Frame(OscTime)> frame_at;
  };

  /// `stage` must outlive the server. The Error is one sentence: port in use, no such address.
  static Result<std::unique_ptr<OscServer>> start(Stage& stage, Options options);
  ~OscServer();  ///< stops the thread; commands under way still finish
  OscServer(const OscServer&) = delete;
  OscServer& operator=(const OscServer&) = delete;

  std::uint16_t port() const;
  OscStatus status() const;  ///< any thread

 private:
  class Impl;
  explicit OscServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace entrain
