#include "control/analyse/table.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "control/analyse/report.h"

namespace entrain {
namespace fs = std::filesystem;

Result<AnalysisTable> AnalysisTable::open(const fs::path& path) {
  AnalysisTable table;
  table.onsets_ = fs::path(path).replace_extension(".onsets");
  std::error_code error;
  fs::create_directories(table.onsets_, error);
  table.out_.open(path);
  table.out_ << analysis_csv_head() << '\n';
  if (error || !table.out_.flush())
    return Error{path.string() + " cannot be written; name a place you may write to."};
  return Result<AnalysisTable>(std::move(table));
}

Result<void> AnalysisTable::add(const std::string& name, const Analysis& analysis) {
  const fs::path onsets = onsets_ / fmt::format("{:05}.txt", rows_++);
  std::ofstream times(onsets);
  for (const Onset& o : analysis.onsets) times << fmt::format("{:.4f}\n", o.seconds);
  out_ << analysis_csv_row(name, analysis, (onsets_.filename() / onsets.filename()).generic_string()) << '\n';
  if (times.flush() && out_.flush()) return {};
  return Error{onsets.string() + " cannot be written; free some room on the disk."};
}

}  // namespace entrain
