#include "control/sequence/sequence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/time.h"

namespace entrain {
namespace {

__extension__ using Wide = __int128;

Error out_of_range(const char* option, double value, double min, double max, const char* unit) {
  return Error{fmt::format("--{} {} is out of range: use {} to {} {}", option, value, min, max, unit)};
}

}  // namespace

Result<Sequence> Sequence::plan(PatternFile patterns, ClusterMapping mapping, SequenceOptions options,
                                const std::string& pattern_name) {
  if (!(options.bpm >= kMinBpm && options.bpm <= kMaxBpm))
    return out_of_range("bpm", options.bpm, kMinBpm, kMaxBpm, "BPM");
  const double shortest = 0.001;
  if (!(options.seconds >= shortest && options.seconds <= kMaxSeconds))
    return out_of_range("length", options.seconds, shortest, kMaxSeconds, "seconds");
  const std::size_t tracks = patterns.tracks.size(), clusters = mapping.clusters.size();
  if (tracks > clusters)
    return Error{fmt::format(
        "{} has {} tracks, but {} only {} cluster{}; remove {} track{}, or cluster the sounds into {}",
        pattern_name, tracks, mapping.name, clusters, clusters == 1 ? "" : "s", tracks - clusters,
        tracks - clusters == 1 ? "" : "s", tracks)};
  Sequence sequence;
  sequence.tempo_ = std::llround(options.bpm * Tempo::kPerBpm);
  sequence.frames_ = static_cast<std::int64_t>(options.seconds * kRate + 1e-6);
  sequence.patterns_ = std::move(patterns);
  sequence.mapping_ = std::move(mapping);
  sequence.options_ = options;
  for (std::size_t t = 0; t < tracks; ++t)
    if (sequence.step_seconds(t) * kRate < 1)
      return Error{
          fmt::format("{}: the steps of track {} would be shorter than a sample; lower its *N or --bpm",
                      pattern_name, t + 1)};
  return sequence;
}

double Sequence::step_seconds(std::size_t track) const {
  const Pattern& p = patterns_.tracks[track].pattern;
  return 15.0 * Tempo::kPerBpm * p.speed_den / (static_cast<double>(tempo_) * p.speed_num);
}

std::int64_t Sequence::frame_of(std::size_t track, std::int64_t step) const {
  const Pattern& p = patterns_.tracks[track].pattern;
  const Wide sixteenth = Wide{15} * Tempo::kPerBpm * kRate;  // frames, times the tempo
  return static_cast<std::int64_t>(Wide{step} * p.speed_den * sixteenth / (Wide{tempo_} * p.speed_num));
}

std::int64_t Sequence::steps(std::size_t track) const {
  auto count = static_cast<std::int64_t>(static_cast<double>(frames_) / kRate / step_seconds(track));
  while (frame_of(track, count) < frames_) ++count;
  while (count > 1 && frame_of(track, count - 1) >= frames_) --count;
  return count;
}

bool Sequence::next(std::size_t track, std::int64_t from, Trigger& trigger) const {
  const auto& steps = patterns_.tracks[track].pattern.steps;
  const auto length = static_cast<std::int64_t>(steps.size());
  for (std::int64_t step = from; step < from + length; ++step) {
    if (!steps[static_cast<std::size_t>(step % length)].hits()) continue;
    const std::uint64_t bits = draw(options_.seed, DrawFor::sample, track, step);
    trigger = {step, frame_of(track, step),
               draw_below(bits, static_cast<std::uint32_t>(cluster(track).samples.size()))};
    return trigger.frame < frames_;
  }
  return false;
}

namespace {

/// One track's hits, in the order in which they begin.
class Player {
 public:
  Player(const Sequence& sequence, std::size_t track, const std::vector<Mono>& sounds)
      : sequence_(sequence),
        track_(track),
        sounds_(sounds),
        volume_(sequence.patterns().tracks[track].volume) {
    more_ = sequence.next(track, 0, next_);
  }

  /// Adds what sounds from frame `begin` on.
  void add(std::vector<double>& block, std::int64_t begin) {
    const auto end = begin + static_cast<std::int64_t>(block.size());
    for (; more_ && next_.frame < end; more_ = sequence_.next(track_, next_.step + 1, next_))
      ringing_.push_back(next_);
    for (const Sequence::Trigger& hit : ringing_) {
      const std::vector<float>& sound = *sounds_[hit.sample];
      const std::int64_t to = std::min(end, hit.frame + static_cast<std::int64_t>(sound.size()));
      for (std::int64_t f = std::max(begin, hit.frame); f < to; ++f)
        block[static_cast<std::size_t>(f - begin)] +=
            volume_ * static_cast<double>(sound[static_cast<std::size_t>(f - hit.frame)]);
    }
    std::erase_if(ringing_, [&](const auto& hit) {
      return hit.frame + static_cast<std::int64_t>(sounds_[hit.sample]->size()) <= end;
    });
  }

 private:
  const Sequence& sequence_;
  const std::size_t track_;
  const std::vector<Mono>& sounds_;
  const double volume_;
  Sequence::Trigger next_;
  bool more_ = false;
  std::vector<Sequence::Trigger> ringing_;
};

}  // namespace

Result<SequenceSound> render_sequence(const Sequence& sequence, const std::vector<std::vector<Mono>>& sounds,
                                      WaveWriter& output, std::size_t block) {
  std::vector<Player> players;
  for (std::size_t t = 0; t < sequence.tracks(); ++t) players.emplace_back(sequence, t, sounds[t]);
  SequenceSound result;
  std::vector<double> sum;
  std::vector<float> samples;
  for (std::int64_t at = 0; at < sequence.frames(); at += static_cast<std::int64_t>(block)) {
    sum.assign(static_cast<std::size_t>(
                   std::min<std::int64_t>(static_cast<std::int64_t>(block), sequence.frames() - at)),
               0.0);
    for (Player& player : players) player.add(sum, at);
    samples.resize(sum.size());
    for (std::size_t i = 0; i < sum.size(); ++i) {
      result.peak = std::max(result.peak, std::abs(sum[i]));
      samples[i] = static_cast<float>(sum[i]);
    }
    if (auto written = output.append(samples); !written) return written.error();
  }
  result.clipped = output.clipped();
  return result;
}

}  // namespace entrain
