// Seed 0's example session, played again: its log line for line, its sound sample for sample.
#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "control/sequence/sequence_sounds.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kPattern = R"(1000100010001010/3  ; Track 1: Cluster 2 (toms/snares), 1/3 speed
00001000            ; Track 2: Cluster 1 (snares/claps), normal speed
100001000010        ; Track 3: Cluster 0 (hi-hats/crashes), normal speed
[1.0, 0.8, 0.6]    ; Volumes for tracks 1, 2, 3
)";

using Names = std::vector<std::string>;
/// The drum computer of the seed: 27 hits in three clusters, in the order of its JSON file.
const std::pair<const char*, Names> kClusters[] = {
    {"2", {"RX11 TOM1.wav", "RX11 TOM2.wav", "RX11 TOM3.wav", "RX11 TOM4.wav", "RX11 SNR 4.wav"}},
    {"1",
     {"RX11 SNR 1.wav", "RX11 SNR 2.wav", "RX11 SNR 3.wav", "RX11 BD1.wav", "RX11 BD2.wav", "RX11 BD3.wav",
      "RX11 BD4.wav", "RX11 CLAP1.wav", "RX11 CLAP2.wav", "RX11 RIM1.wav", "RX11 RIM2.wav",
      "RX11 CWBELL1.wav", "RX11 CWBELL2.wav", "RX11 CLAVE.wav"}},
    {"0",
     {"RX11 CLHAT1.wav", "RX11 CLHAT2.wav", "RX11 OPHAT1.wav", "RX11 OPHAT2.wav", "RX11 SHAKER.wav",
      "RX11 CRASH.wav", "RX11 RIDE.wav", "RX11 CUP.wav"}}};

/// The seed's samples folder and mapping, with sounds of 0.05 s to 1.4 s; two of them stereo or at another
/// rate.
struct Session : TempDir {
  Session() {
    fs::create_directory(path / "samples");
    json = "{";
    std::uint32_t seed = 1;
    for (const auto& [id, names] : kClusters) {
      json += json.size() > 1 ? "],\n" : "\n";
      json += "  \"" + std::string(id) + "\": [";
      for (const std::string& name : names) {
        const bool stereo = name == "RX11 BD2.wav";
        const std::size_t frames = 2'205 * (1 + seed % 28);
        auto samples = exact_noise(frames * (stereo ? 2 : 1), seed++);
        for (float& x : samples) x *= 0.25f;
        write_sound(path / "samples" / name, SF_FORMAT_WAV | SF_FORMAT_PCM_24, 44'100, stereo ? 2 : 1,
                    samples);
        json += (&name == &names[0] ? "\"samples/" : ", \"samples/") + name + "\"";
      }
    }
    json += "]\n}\n";
  }
  Sequence plan(SequenceOptions options) const {
    auto planned =
        Sequence::plan(*parse_pattern_file(kPattern, "pattern.txt"),
                       *parse_cluster_mapping(json, "cluster_mapping.json"), options, "pattern.txt");
    REQUIRE(planned);
    return *std::move(planned);
  }
  std::vector<std::vector<Mono>> load(const Sequence& sequence) const {
    WorkerPool workers({{ENTRAIN_BAD_WORKER, "real"}});
    Sounds sounds(workers, Sequence::kRate, {});
    std::vector<std::string> remarks;
    auto loaded = load_sequence_sounds(sequence, path / "samples", sounds, remarks);
    INFO((loaded ? "" : loaded.error().sentence));
    REQUIRE(loaded);
    CHECK(remarks.empty());
    return *std::move(loaded);
  }
  FileSound render(const Sequence& sequence, const std::vector<std::vector<Mono>>& sounds,
               std::size_t block) const {
    auto writer = WaveWriter::open(path / "sequence.wav",
                                   {Sequence::kRate, 1, WaveFormat::pcm16, WaveMode::render, true});
    REQUIRE(writer);
    REQUIRE(render_sequence(sequence, sounds, *writer, block));
    REQUIRE(writer->finish());
    return read_back(path / "sequence.wav");
  }
  std::string json;
};

std::vector<std::string> log_of(const Sequence& sequence) {
  std::vector<std::string> lines;
  const auto add = [&](const std::string& line) { lines.push_back(line); };
  log_plan(sequence, add);
  log_triggers(sequence, add);
  return lines;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("the seed's example session logs line for line as the seed does", "[sequence]") {
  const Session session;
  const auto log = log_of(session.plan({120, 16, 42}));
  const auto head = lines_of(R"(Random seed: 42
Loaded clusters: {'2': 5, '1': 14, '0': 8}
Track to cluster mapping: {1: '2', 2: '1', 3: '0'}
Output length: 16s (705600 samples)
Parsed patterns and modifiers:
Track 1 (Cluster 2): 1000100010001010 → 1000100010001010100010001000101010001000100 (modifier: /3, step_duration: 0.37500s)
Track 2 (Cluster 1): 00001000 → 00001000000010000000100000001000000010000000100000001000000010000000100000001000000010000000100000001000000010000000100000001000 (modifier: none, step_duration: 0.12500s)
Track 3 (Cluster 0): 100001000010 → 10000100001010000100001010000100001010000100001010000100001010000100001010000100001010000100001010000100001010000100001010000100 (modifier: none, step_duration: 0.12500s)
Track 1 (Cluster 2) triggers:
Trigger at 0.00000s with RX11 TOM2.wav
Trigger at 1.50000s with RX11 TOM2.wav
Trigger at 3.00000s with RX11 TOM4.wav
Trigger at 4.50000s with RX11 SNR 4.wav
Trigger at 5.25000s with RX11 SNR 4.wav
Trigger at 6.00000s with RX11 SNR 4.wav
Trigger at 7.50000s with RX11 TOM3.wav
Trigger at 9.00000s with RX11 TOM1.wav
Trigger at 10.50000s with RX11 TOM4.wav
Trigger at 11.25000s with RX11 TOM3.wav
Trigger at 12.00000s with RX11 TOM4.wav
Trigger at 13.50000s with RX11 TOM2.wav
Trigger at 15.00000s with RX11 TOM4.wav
Track 2 (Cluster 1) triggers:
Trigger at 0.50000s with RX11 SNR 3.wav
Trigger at 1.50000s with RX11 BD4.wav
Trigger at 2.50000s with RX11 CWBELL2.wav
Trigger at 3.50000s with RX11 RIM2.wav)");
  REQUIRE(log.size() >= head.size());
  for (std::size_t i = 0; i < head.size(); ++i) CHECK(log[i] == head[i]);
  CHECK(log.size() == 8 + 3 + 13 + 16 + 32);
  CHECK(log.back() == "Trigger at 15.62500s with RX11 CRASH.wav");
}

TEST_CASE("a sequence is the plain sum of its hits, however it is cut into blocks", "[sequence]") {
  const Session session;
  const Sequence sequence = session.plan({120, 16, 42});
  const auto sounds = session.load(sequence);
  // Independently: every step of every track, placed and summed one by one.
  std::vector<double> sum(705'600);
  for (std::size_t t = 0; t < 3; ++t) {
    const auto& line = sequence.patterns().tracks[t];
    const double step = t == 0 ? 0.375 : 0.125;
    for (std::int64_t k = 0; step * static_cast<double>(k) < 16; ++k) {
      if (line.steps[static_cast<std::size_t>(k) % line.steps.size()] != '1') continue;
      const auto frame = static_cast<std::size_t>(step * static_cast<double>(k) * 44'100);
      const auto& names = kClusters[t].second;
      const auto chosen =
          draw_below(draw(42, DrawFor::sample, t, k), static_cast<std::uint32_t>(names.size()));
      const auto hit = read_back(session.path / "samples" / names[chosen]);
      for (std::size_t i = 0; i < static_cast<std::size_t>(hit.frames) && frame + i < sum.size(); ++i)
        sum[frame + i] +=
            line.volume *
            (hit.channels == 1 ? hit.samples[i] : 0.5 * (hit.samples[2 * i] + hit.samples[2 * i + 1]));
    }
  }
  const auto heard = session.render(sequence, sounds, 4096);
  CHECK(heard.rate == 44'100);
  CHECK(heard.channels == 1);
  CHECK(heard.format == (SF_FORMAT_WAV | SF_FORMAT_PCM_16));
  REQUIRE(heard.samples.size() == sum.size());
  double worst = 0;
  for (std::size_t i = 0; i < sum.size(); ++i)
    worst = std::max(
        worst, std::abs(static_cast<double>(heard.samples[i]) - std::clamp(sum[i], -1.0, 1.0)) * 32'768);
  CHECK(worst < 1.001);
  for (const std::size_t block : {1'000'000, 997})
    CHECK((session.render(sequence, sounds, block).samples == heard.samples));
}

TEST_CASE("a step lasts what tempo and modifier make it, and begins at the floor of its exact time",
          "[sequence]") {
  const auto plan = [](const std::string& pattern, double bpm) {
    auto made = Sequence::plan(*parse_pattern_file(pattern + "\n[1]", "p"),
                               *parse_cluster_mapping(R"({"0": ["a"]})", "c"), {bpm, 600, 1}, "p");
    REQUIRE(made);
    return *std::move(made);
  };
  struct Case {
    const char* pattern;
    double bpm, seconds;
  };
  for (const Case& c : {Case{"1", 120, 0.125}, Case{"1/3", 120, 0.375}, Case{"1*2", 120, 0.0625},
                        Case{"1*1.5", 120, 0.125 / 1.5}, Case{"1*2/3", 120, 0.1875},
                        Case{"1", 133.7, 15 / 133.7}, Case{"1*7", 999, 15 / 999.0 / 7}}) {
    const Sequence sequence = plan(c.pattern, c.bpm);
    CHECK(std::abs(sequence.step_seconds(0) - c.seconds) < 1e-12);
    for (const std::int64_t k : {0, 1, 2, 3, 1001, 4000}) {
      const long double exact = static_cast<long double>(k) * c.seconds * 44'100;
      CHECK(std::abs(static_cast<long double>(sequence.frame_of(0, k)) + 0.5L - exact) <= 0.5L + 1e-6L);
    }
    const std::int64_t steps = sequence.steps(0);
    CHECK(sequence.frame_of(0, steps - 1) < sequence.frames());
    CHECK(sequence.frame_of(0, steps) >= sequence.frames());
  }
  CHECK(plan("1/3", 120).frame_of(0, 1) == 16'537);
}

TEST_CASE("removing a hit of a sequence changes that hit alone, and the seed is all that draws",
          "[sequence]") {
  const auto hits = [](const std::string& pattern, std::uint64_t seed) {
    const auto plan = Sequence::plan(*parse_pattern_file(pattern + "\n[1]", "p"),
                                     *parse_cluster_mapping(R"({"0": ["a", "b", "c", "d", "e"]})", "c"),
                                     {120, 60, seed}, "p");
    REQUIRE(plan);
    std::map<std::int64_t, std::uint32_t> drawn;
    Sequence::Trigger hit;
    for (bool more = plan->next(0, 0, hit); more; more = plan->next(0, hit.step + 1, hit))
      drawn[hit.step] = hit.sample;
    return drawn;
  };
  const auto all = hits("1111", 7), fewer = hits("1101", 7), other = hits("1111", 8);
  CHECK(all.size() == 480);
  CHECK(fewer.size() == 360);
  for (const auto& [step, sample] : fewer) CHECK(all.at(step) == sample);
  CHECK(all != other);
  std::array<int, 5> counts{};
  for (const auto& [step, sample] : all) ++counts[sample];
  for (const int n : counts) CHECK(std::abs(n - 96) < 3 * std::sqrt(480 * 0.2 * 0.8));
}

TEST_CASE("a pattern without hits is silence, and clipping is counted", "[sequence]") {
  const TempDir dir;
  const auto render = [&](const char* pattern) {
    const auto plan = Sequence::plan(*parse_pattern_file(pattern, "p"),
                                     *parse_cluster_mapping(R"({"0": ["a"]})", "c"), {120, 1, 1}, "p");
    REQUIRE(plan);
    const auto sound = std::make_shared<const std::vector<float>>(100, 0.5f);
    auto writer = WaveWriter::open(dir.path / "out.wav",
                                   {Sequence::kRate, 1, WaveFormat::pcm16, WaveMode::render, true});
    REQUIRE(writer);
    const auto rendered = render_sequence(*plan, {{sound}}, *writer);
    REQUIRE(rendered);
    REQUIRE(writer->finish());
    CHECK(writer->frames() == 44'100);
    return *rendered;
  };
  CHECK(render("0000\n[1.0]").peak == 0);
  const SequenceSound loud = render("1\n[4.0]");
  CHECK(loud.peak == 2.0);
  CHECK(loud.clipped == 800);
  CHECK(render("1\n[-1]").clipped == 0);
}
