// Brings the library up to what lies on disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "control/library/scan.h"
#include "control/worker/pool.h"
#include "engine/core/result.h"
#include "engine/library/library.h"

namespace entrain {

struct IngestProgress {
  std::size_t done = 0, of = 0;  ///< files to analyse
  double seconds_left = -1;      ///< an estimate; below 0: none yet
  std::string name;              ///< of the file that was done
};

struct IngestOptions {
  bool hints = true;                           ///< names of files count as evidence
  bool again = false;                          ///< analyse everything anew, failures too
  std::chrono::milliseconds patience{10'000};  ///< with files that are being written
};

struct IngestSummary {
  std::size_t analysed = 0, failed = 0, unchanged = 0, settled = 0, missing = 0;
  bool stopped = false;                        ///< the workers were cancelled; what was done is kept
  std::vector<std::filesystem::path> unready;  ///< changed while they were read: being written just now
  std::vector<std::string> sentences;          ///< what could not be read, and why
};

using OnIngest = std::function<void(const IngestProgress&)>;

/// Scans `roots` (see plan_scan()) and analyses what is new. Each file is stored as soon as it is done, so
/// that whatever ends the process costs the files under way. A file that was written to within the last
/// second is waited for; one that is still being written when patience is over is left for the next time. The
/// Error is the library's; the workers are cancelled then. Blocks.
Result<IngestSummary> ingest(Library& library, WorkerPool& workers,
                             std::span<const std::filesystem::path> roots, const IngestOptions& options,
                             const OnIngest& progress = {});

/// "12 analysed, 1 left out, 3 moved, 40 unchanged".
std::string summary_line(const IngestSummary& summary);

}  // namespace entrain
