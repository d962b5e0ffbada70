// What parent and worker say to each other: one JSON line per packet, and at most one descriptor with it.
//
//   worker: {"ready":1}                                                   once, when it has started
//   parent: {"id":7,"path":"<escaped>","rate":48000}                      for its PCM
//           {"id":7,"path":"<escaped>","analyse":true,"hints":true}       for its analysis; hints: in its
//           name
//   worker: {"id":7,"percent":3}                                          any number, rising strictly
//   worker: {"id":7,"frames":N,"rate":48000,"file_hash":"<16 hex digits>","silent":false,"remark":""}
//           with the PCM in a sealed memfd: N left floats, then N right ones
//   worker: {"id":7,"bytes":N,"file_hash":"<16 hex digits>","remark":""}
//           with the analysis (analysis_bytes()) in a sealed memfd
//   worker: {"id":7,"error":"<sentence>"}                                 instead
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "control/owned_fd.h"
#include "engine/analysis/decode.h"

namespace entrain {

struct Packet {
  std::string line;
  OwnedFd fd;  ///< or none
};

enum class Received { packet, timeout, closed };

/// Sends a line, with a descriptor unless it is -1. False when the other side is gone. Raises no SIGPIPE.
bool send_packet(int socket, std::string_view line, int fd = -1);

/// Waits for one packet; a negative time waits for ever. An over-long packet arrives with an empty line.
Received receive_packet(int socket, std::chrono::milliseconds patience, Packet& packet);

/// A path is bytes, JSON is UTF-8: what is not printable ASCII, and %, travels as %XX.
std::string escape_path(const std::filesystem::path& path);
std::filesystem::path unescape_path(std::string_view text);

/// Puts both channels, or bytes, into a memfd that nobody can change any more. None when there is no memory.
OwnedFd seal_pcm(const Pcm& pcm);
OwnedFd seal_bytes(std::string_view bytes);

/// Copies `frames` frames from a memfd into both channels. False when it is not sealed, not of that size,
/// longer than a sound may be, or holds a sample that is not finite.
bool unseal_pcm(int fd, std::int64_t frames, Pcm& pcm);
/// Copies `size` bytes. False when it is not sealed, not of that size, or longer than an analysis may be.
bool unseal_bytes(int fd, std::int64_t size, std::string& bytes);

}  // namespace entrain
