#include "control/record/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "control/record/journal_print.h"
#include "engine/analysis/hit.h"
#include "engine/core/hash.h"

namespace entrain {
namespace {

bool same(const Due& a, const Due& b) {
  return a.by_beat == b.by_beat && (a.by_beat ? a.beat == b.beat : a.frame == b.frame);
}

/// Whether the engine did again what the journal says it did.
bool same(const Record& a, const Record& b) {
  if (a.what != b.what || a.frame != b.frame) return false;
  switch (a.what) {
    case Record::What::event:
      return a.event.control == b.event.control && same(a.due, b.due);
    case Record::What::adopted:
      return a.epoch == b.epoch && same(a.due, b.due);
    case Record::What::missed:
      return a.epoch == b.epoch && a.boundary == b.boundary;
    case Record::What::schedule:
    case Record::What::checksum:
      break;
  }
  return true;
}

/// A part of the document with the pointer filled in that the journal holds as a number.
template <class Part, class Pointed>
std::shared_ptr<const Part> with(Part part, std::shared_ptr<const Pointed> Part::* member, std::shared_ptr<const Pointed> pointed) {
  part.*member = std::move(pointed);
  return std::make_shared<const Part>(std::move(part));
}

/// The records of one quantum, made ready for the engine.
class Quantum {
 public:
  explicit Quantum(const std::map<std::uint64_t, std::shared_ptr<const Performance>>& versions)
      : versions_(versions) {}

  void clear() {
    events_.clear();
    expected_.clear();
    has_schedule_ = false;
  }
  void add(const Record& r) {
    if (r.what == Record::What::event) events_.push_back(r.event);
    if (r.what != Record::What::schedule) return expected_.push_back(r);
    has_schedule_ = true;
    schedule_.serial = r.serial;
    schedule_.count = r.entries;
    if (r.entries > 0)
      schedule_.entries[static_cast<std::size_t>(r.entry)] = {r.boundary, r.grid,
                                                              versions_.at(r.epoch).get()};
  }
  const std::vector<Event>& events() const { return events_; }
  const Schedule* schedule() const { return has_schedule_ ? &schedule_ : nullptr; }
  std::int64_t expected() const { return static_cast<std::int64_t>(expected_.size()); }
  /// Derived records may have found no room when they were made; all that did must come again, in order.
  bool came(std::span<const Record> made) const {
    auto next = expected_.begin();
    for (const Record& record : made) {
      if (next != expected_.end() && same(*next, record))
        ++next;
      else if (record.what == Record::What::event)
        return false;
    }
    return next == expected_.end();
  }

 private:
  const std::map<std::uint64_t, std::shared_ptr<const Performance>>& versions_;
  std::vector<Event> events_;
  std::vector<Record> expected_;
  Schedule schedule_;
  bool has_schedule_ = false;
};

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

void Replay::build_versions() {
  std::map<int, std::shared_ptr<const Cluster>> clusters;
  std::map<int, std::shared_ptr<const Pattern>> patterns;
  std::map<int, std::shared_ptr<const Groove>> grooves;
  std::map<int, std::shared_ptr<const Track>> tracks;
  std::map<int, std::shared_ptr<const Loop>> loops;
  std::map<int, std::shared_ptr<const DeckDocument>> decks;
  std::map<int, std::shared_ptr<const TransitionShape>> shapes;
  std::map<int, std::shared_ptr<const Transition>> transitions;
  for (const auto& [part, line] : journal_.clusters) {
    std::vector<std::shared_ptr<const Asset>> samples;
    for (const int asset : line.samples) samples.push_back(assets_.at(asset));
    clusters[part] = std::make_shared<const Cluster>(make_cluster(line.name, std::move(samples), config_.rate));
  }
  for (const auto& [part, pattern] : journal_.patterns) patterns[part] = std::make_shared<const Pattern>(pattern);
  for (const auto& [part, groove] : journal_.grooves) grooves[part] = std::make_shared<const Groove>(groove);
  for (const auto& [part, line] : journal_.tracks) {
    Track track;
    if (line.cluster != 0) track.cluster = clusters.at(line.cluster);
    for (std::size_t slot = 0; slot < line.patterns.size(); ++slot)
      if (line.patterns[slot] != 0) track.patterns[slot] = patterns.at(line.patterns[slot]);
    tracks[part] = std::make_shared<const Track>(std::move(track));
  }
  for (const auto& [part, line] : journal_.loops)
    loops[part] = with(line.loop, &Loop::asset, assets_.at(line.asset));
  for (const auto& [part, shape] : journal_.shapes) shapes[part] = std::make_shared<const TransitionShape>(shape);
  for (const auto& [part, line] : journal_.transitions)
    transitions[part] = with(line.transition, &Transition::shape, shapes.at(line.shape));
  for (const auto& [part, line] : journal_.decks)
    decks[part] =
        std::make_shared<const DeckDocument>(DeckDocument{line.loop == 0 ? nullptr : loops.at(line.loop)});
  for (const auto& [epoch, line] : journal_.versions) {
    Performance version;
    version.epoch = epoch;
    version.meter = line.meter;
    for (std::size_t i = 0; i < line.tracks.size(); ++i)
      if (line.tracks[i] != 0) version.tracks[i] = tracks.at(line.tracks[i]);
    for (std::size_t i = 0; i < line.decks.size(); ++i)
      if (line.decks[i] != 0) version.decks[i] = decks.at(line.decks[i]);
    if (line.groove != 0) version.groove = grooves.at(line.groove);
    if (line.transition != 0) version.transition = transitions.at(line.transition);
    versions_[epoch] = std::make_shared<const Performance>(std::move(version));
  }
}

Result<ReplaySummary> Replay::run(QuantumSink sink) const {
  ReplaySummary summary;
  summary.isa = config_.isa;
  Offline offline(config_, std::move(sink));
  Quantum quantum(versions_);
  auto next = journal_.records.begin();
  const auto end = journal_.records.end();
  const auto differs = [&summary](Frame at) { summary.differs = std::min(summary.differs.value_or(at), at); };
  for (;;) {
    const Frame now = offline.frame();
    quantum.clear();
    for (; next != end && next->frame < now + kQuantum; ++next) {
      if (next->what != Record::What::checksum) {
        quantum.add(*next);
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
