// The files of an offline render: the master, and beside it a stem for each group and return.
#pragma once

#include <array>
#include <deque>
#include <filesystem>
#include <vector>

#include "control/record/offline.h"
#include "control/record/wave_writer.h"

namespace entrain {

/// Nothing half-written stays: files appear under their names when finish() succeeds. One thread at a time.
///
/// Stems are what is summed into the master, so they lack its gain and limiter; they come as late as it does.
/// `out.wav` has the stems `out-drums.wav` and so on.
class RenderFiles {
 public:
  /// The Error is WaveWriter::open's. Existing files are replaced by finish().
  static Result<RenderFiles> open(const std::filesystem::path& master, int rate, WaveFormat format,
                                  bool stems);

  /// Appends the quantum that `engine` has just rendered.
  Result<void> add(const std::array<const float*, 4>& channels, Engine& engine);
  Result<void> finish();
  std::int64_t clipped() const { return writers_[0].clipped(); }
  std::int64_t frames() const { return writers_[0].frames(); }

 private:
  explicit RenderFiles(std::vector<WaveWriter> writers) : writers_(std::move(writers)) {}
  std::vector<WaveWriter> writers_;                    ///< the master, then kStems in their order
  std::array<std::deque<float>, kStems.size()> late_;  ///< interleaved; what the master is still to bring
};

}  // namespace entrain
