#include "control/prehear/prehear.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "control/worker/process.h"

namespace entrain {
namespace {

using Phase = Snapshot::Transition::Phase;
using std::chrono::milliseconds;

constexpr milliseconds kStart{20'000}, kWatch{50};
constexpr double kWaySeconds = 0.1;   ///< that what was done just before may take to the engine
constexpr double kMostSeconds = 900;  ///< of what is heard ahead

std::string name_of_loop(const Conductor::Placed& coming) {
  if (!coming.part.loop) return "silence";
  const std::string& path = coming.part.loop->asset->path;
  return path.substr(path.rfind('/') + 1);
}

std::shared_ptr<const CueClip> clip_from(int fd, std::int64_t frames, int rate) {
  Pcm pcm;
  pcm.rate = rate;
  if (static_cast<double>(frames) > kMostSeconds * rate || !unseal_pcm(fd, frames, pcm)) return nullptr;
  return std::make_shared<const CueClip>(CueClip{std::move(pcm.left), std::move(pcm.right)});
}

}  // namespace

Prehear::Prehear(PrehearSpec spec, CuePlayer& player, Say say)
    : spec_(std::move(spec)), player_(player), say_(std::move(say)) {
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

Prehear::~Prehear() {
  cancelled_ = true;
  thread_.request_stop();
}

// --- any thread

Result<std::string> Prehear::hear(const Conductor::Placed& coming, const Snapshot& now) {
  if (!now.running) return Error{"the beat stands still, so nothing comes; /transport/play 1 starts it"};
  if (const std::string why = deaf_ ? deaf_() : std::string(); !why.empty()) return Error{why};
  const auto phase = now.transition.phase;
  if (now.transition.id == coming.transition.id && (phase == Phase::runs || phase == Phase::returns))
    return Error{"the transition has begun: listen to it; ask again when the next one is planned"};
  const std::lock_guard lock(mutex_);
  const bool same = coming_ && coming_->transition.id == coming.transition.id;
  if (same && state_ == State::ready && changed_.empty()) {
    player_.play(clip_);
    return std::string("from its beginning");
  }
  if (same && (state_ == State::catching_up || state_ == State::rendering) && changed_.empty())
    return std::string("it is being rendered, and plays as soon as it is there");
  coming_ = coming;
  state_ = State::catching_up;
  progress_ = 0;
  begun_ = false;
  changed_.clear();
  error_.clear();
  wanted_ = true;
  PrehearOrder order;
  order.hear = {++id_, now.frame + static_cast<std::int64_t>(kWaySeconds * spec_.rate), coming};
  order_ = line_of(order);
  wake_.notify_one();
  return fmt::format("the transition to {} is rendered, and plays in the headphones", name_of_loop(coming));
}

Result<std::string> Prehear::stop() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::none && !player_.playing())
    return Error{"nothing is heard ahead; /flow/prehear begins"};
  player_.stop();
  if (state_ == State::catching_up || state_ == State::rendering) settle();
  return std::string("the headphones hear what they heard before");
}

/// Nothing is asked for any more; what is heard may go on.
void Prehear::settle() {
  PrehearOrder forget;
  forget.forget = true;
  order_ = line_of(forget);
  ++id_;  // what is still on its way here is for nobody
  state_ = State::none;
  begun_ = false;
  coming_.reset();
  clip_.reset();
  changed_.clear();
  error_.clear();
  wake_.notify_one();
}

void Prehear::follow(const Snapshot& now) {
  const std::lock_guard lock(mutex_);
  if (!coming_) return;
  const bool its_own = now.transition.id == coming_->transition.id;
  const auto phase = now.transition.phase;
  if (phase != Phase::runs && !(its_own && phase == Phase::done)) return;
  const bool late = !begun_ && (state_ == State::catching_up || state_ == State::rendering);
  settle();
  if (!late) return;
  state_ = State::failed;
  error_ = "the transition began before it could be heard ahead";
}

void Prehear::end() {
  const std::lock_guard lock(mutex_);
  player_.stop();
  settle();
  wanted_ = false;
}

Json Prehear::json() const {
  const std::lock_guard lock(mutex_);
  const bool plays = player_.playing();
  const auto name = [&]() -> std::string {
    if (!changed_.empty()) return "stale";
    switch (state_) {
      case State::catching_up:
        return "catching up";
      case State::rendering:
        return "rendering";
      case State::failed:
        return "failed";
      case State::ready:
        return plays ? "playing" : "ready";
      case State::none:
        break;
    }
    return plays ? "playing" : "none";
  };
  Json json{{"state", name()}, {"progress", progress_}, {"playing", plays}, {"position", player_.position()}};
  if (coming_)
    json["transition"] = {{"from", coming_->transition.from + 1},
                          {"to", coming_->transition.to + 1},
                          {"at_beat", coming_->transition.at.value()},
                          {"beats", coming_->transition.length.value()},
                          {"loop", name_of_loop(*coming_)}};
  if (clip_) {
    json["frames"] = clip_->frames();
    json["from_frame"] = span_.from.index;
    json["begins_frame"] = span_.begins.index;
    json["ends_frame"] = span_.ends.index;
  }
  if (!changed_.empty()) json["changed"] = changed_;
  if (!error_.empty()) json["error"] = error_;
  return json;
}

// --- its own thread, which a follower dies with

void Prehear::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, stop, [&] { return wanted_; })) return;
    }
    auto follower = WorkerProcess::start(spec_.command, kStart, cancelled_);
    if (!follower) {
      if (!stop.stop_requested())
        fail(
            "Nothing can be heard ahead, since its process did not start; free memory, or reinstall "
            "entrain.");
      continue;
    }
    serve(*follower, stop);
  }
}

/// Until it is gone, or not wanted any more.
void Prehear::serve(WorkerProcess& follower, std::stop_token stop) {
  PrehearOrder follow;
  follow.follow = spec_.journal.string();
  bool there = follower.send(line_of(follow));
  while (there && !stop.stop_requested()) {
    there = take_order(follower);
    {
      const std::lock_guard lock(mutex_);
      if (!wanted_) return;
    }
    Packet packet;
    const Received got = there ? follower.receive(packet, kWatch, cancelled_) : Received::closed;
    if (got == Received::closed) there = false;
    if (got != Received::packet) continue;
    if (const auto answer = prehear_answer(packet.line)) hear_answer(*answer, packet.fd.get());
  }
  if (stop.stop_requested()) return;
  fail(fmt::format(
      "What hears the flow ahead has ended ({}); the music goes on, and /flow/prehear starts it again.",
      follower.end()));
}

/// False: it is gone.
bool Prehear::take_order(WorkerProcess& follower) {
  std::optional<std::string> order;
  {
    const std::lock_guard lock(mutex_);
    order = std::exchange(order_, std::nullopt);
  }
  return !order || follower.send(*order);
}

void Prehear::hear_answer(const PrehearAnswer& answer, int fd) {
  std::shared_ptr<const CueClip> clip;
  if (answer.what == PrehearAnswer::What::beginning || answer.what == PrehearAnswer::What::rendered)
    clip = clip_from(fd, answer.frames, spec_.rate);
  const std::lock_guard lock(mutex_);
  if (answer.id != id_) return;
  switch (answer.what) {
    case PrehearAnswer::What::catching_up:
    case PrehearAnswer::What::rendering:
      state_ = answer.what == PrehearAnswer::What::rendering ? State::rendering : State::catching_up;
      progress_ = std::clamp(answer.part, 0.0, 1.0);
      return;
    case PrehearAnswer::What::beginning:
      if (!clip || !changed_.empty()) return;
      player_.play(std::move(clip));
      begun_ = true;
      return;
    case PrehearAnswer::What::rendered:
      state_ = clip ? State::ready : State::failed;
      if (!clip) error_ = "what was rendered ahead did not arrive whole; ask again";
      clip_ = std::move(clip);
      span_ = answer.span;
      progress_ = 1;
      if (clip_ && changed_.empty()) begun_ ? player_.go_on(clip_) : player_.play(clip_);
      return;
    case PrehearAnswer::What::changed:
      changed_ = answer.text;
      return;
    case PrehearAnswer::What::error:
      state_ = State::failed;
      error_ = answer.text;
      return;
  }
}

/// The follower is gone: what it rendered may be heard on, though nobody watches it any more.
void Prehear::fail(const std::string& sentence) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = false;
    order_.reset();
    if (state_ == State::ready) {
      if (changed_.empty()) changed_ = "nobody watches any more whether it holds";
    } else if (state_ != State::failed) {
      state_ = State::failed;
      error_ = sentence;
    }
  }
  say_(sentence);
}

}  // namespace entrain
