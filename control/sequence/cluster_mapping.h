// The cluster mapping: which sounds are interchangeable, as the clustering wrote it ({"2": ["a.wav", ...],
// ...}).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace entrain {

struct ClusterMapping {
  struct Entry {
    std::string id;
    std::vector<std::string> samples;  ///< paths as written; never empty
    int line = 0;                      ///< where it stands, for sentences
  };
  std::string name;             ///< of the file, for sentences
  std::vector<Entry> clusters;  ///< in the file's order; never empty
};

inline constexpr std::size_t kMaxMappingFile = std::size_t{64} << 20;  ///< bytes

/// A JSON object of lists of paths; its order is kept. The Error names the file, the line and the mend.
Result<ClusterMapping> parse_cluster_mapping(std::string_view text, const std::string& name);
Result<ClusterMapping> read_cluster_mapping(const std::filesystem::path& path);

/// A path without its folders; either separator, since a mapping may come from another machine.
std::string_view base_name(std::string_view path);

/// The file each sample means, for each cluster: as written, else under `samples`, else by its base name
/// under `samples`. The Error says where it was looked for.
Result<std::vector<std::vector<std::string>>> find_samples(const ClusterMapping& mapping,
                                                           const std::filesystem::path& samples);

}  // namespace entrain
