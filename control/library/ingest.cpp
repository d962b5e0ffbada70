#include "control/library/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace entrain {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kQuiet{1};

std::chrono::nanoseconds age(const FileStamp& stamp) {
  return std::chrono::system_clock::now().time_since_epoch() - std::chrono::nanoseconds(stamp.modified);
}

/// A file just written to is most often still being copied. Time in the future is no news.
bool fresh(const FileStamp& stamp) { return age(stamp) >= std::chrono::seconds(-1) && age(stamp) < kQuiet; }

class Ingest {
 public:
  Ingest(Library& library, WorkerPool& workers, const IngestOptions& options, const OnIngest& progress)
      : library_(library), workers_(workers), options_(options), progress_(progress) {}

  Result<IngestSummary> run(ScanPlan plan) {
    summary_.unchanged = plan.unchanged;
    summary_.settled = plan.settled.size();
    summary_.missing = plan.missing.size();
    summary_.sentences = std::move(plan.sentences);
    for (const ScanPlan::Settled& s : plan.settled)
      if (auto done = library_.settle(s.id, s.path.native(), s.stamp); !done) return done.error();
    if (!plan.missing.empty())
      if (auto done = library_.mark_missing(plan.missing); !done) return done.error();

    of_ = plan.analyse.size();
    for (const ScanOrder& order : plan.analyse) bytes_of_ += order.stamp.size;
    const auto middle = std::stable_partition(plan.analyse.begin(), plan.analyse.end(),
                                              [](const ScanOrder& o) { return !fresh(o.stamp); });
    analyse({plan.analyse.begin(), middle});
    analyse(settled({middle, plan.analyse.end()}));
    if (trouble_) return *trouble_;
    summary_.stopped = workers_.cancelled();
    return std::move(summary_);
  }

 private:
  /// Waits for files that are being written.
  std::vector<ScanOrder> settled(std::vector<ScanOrder> orders) {
    const auto until = Clock::now() + options_.patience;
    const auto unsettled = [&] {
      bool any = false;
      for (ScanOrder& order : orders)
        if (const auto now = stamp_of(order.path)) any |= fresh(order.stamp = *now);
      return any;
    };
    while (unsettled() && Clock::now() < until && !workers_.cancelled())
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    std::vector<ScanOrder> ready;
    for (ScanOrder& order : orders) {
      if (fresh(order.stamp))
        summary_.unready.push_back(order.path);
      else
        ready.push_back(std::move(order));
    }
    return ready;
  }

  void analyse(const std::vector<ScanOrder>& orders) {
    std::vector<WorkerPool::AnalysisOrder> asked;
    for (const ScanOrder& order : orders) asked.push_back({order.path, options_.hints});
    workers_.analyse_all(asked, [&](std::size_t index, Result<AnalysedSound> sound, bool files_fault) {
      if (!workers_.cancelled() && !trouble_) keep(orders[index], sound, files_fault);
    });
  }

  void keep(const ScanOrder& order, const Result<AnalysedSound>& sound, bool files_fault) {
    Result<void> kept;
    if (stamp_of(order.path) != order.stamp) {
      summary_.unready.push_back(order.path);
    } else if (sound) {
      ++summary_.analysed;
      if (!sound->remark.empty()) summary_.sentences.push_back(sound->remark);
      kept = library_.store(order.path.native(), order.stamp, sound->file_hash, sound->analysis);
    } else {
      ++summary_.failed;
      summary_.sentences.push_back(sound.error().sentence);
      if (files_fault)
        kept = library_.store_failure(order.path.native(), order.stamp, sound.error().sentence);
    }
    if (!kept) {
      trouble_ = kept.error();
      return workers_.cancel();
    }
    tell(order);
  }

  void tell(const ScanOrder& order) {
    ++done_;
    bytes_done_ += order.stamp.size;
    if (!progress_) return;
    const std::chrono::duration<double> spent = Clock::now() - begun_;
    const double share =
        static_cast<double>(bytes_done_) / static_cast<double>(std::max<std::int64_t>(1, bytes_of_));
    progress_(
        {done_, of_, share > 0.01 ? spent.count() * (1 / share - 1) : -1, order.path.filename().string()});
  }

  Library& library_;
  WorkerPool& workers_;
  const IngestOptions& options_;
  const OnIngest& progress_;
  const Clock::time_point begun_ = Clock::now();
  std::size_t done_ = 0, of_ = 0;
  std::int64_t bytes_done_ = 0, bytes_of_ = 0;
  std::optional<Error> trouble_;  ///< the library's
  IngestSummary summary_;
};

}  // namespace

Result<IngestSummary> ingest(Library& library, WorkerPool& workers, std::span<const fs::path> roots,
                             const IngestOptions& options, const OnIngest& progress) {
  const auto known = library.known();
  if (!known) return known.error();
  return Ingest(library, workers, options, progress).run(plan_scan(roots, *known, options.again));
}

std::string summary_line(const IngestSummary& s) {
  std::string line = fmt::format("{} analysed, {} unchanged", s.analysed, s.unchanged);
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0) line += fmt::format(", {} {}", count, what);
  };
  add(s.settled, "moved or touched");
  add(s.missing, "gone");
  add(s.failed, "left out");
  add(s.unready.size(), "still being written");
  return line;
}

}  // namespace entrain
