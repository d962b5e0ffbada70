// `entrain flow`: which loops of the library would follow one another, and why.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "control/flow/flow_json.h"
#include "control/flow/flow_settings.h"
#include "engine/library/find/said.h"
#include "engine/library/flow/planner.h"
#include "engine/library/flow/transitions.h"
#include "ui/cli/known_sounds.h"
#include "ui/cli/library_option.h"
#include "ui/cli/print_json.h"

namespace entrain {
namespace {

struct FlowArgs {
  std::string library, config, start, policy = "keep";
  std::vector<std::string> leans, arc;
  FlowSettings settings;
  double tempo = 0;
  bool json = false;
};

std::string clock_text(double minutes) {
  const auto seconds = std::lround(minutes * 60);
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

std::string key_text(const Card& card, int semitones) {
  if (!card.key) return {};
  const std::string shift = semitones == 0 ? "" : fmt::format(" {:+}", semitones);
  return fmt::format(", {}{}", camelot(*card.key), shift);
}

void show(std::size_t number, const FlowStep& step, const Card& card) {
  fmt::print("{:>6}  {}. {}\n", clock_text(step.minute), number, card.path);
  std::string tempo = said(card.bpm, 1) + " BPM";
  if (std::abs(step.stretch) >= 0.05) tempo += fmt::format(" {:+.1f} %", step.stretch);
  if (std::abs(step.tempo_after - step.tempo) >= 0.05) tempo += ", then as it is";
  fmt::print("           {} ({} x), {}{}, energy {:.1f}, score {:.2f}\n", bars_text(step.bars),
             said(step.times, 2), tempo, key_text(card, step.semitones), card.energy, step.score);
  for (const std::string& reason : step.reasons) fmt::print("         - {}\n", reason);
  for (const Relaxation& relaxed : step.relaxed) fmt::print("         ! {}\n", relaxed.text);
}

/// Lays the options down as a request.
Result<void> fill(const FlowArgs& args, const std::optional<Card>& playing, FlowRequest& request) {
  request.settings = args.settings;
  const auto policy = choice_from<TempoPolicy>(args.policy);
  if (!policy)
    return Error{"\"" + args.policy + "\" is no tempo policy; choose one of: " + choices<TempoPolicy>() +
                 "."};
  request.settings.tempo = *policy;
  request.now.tempo = args.tempo;
  if (playing) {
    request.now.playing = &*playing;
    request.now.bars_left = request.settings.least_bars;
  }
  for (const std::string& name : args.leans) {
    const auto lean = choice_from<Lean>(name);
    if (!lean) return Error{"\"" + name + "\" is no way to lean; choose one of: " + choices<Lean>() + "."};
    request.wishes = leaning(std::move(request.wishes), {.lean = *lean, .like = playing ? playing->id : 0});
  }
  std::vector<ArcPoint> arc;
  for (const std::string& text : args.arc) {
    auto points = arc_from(text);
    if (!points) return points.error();
    arc.insert(arc.end(), points->begin(), points->end());
  }
  request.wishes = along(std::move(request.wishes), std::move(arc));
  return {};
}

Result<void> flow(const FlowArgs& args) {
  const auto finder = open_finder(args.library, args.config);
  if (!finder) return finder.error();
  std::optional<Card> playing;
  if (!args.start.empty()) {
    const auto card = card_at(**finder, args.start);
    if (!card) return card.error();
    playing = *card;
  }
  FlowRequest request;
  if (const auto done = fill(args, playing, request); !done) return done;
  const FlowShelf shelf((*finder)->cards(), (*finder)->likeness());
  const FlowPlan plan = plan_flow(shelf, request, (*finder)->weights());
  if (args.json) {
    print_json(flow_json(plan, shelf));
    return {};
  }
  if (playing) fmt::print("  0:00  {}\n           {}\n", playing->path, about(*playing));
  for (std::size_t k = 0; k < plan.steps.size(); ++k)
    show(k + 1, plan.steps[k], shelf.cards()[plan.steps[k].index]);
  for (const std::string& remark : plan.remarks) fmt::print("{}\n", remark);
  return {};
}

}  // namespace

void add_flow(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<FlowArgs>();
  CLI::App* sub =
      app.add_subcommand("flow", "Plans which loops of the library follow one another, and says why.");
  sub->footer(
      "Examples:\n  entrain flow --start amen.wav\n  entrain flow --steps 12 --arc 0:3 10:8 15:4\n"
      "  entrain flow --start amen.wav --lean darker --tempo-policy glide --json\n"
      "Loops whose tempo or downbeat is not sure are left out; `entrain library list` marks them ?.");
  add_library_option(*sub, args->library);
  sub->add_option("--start", args->start, "The loop that plays, of the library or not (default: silence)");
  sub->add_option("--steps", args->settings.steps, "How many loops to plan (default 5)")
      ->check(CLI::Range(1, FlowSettings::kMostSteps));
  sub->add_option("--tempo", args->tempo, "The master's BPM (default: that of the first loop)")
      ->check(CLI::Range(20.0, 400.0));
  sub->add_option("--tempo-policy", args->policy,
                  "What becomes of it: keep, relax to each loop's own, or glide there");
  sub->add_option("--semitones", args->settings.semitones,
                  "Most by which a loop may be shifted so that its key fits (default 0)")
      ->check(CLI::Range(0, FlowSettings::kMostSemitones));
  sub->add_option("--least-bars", args->settings.least_bars, "How long each loop plays at least (default 16)")
      ->check(CLI::Range(1.0, FlowSettings::kLongestBars));
  sub->add_option("--most-bars", args->settings.most_bars, "How long at most (default 32)")
      ->check(CLI::Range(1.0, FlowSettings::kLongestBars));
  sub->add_option("--lean", args->leans, "Where to go: " + choices<Lean>());
  sub->add_option("--arc", args->arc, "Energies (0 to 10) at minutes, straight between them: 0:3 10:8");
  sub->add_option("--seed", args->settings.seed, "Decides between equals (default 1)");
  sub->add_option("--config", args->config, "Weights and settings (default: ~/.config/entrain/config.toml)");
  sub->add_flag("--json", args->json, "As JSON");
  sub->callback([args, &exit] {
    if (const auto done = flow(*args); !done) fail(exit, done.error().sentence);
  });
}

}  // namespace entrain
