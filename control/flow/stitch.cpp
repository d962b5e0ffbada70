#include "control/flow/stitch.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <map>

#include "control/flow/finer.h"
#include "control/flow/library_loop.h"
#include "control/stage/versions.h"
#include "engine/core/catalogue.h"
#include "engine/library/trust.h"

namespace entrain {
namespace {

constexpr int kLook = 8;            // quanta between two looks at the engine
constexpr double kTailSeconds = 3;  // for echoes and the room

class Stitching {
 public:
  Stitching(const StitchSpec& spec, std::shared_ptr<const Finder> finder, const AnalysisOf& analysis_of,
            Sounds& sounds, QuantumSink sink, const std::function<void(const StitchCue&)>& on_cue)
      : spec_(spec),
        analysis_of_(analysis_of),
        sounds_(sounds),
        on_cue_(on_cue),
        offline_(spec.config, std::move(sink)),
        queue_(spec.settings, Meter{}),
        versions_(Performance{}),
        conductor_(Meter{}, spec.config.rate, 3 * offline_.engine().lead()) {
    queue_.look_at(std::move(finder));
    queue_.wish(spec.wishes);
  }

  Result<StitchSummary> run() {
    queue_.plan(spec_.tempo, 0, 0);
    if (!find_next()) return Error{nothing_to_play()};
    schedule_ = &versions_.first_schedule();
    while (!ended_) {
      if (auto done = look(); !done) return done.error();
      for (int q = 0; q < kLook; ++q)
        if (auto done = quantum(); !done) return done.error();
    }
    const Frame end = offline_.frame() + static_cast<std::int64_t>(kTailSeconds * spec_.config.rate);
    if (auto done = offline_.run_until(end); !done) return done.error();
    summary_.seconds = static_cast<double>(offline_.frame().index) / spec_.config.rate;
    summary_.late = now_.late;
    summary_.finer = spec_.finer;
    return std::move(summary_);
  }

 private:
  double minute() const { return static_cast<double>(offline_.frame().index) / spec_.config.rate / 60; }

  Result<void> quantum() {
    const auto most = std::min<std::size_t>(events_.size(), Engine::kEventsPerQuantum);
    auto done = offline_.process({events_.data(), most}, schedule_);
    events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(most));
    schedule_ = nullptr;
    return done;
  }

  Result<void> look() {
    offline_.engine().observe(now_);
    if (versions_.follow(now_)) schedule_ = &versions_.make_schedule();
    if (const std::uint64_t plays = conductor_.playing(); plays != playing_) {
      playing_ = plays;
      if (next_ && next_->loop == nullptr) return ended_ = true, Result<void>();
      tell();
      queue_.step(minute());
      next_.reset();
      if (minute() + seconds_of(coming_plays_) / 60 < spec_.minutes) {
        queue_.plan(now_.tempo, minute(), coming_plays_.value() / Meter{}.beats_per_bar);
        find_next();
      }
      if (!next_) next_ = queue_.last_part();
    }
    Conductor::Act act = conductor_.follow(now_, next_ ? &*next_ : nullptr);
    if (act.parts) {
      coming_plays_ = next_ ? next_->plays : Beat(0);
      versions_.add(Edit{*std::move(act.parts)}, Beat(0), Grid::now);
      schedule_ = &versions_.make_schedule();
      if (!now_.running) act.events.push_back(play());
    }
    events_.insert(events_.end(), act.events.begin(), act.events.end());
    return {};
  }

  static Event play() {
    return {*catalogue().find("/transport/play"), Grid::now, Source::stage, Frame(0), 1, {}};
  }
  double seconds_of(Beat beats) const { return beats.value() * 60 / now_.tempo; }

  /// Loads the first planned step that can be had; those that cannot are left out with a sentence.
  bool find_next() {
    for (int tries = 0; tries < 100 && !queue_.planned().steps.empty(); ++tries) {
      const FlowStep& step = queue_.planned().steps.front();
      const Card* card = queue_.card(step.id);
      auto loop = load(card->path, step);
      if (loop) {
        next_ = queue_.part(*std::move(loop));
        next_step_ = step;
        next_path_ = card->path;
        load_ahead();
        return true;
      }
      summary_.remarks.push_back(loop.error().sentence);
      queue_.drop(minute());
      queue_.plan(now_.tempo, minute(), 0);
    }
    return false;
  }

  Result<std::shared_ptr<const Loop>> load(const std::string& path, const FlowStep& step) {
    auto analysis = analysis_of_(path);
    if (!analysis) return analysis.error();
    auto sound = sounds_.load(path);
    if (!sound) return sound.error();
    auto loop = library_loop(sound->asset, spec_.config.rate, *analysis, step.count);
    if (!loop || !spec_.finer || step.tempo <= 0) return loop;
    const double own = (*loop)->length().value() * 60 * spec_.config.rate / (*loop)->source_length();
    return stretched_finer(*std::move(loop), spec_.config.rate, own / step.tempo);
  }

  /// Reads what probably follows while this plays; whether it does changes nothing that is heard.
  void load_ahead() {
    const auto& steps = queue_.planned().steps;
    if (steps.size() < 2) return;
    ahead_ = std::async(std::launch::async,
                        [this, path = queue_.card(steps[1].id)->path] { return sounds_.load(path); });
  }

  void tell() {
    const Beat heard = conductor_.heard_from();
    const double ago = (now_.beat - heard).value() * 60 / now_.tempo;
    summary_.cues.push_back({std::max(0.0, minute() * 60 - ago), next_path_, next_step_});
    if (on_cue_) on_cue_(summary_.cues.back());
  }

  std::string nothing_to_play() const {
    std::string sentence;
    for (const auto* remarks : {&queue_.planned().remarks, &summary_.remarks})
      for (const std::string& remark : *remarks) sentence += (sentence.empty() ? "" : " ") + remark;
    return sentence.empty() ? "There is no loop to begin with." : sentence;
  }

  const StitchSpec& spec_;
  const AnalysisOf& analysis_of_;
  Sounds& sounds_;
  const std::function<void(const StitchCue&)>& on_cue_;
  Offline offline_;
  FlowQueue queue_;
  Versions versions_;
  Conductor conductor_;
  Snapshot now_;
  std::vector<Event> events_;
  const Schedule* schedule_ = nullptr;
  std::optional<FlowPart> next_;
  FlowStep next_step_;
  std::string next_path_;
  Beat coming_plays_;
  std::uint64_t playing_ = 0;
  bool ended_ = false;
  StitchSummary summary_;
  std::future<Result<Sounds::Loaded>> ahead_;  ///< waited for when it goes
};

constexpr int kUsualRate = 48'000;
constexpr std::size_t kJudged = 64;  // loops

std::string clock_of(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string title_of(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

}  // namespace

int usual_rate(const std::vector<Card>& cards, const AnalysisOf& analysis_of) {
  std::vector<const std::string*> paths;
  for (const Card& card : cards)
    if (trusted(card)) paths.push_back(&card.path);
  std::map<int, std::size_t> loops;
  const std::size_t judged = std::min(paths.size(), kJudged);
  for (std::size_t i = 0; i < judged; ++i)
    if (const auto analysis = analysis_of(*paths[i * paths.size() / judged]))
      if (EngineConfig::allows(analysis->rate)) ++loops[analysis->rate];
  const auto most = std::ranges::max_element(loops, {}, [](const auto& rate) { return rate.second; });
  return most == loops.end() ? kUsualRate : most->first;
}

Result<StitchSummary> stitch(const StitchSpec& spec, std::shared_ptr<const Finder> finder,
                             const AnalysisOf& analysis_of, Sounds& sounds, QuantumSink sink,
                             const std::function<void(const StitchCue&)>& on_cue) {
  return Stitching(spec, std::move(finder), analysis_of, sounds, std::move(sink), on_cue).run();
}

std::string cue_sheet(const std::string& wave, const std::vector<StitchCue>& cues) {
  const auto quoted = [](std::string text) {
    std::replace(text.begin(), text.end(), '"', '\'');
    return text;
  };
  std::string sheet = fmt::format("TITLE \"{}\"\nFILE \"{}\" WAVE\n", quoted(title_of(wave)),
                                  quoted(wave.substr(wave.rfind('/') + 1)));
  for (std::size_t i = 0; i < cues.size(); ++i) {
    constexpr int kFramesPerSecond = 75;  // of a compact disc
    const auto frames = static_cast<std::int64_t>(cues[i].seconds * kFramesPerSecond);
    sheet += fmt::format("  TRACK {:02} AUDIO\n    TITLE \"{}\"\n    INDEX 01 {:02}:{:02}:{:02}\n", i + 1,
                         quoted(title_of(cues[i].path)), frames / kFramesPerSecond / 60,
                         frames / kFramesPerSecond % 60, frames % kFramesPerSecond);
  }
  return sheet;
}

std::string stitch_log(const StitchSummary& summary) {
  std::string log = summary.finer ? "stretched ahead of time, by Rubber Band's finer engine (R3)\n"
                                  : "stretched by the decks, as on a stage\n";
  for (const StitchCue& cue : summary.cues) {
    const FlowStep& s = cue.step;
    log += fmt::format("{}  {}\n", clock_of(cue.seconds), cue.path);
    log += fmt::format("    {:g} bars at {:.4g} BPM, played {:+.1f} % in tempo", s.bars, s.tempo, s.stretch);
    if (s.count != 1) log += s.count > 1 ? ", in double time" : ", in half time";
    if (s.semitones != 0) log += fmt::format(", {:+} semitones", s.semitones);
    if (&cue != &summary.cues.front())
      log += fmt::format(", by {} over {:g} bars", name_of(s.transition.kind), s.transition.bars);
    log += '\n';
    for (const std::string& reason : s.reasons) log += "    " + reason + '\n';
    for (const Relaxation& relaxed : s.relaxed) log += "    gave way: " + relaxed.text + '\n';
  }
  for (const std::string& remark : summary.remarks) log += "note: " + remark + '\n';
  return log;
}

}  // namespace entrain
