// The stage protocol's server: a Unix socket of this user's, any number of lines, up to 32 clients.
#pragma once

#include <filesystem>
#include <memory>

#include "control/protocol/protocol.h"
#include "engine/core/result.h"

namespace entrain {

/// $XDG_RUNTIME_DIR/entrain.sock, or one in a private folder under /tmp.
std::filesystem::path default_socket_path();

/// One thread of its own, normal priority. A client that does not read is dropped; none can hold up another.
class StageServer {
 public:
  /// The Error says who holds the socket, or why it cannot be made. A socket nobody answers is replaced.
  static Result<std::unique_ptr<StageServer>> start(Stage& stage, const std::filesystem::path& path,
                                                    MoreQueries more = {});
  ~StageServer();  ///< ends all conversations and removes the socket

 private:
  class Impl;
  explicit StageServer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace entrain
