#include "control/sequence/sequence_sounds.h"

#include <fmt/format.h>

namespace entrain {
namespace {

Mono mono_of(const std::shared_ptr<const Asset>& asset) {
  if (asset->right.empty()) return Mono(asset, &asset->left);
  auto mean = std::make_shared<std::vector<float>>(asset->left);
  for (std::size_t i = 0; i < mean->size(); ++i) (*mean)[i] = 0.5f * ((*mean)[i] + asset->right[i]);
  return mean;
}

}  // namespace

Result<std::vector<std::vector<Mono>>> load_sequence_sounds(const Sequence& sequence,
                                                            const std::filesystem::path& samples,
                                                            Sounds& sounds,
                                                            std::vector<std::string>& remarks) {
  const auto found = find_samples(sequence.mapping(), samples);
  if (!found) return found.error();
  std::vector<std::string> names;
  for (std::size_t t = 0; t < sequence.tracks(); ++t)
    names.insert(names.end(), (*found)[t].begin(), (*found)[t].end());
  const auto loaded = sounds.load_all(names);
  std::vector<std::vector<Mono>> tracks;
  for (std::size_t t = 0, at = 0; t < sequence.tracks(); ++t) {
    const ClusterMapping::Entry& cluster = sequence.cluster(t);
    const std::string where = fmt::format("{}:{}", sequence.mapping().name, cluster.line);
    std::vector<Mono>& track = tracks.emplace_back();
    for (std::size_t i = 0; i < cluster.samples.size(); ++i, ++at) {
      const Result<Sounds::Loaded>& sound = loaded[at];
      if (!sound)
        return Error{fmt::format("{}: cluster \"{}\": {}", where, cluster.id, sound.error().sentence)};
      if (!sound->remark.empty()) remarks.push_back(fmt::format("{}: {}", where, sound->remark));
      track.push_back(mono_of(sound->asset));
    }
  }
  return tracks;
}

}  // namespace entrain
