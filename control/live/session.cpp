#include "control/live/session.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <random>

#include "control/device/devices.h"
#include "control/flow/flow_desk.h"
#include "control/library/compatibility_config.h"
#include "control/library/library_queries.h"
#include "control/live/realtime.h"
#include "control/osc/osc_server.h"
#include "control/prehear/own_journal.h"
#include "control/protocol/server.h"
#include "control/record/journal_writer.h"
#include "control/record/take.h"
#include "control/stage/set_loader.h"
#include "control/stage/set_store.h"
#include "engine/library/user_folder.h"

namespace entrain {
namespace {

/// The rate asked for, or the one the device would choose: then nothing needs resampling.
int choose_rate(const LiveOptions& options) {
  if (options.rate) return *options.rate;
  if (options.device == "null") return 48'000;
  const auto devices = list_devices();
  if (!devices) return 48'000;
  for (const DeviceEntry& device : *devices) {
    const bool wanted = options.device == "default" ? device.is_default
                                                    : device.name.find(options.device) != std::string::npos;
    if (wanted && EngineConfig::allows(device.preferred_rate))
      return device.preferred_rate;
  }
  return 48'000;
}

std::uint64_t draw_seed() { return std::uint64_t{std::random_device{}()} << 32 | std::random_device{}(); }

}  // namespace

/// Everything of a session, in the order in which it is made; taken apart in stop().
struct LiveSession::Parts {
  Parts(const LiveOptions& o, Say s) : options(o), say_(std::move(s)) {}

  Result<void> assemble();
  Result<void> choose_config();
  LoadedSet load();
  void open_library();
  MoreQueries more_queries();
  Result<void> open_records();
  Result<void> open_journal();
  void open_flow();
  std::string deaf() const;
  void post_all(const std::vector<Event>& events);
  Result<void> open_device();
  void open_osc();
  void say(const std::string& sentence) {
    const std::lock_guard lock(say_mutex);
    say_(sentence);
  }
  void tend();
  bool stop();

  LiveOptions options;
  Say say_;
  std::mutex say_mutex;

  SetFile set;
  EngineConfig config;
  std::unique_ptr<WorkerPool> workers;
  std::unique_ptr<Sounds> sounds;
  Engine engine;
  std::unique_ptr<OwnJournal> own_journal;  ///< where none was asked for
  std::unique_ptr<JournalWriter> journal;
  std::unique_ptr<Take> take;
  std::unique_ptr<Wires> wires;
  std::unique_ptr<Stage> stage;
  std::unique_ptr<LibraryKeeper> library;
  std::unique_ptr<KnownLoops> loops;
  std::unique_ptr<Prehear> prehear;
  std::unique_ptr<FlowDesk> flow;
  std::unique_ptr<StageServer> server;
  std::unique_ptr<DeviceHost> host;
  std::unique_ptr<OscServer> osc;
  std::atomic<bool> device_open{false};
  int event_latency = 0;
  std::string take_trouble, journal_trouble;  ///< said already
  bool stopped = false, whole = true;
};

// --- start

Result<std::unique_ptr<LiveSession>> LiveSession::start(const LiveOptions& options, Say say) {
  auto parts = std::make_unique<Parts>(options, std::move(say));
  if (auto assembled = parts->assemble(); !assembled) return assembled.error();
  return std::unique_ptr<LiveSession>(new LiveSession(std::move(parts)));
}

Result<void> LiveSession::Parts::assemble() {
  if (auto chosen = choose_config(); !chosen) return chosen.error();
  LoadedSet loaded = load();
  engine.prepare(config);
  if (auto opened = open_records(); !opened) return opened.error();
  wires = std::make_unique<Wires>(engine, config.rate, journal.get(), take.get());

  const auto events = std::move(loaded.events);
  Stage::Start start{set, std::move(loaded)};
  if (journal) start.on_version = [this](std::shared_ptr<const Performance> version) { journal->add(std::move(version)); };
  stage = std::make_unique<Stage>(*wires, *sounds, config.rate, engine.lead(), std::move(start));
  open_library();
  if (library) open_flow();
  auto opened = StageServer::start(*stage, options.socket.value_or(default_socket_path()), more_queries());
  if (!opened) return opened.error();
  server = *std::move(opened);

  stage->run();
  post_all(events);
  for (const std::string& sentence : {lock_memory(), check_priorities()})
    if (!sentence.empty()) say(sentence);
  if (auto device = open_device(); !device) return device.error();
  open_osc();
  return {};
}

Result<void> LiveSession::Parts::choose_config() {
  if (options.set) {
    auto read = options.restore ? read_autosave(*options.set) : read_set(*options.set);
    if (!read) return read.error();
    set = *std::move(read);
    if (!options.restore && autosave_waits(*options.set))
      say(fmt::format("What was changed last time and not saved waits in {}; --restore opens it.", autosave_of(*options.set).string()));
  }
  config.rate = choose_rate(options);
  if (!EngineConfig::allows(config.rate))
    return Error{fmt::format("--rate {} is out of range: {} to {} Hz", config.rate,
                             EngineConfig::kLeastRate, EngineConfig::kMostRate)};
  config.isa = best_isa();
  if (options.isa) {
    const auto named = isa_named(*options.isa);
    if (!named) {
      std::string names;
      for (const Isa isa : available_isas()) names += fmt::format(" {}", name_of(isa));
      return Error{fmt::format("--isa {} is not to be had on this machine; it has{}", *options.isa, names)};
    }
    config.isa = *named;
  }
  config.seed = options.seed ? *options.seed : draw_seed();
  say(fmt::format("Seed {}, {} Hz, instruction set {}.", config.seed, config.rate, name_of(config.isa)));
  return {};
}

LoadedSet LiveSession::Parts::load() {
  workers = std::make_unique<WorkerPool>(PoolSpec{options.worker});
  sounds = std::make_unique<Sounds>(*workers, config.rate, set.folders);
  auto told = std::chrono::steady_clock::now();
  LoadedSet loaded = load_set(set, *sounds, [&](std::size_t done, std::size_t of, const std::string&) {
    const auto now = std::chrono::steady_clock::now();
    if (now - told < std::chrono::seconds(1)) return;
    told = now;
    say(fmt::format("Loading: {} of {} sounds.", done, of));
  });
  for (const std::string& remark : loaded.remarks) say(remark);
  if (options.set)
    say(fmt::format("{}: {} MB of sounds of {} MB at most.",
                    set.name.empty() ? options.set->filename().string() : set.name,
                    (sounds->resident() + (1 << 20) - 1) >> 20, sounds->budget() >> 20));
  return loaded;
}

void LiveSession::Parts::open_library() {
  if (!options.library_file) return;
  const auto weights = read_compatibility(default_config_file());
  if (!weights) say(weights.error().sentence);
  auto started = LibraryKeeper::start({*options.library_file, options.worker, 1, {}, weights ? *weights : CompatibilityWeights{}},
                                      [this](const std::string& sentence) { say(sentence); });
  if (!started) return say(started.error().sentence);
  library = *std::move(started);
  if (const auto known = library->view().cards().size(); known > 0) say(fmt::format("Library: {} sounds.", known));
}

void LiveSession::Parts::open_flow() {
  loops = std::make_unique<KnownLoops>(library->file(), config.rate);
  stage->set_loops([this](const std::shared_ptr<const Asset>& asset) { return loops->loop(asset); });
  if (journal) {
    const auto& path = own_journal ? own_journal->path() : *options.journal;
    prehear = std::make_unique<Prehear>(PrehearSpec{options.follower, path, config.rate},
                                        wires->cue_player(), [this](const std::string& sentence) { say(sentence); });
    prehear->set_deaf([this] { return deaf(); });
  }
  flow = std::make_unique<FlowDesk>(*stage, *sounds, *library, *loops, config.rate, engine.lead(),
                                    prehear.get());
  stage->on_mended([this](std::shared_ptr<const Loop> loop) { flow->mended(std::move(loop)); });
  stage->set_flow([this](CommandCall call, Stage::Done done) { flow->execute(std::move(call), std::move(done)); });
}

/// Why the headphones would not play what is laid over them.
std::string LiveSession::Parts::deaf() const {
  const DeviceStatus status = device_open ? host->status() : DeviceStatus{};
  if (status.state != DeviceStatus::State::device || status.channels >= 4) return {};
  static const ControlId split = *catalogue().find("/cue/split");
  if (stage->snapshot().values[split.index] > 0.5) return {};
  return fmt::format("{} has {} outputs and no headphones; /cue/split 1 plays them on the left, the master on the right",
                     status.device, status.channels);
}

MoreQueries LiveSession::Parts::more_queries() {
  if (!library) return {};
  return [this, of_library = library_queries(*library)](const std::string& query, const Json& request) -> std::optional<Json> {
    return query == "flow" ? flow->flow_json() : of_library(query, request);
  };
}

/// Where a library is, flows may be heard ahead, and that takes a journal from the beginning.
Result<void> LiveSession::Parts::open_journal() {
  if (!options.journal && !options.library_file) return {};
  if (!options.journal) own_journal = std::make_unique<OwnJournal>(user_folder("XDG_CACHE_HOME", ".cache"));
  const std::string set_path = options.set ? options.set->string() : "";
  auto started = JournalWriter::start(own_journal ? own_journal->path() : *options.journal,
                                      header_of_this_process(config, ENTRAIN_VERSION, set_path));
  if (started) return journal = *std::move(started), Result<void>();
  if (!own_journal) return started.error();
  own_journal.reset();
  say("No flow can be heard ahead: " + started.error().sentence);
  return {};
}

Result<void> LiveSession::Parts::open_records() {
  if (auto opened = open_journal(); !opened) return opened;
  if (options.record) {
    auto started = Take::start(*options.record, {config.rate, 2, WaveFormat::pcm24, 0});
    if (!started) return started.error();
    take = *std::move(started);
  }
  return {};
}

void LiveSession::Parts::post_all(const std::vector<Event>& events) {
  auto producer = stage->make_producer();
  for (const Event& event : events) static_cast<void>(producer.post(event));
}

Result<void> LiveSession::Parts::open_device() {
  host = std::make_unique<DeviceHost>(*wires, [this](const std::string& sentence) { say(sentence); });
  const auto opened = host->start({options.device, config.rate, options.buffer, "entrain"});
  if (!opened) return opened.error();
  device_open = true;
  const double period_ms = 1000.0 * opened->buffer / opened->rate;
  say(fmt::format("Playing on {} ({}): {} Hz, {} frames ({:.1f} ms), {} outputs.", opened->name, opened->api,
                  opened->rate, opened->buffer, period_ms, opened->channels));
  // A period is rendered at once, so what arrives inside it can sound one period after its arrival at the
  // soonest; two quanta of slack take up the jitter of the callback.
  event_latency =
      static_cast<int>(static_cast<std::int64_t>(opened->buffer) * config.rate / opened->rate) + 2 * kQuantum;
  say(fmt::format(
      "Events sound {} frames ({:.1f} ms) after they arrive; launches need {} frames ({:.1f} ms).",
      event_latency, 1000.0 * event_latency / config.rate, engine.lead(),
      1000.0 * engine.lead() / config.rate));
  stage->set_arrival(
      [this] { return Frame(host->frame_at(std::chrono::steady_clock::now()) + event_latency); },
      event_latency + opened->buffer * config.rate / opened->rate);
  return {};
}

void LiveSession::Parts::open_osc() {
  if (!options.osc_port) return;
  OscServer::Options o;
  o.port = static_cast<std::uint16_t>(*options.osc_port);
  o.frame_at = [this](OscTime time) {
    const auto ahead = time - std::chrono::system_clock::now();
    const auto steady =
        std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(ahead);
    return Frame(host->frame_at(steady) + event_latency);
  };
  auto started = OscServer::start(*stage, std::move(o));
  if (!started) return say(started.error().sentence);
  osc = *std::move(started);
  say(fmt::format("OSC on 127.0.0.1:{}.", osc->port()));
}

// --- stop

void LiveSession::Parts::tend() {
  const auto tell = [&](const std::string& now, std::string& told) {
    if (now != told && !now.empty()) say(now);
    told = now;
  };
  if (journal && !own_journal) tell(journal->status().error, journal_trouble);
  if (take) {
    const TakeStatus status = take->status();
    tell(status.error.empty() ? status.remark : status.error, take_trouble);
  }
}

bool LiveSession::Parts::stop() {
  if (stopped) return whole;
  stopped = true;
  if (host) host->stop();
  osc.reset();
  server.reset();
  if (flow) flow->stop();
  if (prehear) prehear->end();
  stage.reset();  // its threads call the flow and the library
  flow.reset();
  prehear.reset();
  library.reset();
  if (journal && own_journal) {
    journal.reset();
    own_journal.reset();
  }
  if (journal) {
    const JournalStatus status = journal->stop(engine.frame(), wires->sum());
    if (status.error != journal_trouble) say(status.error);
    whole = whole && status.error.empty();
  }
  if (take) {
    const TakeStatus status = take->stop();
    for (const std::string& sentence : {status.error, status.remark})
      if (!sentence.empty() && sentence != take_trouble) say(sentence);
    say(fmt::format("Take: {:.1f} s in {}.", static_cast<double>(status.frames_written) / config.rate,
                    options.record->string()));
    whole = whole && status.error.empty() && status.frames_lost == 0;
  }
  return whole;
}

LiveSession::LiveSession(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
LiveSession::~LiveSession() { parts_->stop(); }
void LiveSession::tend() { parts_->tend(); }
bool LiveSession::stop() { return parts_->stop(); }
Snapshot LiveSession::snapshot() const { return parts_->stage ? parts_->stage->snapshot() : Snapshot{}; }
DeviceStatus LiveSession::device() const { return parts_->host->status(); }
int LiveSession::rate() const { return parts_->config.rate; }
int LiveSession::event_latency() const { return parts_->event_latency; }
Frame LiveSession::frame_at(std::chrono::steady_clock::time_point time) const {
  return Frame(parts_->host->frame_at(time));
}
int LiveSession::osc_port() const { return parts_->osc ? parts_->osc->port() : 0; }

}  // namespace entrain
