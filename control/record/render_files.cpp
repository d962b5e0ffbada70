#include "control/record/render_files.h"

#include <fmt/format.h>

namespace entrain {
namespace {

Result<void> append(WaveWriter& writer, const float* left, const float* right) {
  std::array<float, 2 * kQuantum> interleaved;
  for (std::size_t i = 0; i < kQuantum; ++i) {
    interleaved[2 * i] = left[i];
    interleaved[2 * i + 1] = right[i];
  }
  return writer.append(interleaved);
}

}  // namespace

Result<RenderFiles> RenderFiles::open(const std::filesystem::path& master, int rate, WaveFormat format, bool stems) {
  const WaveSpec spec{.rate = rate, .channels = 2, .format = format, .mode = WaveMode::render, .replace = true};
  std::vector<std::filesystem::path> paths{master};
  for (const Bus stem : kStems)
    if (stems) paths.push_back(master.parent_path() / fmt::format("{}-{}{}", master.stem().string(), name_of(stem), master.extension().string()));
  std::vector<WaveWriter> writers;
  for (const auto& path : paths) {
    auto writer = WaveWriter::open(path, spec);
    if (!writer) return writer.error();
    writers.push_back(*std::move(writer));
  }
  return RenderFiles(std::move(writers));
}

Result<void> RenderFiles::add(const std::array<const float*, 4>& channels, Engine& engine) {
  if (auto written = append(writers_[0], channels[0], channels[1]); !written) return written;
  for (std::size_t s = 1; s < writers_.size(); ++s) {
    const Bus stem = kStems[s - 1];
    if (auto written = append(writers_[s], engine.stem(stem, 0).data(), engine.stem(stem, 1).data()); !written) return written;
  }
  return {};
}

Result<void> RenderFiles::finish() {
  for (WaveWriter& writer : writers_)
    if (auto finished = writer.finish(); !finished) return finished;
  return {};
}

}  // namespace entrain
