// The stage protocol's client, for `entrain send` and tests.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "control/owned_fd.h"
#include "control/protocol/protocol.h"
#include "engine/core/result.h"

namespace entrain {

/// One thread at a time; blocks.
class StageClient {
 public:
  /// The Error names the mend: start `entrain live`, or give its --socket.
  static Result<StageClient> connect(const std::filesystem::path& path);

  Result<void> send(const Json& request);
  /// The next object, or nullopt when none came in time; an Error when the connection has ended.
  Result<std::optional<Json>> receive(std::chrono::milliseconds patience);

 private:
  explicit StageClient(OwnedFd fd) : fd_(std::move(fd)) {}
  OwnedFd fd_;
  std::string buffer_;
};

}  // namespace entrain
