// A worker for tests: decodes like the real one, unless the file's name tells it to misbehave.
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "control/prehear/prehear_process.h"
#include "control/worker/wire.h"
#include "control/worker/worker.h"

using namespace entrain;

namespace {

/// What isolate_worker left us with.
std::string circumstances() {
  std::string text = "descriptors";
  DIR* listing = ::opendir("/proc/self/fd");
  while (const dirent* entry = ::readdir(listing)) {
    const int fd = std::atoi(entry->d_name);
    if (fd > 2 && fd != ::dirfd(listing)) text += " " + std::to_string(fd);
  }
  ::closedir(listing);
  rlimit core{}, memory{};
  ::getrlimit(RLIMIT_CORE, &core);
  ::getrlimit(RLIMIT_AS, &memory);
  int signal = 0;
  ::prctl(PR_GET_PDEATHSIG, &signal);
  text += ::sched_getscheduler(0) == SCHED_IDLE ? ", idle" : ", not idle";
  text += ", core " + std::to_string(core.rlim_cur) + ", dies by " + std::to_string(signal);
  text += memory.rlim_cur == RLIM_INFINITY ? ", memory without limit"
                                           : ", memory " + std::to_string(memory.rlim_cur >> 20);
  return text;
}

/// Answers request 1 with a memfd that is wrong in one respect, then waits to be ended.
[[noreturn]] void lie(const std::string& how) {
  const std::size_t frames = 100;
  std::vector<float> samples(2 * frames, 0.5f);
  if (how == "nan") samples[150] = std::nanf("");
  if (how == "short") samples.resize(150);
  if (how == "long") samples.resize(250);
  const int fd = ::memfd_create("lie", MFD_ALLOW_SEALING);
  const auto bytes = samples.size() * sizeof(float);
  if (::write(fd, samples.data(), bytes) != static_cast<ssize_t>(bytes)) ::_exit(9);
  if (how != "unsealed") ::fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  std::string line = R"({"id":1,"frames":100,"rate":48000,"file_hash":"0","silent":false,"remark":""})";
  if (how == "number") line.replace(line.find("100"), 3, "-1");
  if (how == "rate") line.replace(line.find("48000"), 5, "44100");
  if (how == "stranger") line.replace(line.find(":1"), 2, ":2");
  if (how == "kind") line.replace(line.find("false"), 5, "\"no\"");
  if (how == "analysis") line = R"({"id":1,"bytes":800,"file_hash":"0","remark":""})";  // of the right size
  send_packet(kWorkerSocket, line, how == "nothing" ? -1 : fd);
  for (;;) ::pause();
}

Result<Pcm> misbehave(const std::filesystem::path& path, int rate, const DecodeProgress& progress) {
  const std::string name = path.stem().string();
  const auto named = [&](const char* word) { return name.find(word) != std::string::npos; };
  if (named("crash")) {
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
  }
  if (named("abort")) std::abort();
  if (named("exit")) ::_exit(3);
  if (named("hang")) {
    std::ofstream(path.string() + ".by") << ::getpid() << std::endl;  // so that a test knows when, and whom
    for (;;) ::pause();
  }
  if (named("spin"))
    for (volatile unsigned turns = 0;;) turns = turns + 1;
  if (named("slow"))
    for (int percent = 1; percent <= 5; ++percent, ::sleep(1)) progress(percent);
  if (named("drip"))
    for (;;) progress(1);
  if (named("garbage")) send_packet(kWorkerSocket, "\xff{not json");
  if (named("lie-")) lie(name.substr(name.find("lie-") + 4));
  if (named("circumstances")) return Error{circumstances()};
  if (named("who")) return Error{std::to_string(::getpid())};
  return decode(path, rate, progress);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string how = argc > 1 ? argv[1] : "";
  if (how == "mute") return 7;
  if (how == "real") return worker_main(kWorkerSocket);
  if (how == "prehear") return serve_prehear(kWorkerSocket);  // brisk
  if (how == "isolated") isolate_worker(kWorkerSocket);  // otherwise brisk, however busy the machine is
  return serve_worker(kWorkerSocket, misbehave);
}
