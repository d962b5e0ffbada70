#include "control/flow/known_loops.h"

#include <fmt/format.h>

namespace entrain {

Result<Library*> KnownLoops::library() {
  if (!library_) {
    auto opened = Library::open(file_);
    if (!opened) return opened.error();
    library_ = std::move(opened->library);
  }
  return &*library_;
}

std::optional<Result<std::shared_ptr<const Loop>>> KnownLoops::loop(const std::shared_ptr<const Asset>& asset,
                                                                    double times) {
  const std::lock_guard lock(mutex_);
  const auto open = library();
  if (!open) return std::nullopt;
  auto entry = (*open)->find(asset->path);
  if (!entry || !*entry) return std::nullopt;
  return library_loop(asset, rate_, (*entry)->analysis, times);
}

Result<void> KnownLoops::correct(const Loop& loop) {
  const std::lock_guard lock(mutex_);
  const auto open = library();
  if (!open) return open.error();
  const std::string& path = loop.asset->path;
  const auto entry = (*open)->find(path);
  if (!entry) return entry.error();
  if (!*entry) return {};
  const double bpm = loop.length().value() * 60 * rate_ / loop.source_length();
  for (const Correction& said : {Correction{"bpm", fmt::format("{:.6g}", bpm)},
                                 Correction{"downbeat", fmt::format("{:.6f}", loop.source_at(0) / rate_)}})
    if (auto done = (*open)->correct(path, said); !done) return done;
  return {};
}

}  // namespace entrain
