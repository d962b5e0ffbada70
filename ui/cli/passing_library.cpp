#include "ui/cli/passing_library.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>
#include <utility>

#include "control/library/ingest.h"

namespace entrain {
namespace fs = std::filesystem;

Result<PassingLibrary> PassingLibrary::of(const std::vector<std::string>& paths) {
  PassingLibrary passing;
  std::string name = (fs::temp_directory_path() / "entrain-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return Error{fmt::format("{} cannot be made; free some room, or name another place in TMPDIR", name)};
  passing.folder_ = name;
  auto opened = Library::open(passing.folder_ / "library.db");
  if (!opened) return opened.error();
  passing.library_ = std::move(opened->library);
  std::vector<fs::path> roots;
  for (const std::string& path : paths) {
    std::error_code none;
    if (!fs::exists(path, none))
      return Error{fmt::format("{} does not exist; name a folder or file that is there", path)};
    roots.push_back(fs::weakly_canonical(path, none));
  }
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  WorkerPool workers({{"/proc/self/exe", "worker"}, cores});
  const auto summary = ingest(*passing.library_, workers, roots, {}, [](const IngestProgress& p) {
    if (isatty(STDERR_FILENO) == 1)
      fmt::print(stderr, "\r{} of {}{}", p.done, p.of, p.done == p.of ? "\n" : "");
  });
  if (!summary) return summary.error();
  for (const std::string& sentence : summary->sentences) fmt::print(stderr, "note: {}\n", sentence);
  return Result<PassingLibrary>(std::move(passing));
}

PassingLibrary::PassingLibrary(PassingLibrary&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), library_(std::move(other.library_)) {}

PassingLibrary::~PassingLibrary() {
  library_.reset();
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

}  // namespace entrain
