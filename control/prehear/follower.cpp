#include "control/prehear/follower.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "control/record/journal_reader.h"

namespace entrain {
namespace {

constexpr std::int64_t kReleaseEvery = 1'500;  ///< quanta: about a second

Frame quantum_of(Frame frame) { return frame - frame.index % kQuantum; }

}  // namespace

Result<void> Follower::read(std::string_view bytes) {
  for (std::size_t end; (end = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(end + 1)) {
    rest_ += bytes.substr(0, end);
    if (auto understood = line(rest_); !understood) return understood;
    rest_.clear();
  }
  rest_ += bytes;
  if (rest_.size() > kLongestJournalLine) return Error{"a line of the journal has no end"};
  return {};
}

Result<void> Follower::line(std::string_view text) {
  ++lines_;
  const auto json = checked(text);
  if (!json) return Error{fmt::format("line {} of the journal is damaged", lines_)};
  const auto object = nlohmann::ordered_json::parse(*json, nullptr, false);
  const std::size_t known = records().size();
  const std::string wrong = lines_ == 1 ? parser_.header(object) : parser_.line(object);
  if (!wrong.empty()) return Error{fmt::format("line {} of the journal makes no sense: {}", lines_, wrong)};
  if (parser_.left_out() > 0)
    return Error{"inputs that played are not in the journal, so it leads elsewhere"};
  if (lines_ > 1) return note_new_records(known), Result<void>();
  const JournalHeader& header = parser_.so_far().header;
  const auto isa = isa_named(header.isa);
  if (!isa) return Error{fmt::format("instruction set {} is not to be had here", header.isa)};
  offline_.emplace(EngineConfig{header.rate, header.seed, *isa});
  documents_.emplace(
      parser_.so_far(), [this](int asset) { return load_(parser_.so_far().assets.at(asset)); }, header.rate);
  return {};
}

void Follower::note_new_records(std::size_t known) {
  for (std::size_t i = known; i < records().size(); ++i) {
    const Record& record = records()[i];
    scheduled_.hear(record);
    if (watch_) watch_->hear(record, scheduled_);
    read_until_ = quantum_of(record.frame);  // its own quantum may have more to come
  }
  if (parser_.ended()) read_until_ = parser_.so_far().end;
}

Result<bool> Follower::advance(int quanta) {
  for (; quanta > 0; --quanta) {
    if (frame() >= read_until_) return false;
    if (auto done = quantum(); !done) return done.error();
  }
  return true;
}

Result<void> Follower::quantum() {
  const Frame now = frame();
  quantum_.clear();
  const VersionOf version_of = [this](std::uint64_t epoch) { return held_.at(epoch).get(); };
  for (; !records().empty() && records().front().frame < now + kQuantum; records().pop_front()) {
    const Record& record = records().front();
    if (record.what == Record::What::checksum) {
      ++checksums_;
      if (record.epoch != offline_->sum())
        return Error{fmt::format("frame {} does not come again bit for bit", record.frame.index)};
      continue;
    }
    if (record.what == Record::What::schedule && record.entries > 0)
      if (auto held = hold(record.epoch); !held) return held;
    quantum_.add(record, version_of);
  }
  auto done = offline_->process(quantum_.events(), quantum_.schedule());
  if (++quanta_ % kReleaseEvery == 0) release();
  return done;
}

Result<void> Follower::hold(std::uint64_t epoch) {
  auto version = documents_->version(epoch);
  if (!version) return version.error();
  held_[epoch] = *std::move(version);
  return {};
}

/// The rule by which the stage frees versions, too.
void Follower::release() {
  const std::uint64_t oldest = now().oldest_epoch;
  std::erase_if(held_, [&](const auto& held) { return held.first < oldest; });
}

Snapshot Follower::now() const {
  Snapshot now;
  if (offline_) offline_->engine().observe(now);
  return now;
}

void Follower::expect(const Conductor::Placed& coming) {
  watch_.emplace(parser_.so_far(), scheduled_, now(), coming);
}

Result<FutureSpan> Follower::render(const Conductor::Placed& coming, const FutureSink& sink,
                                    const std::function<void(double)>& told) {
  if (!offline_) return Error{"the journal has not begun"};
  while (frame() < read_until_ || !records().empty())
    if (auto done = quantum(); !done) return done.error();
  return render_future(*offline_, coming, parser_.so_far().header.rate, sink, told);
}

}  // namespace entrain
