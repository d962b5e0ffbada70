#include "control/sequence/clustering.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "engine/analysis/cluster.h"
#include "engine/analysis/hit.h"
#include "engine/analysis/hit_features.h"
#include "engine/analysis/spectrogram.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kBatch = 64;  // sounds in memory at once

bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

std::optional<Error> check(const ClusteringOptions& options) {
  if (options.clusters && (*options.clusters < 1 || *options.clusters > ClusteringOptions::kMostClusters))
    return Error{fmt::format("--clusters is {}; give 1 to {}, or auto", *options.clusters,
                             ClusteringOptions::kMostClusters)};
  if (options.rate < 8'000 || options.rate > 192'000)
    return Error{fmt::format("--rate is {}; give 8000 to 192000 Hz", options.rate)};
  if (std::min(options.width, options.height) < 1 ||
      std::max(options.width, options.height) > ClusteringOptions::kLargestThumbnail)
    return Error{fmt::format("--thumbnail is {}x{}; give 1 to {} pixels each way, such as 100x100",
                             options.width, options.height, ClusteringOptions::kLargestThumbnail)};
  return std::nullopt;
}

/// What is compared of each sound.
class Portraits {
 public:
  explicit Portraits(const ClusteringOptions& options)
      : options_(options),
        describe_(options.rate),
        pictures_(static_cast<std::size_t>(options.width) * static_cast<std::size_t>(options.height)) {}

  void add(const Pcm& pcm) {
    if (options_.method == ClusteringOptions::Method::picture)
      pictures_.add(spectrogram_thumbnail(mono(pcm), options_.width, options_.height).levels);
    else
      described_.push_back(describe_hit(pcm, describe_));
  }

  Groups group() const {
    if (options_.method == ClusteringOptions::Method::picture)
      return best_groups(pictures_, options_.clusters,
                         [&](int k) { return k_means(pictures_, k, options_.seed); });
    const Points features = hit_features(described_);
    const LinkageTree tree(features, Linkage::average);
    return best_groups(features, options_.clusters, [&](int k) { return tree.cut(k); });
  }

 private:
  const ClusteringOptions& options_;
  Describer describe_;
  std::vector<Descriptors> described_;
  Points pictures_;
};

}  // namespace

Result<Clustering> cluster_sounds(const std::vector<fs::path>& files, const ClusteringOptions& options,
                                  WorkerPool& workers, const WorkerPool::Progress& progress) {
  if (auto error = check(options)) return *error;
  Clustering clustering;
  std::vector<fs::path> paths;
  for (const fs::path& path : files) {
    if (is_utf8(path.string()))
      paths.push_back(path);
    else
      clustering.skipped.push_back(
          fmt::format("a name in {} is not UTF-8; rename it", path.parent_path().string()));
  }
  Portraits portraits(options);
  std::vector<std::string> names;
  for (std::size_t from = 0; from < paths.size(); from += kBatch) {
    const auto batch = std::span(paths).subspan(from, std::min(kBatch, paths.size() - from));
    const auto loaded = workers.load_all(
        batch, options.rate, [&](std::size_t done, std::size_t, const auto& path, const Error* error) {
          if (progress) progress(from + done, paths.size(), path, error);
        });
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!loaded[i]) {
        clustering.skipped.push_back(loaded[i].error().sentence);
        continue;
      }
      portraits.add(loaded[i]->pcm);
      names.push_back(batch[i].string());
    }
  }
  if (static_cast<int>(names.size()) < options.clusters.value_or(1))
    return Error{fmt::format(
        "{} sounds cannot make {} clusters{}; ask for fewer, or add sounds", names.size(),
        options.clusters.value_or(1),
        clustering.skipped.empty() ? "" : fmt::format(" ({} could not be read)", clustering.skipped.size()))};
  const Groups groups = portraits.group();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto group = static_cast<std::size_t>(groups[i]);
    if (group >= clustering.clusters.size()) clustering.clusters.resize(group + 1);
    clustering.clusters[group].push_back(std::move(names[i]));
  }
  return clustering;
}

std::string mapping_text(const Clustering& clustering) {
  nlohmann::ordered_json mapping = nlohmann::ordered_json::object();
  for (std::size_t c = 0; c < clustering.clusters.size(); ++c)
    mapping[std::to_string(c)] = clustering.clusters[c];
  return mapping.dump(4) + "\n";
}

void log_clusters(const Clustering& clustering, const std::function<void(const std::string&)>& line) {
  line("Cluster Mapping:");
  for (std::size_t c = 0; c < clustering.clusters.size(); ++c) {
    line(fmt::format("Cluster {}:", c));
    for (const std::string& path : clustering.clusters[c]) line("  - " + path);
  }
}

}  // namespace entrain
