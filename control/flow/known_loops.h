// Loops of sounds that the library knows, and what a performer says of them on stage.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "control/flow/library_loop.h"
#include "engine/library/library.h"

namespace entrain {

/// A connection to the library of its own. Any thread that may wait for a disk.
class KnownLoops {
 public:
  KnownLoops(std::filesystem::path file, int rate) : file_(std::move(file)), rate_(rate) {}

  /// library_loop() of a sound; none where the library does not know it, or cannot be read.
  std::optional<Result<std::shared_ptr<const Loop>>> loop(const std::shared_ptr<const Asset>& asset,
                                                          double times = 1);
  /// Writes down the grid of a loop as a person's correction. The Error is the library's; a sound it does not
  /// know is none.
  Result<void> correct(const Loop& loop);

 private:
  Result<Library*> library();

  const std::filesystem::path file_;
  const int rate_;
  std::mutex mutex_;
  std::optional<Library> library_;
};

}  // namespace entrain
