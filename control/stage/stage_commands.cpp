// What the stage's thread does about commands.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "control/stage/set_store.h"
#include "control/stage/set_writer.h"
#include "control/stage/stage.h"
#include "engine/core/catalogue.h"

namespace entrain {
namespace {

constexpr auto kAutosaveEvery = std::chrono::seconds(30);

bool is_arrangement(CommandId id) {
  return id == CommandId::scene_store || id == CommandId::scene_delete || id == CommandId::scene_copy ||
         id == CommandId::scene_move || id == CommandId::scene_rename || id == CommandId::scene_exempt;
}

ControlId slot_control(int track) { return *catalogue().find(fmt::format("/track/{}/slot", track + 1)); }

std::string about(const DeckDocument& deck, int rate) {
  const Loop& loop = *deck.loop;
  const double seconds = static_cast<double>(loop.asset->frames()) / rate;
  return fmt::format("{}: {:g} beats, {:.1f} BPM",
                     std::filesystem::path(loop.asset->path).filename().string(), loop.length().value(),
                     loop.length().value() * 60 / seconds);
}

std::string about(const Groove& groove) {
  const auto [early, late] = std::minmax_element(groove.sixteenths.begin(), groove.sixteenths.end(),
                                                 [](auto& a, auto& b) { return a.shift < b.shift; });
  return fmt::format("{}: {:.0f} % of a sixteenth early to {:.0f} % late", groove.name,
                     std::max(0.0f, -100 * early->shift), std::max(0.0f, 100 * late->shift));
}

}  // namespace

void Stage::perform(Job job) {
  if (job.brought) {
    const auto brought = commit(Edit{job.brought->parts}, Grid::now, nullptr);
    for (const Event& event : job.brought->events)
      if (brought) static_cast<void>(producer_.post(event));
    return job.done ? job.done(brought) : void();
  }
  if (!job.loaded && ask_loader(job)) return put(loads_, std::move(job));
  auto outcome = outcome_of(job);
  publish_set();
  if (job.done) job.done(outcome);
}

/// True when the loader has to do something first: `job` then says what.
bool Stage::ask_loader(Job& job) {
  switch (job.call.row->id) {
    case CommandId::set_save:
      return write_set(job), true;
    case CommandId::patterns_save:
      return write_patterns(job), true;
    case CommandId::clusters_group:
      job.clusters = desk_.document().clusters;
      return true;
    case CommandId::deck_groove: {
      const auto& deck = versions_.latest().decks[static_cast<std::size_t>(job.call.instance)];
      job.loop = deck ? deck->loop : nullptr;
      return job.loop != nullptr;
    }
    default:
      return false;
  }
}

Result<std::string> Stage::outcome_of(Job& job) {
  const CommandCall& call = job.call;
  const CommandId id = call.row->id;
  if (is_arrangement(id)) {
    Undo undo{{}, Grid::now, {}, desk_.before(false), {}};
    auto outcome = desk_.arrange(call, versions_.latest(), wires_.snapshot());
    if (outcome) undo_.push(std::move(undo));
    return outcome;
  }
  switch (id) {
    case CommandId::undo:
      return take_back(call);
    case CommandId::scene_recall: {
      auto act = desk_.recall(call, versions_.latest().meter);
      return act ? commit_act(*std::move(act), call.grid(), {}) : Result<std::string>(act.error());
    }
    case CommandId::set_save:
      desk_.saved(*job.set);
      return fmt::format("saved {}", job.set->path.string());
    case CommandId::patterns_save:
      return job.said;
    case CommandId::patterns_load:
      return load_patterns(call, *std::get<std::shared_ptr<const PatternFile>>(job.ready));
    case CommandId::clusters_group:
      return change_clusters(call, std::move(*std::get<std::shared_ptr<Regrouped>>(job.ready)));
    case CommandId::set_open:
      return change_set(call, std::move(*std::get<std::shared_ptr<OpenedSet>>(job.ready)));
    case CommandId::set_new:
      return change_set(call, {});
    default: {
      auto edit = edit_for(job);
      if (!edit) return edit.error();
      Undo undo;
      const bool plans = call.row->id == CommandId::transition_plan;  // it has its beat in itself
      auto done = commit(*std::move(edit), plans ? Grid::now : call.grid(), &undo);
      if (done) undo_.push(std::move(undo));
      const auto* deck = std::get_if<std::shared_ptr<const DeckDocument>>(&job.ready);
      if (done && deck != nullptr) *done = about(**deck, rate_) + done->substr(4);
      const auto* groove = std::get_if<std::shared_ptr<const Groove>>(&job.ready);
      if (done && groove != nullptr) *done = about(**groove) + done->substr(4);
      if (done && !job.said.empty()) *done += "; " + job.said;
      return done;
    }
  }
}

Result<std::string> Stage::take_back(const CommandCall& call) {
  if (undo_.empty()) return Error{"there is nothing to undo"};
  Undo act = undo_.pop();
  const Grid grid = call.at.value_or(act.grid);
  Result<std::string> outcome{"done"};
  const std::vector<int> spared = spare_changed_decks(act, versions_.latest());
  auto values = taken_back(act.moved, wires_.snapshot());
  while (outcome && !act.edits.empty()) {
    outcome = commit(act.edits.back(), grid, nullptr, std::exchange(values, {}));
    if (outcome) act.edits.pop_back();
  }
  if (!outcome)
    undo_.push(std::move(act));  // what is left of it can still be taken back
  else if (act.desk)
    desk_.restore(*std::move(act.desk));
  if (outcome)
    for (const int deck : spared) *outcome += fmt::format("; deck {} holds another loop by now, and keeps it", deck);
  return outcome;
}

Result<Edit> Stage::edit_for(const Job& job) {
  const CommandCall& call = job.call;
  switch (call.row->id) {
    case CommandId::deck_load:
      return Edit{SetDeck{call.instance, std::get<std::shared_ptr<const DeckDocument>>(job.ready)}};
    case CommandId::deck_eject:
      return Edit{SetDeck{call.instance, nullptr}};
    case CommandId::deck_groove:
      if (!job.loaded)
        return Error{fmt::format("deck {} is empty; load a loop first, or take a file's feel by /groove/load",
                                 call.instance + 1)};
      return Edit{SetGroove{std::get<std::shared_ptr<const Groove>>(job.ready)}};
    case CommandId::deck_mark:
    case CommandId::deck_grid_double:
    case CommandId::deck_grid_halve:
    case CommandId::deck_grid_one:
    case CommandId::deck_grid_tap:
    case CommandId::deck_grid_shift:
      return edit_deck(call);
    case CommandId::transition_plan:
      return plan_transition(call);
    case CommandId::groove_load:
      return Edit{SetGroove{std::get<std::shared_ptr<const Groove>>(job.ready)}};
    case CommandId::groove_clear:
      return Edit{SetGroove{nullptr}};
    case CommandId::track_cluster: {
      auto cluster = desk_.cluster(call.text(0));
      if (!cluster) return cluster.error();
      return Edit{SetCluster{call.instance, *std::move(cluster)}};
    }
    default:
      return track_edit(call, versions_.latest(), playing_slot(call.instance), drawn_);
  }
}

int Stage::playing_slot(int track) const {
  return std::max(0, static_cast<int>(wires_.snapshot().values[slot_control(track).index]) - 1);
}

// --- sets

Result<std::string> Stage::change_set(const CommandCall& call, OpenedSet opened) {
  const auto remarks = std::move(opened.loaded.remarks);
  Undo undo{{}, Grid::now, {}, desk_.before(true), {}};
  auto outcome =
      commit_act(desk_.open(std::move(opened.set), std::move(opened.loaded)), call.grid(), std::move(undo));
  for (const std::string& remark : remarks)
    if (outcome) *outcome += "; " + remark;
  return outcome;
}

Result<std::string> Stage::change_clusters(const CommandCall& call, Regrouped groups) {
  std::string said = fmt::format("{} clusters:", groups.clusters.size());
  const char* comma = "";
  for (const auto& [name, cluster] : groups.clusters)
    said += fmt::format("{} {} {}", std::exchange(comma, ","), name, cluster->samples.size());
  for (const std::string& remark : groups.remarks) said += "; " + remark;
  Undo undo{{}, Grid::now, {}, desk_.before(true), {}};
  auto done = commit(Edit{desk_.regroup(std::move(groups), versions_.latest())}, call.grid(), &undo);
  if (!done) {
    desk_.restore(*std::move(undo.desk));
    return done;
  }
  undo_.push(std::move(undo));
  return said + done->substr(4);
}

void Stage::write_set(Job& job) {
  SetFile now = desk_.capture(versions_.latest(), wires_.snapshot(), rate_);
  std::filesystem::path path = job.call.args.empty() ? now.path : files_.beside_set(job.call.text(0));
  if (!path.empty() && !path.has_extension()) path += ".toml";
  job.set = std::make_shared<SetFile>(moved_to(std::move(now), path));
  job.path = desk_.document().path;
}

void Stage::publish_set() {
  files_.settle(desk_.document().path, versions_.latest().meter.beats_per_bar);
  const std::lock_guard lock(shared_);
  scene_names_ = desk_.scene_names();
}

void Stage::autosave_now_and_then() {
  const auto now = std::chrono::steady_clock::now();
  if (now - autosaved_at_ < kAutosaveEvery) return;
  autosaved_at_ = now;
  SetFile set = desk_.capture(versions_.latest(), wires_.snapshot(), rate_);
  if (!desk_.wants_autosave(set)) return;
  Job job;
  job.set = std::make_shared<SetFile>(std::move(set));
  job.autosave = true;
  put(loads_, std::move(job));
}

/// At the end: what was changed and not saved stays in the autosave.
void Stage::keep_unsaved() {
  const SetFile set = desk_.capture(versions_.latest(), wires_.snapshot(), rate_);
  if (wires_.snapshot().controls > 0 && desk_.wants_autosave(set)) static_cast<void>(save_autosave(set));
}

// --- what reaches the engine

/// Adds an edit at the next line of `grid`, moves controls there, and notes in `undo` (if any) what takes it
/// back. The sentence begins with "done".
Result<std::string> Stage::commit(Edit edit, Grid grid, Undo* undo, std::vector<ControlValue> values,
                                  Beat glide) {
  const Snapshot& now = wires_.snapshot();
  if (!now.running) grid = Grid::now;
  const double spare = (lead_ + kSpareSeconds * rate_) / rate_ * now.tempo / 60.0;
  const Meter meter = versions_.latest().meter;
  const Beat boundary = meter.next_line(now.beat + Beat::nearest(spare), grid);
  Edit back = inverse_of(edit, versions_.latest());
  if (!versions_.add(std::move(edit), boundary, grid))
    return Error{
        fmt::format("{} changes wait for their bar already; ask again when they have come", kScheduleRoom)};
  wires_.offer(versions_.make_schedule());
  if (undo != nullptr) {
    undo->edits.push_back(std::move(back));
    undo->grid = grid;
    undo->decks = versions_.latest().decks;
    for (const auto& [control, value] : values)
      undo->moved.push_back({control, now.settled[control.index], value});
  }
  post_values(values, glide, grid, boundary);
  if (grid == Grid::now) return std::string("done");
  return fmt::format("done, at bar {}", boundary.ticks / meter.spacing(Grid::bar).ticks + 1);
}

Result<std::string> Stage::commit_act(SetDesk::Act act, Grid grid, Undo undo) {
  auto done = commit(Edit{std::move(act.parts)}, grid, &undo, std::move(act.values), act.glide);
  if (!done) {
    if (undo.desk) desk_.restore(*std::move(undo.desk));
    return done;
  }
  undo_.push(std::move(undo));
  return act.said + done->substr(4);
}

/// Moves controls that do not stand there already, at the same boundary as the version. Those under way to
/// another boundary are moved in any case.
void Stage::post_values(const std::vector<ControlValue>& values, Beat glide, Grid grid, Beat boundary) {
  const Snapshot& now = wires_.snapshot();
  const bool others_wait = now.running && now.beat < values_due_;
  Frame frame = arrival();
  if (grid != Grid::now) {
    // Half a line before the boundary: "the next line from there" is the boundary, whatever the tempo does by
    // then.
    const double per_beat = 60.0 / now.tempo * rate_;
    const double until = (boundary - now.beat).value() * per_beat;
    const double half = versions_.latest().meter.spacing(grid).value() * per_beat / 2;
    frame = std::max(frame, now.frame + static_cast<std::int64_t>(std::max(0.0, until - half)));
    values_due_ = std::max(values_due_, boundary);
  }
  for (const auto& [control, value] : values) {
    const bool stands = control.index < now.controls && now.values[control.index] == value &&
                        now.settled[control.index] == value;
    if (stands && !others_wait) continue;
    const bool glides = catalogue().row(control).kind == Kind::continuous;
    static_cast<void>(producer_.post({control, grid, Source::stage, frame, value, glides ? glide : Beat()}));
  }
}

}  // namespace entrain
