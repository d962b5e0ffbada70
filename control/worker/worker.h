// The child's side of decoding and analysing: a process that may crash, hang or starve without the music
// noticing.
#pragma once

#include <filesystem>
#include <functional>

#include "engine/analysis/decode.h"

namespace entrain {

/// Where a worker finds its socket: whoever starts one puts it there.
inline constexpr int kWorkerSocket = 3;

/// What a worker does with a file. Tests put crashes in its place.
using Decoder = std::function<Result<Pcm>(const std::filesystem::path&, int rate, const DecodeProgress&)>;

/// `entrain worker`: isolates this process, then decodes and analyses what is asked for until the parent is
/// gone. Returns the process's exit code; 1, with a sentence on stderr, when `fd` is no socket.
int worker_main(int fd);

/// Gives up what a decoder does not need: dies with its parent (strictly: with the thread that started it),
/// runs only when nothing else wants to (SCHED_IDLE), has 2 GiB of address space (unless a sanitizer needs
/// more), dumps no core, and keeps no descriptor above 2 but `fd`.
/// `limited`: the address space.
void isolate_worker(int fd, bool limited = true);

/// Whether a parent has put a socket there, as WorkerProcess does.
bool is_worker_socket(int fd);

/// Says it is ready, then answers requests (see wire.h) until the parent is gone or talks nonsense.
int serve_worker(int fd, const Decoder& decoder);

}  // namespace entrain
