#include "control/stage/stage_files.h"

#include <fmt/format.h>

#include "control/stage/set_store.h"
#include "control/stage/track_edits.h"
#include "control/text_file.h"
#include "engine/groove/groove_template.h"

namespace entrain {

bool StageFiles::reads_first(CommandId id) {
  return id == CommandId::deck_load || id == CommandId::groove_load || id == CommandId::patterns_load ||
         id == CommandId::set_open;
}

void StageFiles::settle(const std::filesystem::path& home, int beats_per_bar) {
  const std::lock_guard lock(mutex_);
  home_ = home;
  beats_per_bar_ = beats_per_bar;
}

std::filesystem::path StageFiles::beside_set(const std::string& name) const {
  const std::filesystem::path path = name;
  const std::lock_guard lock(mutex_);
  return path.is_relative() ? home_.parent_path() / path : path;
}

Result<void> StageFiles::serve(Job& job) const {
  if (job.autosave) return save_autosave(*job.set);
  if (job.call.row->id == CommandId::set_save) {
    if (job.set->path.empty()) return Error{"the set has no file yet; name one: /set/save file"};
    return save_set(*job.set, job.path);
  }
  if (job.call.row->id == CommandId::patterns_save) {
    if (job.text.empty()) return Error{"no track has a pattern there; write one first"};
    if (job.call.args.size() > 1)
      if (const auto slot = slot_named(job.call.text(1)); !slot) return slot.error();
    return write_new_text(job.path, job.text);
  }
  auto ready = load(job);
  if (!ready) return ready.error();
  job.ready = *std::move(ready);
  return {};
}

Result<Job::Ready> StageFiles::load(const Job& job) const {
  const CommandCall& call = job.call;
  const auto beats = [&] { return call.args.size() > 1 ? std::optional(call.number(1)) : std::nullopt; };
  const auto existing = [&] {
    std::error_code ignored;
    return std::filesystem::exists(call.text(0), ignored) ? std::filesystem::path(call.text(0))
                                                          : beside_set(call.text(0));
  };
  switch (call.row->id) {
    case CommandId::deck_load: {
      auto sound = sounds_.load(call.text(0));
      if (!sound) return sound.error();
      auto loop = make_loop(sound->asset, rate_, beats());
      if (!loop) return loop.error();
      return Job::Ready{std::make_shared<const DeckDocument>(DeckDocument{*std::move(loop)})};
    }
    case CommandId::groove_load: {
      auto groove = load_groove(call);
      if (!groove) return groove.error();
      return Job::Ready{*std::move(groove)};
    }
    case CommandId::patterns_load: {
      auto file = read_pattern_file(existing());
      if (!file) return file.error();
      return Job::Ready{std::make_shared<const PatternFile>(*std::move(file))};
    }
    default: {
      auto set = read_set(existing());
      if (!set) return set.error();
      sounds_.search(set->folders);
      auto opened = std::make_shared<OpenedSet>(OpenedSet{*std::move(set), {}});
      opened->loaded = load_set(opened->set, sounds_);
      return Job::Ready{std::move(opened)};
    }
  }
}

Result<std::shared_ptr<const Groove>> StageFiles::load_groove(const CommandCall& call) const {
  const auto path = sounds_.find(call.text(0));
  if (!path) return path.error();
  const auto bytes = read_text(*path, "groove", kMaxMidiFile);
  if (!bytes) return bytes.error();
  const std::string name = path->filename().string();
  const auto* first = reinterpret_cast<const std::uint8_t*>(bytes->data());
  const auto file = parse_midi({first, bytes->size()}, name);
  if (!file) return file.error();
  const int beats_per_bar = [&] {
    const std::lock_guard lock(mutex_);
    return beats_per_bar_;
  }();
  auto groove = groove_of(name, hits_of(*file), beats_per_bar);
  if (!groove) return Error{fmt::format("{} holds no notes; name a file with a rhythm in it", name)};
  return std::make_shared<const Groove>(*std::move(groove));
}

}  // namespace entrain
