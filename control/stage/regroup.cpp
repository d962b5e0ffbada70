#include "control/stage/regroup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "engine/analysis/downmix.h"
#include "engine/analysis/hit.h"
#include "engine/analysis/hit_class.h"
#include "engine/analysis/hit_features.h"
#include "engine/library/sound_folder.h"

namespace entrain {
namespace {

constexpr std::size_t kMostSounds = 4096;  // grouping takes their square in time

struct Hit {
  std::string name;
  std::shared_ptr<const Asset> asset;
  int old_cluster = -1;  ///< it comes from
  bool grouped = false;  ///< it is to be grouped, not only to be compared with
};

Descriptors describe(Describer& describer, const Asset& asset) {
  std::vector<float> mono(asset.left.begin() + asset.onset, asset.left.end());
  if (!asset.right.empty())
    for (std::size_t i = 0; i < mono.size(); ++i)
      mono[i] = 0.5f * (mono[i] + asset.right[static_cast<std::size_t>(asset.onset) + i]);
  return describer(mono);
}

using Centre = std::vector<double>;

/// The middle of those points that `chosen` picks; empty when it picks none.
template <class Chosen>
Centre centre_of(const Points& points, Chosen chosen) {
  Centre centre(points.width());
  std::size_t count = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!chosen(i)) continue;
    ++count;
    for (std::size_t d = 0; d < centre.size(); ++d) centre[d] += static_cast<double>(points[i][d]);
  }
  if (count == 0) return {};
  for (double& x : centre) x /= static_cast<double>(count);
  return centre;
}

double distance(const Centre& a, const Centre& b) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

std::string kind_of(const std::vector<const Descriptors*>& members) {
  std::array<int, kHitClasses> votes{};
  for (const Descriptors* sound : members) ++votes[static_cast<std::size_t>(suggest_class(*sound).hit)];
  return std::string(name_of(static_cast<HitClass>(std::ranges::max_element(votes) - votes.begin())));
}

class Regroup {
 public:
  Regroup(const std::vector<SetFile::ClusterText>& old, Sounds& sounds) : old_(old), sounds_(sounds) {}

  void load(const std::optional<std::vector<std::filesystem::path>>& files) {
    std::vector<Hit> asked;
    for (std::size_t c = 0; c < old_.size(); ++c)
      for (const std::string& name : old_[c].samples)
        asked.push_back({name, nullptr, static_cast<int>(c), !files});
    if (files)
      for (const auto& file : *files) asked.push_back({file.string(), nullptr, -1, true});
    std::vector<std::string> names;
    for (const Hit& hit : asked) names.push_back(hit.name);
    auto loaded = sounds_.load_all(names);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (loaded[i]) {
        asked[i].asset = loaded[i]->asset;
        hits_.push_back(std::move(asked[i]));
      } else {
        out_.remarks.push_back(loaded[i].error().sentence);
      }
    }
  }

  Result<Regrouped> group(std::optional<int> k) {
    Describer describer(sounds_.rate());
    for (const Hit& hit : hits_) described_.push_back(describe(describer, *hit.asset));
    const Points all = hit_features(described_);
    Points points(all.width());
    std::vector<std::size_t> members;  // of the points that are grouped
    for (std::size_t i = 0; i < hits_.size(); ++i) {
      const bool again =
          std::ranges::any_of(members, [&](std::size_t m) { return hits_[m].asset == hits_[i].asset; });
      if (!hits_[i].grouped || again) continue;
      members.push_back(i);
      points.add(all[i]);
    }
    if (members.size() < static_cast<std::size_t>(std::max(1, k.value_or(1))))
      return Error{fmt::format("{} sounds cannot make {} clusters; ask for fewer, or name a folder with more",
                               members.size(), k.value_or(1))};
    const LinkageTree tree(points, Linkage::average);
    const Groups groups = best_groups(points, k, [&](int n) { return tree.cut(n); });
    const int count = 1 + *std::ranges::max_element(groups);

    std::vector<Centre> new_centres;
    for (int g = 0; g < count; ++g)
      new_centres.push_back(centre_of(points, [&](std::size_t i) { return groups[i] == g; }));
    const std::vector<int> heirs = heirs_of(all, new_centres);
    for (int g = 0; g < count; ++g) add_cluster(g, groups, members, heirs);
    for (std::size_t c = 0; c < old_.size(); ++c) {
      if (heirs[c] >= 0)
        out_.heirs[old_[c].name] = names_[static_cast<std::size_t>(heirs[c])];
      else if (!out_.clusters.contains(old_[c].name))
        out_.texts.push_back(old_[c]);  // none of it could be loaded: it may be there next time
    }
    std::ranges::sort(out_.texts, {}, &SetFile::ClusterText::name);
    return std::move(out_);
  }

 private:
  /// For each old cluster the nearest new one; -1 for one of which nothing could be loaded. Notes the
  /// distances.
  std::vector<int> heirs_of(const Points& all, const std::vector<Centre>& new_centres) {
    std::vector<int> heirs(old_.size(), -1);
    away_.assign(old_.size(), 0);
    for (std::size_t c = 0; c < old_.size(); ++c) {
      const Centre centre =
          centre_of(all, [&](std::size_t i) { return hits_[i].old_cluster == static_cast<int>(c); });
      if (centre.empty()) continue;
      double nearest = std::numeric_limits<double>::infinity();
      for (std::size_t g = 0; g < new_centres.size(); ++g)
        if (const double d = distance(centre, new_centres[g]); d < nearest) {
          nearest = away_[c] = d;
          heirs[c] = static_cast<int>(g);
        }
    }
    return heirs;
  }

  void add_cluster(int g, const Groups& groups, const std::vector<std::size_t>& members,
                   const std::vector<int>& heirs) {
    SetFile::ClusterText text{{}, {}, {"/clusters/group", false}};
    std::vector<std::shared_ptr<const Asset>> samples;
    std::vector<const Descriptors*> described;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (groups[i] != g) continue;
      text.samples.push_back(hits_[members[i]].name);
      samples.push_back(hits_[members[i]].asset);
      described.push_back(&described_[members[i]]);
    }
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < old_.size(); ++c)
      if (heirs[c] == g && away_[c] < nearest) {
        nearest = away_[c];
        text.name = old_[c].name;
      }
    if (text.name.empty()) text.name = free_name(kind_of(described));
    names_.push_back(text.name);
    out_.clusters[text.name] =
        std::make_shared<const Cluster>(make_cluster(text.name, std::move(samples), sounds_.rate()));
    out_.texts.push_back(std::move(text));
  }

  std::string free_name(const std::string& kind) const {
    const auto taken = [&](const std::string& name) {
      return out_.clusters.contains(name) ||
             std::ranges::find(old_, name, &SetFile::ClusterText::name) != old_.end();
    };
    std::string name = kind;
    for (int n = 2; taken(name); ++n) name = fmt::format("{} {}", kind, n);
    return name;
  }

  const std::vector<SetFile::ClusterText>& old_;
  Sounds& sounds_;
  std::vector<Hit> hits_;
  std::vector<Descriptors> described_;  ///< of each hit
  std::vector<double> away_;            ///< how far each old cluster's heir is
  std::vector<std::string> names_;      ///< of the new ones
  Regrouped out_;
};

}  // namespace

Result<Regrouped> regroup(const std::vector<SetFile::ClusterText>& old,
                          const std::optional<std::filesystem::path>& folder, std::optional<int> k,
                          Sounds& sounds) {
  std::optional<std::vector<std::filesystem::path>> files;
  if (folder) {
    auto found = some_sounds_in(*folder);
    if (!found) return found.error();
    files = *std::move(found);
  }
  std::size_t count = files ? files->size() : 0;
  for (const auto& cluster : old) count += cluster.samples.size();
  if (count == 0) return Error{"the set has no sounds to group; name a folder: /clusters/group auto FOLDER"};
  if (count > kMostSounds)
    return Error{
        fmt::format("{} sounds are too many to group while playing ({} at most); name a smaller folder",
                    count, kMostSounds)};
  Regroup work(old, sounds);
  work.load(files);
  return work.group(k);
}

}  // namespace entrain
