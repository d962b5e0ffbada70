// A live jam, with real threads, real workers and a real JACK server that dies, comes again from its journal bit
// for bit; and what JACK hears is what an offline render writes.
#include <jack/jack.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "control/live/session.h"
#include "control/protocol/client.h"
#include "control/record/journal_reader.h"
#include "control/record/render_files.h"
#include "control/record/replay.h"
#include "control/stage/sounds.h"
#include "tests/support/catch.h"
#include "tests/support/jack_server.h"
#include "tests/support/temp_dir.h"

using namespace entrain;
using namespace entrain::test;
using State = DeviceStatus::State;
namespace fs = std::filesystem;

namespace {

fs::path write_set(const fs::path& folder, bool autoplay) {
  const auto path = folder / "set.toml";
  std::ofstream(path) << "autoplay = " << (autoplay ? "true" : "false") << "\nfolders = [\"" << kSonicPiSamples << "\"]\n"
                      << R"([clusters]
kick = ["bd_haus.flac", "bd_klub.flac", "bd_tek.flac"]
hat = ["drum_cymbal_closed.flac", "drum_cymbal_pedal.flac", "elec_tick.flac"]
[track.1]
cluster = "kick"
pattern = "1000100010001000"
[track.2]
cluster = "hat"
pattern = "10110010*3"
[deck.1]
loop = "loop_amen.flac"
beats = 4
play = true
[controls]
"/transport/tempo" = 133.7
)";
  return path;
}

LiveOptions options_for(const fs::path& folder, bool autoplay) {
  LiveOptions options;
  options.set = write_set(folder, autoplay);
  options.rate = 48'000;
  options.osc_port = 0;
  options.seed = 20;
  options.journal = folder / "jam.journal";
  options.socket = folder / "stage.sock";
  options.worker = {ENTRAIN_BINARY, "worker"};
  return options;
}

std::unique_ptr<LiveSession> start(const LiveOptions& options) {
  auto session = LiveSession::start(options, [](const std::string&) {});
  if (!session) FAIL(session.error().sentence);
  return *std::move(session);
}

/// A hand on the socket that does whatever comes into its head, as fast as the stage answers.
void storm(const std::filesystem::path& socket, unsigned seed, const std::atomic<bool>& over) {
  auto client = StageClient::connect(socket);
  if (!client) return;
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  const char* grids[] = {"now", "step", "beat", "bar"};
  const char* loops[] = {"loop_amen.flac", "loop_breakbeat.flac", "loop_garzul.flac", "loop_mika.flac", "nowhere.flac"};
  while (!over) {
    const std::string deck = "/deck/" + std::to_string(1 + below(4)), track = "/track/" + std::to_string(1 + below(16));
    Json request;
    switch (below(9)) {
      case 0: request = {{"do", deck + "/load"}, {"args", {loops[below(5)], 4 << below(3)}}}; break;
      case 1: request = {{"set", deck + "/play"}, {"value", below(3) > 0}}; break;
      case 2: request = {{"set", deck + "/gain"}, {"value", -below(40)}, {"glide", below(8)}}; break;
      case 3: request = {{"do", track + "/step"}, {"args", {1 + below(16), below(2)}}}; break;
      case 4: request = {{"do", track + "/cluster"}, {"args", {below(2) ? "kick" : "hat"}}}; break;
      case 5: request = {{"set", "/transport/tempo"}, {"value", 60 + below(140)}, {"glide", below(6)}}; break;
      case 6: request = {{"do", "/undo"}}; break;
      case 7: request = {{"set", track + "/hit"}, {"value", 0.5}}; break;
      default: request = {{"do", track + "/pattern"}, {"args", {below(2) ? "10100110/3" : "1011*2"}}}; break;
    }
    request["at"] = grids[below(4)];
    if (!client->send(request) || !client->receive(std::chrono::seconds(20))) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(below(20)));
  }
}

struct Replayed {
  ReplaySummary summary;
  std::vector<float> left;
};

/// Replays a journal; writes the take it should have made to `take`.
Replayed replay(const std::filesystem::path& file, const std::filesystem::path& take) {
  auto journal = read_journal(file);
  if (!journal) FAIL(journal.error().sentence);
  CHECK(journal->complete);
  const int rate = journal->header.rate;
  const EngineConfig here{rate, journal->header.seed, best_isa()};
  WorkerPool workers({{ENTRAIN_BINARY, "worker"}});
  Sounds sounds(workers, rate, {});
  auto prepared = Replay::prepare(*std::move(journal), [&](const AssetLine& line) -> Result<std::shared_ptr<const Asset>> {
    auto loaded = sounds.load(line.path);
    if (!loaded) return loaded.error();
    return loaded->asset;
  }, header_of_this_process(here, ENTRAIN_VERSION, ""));
  if (!prepared) FAIL(prepared.error().sentence);
  auto files = RenderFiles::open(take, rate, WaveFormat::pcm24, false);
  REQUIRE(files);
  Replayed replayed;
  auto summary = prepared->run([&](const auto& channels, Engine& engine) {
    replayed.left.insert(replayed.left.end(), channels[0], channels[0] + kQuantum);
    return files->add(channels, engine);
  });
  REQUIRE(summary);
  REQUIRE(files->finish());
  replayed.summary = *summary;
  return replayed;
}

std::string bytes_after_header(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string all((std::istreambuf_iterator<char>(file)), {});
  return all.substr(all.find("data") + 8);
}

}  // namespace

TEST_CASE("a jam whose JACK server was killed and replaced comes again bit for bit") {
  const char* asked = std::getenv("ENTRAIN_STORM_SECONDS");
  const double seconds = asked != nullptr ? std::atof(asked) : 8;
  const TempDir dir;
  const fs::path& folder = dir.path;
  JackServer server;
  server.start(48'000, 64);
  REQUIRE(eventually([] { return run({"jack_lsp"}) == 0; }));

  LiveOptions options = options_for(folder, true);
  options.record = folder / "take.wav";
  if (const char* seed = std::getenv("ENTRAIN_STORM_SEED")) options.seed = std::strtoull(seed, nullptr, 10);
  auto session = start(options);
  REQUIRE(session->device().state == State::device);

  std::atomic<bool> over{false};
  std::vector<std::thread> hands;
  for (unsigned hand = 0; hand < 4; ++hand)
    hands.emplace_back([&, hand] { storm(*options.socket, static_cast<unsigned>(*options.seed) * 16 + hand, over); });
  const auto play_for = [&](double s) {
    const Frame until = session->snapshot().frame + static_cast<std::int64_t>(s * session->rate());
    REQUIRE(eventually([&] { return session->snapshot().frame >= until; }, std::chrono::seconds(static_cast<int>(s) * 3 + 60)));
  };
  play_for(seconds / 2);
  server.kill_hard();
  REQUIRE(eventually([&] { return session->device().state == State::null_clock; }));
  play_for(1);
  server.start(44'100, 128);
  REQUIRE(eventually([&] { return session->device().state == State::device; }));
  play_for(seconds / 2);
  over = true;
  for (std::thread& hand : hands) hand.join();
  const Snapshot last = session->snapshot();
  CHECK(session->stop());
  session.reset();

  const Replayed replayed = replay(*options.journal, folder / "again.wav");
  INFO(replayed.summary.sentence);
  CHECK(replayed.summary.bit_exact());
  CHECK(replayed.summary.checksums > static_cast<std::int64_t>(seconds));  // the last one at the stop
  CHECK(bytes_after_header(folder / "take.wav") == bytes_after_header(folder / "again.wav"));
  CHECK(last.epoch > 5);  // the storm did change the performance
  WARN(last.events << " events, " << last.epoch << " versions, " << last.missed << " boundaries missed, " << last.late
                   << " launches late, " << last.refused << " refused: " << replayed.summary.sentence);
}

namespace {

/// Hears what the session sends to JACK, from preallocated memory.
class Listener {
 public:
  explicit Listener(std::size_t frames) : heard_(frames) {
    client_ = jack_client_open("entrain-listener", JackNoStartServer, nullptr);
    if (client_ == nullptr) FAIL("no JACK server answers");
    port_ = jack_port_register(client_, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    jack_set_process_callback(client_, [](jack_nframes_t n, void* self) { return static_cast<Listener*>(self)->take(n); }, this);
    REQUIRE(jack_activate(client_) == 0);
  }
  ~Listener() { jack_client_close(client_); }

  bool connect_to(const std::string& client) {
    const char** ports = jack_get_ports(client_, ("^" + client + ".*:").c_str(), JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput);
    if (ports == nullptr) return false;
    const bool connected = jack_connect(client_, ports[0], jack_port_name(port_)) == 0;
    jack_free(ports);
    return connected;
  }
  void freewheel(bool on) { REQUIRE(jack_set_freewheel(client_, on ? 1 : 0) == 0); }
  std::size_t count() const { return count_.load(); }
  const std::vector<float>& heard() const { return heard_; }

 private:
  int take(jack_nframes_t n) {
    const auto* in = static_cast<const float*>(jack_port_get_buffer(port_, n));
    const std::size_t at = count_.load(std::memory_order_relaxed);
    const std::size_t fits = std::min<std::size_t>(n, heard_.size() - at);
    std::copy(in, in + fits, heard_.begin() + static_cast<std::ptrdiff_t>(at));
    count_.store(at + fits);
    return 0;
  }
  std::vector<float> heard_;
  std::atomic<std::size_t> count_{0};
  jack_client_t* client_ = nullptr;
  jack_port_t* port_ = nullptr;
};

}  // namespace

TEST_CASE("sixty seconds heard through JACK equal the offline render, sample for sample") {
  const TempDir dir;
  const fs::path& folder = dir.path;
  JackServer server;
  server.start(48'000, 64);
  REQUIRE(eventually([] { return run({"jack_lsp"}) == 0; }));
  auto session = start(options_for(folder, false));
  REQUIRE(session->device().state == State::device);
  constexpr std::size_t kSeconds = 60;
  {
    Listener listener(48'000 * (kSeconds + 30));
    REQUIRE(eventually([&] { return listener.connect_to("entrain"); }));
    REQUIRE(eventually([&] { return listener.count() > 4'800; }));
    auto client = StageClient::connect(folder / "stage.sock");
    REQUIRE(client);
    REQUIRE(client->send({{"set", "/transport/play"}, {"value", 1}}));
    REQUIRE(client->receive(std::chrono::seconds(20)));
    listener.freewheel(true);
    // As fast as the machine goes, and it may be a busy one: only a hang takes this long.
    REQUIRE(eventually([&] { return listener.count() > 48'000 * (kSeconds + 2); }, std::chrono::seconds(200)));
    listener.freewheel(false);
    session->stop();
    const Replayed replayed = replay(folder / "jam.journal", folder / "again.wav");
    INFO(replayed.summary.sentence);
    CHECK(replayed.summary.bit_exact());

    // Both are silent until the first hit: there they are laid on one another.
    const auto sounds = [](float x) { return x != 0.0f; };
    const auto heard = std::find_if(listener.heard().begin(), listener.heard().end(), sounds);
    const auto rendered = std::find_if(replayed.left.begin(), replayed.left.end(), sounds);
    const auto frames = static_cast<std::ptrdiff_t>(48'000 * kSeconds);
    REQUIRE(listener.heard().end() - heard > frames);
    REQUIRE(replayed.left.end() - rendered > frames);
    CHECK(std::equal(heard, heard + frames, rendered));
  }
}
