// What planning a flow costs among many loops: made-up ones, so the times (of one core) count, not the
// choice.
//
//   flow_bench [LOOPS...]      default 1000 10000 100000
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "tests/support/cpu_time.h"
#include "tests/support/flow_library.h"

using namespace entrain;

namespace {

std::vector<Card> made_up(std::size_t count) {
  constexpr std::array kKeys{"8A", "9A", "3B", "11A", "5B", "1A", "12B"};
  std::vector<Card> cards;
  for (std::size_t i = 0; i < count; ++i) {
    const auto draw = [&](std::size_t k, std::size_t n) { return (i * 2'654'435'761u >> (8 + k)) % n; };
    cards.push_back(test::loop_card(static_cast<std::int64_t>(i) + 1,
                                    80 + static_cast<double>(draw(5, 1'000)) / 10,
                                    i % 4 == 0 ? nullptr : kKeys[draw(2, kKeys.size())],
                                    static_cast<float>(draw(6, 100)) / 10, 1 << draw(4, 5)));
    cards.back().onsets_per_second = static_cast<float>(draw(9, 80)) / 10;
  }
  return cards;
}

template <class Ask>
void time(const char* name, Ask ask) {
  std::vector<double> ms;
  for (std::size_t k = 0; k < 15; ++k) {
    const double before = test::cpu_seconds();
    ask(k);
    ms.push_back(1e3 * (test::cpu_seconds() - before));
  }
  std::ranges::sort(ms);
  std::printf("  %-36s median %7.2f ms, worst %7.2f ms\n", name, ms[ms.size() / 2], ms.back());
}

void measure(std::size_t count) {
  const test::FlowLibrary library(made_up(count));
  std::printf("%zu loops\n", count);
  const auto request = [&](std::size_t k, int steps) {
    FlowRequest r = library.after(static_cast<std::int64_t>(k * 997 % count) + 1);
    r.settings.steps = steps;
    return r;
  };
  time("the next 5", [&](std::size_t k) { library.plan(request(k, 5)); });
  time("the next 32", [&](std::size_t k) { library.plan(request(k, 32)); });
  time("the next 5, leaning, along an arc", [&](std::size_t k) {
    FlowRequest r = request(k, 5);
    r.wishes = along(leaning({}, {.lean = Lean::darker}), {{0, 3}, {5, 8}});
    library.plan(r);
  });
  time("the next 5 again, after a veto", [&](std::size_t k) {
    FlowRequest r = request(k, 5);
    const FlowPlan plan = library.plan(r);
    r.wishes = vetoed(settled({}, plan), plan.steps[2].id);
    library.plan(r);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2)
    for (const std::size_t count : {1'000u, 10'000u, 100'000u}) measure(count);
  for (int i = 1; i < argc; ++i) measure(std::max(1ul, std::strtoul(argv[i], nullptr, 10)));
  return 0;
}
