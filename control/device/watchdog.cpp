#include "control/device/watchdog.h"

#include <algorithm>
#include <utility>

namespace entrain {

namespace {

constexpr auto kLastWait = std::chrono::milliseconds(2'000);  // for libraries to close when the host stops
constexpr int kFadeInPerSecond = 100;                         // a returning device rises within 10 ms

std::int64_t ns(DeviceTiming::ms time) { return std::chrono::nanoseconds(time).count(); }

std::string spoken(const std::string& api) {
  return api == "jack" ? "JACK" : api == "pulse" ? "PulseAudio" : api == "alsa" ? "ALSA" : api;
}

std::string called(const OpenedDevice& d) { return spoken(d.api) + " device '" + d.name + "'"; }

std::string described(const OpenedDevice& d, int engine_rate) {
  return std::to_string(d.rate) + " Hz" +
         (d.rate == engine_rate ? ""
                                : " (resampled from the engine's " + std::to_string(engine_rate) + " Hz)") +
         ", " + std::to_string(d.buffer) + " frames a period, " + std::to_string(d.channels) + " output" +
         (d.channels == 1 ? "" : "s");
}

}  // namespace

DeviceWatchdog::DeviceWatchdog(QuantumSource& source, const DeviceConfig& config, DeviceHost::Say say,
                               std::shared_ptr<DeviceBackend> backend, const DeviceTiming& timing)
    : config_(config),
      say_(std::move(say)),
      backend_(std::move(backend)),
      timing_(timing),
      engine_(std::make_shared<DrivenEngine>(source, config.rate)),
      null_(std::make_unique<NullClock>(engine_, config.buffer, timing.longest_hole)),
      frames_(config.rate) {
  status_.engine_rate = config.rate;
}

DeviceWatchdog::~DeviceWatchdog() { end(); }

DeviceOpened DeviceWatchdog::begin() {
  if (!null_->scheduling_note().empty()) say(null_->scheduling_note());
  thread_ = std::thread([this] { loop(); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return settled_; });
  return opened_;
}

void DeviceWatchdog::end() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) return;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();

  std::unique_ptr<NullClock> idle;
  take(Baton::kNobody);  // from here on nobody enters the engine, whatever still calls back
  {
    const std::lock_guard lock(mutex_);
    status_.left_out = null_->left_out();
    idle = std::move(null_);
  }
  idle.reset();
  const std::int64_t now = monotonic_nanoseconds();
  bury(std::move(playing_), false, now);
  bury(std::move(candidate_), false, now);
  for (const auto& burial : burials_) burial.errand->wait_for(kLastWait);
  opening_.reset();  // still under way: its thread closes what it opens

  const std::lock_guard lock(mutex_);
  status_.state = DeviceStatus::State::stopped;
}

DeviceStatus DeviceWatchdog::status() const {
  const std::int64_t now = monotonic_nanoseconds();
  std::unique_lock lock(mutex_);
  DeviceStatus s = status_;
  if (null_) s.left_out = null_->left_out();
  lock.unlock();
  s.frame = engine_->rendered();
  s.xruns = engine_->meter.xruns();
  s.load = engine_->meter.last_load();
  s.worst_load = engine_->meter.worst_load(now);
  s.anchor = engine_->meter.anchor();
  s.measured_rate = frames_.measured_rate();
  return s;
}

void DeviceWatchdog::loop() {
  for (;;) {
    look(monotonic_nanoseconds());
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, timing_.tick, [this] { return stopping_; })) return;
  }
}

void DeviceWatchdog::look(std::int64_t now) {
  // When this thread itself was held up (the process was stopped, the machine slept), so was the device:
  // its heartbeat counts anew.
  if (now - last_look_ > ns(timing_.heartbeat) / 2) watched_since_ = now;
  last_look_ = now;
  frames_.feed(engine_->meter.anchor());
  if (playing_.stream) {
    if (const std::string why = loss(now); !why.empty()) lose_device(why, now);
  } else if (config_.device != "null") {
    seek(now);
  } else if (engine_->baton.holder() == Baton::kNobody) {
    null_clock_takes_over(false);
    settle("The null clock was asked for: it drives the engine without sound.");
  }
}

/// Empty while the playing device is well.
std::string DeviceWatchdog::loss(std::int64_t now) const {
  if (!playing_.stream->is_open()) return "closed itself (its server or its plug is gone)";
  if (playing_.gate->ran_away()) return "calls without pause, as it does when it was unplugged";
  const OpenedDevice& d = playing_.gate->opened();
  const std::int64_t limit =
      std::max(ns(timing_.heartbeat), std::int64_t{4'000'000'000} * d.buffer / std::max(d.rate, 1));
  const std::int64_t silent = now - std::max(playing_.gate->last_call(), watched_since_);
  if (silent <= limit) return {};
  return "has not called for " + std::to_string(silent / 1'000'000) + " ms";
}

void DeviceWatchdog::seek(std::int64_t now) {
  if (candidate_.stream) return prove(now);
  if (opening_) {
    if (opening_->done()) return receive(std::exchange(opening_, nullptr)->take(), now);
    if (now - since_ > ns(timing_.open_patience) && !std::exchange(complained_, true)) {
      failed("the sound server does not answer; restart it", now);
    }
    return;
  }
  if (now >= next_try_ && !still_burying(now)) send_for_device(now);
}

void DeviceWatchdog::send_for_device(std::int64_t now) {
  DeviceRequest request{config_.device, config_.rate, config_.buffer, config_.client_name, {}, {}};
  if (!last_api_.empty() && now - lost_at_ < ns(timing_.same_api)) request.only_api = last_api_;
  if (jack_hangs()) request.except_api = "jack";
  // The errand owns all it touches: it may come back after the host has gone.
  opening_ = Errand<Attempt>::send([backend = backend_, engine = engine_, turn = next_turn_++, request] {
    Attempt attempt;
    auto live = backend->open(request, [&](const OpenedDevice& o) -> Result<std::shared_ptr<PeriodSink>> {
      auto gate = DeviceGate::make(engine, turn, o);
      if (!gate) return gate.error();
      attempt.device.gate = *gate;
      return std::shared_ptr<PeriodSink>(*gate);
    });
    if (live) {
      attempt.device.stream = std::move(live->stream);
    } else {
      attempt.why_not = live.error().sentence;
    }
    return attempt;
  });
  since_ = now;
  complained_ = false;
  if (!opening_) failed("the system has no thread left", now);
}

void DeviceWatchdog::receive(Attempt attempt, std::int64_t now) {
  if (!attempt.device.stream) return failed(attempt.why_not, now);
  candidate_ = std::move(attempt.device);
  since_ = now;
}

/// A device that opens but never calls would silence the music; it plays only once it has called.
void DeviceWatchdog::prove(std::int64_t now) {
  const std::string name = called(candidate_.gate->opened());
  if (!candidate_.stream->is_open()) {
    bury(std::move(candidate_), true, now);
    return failed(name + " closed itself as soon as it was opened", now);
  }
  if (candidate_.gate->last_call() != 0) return hand_over_to_device(now);
  if (now - since_ > ns(timing_.prove)) {
    bury(std::move(candidate_), true, now);
    failed(name + " opens but never asks for sound", now);
  }
}

void DeviceWatchdog::failed(const std::string& why, std::int64_t now) {
  next_try_ = now + ns(timing_.retry);
  const bool first = engine_->baton.holder() == Baton::kNobody;
  if (first) null_clock_takes_over(false);
  // Not every second the same; and a loss has just been told, with what happens now.
  const bool told = why == last_failure_ || (lost_at_ != 0 && now - lost_at_ < ns(timing_.same_api));
  if (first || !told) {
    last_failure_ = why;
    const std::string sentence =
        "No sound: " + why +
        ". The null clock keeps the jam and its take going; start jackd or connect a "
        "device, and it is taken within a few seconds.";
    say(sentence);
    if (first) settle(sentence);
  }
}

bool DeviceWatchdog::still_burying(std::int64_t now) {
  std::erase_if(burials_, [](const Burial& burial) { return burial.errand->done(); });
  return !burials_.empty() && now - buried_at_ < ns(timing_.bury_patience);
}

/// libjack keeps one state for all its clients: to open a second while the first still holds on to a server
/// that died reads memory that is gone.
bool DeviceWatchdog::jack_hangs() const {
  return std::any_of(burials_.begin(), burials_.end(),
                     [](const Burial& burial) { return burial.api == "jack"; });
}

void DeviceWatchdog::bury(Device device, bool lost, std::int64_t now) {
  if (!device.stream) return;
  const std::string api = device.gate->opened().api;
  auto burial = Errand<bool>::send([stream = std::shared_ptr<DeviceStream>(std::move(device.stream)), lost] {
    stream->close(lost);
    return true;
  });
  if (burial) burials_.push_back({std::move(burial), api});
  buried_at_ = now;
}

void DeviceWatchdog::hand_over_to_device(std::int64_t now) {
  const bool returning = engine_->baton.holder() != Baton::kNobody;
  if (returning) candidate_.gate->fade_in(candidate_.gate->opened().rate / kFadeInPerSecond);
  take(candidate_.gate->turn());
  playing_ = std::move(candidate_);
  watched_since_ = now;
  last_failure_.clear();

  const OpenedDevice& d = playing_.gate->opened();
  last_api_ = d.api;
  {
    const std::lock_guard lock(mutex_);
    status_.state = DeviceStatus::State::device;
    status_.api = d.api;
    status_.device = d.name;
    status_.device_rate = d.rate;
    status_.buffer = d.buffer;
    status_.channels = d.channels;
    status_.resampled = playing_.gate->resamples();
    if (returning) ++status_.returns;
  }
  say((returning ? "Sound is back at frame " + std::to_string(engine_->rendered()) + ", on "
                 : "Playing on ") +
      called(d) + ": " + described(d, config_.rate) + ".");
  settle({});
}

void DeviceWatchdog::lose_device(const std::string& why, std::int64_t now) {
  const std::int64_t missed = null_clock_takes_over(true);
  const std::string name = called(playing_.gate->opened());
  bury(std::move(playing_), true, now);
  lost_at_ = now;
  next_try_ = now;
  say(name + " " + why + ": the null clock makes up for " + std::to_string(missed) +
      " frames and keeps the jam and its take going; the device is tried again every second.");
}

/// Returns the frames that had been missed; the null clock renders them at once.
std::int64_t DeviceWatchdog::null_clock_takes_over(bool from_a_device) {
  const Baton::Turn turn = next_turn_++;
  take(turn);
  const std::int64_t now = monotonic_nanoseconds();
  // An engine that is ahead (its device ran away) goes on from where it is.
  const std::int64_t missed = std::max<std::int64_t>(engine_->due(now) - engine_->rendered(), 0);
  null_->run(turn, now - static_cast<std::int64_t>(static_cast<double>(missed) * 1e9 / engine_->rate));

  const std::lock_guard lock(mutex_);
  status_.state = DeviceStatus::State::null_clock;
  status_.api = "null";
  status_.device = "null clock";
  status_.device_rate = config_.rate;
  status_.buffer = null_->period();
  status_.channels = 0;
  status_.resampled = false;
  status_.caught_up += missed;
  status_.losses += from_a_device ? 1 : 0;
  ++status_.takeovers;
  return missed;
}

/// Waits, a millisecond at a time, until whoever is inside has left: a clock never stays longer than a
/// period.
void DeviceWatchdog::take(Baton::Turn next) {
  while (!engine_->baton.try_pass(next)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void DeviceWatchdog::say(const std::string& sentence) {
  if (say_) say_(sentence);
}

/// Answers start(), the first time.
void DeviceWatchdog::settle(const std::string& why_null) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(settled_, true)) return;
    opened_ = {status_.api, status_.device, status_.device_rate, status_.buffer, status_.channels, why_null};
  }
  changed_.notify_all();
}

}  // namespace entrain
