#include "control/stage/sounds.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>

#include "engine/analysis/hit.h"

namespace entrain {
namespace {

/// Keeps a sound in memory where the system allows it; it was touched when it was copied.
void lock_in_memory(const std::vector<float>& samples) {
  if (!samples.empty()) static_cast<void>(mlock(samples.data(), samples.size() * sizeof(float)));
}

}  // namespace

Sounds::Sounds(WorkerPool& workers, int rate, std::vector<std::filesystem::path> folders, std::size_t budget)
    : workers_(workers), rate_(rate), budget_(budget), folders_(std::move(folders)) {}

void Sounds::search(std::vector<std::filesystem::path> folders) {
  const std::lock_guard lock(mutex_);
  folders_ = std::move(folders);
}

Result<std::filesystem::path> Sounds::find(const std::string& name) const {
  std::error_code ignored;
  const std::filesystem::path path(name);
  if (path.is_absolute()) {
    if (std::filesystem::exists(path, ignored)) return path;
    return Error{fmt::format("{} does not exist; check the path", name)};
  }
  std::string searched;
  const auto folders = [&] {
    const std::lock_guard lock(mutex_);
    return folders_;
  }();
  for (const std::filesystem::path& folder : folders) {
    const std::filesystem::path candidate = folder / path;
    if (std::filesystem::exists(candidate, ignored)) return candidate.lexically_normal();
    searched += (searched.empty() ? "" : ", ") + (folder.empty() ? std::string(".") : folder.string());
  }
  return Error{fmt::format("{} was not found in {}; check its name, or add its folder to `folders`", name, searched)};
}

std::shared_ptr<const Asset> Sounds::known(const std::filesystem::path& path) const {
  const std::lock_guard lock(mutex_);
  const auto at = known_.find(path);
  return at == known_.end() ? nullptr : at->second.lock();
}

Result<Sounds::Loaded> Sounds::keep(const std::filesystem::path& path, LoadedPcm loaded) {
  std::string remark = loaded.pcm.remark;
  if (remark.empty() && loaded.pcm.silent) remark = fmt::format("{} is silent", path.string());
  const std::size_t bytes = 2 * sizeof(float) * loaded.pcm.left.size();
  if (const std::size_t used = resident(); used + bytes > budget_)
    return Error{fmt::format("{} does not fit: {} MB of sounds are loaded, {} MB is the most; remove some from the set",
                             path.string(), used >> 20, budget_ >> 20)};
  const auto asset = make_asset(path, std::move(loaded), rate_);
  lock_in_memory(asset->left);
  lock_in_memory(asset->right);
  const std::lock_guard lock(mutex_);
  known_[path] = asset;
  return Loaded{asset, std::move(remark)};
}

std::vector<Result<Sounds::Loaded>> Sounds::load_all(const std::vector<std::string>& names, const Progress& progress) {
  std::vector<Result<Loaded>> answers;
  std::vector<std::filesystem::path> wanted;  // not known yet, each once
  std::vector<std::pair<std::size_t, std::size_t>> to_fill;  // answer, index in wanted
  for (const std::string& name : names) {
    const auto path = find(name);
    if (!path) {
      answers.push_back(path.error());
    } else if (auto asset = known(*path)) {
      answers.push_back(Loaded{std::move(asset), {}});
    } else {
      const auto at = std::find(wanted.begin(), wanted.end(), *path);
      to_fill.emplace_back(answers.size(), static_cast<std::size_t>(at - wanted.begin()));
      if (at == wanted.end()) wanted.push_back(*path);
      answers.push_back(Error{});
    }
  }
  auto loaded = workers_.load_all(wanted, rate_, [&](std::size_t done, std::size_t of, const auto& path, const Error*) {
    if (progress) progress(done, of, path.filename().string());
  });
  std::vector<Result<Loaded>> kept;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    kept.push_back(loaded[i] ? keep(wanted[i], *std::move(loaded[i])) : Result<Loaded>(loaded[i].error()));
  for (const auto& [answer, index] : to_fill) answers[answer] = kept[index];
  return answers;
}

std::size_t Sounds::resident() const {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  for (const auto& [path, weak] : known_)
    if (const auto asset = weak.lock()) bytes += (asset->left.size() + asset->right.size()) * sizeof(float);
  return bytes;
}

std::shared_ptr<const Asset> make_asset(const std::filesystem::path& path, LoadedPcm loaded, int rate) {
  auto asset = std::make_shared<Asset>();
  asset->path = path.string();
  asset->file_hash = loaded.pcm.file_hash;
  asset->pcm_hash = loaded.pcm_hash;
  asset->left = std::move(loaded.pcm.left);
  if (loaded.pcm.right != asset->left) asset->right = std::move(loaded.pcm.right);
  asset->onset = pre_roll(asset->left, asset->right, rate);
  return asset;
}

double usual_beats(double seconds) { return std::exp2(std::ceil(std::log2(seconds * 80.0 / 60.0))); }

Result<std::shared_ptr<const Loop>> make_loop(std::shared_ptr<const Asset> asset, int rate, std::optional<double> beats) {
  const double seconds = static_cast<double>(asset->frames()) / rate;
  if (!beats) beats = usual_beats(seconds);
  const double bpm = *beats * 60.0 / seconds;
  if (!(*beats > 0) || !std::isfinite(bpm) || bpm < Tempo::kMinBpm / 2 || bpm > Tempo::kMaxBpm)
    return Error{fmt::format("{} would play at {:.1f} BPM with {} beats in {:.2f} s; give its true number of beats",
                             asset->path, bpm, *beats, seconds)};
  auto loop = std::make_shared<Loop>();
  loop->warp = {{Beat(0), 0.0}, {Beat::nearest(*beats), static_cast<double>(asset->frames())}};
  loop->asset = std::move(asset);
  return std::shared_ptr<const Loop>(std::move(loop));
}

}  // namespace entrain
