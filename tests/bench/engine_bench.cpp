// What a quantum costs, as a share of a 64-frame period: the heavy scene by parts, and how many voices fit.
// Thread CPU time, so that a busy machine shows in the wall clock only. Prints; never fails.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>

#include "tests/support/scenes.h"

using namespace entrain;
using namespace entrain::test;

namespace {

constexpr int kRate = 48'000, kPeriod = 64;
constexpr double kPeriodSeconds = static_cast<double>(kPeriod) / kRate;

double thread_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

struct Cost {
  double p50, p99, p999, worst;
};

/// Renders `seconds` without keeping the sound, timing each period of two quanta.
Cost measure(Rig& rig, double seconds) {
  std::vector<double> shares;
  const int periods = static_cast<int>(seconds / kPeriodSeconds);
  shares.reserve(static_cast<std::size_t>(periods));
  for (int i = 0; i < periods; ++i) {
    const double before = thread_seconds();
    for (int q = 0; q < kPeriod / kQuantum; ++q) rig.quantum();
    shares.push_back((thread_seconds() - before) / kPeriodSeconds);
    rig.left.clear(), rig.right.clear(), rig.journal.clear(), rig.reports.clear();
  }
  std::sort(shares.begin(), shares.end());
  const auto at = [&](double p) {
    return 100 * shares[static_cast<std::size_t>(p * static_cast<double>(shares.size() - 1))];
  };
  return {at(0.5), at(0.99), at(0.999), at(1.0)};
}

void print(const std::string& what, const Cost& c) {
  fmt::print("{:<44} {:7.2f} {:7.2f} {:7.2f} {:7.2f}\n", what, c.p50, c.p99, c.p999, c.worst);
}

/// Addresses and values; `/#/` stands for every track, deck and group that has such a control.
using Settings = std::vector<std::pair<std::string, double>>;

void apply(Rig& rig, const Settings& settings) {
  const auto post = [&](std::string address, const std::string& strip, double value) {
    if (const auto at = address.find('#'); at != std::string::npos) address.replace(at, 1, strip);
    if (catalogue().find(address)) rig.post(address, value);
    rig.quantum();
  };
  for (const auto& [address, value] : settings) {
    const bool everywhere = address.find('#') != std::string::npos;
    if (!everywhere) post(address, "", value);
    for (int i = 1; everywhere && i <= kTracks; ++i)
      for (const char* kind : {"track/", "deck/", "group/"}) post(address, kind + std::to_string(i), value);
  }
}

Cost scene_cost(Isa isa, bool tracks, int decks, bool gliding, double seconds,
                const Settings& settings = {}) {
  Performance p = heavy_scene(kRate);
  if (!tracks) p.tracks = {};
  Rig rig({kRate, 1, isa});
  start_scene(rig, p, decks);
  apply(rig, settings);
  rig.run(kRate * 4);
  if (gliding) rig.post("/transport/tempo", 150, Grid::now, {}, Beat::beats(64));
  return measure(rig, seconds);
}

/// Sixteen tracks with a voice each.
Cost mixer_cost(const Settings& settings, double seconds) {
  Performance p;
  p.epoch = 1;
  const auto sound = make_noise(static_cast<std::int64_t>(kRate * (seconds + 2)), 0.01f);
  for (std::size_t t = 0; t < kTracks; ++t) p.tracks[t] = make_track({sound}, "");
  Rig rig({kRate, 1, best_isa()});
  rig.load(p);
  for (int t = 1; t <= kTracks; ++t) rig.post("/track/" + std::to_string(t) + "/hit", 1);
  rig.quantum();
  apply(rig, settings);
  rig.run(kRate);
  return measure(rig, seconds);
}

/// Prints what each part of the mixer costs, and returns all of it.
Settings print_mixer(double seconds) {
  const Settings eq{{"/#/eq/low", -60}}, sweep{{"/#/filter/sweep", -0.4}}, drive{{"/#/drive", 12}},
      pan{{"/#/pan", 0.2}, {"/#/gain", -3}}, delay{{"/#/send/delay", -12}}, reverb{{"/#/send/reverb", -12}},
      duck{{"/#/duck/by", 1}}, cue{{"/#/cue", 1}, {"/cue/blend", 0.5}};
  fmt::print("\nThe mixer: 16 tracks with a voice each and 3 groups, at p50 and p99\n");
  const Cost bare = mixer_cost({}, seconds);
  print("strips with nothing set", bare);
  Settings all;
  for (const auto& [name, settings] :
       std::initializer_list<std::pair<const char*, const Settings&>>{{"+ gain and pan", pan},
                                                                      {"+ EQ", eq},
                                                                      {"+ filter", sweep},
                                                                      {"+ drive (tracks)", drive},
                                                                      {"+ duck", duck},
                                                                      {"+ headphones", cue},
                                                                      {"+ delay and its sends", delay},
                                                                      {"+ reverb and its sends", reverb}}) {
    const Cost cost = mixer_cost(settings, seconds);
    print(name, {cost.p50 - bare.p50, cost.p99 - bare.p99, cost.p999 - bare.p999, cost.worst - bare.worst});
    all.insert(all.end(), settings.begin(), settings.end());
  }
  const Cost sum = mixer_cost(all, seconds);
  print("+ all of it",
        {sum.p50 - bare.p50, sum.p99 - bare.p99, sum.p999 - bare.p999, sum.worst - bare.worst});
  return all;
}

/// Transition effects of sixteen bars, of one kind after another: what each adds.
void print_bridge(double seconds) {
  fmt::print("\nThe bridge: what its kinds add, at p50 and p99\n");
  const Performance empty = [] {
    Performance p;
    p.epoch = 1;
    return p;
  }();
  const auto cost = [&](const std::vector<double>& kinds) {
    Rig rig({kRate, 1, best_isa()});
    rig.load(empty);
    rig.post("/bridge/bars", 16);
    rig.post("/transport/tempo", 60);
    for (const double kind : kinds)
      rig.post("/bridge/kind", kind, Grid::beat), rig.post("/bridge/go", 1, Grid::beat);
    rig.play();
    rig.run(kRate);
    return measure(rig, seconds);
  };
  const Cost bare = cost({});
  const auto add = [&](const std::string& name, const Cost& c) {
    print(name, {c.p50 - bare.p50, c.p99 - bare.p99, c.p999 - bare.p999, c.worst - bare.worst});
  };
  const ControlRow& kinds = Bridge::rows[Bridge::kind];
  for (double k = kinds.min; k <= kinds.max; ++k) add(fmt::format("+ {}", choice_name(kinds, k)), cost({k}));
  add("+ all six", cost({0, 1, 2, 3, 4, 5}));
}

/// The heavy scene with every strip at work, all voices tuned, and the tempo gliding.
void print_everything(Settings settings, double seconds) {
  for (const char* address : {"/#/humanise", "/#/groove"}) settings.emplace_back(address, 0.3);
  fmt::print("\n");
  print("The heavy scene, everything on the mixer", scene_cost(best_isa(), true, 4, true, seconds, settings));
  settings.emplace_back("/#/tune", 3.7);
  print("the same with all voices tuned", scene_cost(best_isa(), true, 4, true, seconds, settings));
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::stod(argv[1]) : 20;
  if (argc > 2) return print_bridge(seconds / 4), print_everything(print_mixer(seconds), seconds), 0;
  fmt::print("Share of a {}-frame period at {} Hz, in percent of thread CPU time ({} s each)\n\n", kPeriod,
             kRate, seconds);
  fmt::print("{:<44} {:>7} {:>7} {:>7} {:>7}\n", "", "p50", "p99", "p99.9", "worst");
  for (const Isa isa : available_isas()) {
    const auto name = [&](const char* what) { return fmt::format("{} [{}]", what, name_of(isa)); };
    print(name("nothing plays"), scene_cost(isa, false, 0, false, seconds));
    print(name("16 tracks, 256 voices"), scene_cost(isa, true, 0, false, seconds));
    if (isa == best_isa()) {
      for (const bool gliding : {false, true})
        for (const int decks : {1, 2, 4})
          print(name(fmt::format("{} decks{}", decks, gliding ? ", gliding" : "").c_str()),
                scene_cost(isa, false, decks, gliding, seconds));
    }
    print(name("16 tracks, 256 voices, 4 decks"), scene_cost(isa, true, 4, false, seconds));
  }
  print_bridge(std::min(seconds / 4, 5.0));
  print_everything(print_mixer(seconds / 4), seconds);
  const double idle = scene_cost(best_isa(), false, 0, false, 5).p50,
               full = scene_cost(best_isa(), true, 0, false, 5).p50;
  fmt::print("\nVoices at half a period: {:.0f} (256 cost {:.2f} %)\n", (50 - idle) / ((full - idle) / 256),
             full - idle);
}
