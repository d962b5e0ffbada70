#include "control/record/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "control/record/journal_documents.h"
#include "control/record/journal_print.h"
#include "control/record/replay_quantum.h"
#include "engine/core/hash.h"

namespace entrain {
namespace {

std::string joined(const std::vector<std::string>& clauses) {
  std::string text;
  for (const std::string& clause : clauses) text += (text.empty() ? "" : "; ") + clause;
  return text;
}

}  // namespace

Result<Replay> Replay::prepare(Journal journal, const AssetLoader& load, const JournalHeader& now) {
  Replay replay(std::move(journal), now);
  if (auto loaded = replay.load_assets(load); !loaded) return loaded.error();
  replay.build_versions();
  return replay;
}

Replay::Replay(Journal journal, const JournalHeader& now) : journal_(std::move(journal)) {
  config_.rate = journal_.header.rate;
  config_.seed = journal_.header.seed;
  config_.isa = isa_named(journal_.header.isa).value_or(best_isa());
  compare_machines(now);
}

void Replay::compare_machines(const JournalHeader& now) {
  const JournalHeader& then = journal_.header;
  if (then.isa != name_of(config_.isa))
    reasons_.push_back(fmt::format(
        "it played with instruction set {}, which is not to be had here, and was rendered with {}", then.isa,
        name_of(config_.isa)));
  if (then.cpu != now.cpu)
    reasons_.push_back(
        fmt::format("it played on a processor of level {}, and this one is of level {}", then.cpu, now.cpu));
  if (then.version != now.version)
    reasons_.push_back(fmt::format("it played in Entrain {}, and this is {}", then.version, now.version));
  else if (then.build != now.build)
    reasons_.push_back("it played in another build of this version");
  auto libraries = then.libraries;
  libraries.insert(now.libraries.begin(), now.libraries.end());
  for (const auto& [name, hash] : libraries) {
    const auto was = then.libraries.find(name), is = now.libraries.find(name);
    if (was == then.libraries.end() || is == now.libraries.end() || was->second != is->second)
      reasons_.push_back(name + " is another");
  }
  if (journal_.left_out > 0)
    reasons_.push_back(fmt::format("{} of its inputs are not in the journal", journal_.left_out));
}

Result<void> Replay::load_assets(const AssetLoader& load) {
  for (const auto& [id, line] : journal_.assets) {
    auto loaded = load(line);
    if (!loaded) return loaded.error();
    std::shared_ptr<const Asset> asset = std::move(*loaded);
    const auto frames = static_cast<std::size_t>(asset->frames());
    const std::uint64_t pcm = pcm_hash({asset->left_data(), frames}, {asset->right_data(), frames});
    if (pcm != line.pcm_hash || asset->frames() != line.frames)
      reasons_.push_back(line.path + (asset->file_hash != line.file_hash
                                          ? " is another file"
                                          : " is the same file and was decoded otherwise"));
    if (asset->frames() < line.frames) {  // a map may lead up to the frames that were there
      Asset padded = *asset;
      padded.left.resize(static_cast<std::size_t>(line.frames));
      if (!padded.right.empty()) padded.right.resize(static_cast<std::size_t>(line.frames));
      asset = std::make_shared<const Asset>(std::move(padded));
    }
    assets_[id] = std::move(asset);
  }
  return {};
}

/// Assets are all there by now: nothing can fail.
void Replay::build_versions() {
  JournalDocuments documents(journal_, [this](int asset) { return assets_.at(asset); }, config_.rate);
  for (const auto& [epoch, line] : journal_.versions) versions_[epoch] = *documents.version(epoch);
}

Result<ReplaySummary> Replay::run(QuantumSink sink) const {
  ReplaySummary summary;
  summary.isa = config_.isa;
  Offline offline(config_, std::move(sink));
  const VersionOf version_of = [this](std::uint64_t epoch) { return versions_.at(epoch).get(); };
  ReplayQuantum quantum;
  auto next = journal_.records.begin();
  const auto end = journal_.records.end();
  const auto differs = [&summary](Frame at) { summary.differs = std::min(summary.differs.value_or(at), at); };
  for (;;) {
    const Frame now = offline.frame();
    quantum.clear();
    for (; next != end && next->frame < now + kQuantum; ++next) {
      if (next->what != Record::What::checksum) {
        quantum.add(*next, version_of);
      } else if (++summary.checksums; next->epoch != offline.sum()) {
        differs(now);
      }
    }
    if (now >= journal_.end) break;
    if (auto done = offline.process(quantum.events(), quantum.schedule()); !done) return done.error();
    summary.derived += quantum.expected();
    if (!quantum.came(offline.records())) differs(now);
  }
  summary.frames = offline.frame().index;
  summary.sum = offline.sum();
  summary.sentence = verdict(summary);
  return summary;
}

std::string Replay::verdict(const ReplaySummary& s) const {
  if (s.bit_exact())
    return fmt::format("Bit-exact: all {} checksums of the journal came again.", s.checksums);
  if (!s.differs)
    return "The journal holds no checksum, so nothing proves the bits" +
           (reasons_.empty() ? "; nothing known speaks against them."
                             : ", and these speak against them: " + joined(reasons_) + ".");
  const std::string when = fmt::format(
      "Not bit-exact, first seen at {} (frame {}): ", time_of(*s.differs, config_.rate), s.differs->index);
  if (reasons_.empty())
    return when +
           "nothing known differs between then and now, so this is a bug of Entrain; please keep the journal "
           "and report it.";
  return when + joined(reasons_) + ".";
}

}  // namespace entrain
