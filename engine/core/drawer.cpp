#include "engine/core/drawer.h"

#include <algorithm>

#include "engine/core/draws.h"

namespace entrain {

void Drawer::reset() {
  known_ = 0;
  held_.fill(-1);
}

void Drawer::release() { held_.fill(-1); }

void Drawer::heard(int sample) {
  std::copy_backward(heard_.begin(), heard_.end() - 1, heard_.end());
  heard_[0] = static_cast<std::int16_t>(sample);
  known_ = std::min(known_ + 1, kMaxMemory);
}

bool Drawer::recent(int sample, int memory) const {
  return std::find(heard_.begin(), heard_.begin() + memory, sample) != heard_.begin() + memory;
}

int Drawer::draw(const Cluster& cluster, const Choice& choice) {
  const int size = static_cast<int>(cluster.samples.size());
  const int memory = std::min({choice.memory, known_, size - 1});
  int sample = 0;
  const bool first = known_ == 0 || heard_[0] >= size;  // nothing to go on from
  switch (choice.mode) {
    case DrawMode::round_robin:
      sample = first ? 0 : (heard_[0] + 1) % size;
      break;
    case DrawMode::nearest:
    case DrawMode::farthest:
      if (!first && memory > 0 && !cluster.neighbours.empty()) {
        sample = along_timbre(cluster, memory, choice.mode == DrawMode::nearest, choice.bits);
        break;
      }
      [[fallthrough]];
    case DrawMode::no_repeat:
      sample = among_others(cluster, memory, choice.bits);
      break;
    case DrawMode::random:
      sample = static_cast<int>(draw_below(choice.bits, static_cast<std::uint32_t>(size)));
      break;
  }
  heard(sample);
  return sample;
}

/// Evenly among those that were not heard lately.
int Drawer::among_others(const Cluster& cluster, int memory, std::uint64_t bits) const {
  const int size = static_cast<int>(cluster.samples.size());
  std::array<int, kMaxMemory> closed;  // in rising order, each once
  int count = 0;
  for (int i = 0; i < memory; ++i) {
    const int sample = heard_[static_cast<std::size_t>(i)];
    int* const at = std::lower_bound(closed.data(), closed.data() + count, sample);
    if (sample >= size || (at != closed.data() + count && *at == sample)) continue;
    std::copy_backward(at, closed.data() + count, closed.data() + count + 1);
    *at = sample;
    ++count;
  }
  auto chosen = static_cast<int>(draw_below(bits, static_cast<std::uint32_t>(size - count)));
  for (int i = 0; i < count; ++i)
    if (chosen >= closed[static_cast<std::size_t>(i)]) ++chosen;
  return chosen;
}

/// The nearest to the last one, or the farthest, of those that were not heard lately; now and then the second
/// nearest, or the walk would go round the same few for ever.
int Drawer::along_timbre(const Cluster& cluster, int memory, bool near, std::uint64_t bits) const {
  constexpr double kSecond = 0.25;
  const std::size_t ranks = cluster.samples.size() - 1;
  bool skip = draw_part(bits) < kSecond;
  int found = heard_[0];
  for (std::size_t i = 0; i < ranks; ++i) {
    const int sample = cluster.neighbour(static_cast<std::size_t>(heard_[0]), near ? i : ranks - 1 - i);
    if (recent(sample, memory)) continue;
    found = sample;
    if (!skip) break;
    skip = false;
  }
  return found;
}

}  // namespace entrain
