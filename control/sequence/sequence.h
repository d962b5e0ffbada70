// The sequence: what plays when, as a pure function of patterns, clusters, tempo and seed; and its sound.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/record/wave_writer.h"
#include "control/sequence/cluster_mapping.h"
#include "control/sequence/pattern_file.h"
#include "engine/core/draws.h"

namespace entrain {

struct SequenceOptions {
  double bpm = 120;     ///< rounded to 1/10 000
  double seconds = 16;  ///< of output
  std::uint64_t seed = 0;
};

/// One track of patterns on one cluster of the mapping each, in the order of both files.
class Sequence {
 public:
  static constexpr int kRate = 44'100;
  static constexpr double kMinBpm = 1, kMaxBpm = 10'000, kMaxSeconds = 86'400;

  struct Trigger {
    std::int64_t step = 0;   ///< from 0, over all repeats of the pattern
    std::int64_t frame = 0;  ///< floor of its exact time
    std::uint32_t sample = 0;
  };

  /// The Error says which number is out of range, or which tracks have no cluster. Names are for sentences.
  static Result<Sequence> plan(PatternFile patterns, ClusterMapping mapping, SequenceOptions options,
                               const std::string& pattern_name);

  const PatternFile& patterns() const { return patterns_; }
  const ClusterMapping& mapping() const { return mapping_; }
  const SequenceOptions& options() const { return options_; }
  std::int64_t frames() const { return frames_; }
  std::size_t tracks() const { return patterns_.tracks.size(); }
  const ClusterMapping::Entry& cluster(std::size_t track) const { return mapping_.clusters[track]; }

  double step_seconds(std::size_t track) const;
  std::int64_t frame_of(std::size_t track, std::int64_t step) const;
  /// Steps that begin within the output.
  std::int64_t steps(std::size_t track) const;
  /// The first trigger at step `from` or later; false when none begins within the output.
  bool next(std::size_t track, std::int64_t from, Trigger& trigger) const;

 private:
  PatternFile patterns_;
  ClusterMapping mapping_;
  SequenceOptions options_;
  std::int64_t frames_ = 0, tempo_ = 0;  ///< tempo: in 1/10 000 BPM
};

/// A sound at Sequence::kRate, one channel.
using Mono = std::shared_ptr<const std::vector<float>>;

struct SequenceSound {
  double peak = 0;           ///< highest magnitude of the sum, a factor of full scale
  std::int64_t clipped = 0;  ///< samples
};

/// The plain sum of all hits, each times its track's volume and cut at the end; no limiter. `sounds[t][i]` is
/// sample i of track t. Memory does not grow with the length. The output does not depend on how it is cut
/// into blocks: at each frame, hits are added by track, then by time, in double precision.
Result<SequenceSound> render_sequence(const Sequence& sequence, const std::vector<std::vector<Mono>>& sounds,
                                      WaveWriter& output, std::size_t block = 4096);

/// The console log of seed 0, line for line: first what is known before a sound is loaded, then the hits.
using LogLine = std::function<void(const std::string&)>;
void log_plan(const Sequence& sequence, const LogLine& line);
void log_triggers(const Sequence& sequence, const LogLine& line);

}  // namespace entrain
