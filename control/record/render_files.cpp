#include "control/record/render_files.h"

#include <fmt/format.h>

#include <algorithm>

namespace entrain {
namespace {

using Interleaved = std::array<float, 2 * kQuantum>;

Interleaved interleaved(const float* left, const float* right) {
  Interleaved both;
  for (std::size_t i = 0; i < kQuantum; ++i) {
    both[2 * i] = left[i];
    both[2 * i + 1] = right[i];
  }
  return both;
}

/// What was put in `frames` before.
Interleaved delayed(std::deque<float>& line, const Interleaved& now, int frames) {
  if (line.empty()) line.resize(2 * static_cast<std::size_t>(frames));
  line.insert(line.end(), now.begin(), now.end());
  Interleaved then;
  const auto end = line.begin() + static_cast<std::ptrdiff_t>(then.size());
  std::copy(line.begin(), end, then.begin());
  line.erase(line.begin(), end);
  return then;
}

}  // namespace

Result<RenderFiles> RenderFiles::open(const std::filesystem::path& master, int rate, WaveFormat format,
                                      bool stems) {
  const WaveSpec spec{
      .rate = rate, .channels = 2, .format = format, .mode = WaveMode::render, .replace = true};
  std::vector<std::filesystem::path> paths{master};
  for (const Bus stem : kStems)
    if (stems)
      paths.push_back(master.parent_path() / fmt::format("{}-{}{}", master.stem().string(), name_of(stem),
                                                         master.extension().string()));
  std::vector<WaveWriter> writers;
  for (const auto& path : paths) {
    auto writer = WaveWriter::open(path, spec);
    if (!writer) return writer.error();
    writers.push_back(*std::move(writer));
  }
  return RenderFiles(std::move(writers));
}

Result<void> RenderFiles::add(const std::array<const float*, 4>& channels, Engine& engine) {
  if (auto written = writers_[0].append(interleaved(channels[0], channels[1])); !written) return written;
  for (std::size_t s = 1; s < writers_.size(); ++s) {
    const Bus stem = kStems[s - 1];
    const auto now = interleaved(engine.stem(stem, 0).data(), engine.stem(stem, 1).data());
    if (auto written = writers_[s].append(delayed(late_[s - 1], now, engine.latency())); !written)
      return written;
  }
  return {};
}

Result<void> RenderFiles::finish() {
  for (WaveWriter& writer : writers_)
    if (auto finished = writer.finish(); !finished) return finished;
  return {};
}

}  // namespace entrain
