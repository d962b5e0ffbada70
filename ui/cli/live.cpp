// `entrain live`: plays a set.
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>

#include "control/live/session.h"
#include "control/owned_fd.h"
#include "ui/cli/command.h"
#include "ui/cli/library_option.h"

namespace entrain {
namespace {

struct LiveArgs {
  LiveOptions options;
  std::string set, record, journal, isa, socket, library;
  int rate = 0, osc_port = 9000;
  double seconds = 0;
  std::uint64_t seed = 0;
  bool headless = false, verbose = false;
};

/// Blocks the signals that stop a session, for this thread and all it starts, and reads them one by one.
OwnedFd take_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, s);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return OwnedFd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

double decibels(float linear) { return linear > 1e-6f ? 20 * std::log10(static_cast<double>(linear)) : -120; }

std::string status_line(const Snapshot& s, const DeviceStatus& device) {
  const std::int64_t quarter = s.beat.ticks / Beat::kPerBeat;
  std::string line = s.running ? fmt::format("bar {}.{}", quarter / 4 + 1, quarter % 4 + 1) : std::string("stopped");
  line += fmt::format("  {:.1f} BPM  {:.0f} dB  {} voices  load {:.0f} % (worst {:.0f} %)", s.tempo,
                      decibels(std::max(s.peak[0], s.peak[1])), s.voices, 100.0 * device.load, 100.0 * device.worst_load);
  if (device.xruns + device.losses > 0) line += fmt::format("  {} xruns  {} losses", device.xruns, device.losses);
  if (s.refused + s.late + s.missed > 0) line += fmt::format("  {} refused  {} late  {} missed", s.refused, s.late, s.missed);
  return line;
}

/// Until the time is up or somebody stops it: Ctrl-C twice on a terminal, once elsewhere, SIGTERM at once.
void run(const LiveArgs& args, LiveSession& session, int signals) {
  using Clock = std::chrono::steady_clock;
  const bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
  const bool show_status = terminal || args.verbose;
  auto first_interrupt = Clock::time_point{};
  for (;;) {
    session.tend();
    const Snapshot snapshot = session.snapshot();
    if (args.seconds > 0 && static_cast<double>(snapshot.frame.index) >= args.seconds * session.rate()) return;
    pollfd fd{signals, POLLIN, 0};
    if (poll(&fd, 1, args.seconds > 0 ? 20 : 250) > 0) {
      signalfd_siginfo info;
      if (read(signals, &info, sizeof info) == sizeof info) {
        const bool interrupt = info.ssi_signo == SIGINT;
        if (!interrupt || !terminal || Clock::now() - first_interrupt < std::chrono::seconds(3)) return;
        first_interrupt = Clock::now();
        std::printf("\nPress Ctrl-C again within 3 seconds to stop.\n");
      }
    }
    static auto shown = Clock::time_point{};
    if (show_status && Clock::now() - shown >= std::chrono::milliseconds(terminal ? 250 : 1000)) {
      shown = Clock::now();
      std::printf(terminal ? "\r%-100s" : "%s\n", status_line(snapshot, session.device()).c_str());
      std::fflush(stdout);
    }
  }
}

void live(LiveArgs& args, Exit& exit) {
  const OwnedFd signals = take_signals();
  if (!args.set.empty()) args.options.set = args.set;
  if (!args.record.empty()) args.options.record = args.record;
  if (!args.journal.empty()) args.options.journal = args.journal;
  if (!args.isa.empty()) args.options.isa = args.isa;
  if (!args.socket.empty()) args.options.socket = args.socket;
  if (const auto file = library_file(args.library); file != kNoLibrary) args.options.library_file = file;
  if (args.rate != 0) args.options.rate = args.rate;
  args.options.osc_port = args.osc_port;
  auto session = LiveSession::start(args.options, [](const std::string& sentence) {
    std::printf("%s\n", sentence.c_str());
    std::fflush(stdout);
  });
  if (!session) return fail(exit, session.error().sentence);
  run(args, **session, signals.get());
  std::printf("\n");
  if (!(*session)->stop()) exit.code = 1;
}

}  // namespace

void add_live(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<LiveArgs>();
  CLI::App* sub = app.add_subcommand("live", "Plays a set, steered by OSC and `entrain send`.");
  sub->footer("Example: entrain live scenes/demo.toml --record jam.wav --journal jam.journal");
  sub->add_option("set", args->set, "The set to play (.toml); without one, an empty performance");
  sub->add_flag("--restore", args->options.restore, "Open what was changed last time and not saved");
  sub->add_flag("--headless", args->headless, "No window");
  sub->add_option("--device", args->options.device, "A device's name or a part of it (see `entrain devices`), or null");
  sub->add_option("--rate", args->rate, "The engine's rate in Hz, 44100 to 192000; default: the device's own");
  sub->add_option("--buffer", args->options.buffer, "Frames per period; JACK dictates its own")->check(CLI::Range(16, 8192));
  sub->add_option("--osc-port", args->osc_port, "UDP port for OSC on 127.0.0.1; 0 takes a free one")->check(CLI::Range(0, 65535));
  sub->add_option("--seconds", args->seconds, "Stop after this long")->check(CLI::PositiveNumber);
  auto* seed = sub->add_option("--seed", args->seed, "Seed of every draw; without one it is drawn and printed");
  sub->add_option("--record", args->record, "Record the master to this WAV file");
  sub->add_option("--journal", args->journal, "Write everything that happens to this file, for `entrain render`");
  sub->add_option("--isa", args->isa, "Instruction-set level: baseline, v3 or v4; default: the best this machine has");
  sub->add_option("--socket", args->socket, "Unix socket for `entrain send`");
  add_library_option(*sub, args->library);
  sub->add_flag("--verbose", args->verbose, "Print the state once a second");
  sub->callback([args, seed, &exit] {
    if (*seed) args->options.seed = args->seed;
    live(*args, exit);
  });
}

}  // namespace entrain
