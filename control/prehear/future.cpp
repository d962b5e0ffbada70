#include "control/prehear/future.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/catalogue.h"

namespace entrain {
namespace {

using Phase = Snapshot::Transition::Phase;

constexpr int kLook = 8;             ///< quanta between two looks at the engine; one by one near the lines
constexpr double kMostMinutes = 20;  ///< of music until it has come

/// Its inputs, quantum by quantum.
class Foresight {
 public:
  Foresight(Offline& offline, const Conductor::Placed& coming, int rate, const FutureSink& sink)
      : offline_(offline),
        coming_(coming),
        latest_(offline.frame() + static_cast<std::int64_t>(kMostMinutes * 60 * rate)),
        bar_(Meter{}.spacing(Grid::bar)),
        sink_(sink),
        conductor_(Meter{}, rate, 0) {
    conductor_.take_over(coming);
  }

  Result<FutureSpan> run(const std::function<void(double)>& told) {
    offline_.engine().observe(now_);
    if (now_.running && now_.values[hand().index] > 0.5)
      return Error{"the transition is left to /transition/fader; /transition/hand 0 lets it go by itself"};
    const Beat first = now_.beat;
    while (!over()) {
      if (auto going = look(); !going) return going.error();
      if (told) told(std::clamp((now_.beat - first).value() / (last_beat() - first).value(), 0.0, 1.0));
      for (int q = near_a_line() ? 1 : kLook; q-- > 0;)
        if (auto done = quantum(); !done) return done.error();
      offline_.engine().observe(now_);
    }
    span_.until = offline_.frame();
    return span_;
  }

 private:
  static ControlId hand() {
    static const ControlId control = *catalogue().find("/transition/hand");
    return control;
  }
  Beat begins() const {
    return now_.transition.id == coming_.transition.id ? now_.transition.start : coming_.transition.at;
  }
  Beat ends() const { return begins() + coming_.transition.length; }
  Beat last_beat() const { return ends() + bar_; }
  bool over() const { return ended_ && now_.beat >= last_beat(); }
  bool near_a_line() const {
    const Beat quarter(Beat::kPerBeat / 4);
    for (const Beat line : {begins(), ends()})
      if (now_.beat + quarter > line && now_.beat < line + quarter) return true;
    return false;
  }

  /// What the engine made of it, and what is to be told it now.
  Result<void> look() {
    const auto& t = now_.transition;
    if (!now_.running) return Error{"the beat stands still, so nothing comes; /transport/play 1 starts it"};
    if (t.id != coming_.transition.id || t.phase == Phase::aborted || offline_.frame() > latest_)
      return Error{"the transition does not come as it is planned; ask again"};
    if (!hears_ && now_.beat >= begins() - bar_) {
      hears_ = true;
      span_.from = offline_.frame();
    }
    if (!began_ && (t.phase == Phase::runs || t.phase == Phase::done)) {
      began_ = true;
      span_.begins = offline_.frame();
    }
    if (!ended_ && t.phase == Phase::done) {
      ended_ = true;
      span_.ends = offline_.frame();
    }
    if (ended_ && told_end_) return {};
    const Conductor::Act act = conductor_.follow(now_, &coming_.part);
    told_end_ = ended_;
    if (act.parts) return Error{"the flow would change its plan; ask again"};
    events_.insert(events_.end(), act.events.begin(), act.events.end());
    return {};
  }

  Result<void> quantum() {
    auto done = offline_.process(events_);
    events_.clear();
    Engine& engine = offline_.engine();
    if (hears_) sink_(engine.stem(Bus::loops, 0), engine.stem(Bus::loops, 1));
    return done;
  }

  Offline& offline_;
  const Conductor::Placed& coming_;
  const Frame latest_;
  const Beat bar_;
  const FutureSink& sink_;
  Conductor conductor_;
  Snapshot now_;
  std::vector<Event> events_;
  FutureSpan span_;
  bool hears_ = false, began_ = false, ended_ = false, told_end_ = false;
};

}  // namespace

Result<FutureSpan> render_future(Offline& offline, const Conductor::Placed& coming, int rate,
                                 const FutureSink& sink, const std::function<void(double)>& told) {
  return Foresight(offline, coming, rate, sink).run(told);
}

}  // namespace entrain
