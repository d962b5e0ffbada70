#include "control/stage/stage_files.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <fstream>
#include <string_view>

#include "control/stage/set_store.h"
#include "control/stage/track_edits.h"
#include "control/text_file.h"
#include "engine/core/text.h"

namespace entrain {
namespace {

bool is_midi(const std::filesystem::path& path) {
  std::array<char, 12> head{};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  const std::string_view text(head.data(), head.size());
  return text.substr(0, 4) == "MThd" || (text.substr(0, 4) == "RIFF" && text.substr(8, 4) == "RMID");
}

}  // namespace

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

Result<Job::Ready> StageFiles::load(Job& job) const {
  const CommandCall& call = job.call;
  const auto beats = [&] { return call.args.size() > 1 ? std::optional(call.number(1)) : std::nullopt; };
  const auto existing = [&] {
    std::error_code ignored;
    return std::filesystem::exists(call.text(0), ignored) ? std::filesystem::path(call.text(0))
                                                          : beside_set(call.text(0));
  };
  switch (call.row->id) {
    case CommandId::deck_load: {
      auto loop = load_loop(call.text(0), beats());
      if (!loop) return loop.error();
      return Job::Ready{std::make_shared<const DeckDocument>(DeckDocument{*std::move(loop)})};
    }
    case CommandId::deck_groove:
    case CommandId::groove_load: {
      auto groove = job.loop ? groove_from(std::filesystem::path(job.loop->asset->path).filename().string(),
                                           hits_of(*job.loop, rate_))
                             : load_groove(call.text(0), beats(), job.said);
      if (!groove) return groove.error();
      return Job::Ready{*std::move(groove)};
    }
    case CommandId::clusters_group:
      return load_groups(job);
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

Result<Job::Ready> StageFiles::load_groups(const Job& job) const {
  const CommandCall& call = job.call;
  std::optional<int> k;
  if (!call.args.empty() && call.text(0) != "auto") {
    const auto number = number_in(call.text(0));
    if (!number || !(*number >= 1 && *number <= 256) || *number != std::floor(*number))
      return Error{fmt::format("\"{}\" is no number of clusters; give 1 to 256, or auto", call.text(0))};
    k = static_cast<int>(*number);
  }
  std::optional<std::filesystem::path> folder;
  if (call.args.size() > 1) folder = beside_set(call.text(1));
  auto groups = regroup(job.clusters, folder, k, sounds_);
  if (!groups) return groups.error();
  return Job::Ready{std::make_shared<Regrouped>(*std::move(groups))};
}

Result<std::shared_ptr<const Groove>> StageFiles::groove_from(const std::string& name,
                                                              const std::vector<PlayedHit>& hits) const {
  const int beats_per_bar = [&] {
    const std::lock_guard lock(mutex_);
    return beats_per_bar_;
  }();
  auto groove = groove_of(name, hits, beats_per_bar);
  if (!groove) return Error{fmt::format("{} holds no hits; name something with a rhythm in it", name)};
  return std::make_shared<const Groove>(*std::move(groove));
}

/// A MIDI file, or a sound: by what it begins with.
Result<std::shared_ptr<const Groove>> StageFiles::load_groove(const std::string& file,
                                                              std::optional<double> beats,
                                                              std::string& remark) const {
  const auto path = sounds_.find(file);
  if (!path) return path.error();
  const std::string name = path->filename().string();
  if (!is_midi(*path)) {
    const auto loop = load_loop(file, beats);
    return loop ? groove_from(name, hits_of(**loop, rate_)) : loop.error();
  }
  const auto bytes = read_text(*path, "MIDI file", kMaxMidiFile);
  if (!bytes) return bytes.error();
  const auto* first = reinterpret_cast<const std::uint8_t*>(bytes->data());
  const auto midi = parse_midi({first, bytes->size()}, name);
  if (!midi) return midi.error();
  remark = midi->remark;
  return groove_from(name, hits_of(*midi));
}

Result<std::shared_ptr<const Loop>> StageFiles::load_loop(const std::string& file,
                                                          std::optional<double> beats) const {
  auto sound = sounds_.load(file);
  if (!sound) return sound.error();
  if (!beats && loops_)
    if (auto known = loops_(sound->asset); known && *known) return *std::move(*known);
  return make_loop(sound->asset, rate_, beats);
}

}  // namespace entrain
