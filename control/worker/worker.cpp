#include "control/worker/worker.h"

#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "control/worker/wire.h"
#include "engine/analysis/memory.h"
#include "engine/library/store/analysis_bytes.h"

namespace entrain {
namespace {

using nlohmann::json;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

constexpr rlim_t kAddressSpace = rlim_t{2} << 30;

void close_all_but(int kept) {
  std::vector<int> open;  // collected first: closing while listing would skip some
  DIR* listing = ::opendir("/proc/self/fd");
  if (!listing) return;
  while (const dirent* entry = ::readdir(listing)) open.push_back(std::atoi(entry->d_name));
  ::closedir(listing);
  for (const int fd : open)
    if (fd > 2 && fd != kept) ::close(fd);
}

void limit(decltype(RLIMIT_AS) what, rlim_t most) {
  rlimit now{};
  if (::getrlimit(what, &now) != 0 || now.rlim_max < most) return;  // already tighter
  const rlimit wanted{most, most};
  ::setrlimit(what, &wanted);
}

/// File names and libraries' messages need not be UTF-8; an answer must be.
std::string line_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string hex(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016" PRIx64, value);
  return text;
}

struct Answer {
  json line;
  OwnedFd content;
};

Answer failure(int id, const std::string& sentence) { return {{{"id", id}, {"error", sentence}}, {}}; }

Answer sealed(json line, OwnedFd content) {
  if (!content) return failure(line["id"].get<int>(), "There is no memory left to load sounds; unload some.");
  return {std::move(line), std::move(content)};
}

Answer pcm_answer(int id, const Pcm& pcm) {
  return sealed({{"id", id},
                 {"frames", pcm.left.size()},
                 {"rate", pcm.rate},
                 {"file_hash", hex(pcm.file_hash)},
                 {"silent", pcm.silent},
                 {"remark", pcm.remark}},
                seal_pcm(pcm));
}

Answer analysis_answer(int id, const Pcm& pcm, const Hints& hints) {
  const std::string bytes = analysis_bytes(analyse(pcm, hints));
  return sealed(
      {{"id", id}, {"bytes", bytes.size()}, {"file_hash", hex(pcm.file_hash)}, {"remark", pcm.remark}},
      seal_bytes(bytes));
}

Answer answer(int id, const Decoder& decoder, const json& request, const DecodeProgress& progress) {
  try {
    const auto path = unescape_path(request.at("path").get<std::string>());
    const bool analysis = request.value("analyse", false), hints = request.value("hints", false);
    const auto pcm = decoder(path, analysis ? kOwnRate : request.at("rate").get<int>(), progress);
    if (!pcm) return failure(id, pcm.error().sentence);
    if (!analysis) return pcm_answer(id, *pcm);
    return analysis_answer(id, *pcm, hints ? hints_in(path.filename().native()) : Hints{});
  } catch (const std::exception& e) {
    return failure(id,
                   std::string("A sound could not be decoded (") + e.what() + "); remove it from the set.");
  }
}

}  // namespace

bool is_worker_socket(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

int worker_main(int fd) {
  if (!is_worker_socket(fd)) {
    std::fprintf(stderr, "entrain worker is started by entrain itself, not by hand.\n");
    return 1;
  }
  isolate_worker(fd);
  return serve_worker(fd, decode);
}

void isolate_worker(int fd, bool limited) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  close_all_but(fd);
  const sched_param none{};
  ::sched_setscheduler(0, SCHED_IDLE, &none);
  limit(RLIMIT_CORE, 0);
  if (limited && !kSanitized) limit(RLIMIT_AS, kAddressSpace);
}

int serve_worker(int fd, const Decoder& decoder) {
  keep_freed_memory();
  if (!send_packet(fd, R"({"ready":1})")) return 0;
  Packet packet;
  while (receive_packet(fd, std::chrono::milliseconds(-1), packet) == Received::packet) {
    const json request = json::parse(packet.line, nullptr, false);
    if (!request.is_object() || !request.contains("id") || !request["id"].is_number_integer()) return 2;
    const int id = request["id"].get<int>();
    const auto progress = [&](int percent) {
      return send_packet(fd, line_of({{"id", id}, {"percent", percent}}));
    };
    const Answer said = answer(id, decoder, request, progress);
    if (!send_packet(fd, line_of(said.line), said.content.get())) return 0;
  }
  return 0;
}

}  // namespace entrain
