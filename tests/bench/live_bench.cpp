// How fast a session sounds and answers: time from start to first sound, and from an OSC datagram to the frame
// it changes. Runs a real session on the null clock. Prints; never fails.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <numeric>
#include <thread>

#include "control/live/session.h"
#include "control/record/journal_reader.h"
#include "engine/core/catalogue.h"

using namespace entrain;
using Clock = std::chrono::steady_clock;

int main(int argc, char** argv) {
  if (argc != 3) return fmt::print("usage: live_bench ENTRAIN SET\n"), 2;
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("entrain-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  LiveOptions options;
  options.set = argv[2];
  options.device = "null";
  options.osc_port = 0;
  options.journal = folder / "bench.journal";
  options.socket = folder / "bench.sock";
  options.worker = {argv[1], "worker"};

  const auto begun = Clock::now();
  auto session = LiveSession::start(options, [](const std::string&) {});
  if (!session) return fmt::print("{}\n", session.error().sentence), 1;
  const double started = std::chrono::duration<double>(Clock::now() - begun).count();

  // "/track/1/hit" with one float, as any tablet sends it.
  const char message[] = "/track/1/hit\0\0\0\0,f\0\0\x3f\x80\0\0";
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>((*session)->osc_port()));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  std::vector<std::int64_t> sent;
  for (int i = 0; i < 400; ++i) {
    sent.push_back((*session)->frame_at(Clock::now()).index);
    sendto(fd, message, sizeof message - 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    std::this_thread::sleep_for(std::chrono::microseconds(7'300 + 37 * (i % 50)));
  }
  close(fd);
  const int rate = (*session)->rate(), constant = (*session)->event_latency();
  (*session)->stop();
  session = Error{};

  const auto journal = read_journal(*options.journal);
  if (!journal) return fmt::print("{}\n", journal.error().sentence), 1;
  std::vector<double> delays;
  double lead = 0;
  for (const Record& r : journal->records)
    if (r.what == Record::What::event && r.event.control == *catalogue().find("/transport/play"))
      lead = static_cast<double>((r.due.frame - r.frame)) / rate;
  for (const Record& r : journal->records)
    if (r.what == Record::What::event && r.event.source == Source::osc && delays.size() < sent.size())
      delays.push_back(static_cast<double>(std::max(r.due.frame, r.frame).index - sent[delays.size()]));
  std::filesystem::remove_all(folder);
  if (delays.empty()) return fmt::print("no datagram arrived\n"), 1;
  const double mean = std::accumulate(delays.begin(), delays.end(), 0.0) / static_cast<double>(delays.size());
  double squares = 0;
  for (const double d : delays) squares += (d - mean) * (d - mean);
  std::sort(delays.begin(), delays.end());
  fmt::print("From start to first sound: {:.0f} ms (set loaded, session up) + {:.0f} ms (launch lead)\n", 1000 * started, 1000 * lead);
  fmt::print("OSC to first changed frame: constant {} frames; {} datagrams: mean {:.1f}, deviation {:.1f}, p99 {:.0f}, worst {:.0f} frames ({:.2f} ms)\n",
             constant, delays.size(), mean, std::sqrt(squares / static_cast<double>(delays.size())),
             delays[delays.size() * 99 / 100], delays.back(), 1000 * delays.back() / rate);
}
