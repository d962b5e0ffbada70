// The flow file: a flow as it was arranged, as TOML that a person can read and write.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/library/flow/flow.h"
#include "engine/library/flow/shelf.h"

namespace entrain {

/// A flow as written: loops by their paths, nothing looked up yet.
struct FlowFile {
  static constexpr int kVersion = 1;

  struct Loop {
    std::string path;          ///< absolute; relative in the file where it lies below the file's folder
    Hold hold = Hold::pinned;  ///< none is free
    std::optional<double> bars;
    std::optional<TransitionKind> kind;
    std::optional<double> transition_bars;
    std::optional<TempoPolicy> tempo;
    bool operator==(const Loop&) const = default;
  };

  std::filesystem::path path;
  std::string name;
  FlowSettings settings;
  std::vector<ArcPoint> arc;        ///< by minutes
  std::vector<std::string> vetoes;  ///< paths, as those of loops
  std::vector<Loop> loops;          ///< the next one first

  bool operator==(const FlowFile&) const = default;
};

inline constexpr std::size_t kMaxFlowFile = std::size_t{1} << 20;  ///< bytes
inline constexpr std::size_t kMostArcPoints = 256, kMostVetoes = 10'000;

/// Reads a flow. The Error names the file, the line and the mend: syntax, unknown key, wrong type, value out
/// of range, a file of a newer version.
Result<FlowFile> read_flow(const std::filesystem::path& path);
/// The same from text; `path`, absolute, is for sentences and relative paths.
Result<FlowFile> parse_flow(std::string_view text, const std::filesystem::path& path);

/// The flow as text: parse_flow() of it at the same path gives the same flow. Settings as usual are left out.
std::string flow_text(const FlowFile& file);

/// A flow with what could not be taken along, one sentence for all of it, or empty.
struct ArrangedFlow {
  FlowWishes wishes;
  std::string left_out;
};

/// As wishes over a library. A loop that is not there, or cannot be played, is left out; those behind it move
/// up.
ArrangedFlow arranged(const FlowFile& file, const FlowShelf& shelf);

struct SavedFlow {
  FlowFile file;
  std::string left_out;
};

/// Wishes as a file at a path. A sound whose path TOML cannot say (it is no UTF-8) is left out.
SavedFlow saved(const FlowWishes& wishes, const FlowSettings& settings, const FlowShelf& shelf,
                const std::filesystem::path& path);

}  // namespace entrain
