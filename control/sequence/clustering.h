// A folder of sounds, grouped by how they sound: seed 0's first script.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "control/worker/pool.h"
#include "engine/core/result.h"

namespace entrain {

struct ClusteringOptions {
  static constexpr int kMostClusters = 1'000, kLargestThumbnail = 512;

  enum class Method {
    features,  ///< what tells real drum sounds apart, joined by average linkage
    picture,   ///< the seed to the letter: k-means on spectrogram pictures
  };
  std::optional<int> clusters = 3;  ///< without: as many as the sounds fall into by themselves, 2 to 16
  int rate = 44'100;                ///< Hz at which sounds are compared
  int width = 100, height = 100;    ///< pixels of the pictures
  Method method = Method::features;
  std::uint64_t seed = 0;  ///< of the draws of k-means
};

struct Clustering {
  std::vector<std::vector<std::string>> clusters;  ///< paths; by their first sound, sounds by name
  std::vector<std::string> skipped;                ///< a sentence for each file that was left out
};

/// Reads the files in worker processes and groups them; one that cannot be read is skipped. The same files
/// and options give the same clusters. `progress` is told in the calling thread. The Error says which option
/// is out of range, or that there are fewer sounds than clusters. Blocks.
Result<Clustering> cluster_sounds(const std::vector<std::filesystem::path>& files,
                                  const ClusteringOptions& options, WorkerPool& workers,
                                  const WorkerPool::Progress& progress = {});

/// The mapping `entrain sequence` and the sets read: {"0": ["samples/kick.wav", ...], ...}.
std::string mapping_text(const Clustering& clustering);

/// The console listing of seed 0, line for line.
void log_clusters(const Clustering& clustering, const std::function<void(const std::string&)>& line);

}  // namespace entrain
