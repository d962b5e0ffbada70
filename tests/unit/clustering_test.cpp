// A folder of sounds becomes a mapping, and the mapping plays.
#include "control/sequence/clustering.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>

#include "control/sequence/sequence_sounds.h"
#include "control/text_file.h"
#include "engine/library/sound_folder.h"
#include "tests/support/odd_sounds.h"
#include "tests/support/sound_files.h"

using namespace entrain;
using namespace entrain::test;
namespace fs = std::filesystem;

namespace {

using Clusters = std::vector<std::vector<std::string>>;

/// Kicks that fall from above, bursts of noise of a tenth of a second, and ticks of high noise.
std::vector<float> kick(double hertz) {
  std::vector<float> sound(20'000);
  double phase = 0;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const double t = static_cast<double>(i) / 44'100;
    phase += 2 * std::numbers::pi * hertz * (1 + 3 * std::exp(-t / 0.02)) / 44'100;
    sound[i] = static_cast<float>(0.7 * std::exp(-t / 0.12) * std::sin(phase));
  }
  return sound;
}
std::vector<float> burst(std::uint32_t seed, float decay, bool high) {
  auto sound = white_noise(15'000, seed);
  for (std::size_t i = sound.size() - 1; i > 0; --i)
    sound[i] =
        (high ? sound[i] - sound[i - 1] : sound[i] + sound[i - 1]) * std::exp(-static_cast<float>(i) / decay);
  return sound;
}

struct Drums : TempDir {
  Drums() {
    fs::create_directories(path / "samples" / "more");
    const auto put = [&](const char* name, const std::vector<float>& sound) {
      write_sound(path / "samples" / name, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44'100, 1, sound);
    };
    put("BD1.wav", kick(50));
    put("BD2.wav", kick(57));
    put("CLHAT1.wav", burst(1, 600, true));
    put("CLHAT2.WAV", burst(2, 800, true));
    put("SNR1.wav", burst(3, 4'000, false));
    put("SNR2.wav", burst(4, 5'000, false));
    put("more/BD3.wav", kick(46));
    put_bytes(path / "samples" / "notes.txt", "no sound");
    put_bytes(path / "samples" / ".hidden.wav", "no sound");
  }
  std::string at(const char* name) const { return (path / "samples" / name).string(); }
  std::vector<fs::path> files() const {
    const auto found = some_sounds_in(path / "samples");
    REQUIRE(found);
    return *found;
  }
  Clustering cluster(const ClusteringOptions& options) const {
    WorkerPool workers({{ENTRAIN_BAD_WORKER, "real"}});
    auto clustering = cluster_sounds(files(), options, workers);
    INFO((clustering ? "" : clustering.error().sentence));
    REQUIRE(clustering);
    return *std::move(clustering);
  }
  Clusters expected() const {
    return {{at("BD1.wav"), at("BD2.wav"), at("more/BD3.wav")},
            {at("CLHAT1.wav"), at("CLHAT2.WAV")},
            {at("SNR1.wav"), at("SNR2.wav")}};
  }
};

}  // namespace

TEST_CASE("a folder's sounds are found in order, hidden ones and texts are not", "[clustering]") {
  const Drums drums;
  const auto files = drums.files();
  REQUIRE(files.size() == 7);
  CHECK(std::ranges::is_sorted(files));
  CHECK(some_sounds_in(drums.path / "nowhere").error().sentence.find("is not a folder") != std::string::npos);
  fs::create_directory(drums.path / "empty");
  CHECK(some_sounds_in(drums.path / "empty").error().sentence.find("holds no sounds") != std::string::npos);
}

TEST_CASE("kicks, hats and snares are three clusters, by features and by pictures", "[clustering]") {
  const Drums drums;
  CHECK(drums.cluster({}).clusters == drums.expected());
  ClusteringOptions pictures;
  pictures.method = ClusteringOptions::Method::picture;
  const auto once = drums.cluster(pictures), again = drums.cluster(pictures);
  CHECK(once.clusters == again.clusters);
  CHECK(once.clusters.size() == 3);
  pictures.width = pictures.height = 20;
  pictures.rate = 22'050;
  CHECK(drums.cluster(pictures).clusters.size() == 3);
}

TEST_CASE("clusters are counted where none are asked for", "[clustering]") {
  const Drums drums;
  ClusteringOptions options;
  options.clusters = std::nullopt;
  CHECK(drums.cluster(options).clusters == drums.expected());
}

TEST_CASE("a file that cannot be read costs one file", "[clustering]") {
  const Drums drums;
  put_bytes(drums.at("broken.wav"), "RIFF");
  put_bytes(drums.at("caf\xe9.wav"), "a name in Latin-1");
  const auto clustering = drums.cluster({});
  CHECK(clustering.clusters == drums.expected());
  REQUIRE(clustering.skipped.size() == 2);
  CHECK(clustering.skipped[0].find("is not UTF-8; rename it") != std::string::npos);
  CHECK(clustering.skipped[1].find("broken.wav") != std::string::npos);
}

TEST_CASE("what cannot be clustered is said in one sentence", "[clustering]") {
  const Drums drums;
  WorkerPool workers({{ENTRAIN_BAD_WORKER, "real"}});
  const auto sentence = [&](auto change) {
    ClusteringOptions options;
    change(options);
    const auto clustering = cluster_sounds(drums.files(), options, workers);
    return clustering ? std::string() : clustering.error().sentence;
  };
  CHECK(sentence([](auto& o) { o.clusters = 8; }) ==
        "7 sounds cannot make 8 clusters; ask for fewer, or add sounds");
  CHECK(sentence([](auto& o) { o.clusters = 0; }).find("--clusters is 0") == 0);
  CHECK(sentence([](auto& o) { o.rate = 1; }).find("--rate is 1") == 0);
  CHECK(sentence([](auto& o) { o.width = 0; }).find("--thumbnail is 0x100") == 0);
}

TEST_CASE("the mapping and its listing are the seed's, and `sequence` plays it", "[clustering]") {
  const Drums drums;
  const auto clustering = drums.cluster({});
  std::string listing;
  log_clusters(clustering, [&](const std::string& line) { listing += line + "\n"; });
  const auto [kicks, hats, snares] =
      std::tuple(drums.expected()[0], drums.expected()[1], drums.expected()[2]);
  CHECK(listing == "Cluster Mapping:\nCluster 0:\n  - " + kicks[0] + "\n  - " + kicks[1] + "\n  - " +
                       kicks[2] + "\nCluster 1:\n  - " + hats[0] + "\n  - " + hats[1] + "\nCluster 2:\n  - " +
                       snares[0] + "\n  - " + snares[1] + "\n");

  const fs::path file = drums.path / "cluster_mapping.json";
  REQUIRE(write_text(file, mapping_text(clustering)));
  const auto mapping = read_cluster_mapping(file);
  REQUIRE(mapping);
  REQUIRE(mapping->clusters.size() == 3);
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(mapping->clusters[c].id == std::to_string(c));
    CHECK(mapping->clusters[c].samples == drums.expected()[c]);
  }
  auto patterns = parse_pattern_file("1000\n0010\n0100\n[1.0, 0.8, 0.6]\n", "pattern.txt");
  REQUIRE(patterns);
  const auto plan = Sequence::plan(*std::move(patterns), *mapping, {120, 1, 7}, "pattern.txt");
  REQUIRE(plan);
  WorkerPool workers({{ENTRAIN_BAD_WORKER, "real"}});
  Sounds sounds(workers, Sequence::kRate, {});
  std::vector<std::string> remarks;
  const auto tracks = load_sequence_sounds(*plan, drums.path, sounds, remarks);
  REQUIRE(tracks);
  auto output = WaveWriter::open(drums.path / "sequence.wav",
                                 {Sequence::kRate, 1, WaveFormat::pcm16, WaveMode::render, true});
  REQUIRE(output);
  const auto sound = render_sequence(*plan, *tracks, *output);
  REQUIRE(sound);
  CHECK(sound->peak > 0.5);
  REQUIRE(output->finish());
  CHECK(read_back(drums.path / "sequence.wav").frames == 44'100);
}
