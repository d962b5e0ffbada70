// Feeds any text to the parsers of pattern files and cluster mappings. Each gives a value that holds its
// laws, or a sentence; a plan of both is walked to its end.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "control/sequence/sequence.h"

using namespace entrain;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto patterns = parse_pattern_file(text, "pattern.txt");
  auto mapping = parse_cluster_mapping(text, "mapping.json");
  if (!patterns && patterns.error().sentence.empty()) std::abort();
  if (!mapping && mapping.error().sentence.empty()) std::abort();
  if (mapping)
    for (const auto& cluster : mapping->clusters)
      if (cluster.samples.empty() || cluster.line < 1) std::abort();
  if (!patterns) return 0;
  ClusterMapping some{"m", std::vector<ClusterMapping::Entry>(patterns->tracks.size(), {"0", {"a", "b"}, 1})};
  const auto plan = Sequence::plan(*std::move(patterns), std::move(some), {120, 0.5, 1}, "p");
  if (!plan) return plan.error().sentence.empty() ? (std::abort(), 0) : 0;
  for (std::size_t t = 0; t < plan->tracks(); ++t) {
    std::int64_t before = -1;
    Sequence::Trigger hit;
    for (bool more = plan->next(t, 0, hit); more; more = plan->next(t, hit.step + 1, hit)) {
      if (hit.frame <= before || hit.sample > 1) std::abort();
      before = hit.frame;
    }
  }
  return 0;
}
