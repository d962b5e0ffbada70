#include "control/library/keeper.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "control/library/ingest_lock.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::milliseconds kGlance{500};
constexpr std::size_t kMostSentences = 100;
constexpr int kNice = 10;

}  // namespace

Result<std::unique_ptr<LibraryKeeper>> LibraryKeeper::start(Spec spec, Say say) {
  auto opened = Library::open(spec.file);
  if (!opened) return opened.error();
  if (!opened->remark.empty()) say(opened->remark);
  std::unique_ptr<LibraryKeeper> keeper(
      new LibraryKeeper(std::move(spec), std::move(say), std::move(opened->library)));
  keeper->refresh();
  keeper->thread_ = std::jthread([k = keeper.get()](std::stop_token stop) { k->run(stop); });
  return keeper;
}

LibraryKeeper::LibraryKeeper(Spec spec, Say say, Library library)
    : spec_(std::move(spec)), say_(std::move(say)), library_(std::move(library)) {
  view_.finder = std::make_shared<const Finder>(std::make_shared<const std::vector<Card>>(), spec_.weights);
}

LibraryKeeper::~LibraryKeeper() {
  thread_.request_stop();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (workers_) workers_->cancel();
  }
  if (thread_.joinable()) thread_.join();
}

LibraryView LibraryKeeper::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

void LibraryKeeper::show(const std::function<void(LibraryView&)>& change) {
  const std::lock_guard lock(mutex_);
  change(view_);
}

/// Reads what the library holds, if it changed. Whether its folders are others than before.
bool LibraryKeeper::refresh() {
  const auto generation = library_.generation();
  if (generation && generation_ == *generation) return false;
  auto cards = library_.cards();
  auto folders = library_.folders();
  for (const Error* error : {generation ? nullptr : &generation.error(), cards ? nullptr : &cards.error(),
                             folders ? nullptr : &folders.error()}) {
    if (!error) continue;
    if (trouble_ != error->sentence) say_(trouble_ = error->sentence);
    return false;
  }
  generation_ = *generation;
  auto finder = std::make_shared<const Finder>(std::make_shared<const std::vector<Card>>(*std::move(cards)),
                                               spec_.weights);
  bool other_folders = false;
  show([&](LibraryView& view) {
    other_folders = view.folders != *folders;
    view.finder = std::move(finder);
    view.folders = *folders;
  });
  return other_folders;
}

void LibraryKeeper::run(std::stop_token stop) {
  ::setpriority(PRIO_PROCESS, 0, kNice);  // of this thread alone
  std::optional<IngestLock> lock;
  std::vector<fs::path> due = view().folders;  // what has to be looked through, and could not be yet
  watch_.watch(due);
  while (!stop.stop_requested()) {
    if (refresh()) {
      due = view().folders;
      watch_.watch(due);
    }
    if (!watch_.trouble().empty() && watch_.trouble() != trouble_) say_(trouble_ = watch_.trouble());
    if (!due.empty()) {
      // Somebody else who scans takes everything along, but goes when he is done.
      if (!lock || !lock->held()) lock.emplace(library_.file());
      if (lock->held()) scan(std::exchange(due, {}));
    }
    for (fs::path& changed : watch_.wait(kGlance)) due.push_back(std::move(changed));
  }
}

void LibraryKeeper::scan(std::span<const fs::path> roots) {
  WorkerPool workers({spec_.worker, spec_.workers});
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    workers_ = &workers;
    view_.scanning = IngestProgress{};
  }
  auto summary = ingest(library_, workers, roots, spec_.options, [&](const IngestProgress& progress) {
    show([&](LibraryView& view) { view.scanning = progress; });
  });
  refresh();
  show([&](LibraryView& view) {
    workers_ = nullptr;
    view.scanning.reset();
    if (!summary) return;
    for (std::string& sentence : summary->sentences) view.sentences.push_back(sentence);
    if (view.sentences.size() > kMostSentences)
      view.sentences.erase(view.sentences.begin(), view.sentences.end() - kMostSentences);
  });
  if (!summary) return say_(summary.error().sentence);
  for (const std::string& sentence : summary->sentences) say_("Library: " + sentence);
  if (summary->analysed + summary->settled + summary->missing + summary->failed > 0 && !summary->stopped)
    say_("Library: " + summary_line(*summary) + ".");
}

}  // namespace entrain
