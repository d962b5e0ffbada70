// The set's hits, grouped anew by how they sound.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/stage/set_file.h"
#include "control/stage/sounds.h"

namespace entrain {

struct Regrouped {
  std::vector<SetFile::ClusterText> texts;  ///< by name
  std::map<std::string, std::shared_ptr<const Cluster>> clusters;
  std::map<std::string, std::string> heirs;  ///< for each cluster there was, the one that sounds most like it
  std::vector<std::string> remarks;          ///< what could not be loaded
};

/// Groups the sounds of `old`, or those of a folder, by hit_features() and average linkage into `k` clusters,
/// or as many as they fall into by themselves. A cluster is named after the old one that it is most like, or
/// after what most of its sounds are taken for. The Error says what is missing. Loads sounds; blocks.
Result<Regrouped> regroup(const std::vector<SetFile::ClusterText>& old,
                          const std::optional<std::filesystem::path>& folder, std::optional<int> k,
                          Sounds& sounds);

}  // namespace entrain
