// What finding costs among many sounds: made-up ones, so the times (of one core)
// and the memory count, not the answers.
//
//   find_bench [SOUNDS]      default 100000
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "control/library/finder.h"
#include "tests/support/cards.h"

using namespace entrain;

namespace {

constexpr std::array kWords{"kick",   "snare", "hat",   "pad",   "bass",  "dark", "bright",
                            "heavy",  "loop",  "vox",   "piano", "chill", "warm", "ambient",
                            "punchy", "long",  "short", "open",  "synth", "fx"};

/// Of this thread's own computing, so that a busy machine says the same.
double now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

/// MB resident at this moment.
double resident_mb() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * 4096 / 1e6;
}

std::vector<Card> made_up(std::size_t count) {
  std::vector<Card> cards(count);
  for (std::size_t i = 0; i < count; ++i) {
    Card& card = cards[i];
    card = test::some_card(static_cast<std::int64_t>(i), {}, i % 20, 1);
    const auto draw = [&](std::size_t k, std::size_t n) { return (i * 2'654'435'761u >> (8 + k)) % n; };
    card.path = "/music/" + std::to_string(i % 500) + "/" + kWords[i % 20] + " " + kWords[draw(1, 20)] +
                " w" + std::to_string(draw(3, 3'000)) + "x " + std::to_string(i) + ".wav";
    card.bpm = i % 3 == 0 ? 0 : 80 + static_cast<double>(draw(5, 1'000)) / 10;
    if (i % 4 != 0) card.key = Key{static_cast<int>(draw(2, 12)), draw(7, 2) == 0};
    if (card.bpm == 0) card.hit = static_cast<HitClass>(draw(4, kHitClasses));
    card.energy = static_cast<float>(draw(6, 100)) / 10;
    card.onsets_per_second = static_cast<float>(draw(9, 80)) / 10;
  }
  return cards;
}

template <class Ask>
void time(const char* name, Ask ask) {
  std::vector<double> ms;
  for (std::size_t k = 0; k < 31; ++k) {
    const double before = now_ms();
    ask(k);
    ms.push_back(now_ms() - before);
  }
  std::ranges::sort(ms);
  std::printf("%-44s median %7.2f ms, worst %7.2f ms\n", name, ms[ms.size() / 2], ms.back());
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
  const auto cards = std::make_shared<const std::vector<Card>>(made_up(count));
  const double mb = resident_mb(), before = now_ms();
  const Finder finder(cards);
  std::printf("%zu sounds; index built in %.0f ms of one core, %.0f MB beside the cards' %.0f MB\n", count,
              now_ms() - before, resident_mb() - mb, mb);
  const LikenessIndex prints(*cards, fingerprint_embedding()), sounds(*cards);
  const auto card = [&](std::size_t k) -> const Card& { return (*cards)[k * 997 % count]; };
  time("likeness, fingerprint, 10 nearest",
       [&](std::size_t k) { prints.nearest(prints.vector_of(card(k)), 10); });
  time("likeness, descriptors, 10 nearest",
       [&](std::size_t k) { sounds.nearest(sounds.vector_of(card(k)), 10); });
  Filter filter;
  filter.tempo = ValueRange{118, 126};
  filter.key = Key{9, true};
  filter.folder = "/music";
  time("similar, with reasons", [&](std::size_t k) { finder.similar(card(k), 10); });
  time("similar, filtered by tempo, key, folder",
       [&](std::size_t k) { finder.similar(card(k), 10, filter); });
  time("next, by compatibility", [&](std::size_t k) { finder.next(card(k), 10); });
  time("search, one word", [&](std::size_t k) { finder.search(kWords[k % 20], 10); });
  time("search, \"dark heavy bass\"", [&](std::size_t) { finder.search("dark heavy bass", 10); });
  time("search, five words, tempo and key",
       [&](std::size_t) { finder.search("chill ambient piano not bright punchy 120bpm Am", 10); });
  time("search, a word nobody knows", [&](std::size_t) { finder.search("xyzzyplugh", 10); });
  const double settled = resident_mb();
  for (std::size_t k = 0; k < 300; ++k) {
    finder.search("dark heavy bass", 10);
    finder.similar(card(k), 10);
  }
  std::printf("memory after 600 more questions: %+.1f MB\n", resident_mb() - settled);
  return 0;
}
