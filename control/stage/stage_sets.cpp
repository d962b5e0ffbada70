// What the stage does about sets and scenes: acts of many changes at once, and files through the loader's
// thread.
#include <fmt/format.h>

#include <algorithm>

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

}  // namespace

bool Stage::is_about_sets(const Job& job) {
  const CommandId id = job.call.row->id;
  return is_arrangement(id) || id == CommandId::scene_recall || id == CommandId::set_open ||
         id == CommandId::set_save || id == CommandId::set_new;
}

std::vector<std::string> Stage::scenes() const {
  const std::lock_guard lock(shared_);
  return scene_names_;
}

void Stage::publish_set() {
  const std::lock_guard lock(shared_);
  scene_names_ = desk_.scene_names();
  home_ = desk_.document().path;
}

// --- on the stage's thread

void Stage::perform_on_sets(Job job) {
  const CommandId id = job.call.row->id;
  Result<std::string> outcome = Error{};
  if (is_arrangement(id)) {
    outcome = desk_.arrange(job.call, versions_.latest(), wires_.snapshot());
  } else if (id == CommandId::scene_recall) {
    auto act = desk_.recall(job.call, versions_.latest().meter);
    outcome = act ? commit_act(*std::move(act), job.call.grid(), true) : Result<std::string>(act.error());
  } else if (id == CommandId::set_save) {
    if (!job.written) return write_set(std::move(job));
    desk_.saved(*job.set);
    outcome = fmt::format("saved {}", job.set->path.string());
  } else {
    if (id == CommandId::set_new)
      job.set = std::make_shared<SetFile>(), job.opened = std::make_shared<LoadedSet>();
    clusters_ = std::move(job.opened->clusters);
    const auto remarks = std::move(job.opened->remarks);
    outcome = commit_act(desk_.open(std::move(*job.set), std::move(*job.opened)), job.call.grid(), false);
    undo_.clear();
    for (const std::string& remark : remarks)
      if (outcome) *outcome += "; " + remark;
  }
  publish_set();
  if (job.done) job.done(outcome);
}

Result<std::string> Stage::commit_act(SetDesk::Act act, Grid grid, bool undoable) {
  auto done = commit(Edit{std::move(act.parts)}, grid, undoable, std::move(act.values), act.glide);
  if (done && done->starts_with("done")) *done = act.said + done->substr(4);
  return done;
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
    const bool stands = control.index < now.controls && now.values[control.index] == value;
    if (stands && !others_wait) continue;
    const bool glides = catalogue().row(control).kind == Kind::continuous;
    static_cast<void>(producer_.post({control, grid, Source::stage, frame, value, glides ? glide : Beat()}));
  }
}

void Stage::write_set(Job job) {
  SetFile now = desk_.capture(versions_.latest(), wires_.snapshot(), rate_);
  std::filesystem::path path = job.call.args.empty() ? now.path : std::filesystem::path(job.call.text(0));
  if (path.empty()) {
    if (job.done) job.done(Error{"the set has no file yet; name one: /set/save file"});
    return;
  }
  if (path.is_relative() && !job.call.args.empty()) path = now.path.parent_path() / path;
  if (!path.has_extension()) path += ".toml";
  job.set = std::make_shared<SetFile>(moved_to(std::move(now), path));
  job.old = desk_.document().path;
  put(loads_, std::move(job));
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

// --- on the loader's thread

Result<void> Stage::load_or_write(Job& job) {
  if (job.autosave) return save_autosave(*job.set);
  if (job.call.row->id == CommandId::deck_load) {
    auto document = load_deck(job.call);
    if (!document) return document.error();
    job.loaded = *std::move(document);
    return {};
  }
  if (job.call.row->id == CommandId::set_save) {
    job.written = true;
    return save_set(*job.set, job.old);
  }
  std::filesystem::path path = job.call.text(0), home;
  {
    const std::lock_guard lock(shared_);
    home = home_.parent_path();
  }
  std::error_code ignored;
  if (path.is_relative() && !std::filesystem::exists(path, ignored)) path = home / path;
  auto set = read_set(path);
  if (!set) return set.error();
  sounds_.search(set->folders);
  job.set = std::make_shared<SetFile>(*std::move(set));
  job.opened = std::make_shared<LoadedSet>(load_set(*job.set, sounds_));
  return {};
}

}  // namespace entrain
