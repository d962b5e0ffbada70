#include "control/record/wave_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <system_error>

#include "control/record/wave_header.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

std::string reason(int error) { return std::generic_category().message(error); }

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// Makes a new or changed name survive a power cut. Best effort: some file systems cannot.
void sync_directory(const fs::path& directory) {
  const OwnedFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());
}

Error exists_already(const fs::path& path) {
  return Error{path.string() + " exists already; choose another name, or move it away first."};
}

Error cannot_create(const fs::path& path, int error) {
  const std::string directory = directory_of(path).string();
  switch (error) {
    case EEXIST:
      return exists_already(path);
    case ENOENT:
    case ENOTDIR:
      return Error{directory + " is not a directory; create it, or choose another."};
    case EACCES:
    case EPERM:
    case EROFS:
      return Error{"Nothing may be written in " + directory + " (" + reason(error) +
                   "); choose another directory, or change its rights."};
    default:
      return Error{path.string() + " cannot be created (" + reason(error) + "); choose another place."};
  }
}

Result<void> check(const fs::path& path, const WaveSpec& spec) {
  if (spec.rate < 1000 || spec.rate > 768'000 || spec.channels < 1 || spec.channels > 64)
    return Error{path.string() + " cannot be written at " + std::to_string(spec.rate) + " Hz with " +
                 std::to_string(spec.channels) + " channels; use 1000 to 768000 Hz and 1 to 64 channels."};
  return {};
}

bool is_still(int fd, const fs::path& path) {
  struct stat open_file, named;
  return ::fstat(fd, &open_file) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open_file.st_ino == named.st_ino && open_file.st_dev == named.st_dev;
}

/// Opens `name.part`, taking over one that a dead process left, but never one that a live process writes.
/// Between opening and locking its owner may have finished and renamed it: then it is not ours to truncate.
Result<OwnedFd> open_part(const fs::path& part) {
  OwnedFd fd(::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!fd) return cannot_create(part, errno);
  if ((::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) || !is_still(fd.get(), part))
    return Error{part.string() +
                 " is being written by another process; wait for it, or choose another name."};
  if (::ftruncate(fd.get(), 0) != 0) return cannot_create(part, errno);
  return fd;
}

/// Writes all bytes at `offset`; returns how many got there, with errno set when fewer.
std::int64_t write_at(int fd, std::int64_t offset, std::span<const unsigned char> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto n = ::pwrite(fd, bytes.data() + done, bytes.size() - done,
                            static_cast<off_t>(offset + static_cast<std::int64_t>(done)));
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = ENOSPC;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  return static_cast<std::int64_t>(done);
}

bool sync_data(int fd) { return ::fdatasync(fd) == 0 || errno == EINVAL || errno == ENOSYS; }

/// Renames without replacing where the file system can promise it.
int rename_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  std::error_code ignored;
  if (fs::exists(to, ignored)) return EEXIST;
  return std::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

}  // namespace

Result<WaveWriter> WaveWriter::open(fs::path path, WaveSpec spec) {
  if (auto ok = check(path, spec); !ok) return ok.error();
  const bool take = spec.mode == WaveMode::take;
  std::error_code ignored;
  if (!take && !spec.replace && fs::exists(path, ignored)) return exists_already(path);

  fs::path file = path;
  OwnedFd fd;
  if (take) {
    fd = OwnedFd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!fd) return cannot_create(path, errno);
  } else {
    file += ".part";
    auto part = open_part(file);
    if (!part) return part.error();
    fd = std::move(*part);
  }
  WaveWriter writer(std::move(path), std::move(file), spec, std::move(fd));
  if (!writer.write_header(0)) {
    const Error error = writer.fail(errno).error();
    ::unlink(writer.file_.c_str());  // a take without a header is not one
    return error;
  }
  if (take) sync_directory(directory_of(writer.path_));
  return writer;
}

WaveWriter::WaveWriter(fs::path path, fs::path file, WaveSpec spec, OwnedFd fd)
    : path_(std::move(path)), file_(std::move(file)), spec_(spec), fd_(std::move(fd)) {
  buffer_.reserve(kBufferBytes);
}

WaveWriter::~WaveWriter() {
  if (!fd_) return;
  if (spec_.mode == WaveMode::take) {
    (void)finish();
  } else {
    ::unlink(file_.c_str());
  }
}

Result<void> WaveWriter::append(std::span<const float> interleaved) {
  const auto channels = static_cast<std::size_t>(spec_.channels);
  const std::size_t step = std::max<std::size_t>(1, kBufferBytes / 4 / channels) * channels;
  const std::size_t whole = interleaved.size() / channels * channels;
  for (std::size_t at = 0; at < whole && fd_; at += step) {
    const auto part = interleaved.subspan(at, std::min(step, whole - at));
    const std::size_t bytes = part.size() / channels * static_cast<std::size_t>(wave_frame_bytes(spec_));
    if (buffer_.size() + bytes > kBufferBytes && !write_buffer()) return fail(errno);
    quantise(part);
    frames_ += static_cast<std::int64_t>(part.size() / channels);
    if (frames_ - in_header_ < spec_.rate) continue;
    if (auto ok = flush(); !ok) return ok;
  }
  return {};
}

Result<void> WaveWriter::flush() {
  if (!fd_) return {};
  if (!write_buffer() || !write_header(frames_)) return fail(errno);
  if (spec_.mode == WaveMode::take && frames_ - synced_ >= spec_.rate) {
    if (!sync_data(fd_.get())) return fail(errno);
    synced_ = frames_;
  }
  return {};
}

Result<void> WaveWriter::finish() {
  if (auto ok = flush(); !ok) return ok;
  if (failed()) return Error{failure_};
  if (!fd_) return {};
  if (!sync_data(fd_.get())) return fail(errno);
  if (spec_.mode == WaveMode::render) return publish();
  fd_.reset();
  return {};
}

Result<void> WaveWriter::publish() {
  const int error = !spec_.replace                                   ? rename_new(file_, path_)
                    : std::rename(file_.c_str(), path_.c_str()) == 0 ? 0
                                                                     : errno;
  fd_.reset();
  if (error == 0) {
    sync_directory(directory_of(path_));
    return {};
  }
  ::unlink(file_.c_str());
  failure_ = cannot_create(path_, error).sentence;
  return Error{failure_};
}

void WaveWriter::quantise(std::span<const float> samples) {
  const bool pcm = spec_.format != WaveFormat::float32;
  const int bytes = wave_sample_bytes(spec_);
  const float full = spec_.format == WaveFormat::pcm16 ? 32'768.0f : 8'388'608.0f;
  for (float x : samples) {
    if (!std::isfinite(x)) {
      x = 0;
      ++clipped_;
    }
    std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
    if (pcm) {
      // Exact in float: scaling by a power of two does not round, so rint sees the true value.
      const float steps = std::rint(x * full);
      const float inside = std::clamp(steps, -full, full - 1);
      if (steps != inside) ++clipped_;
      bits = static_cast<std::uint32_t>(static_cast<std::int32_t>(inside));
    }
    for (int k = 0; k < bytes; ++k)
      buffer_.push_back(static_cast<unsigned char>(bits >> (8 * k) & 0xFF));
  }
}

/// Writes the buffer, and a byte that pads an odd length: RIFF chunks are even. The next write covers it.
bool WaveWriter::write_buffer() {
  if (buffer_.empty()) return true;
  const std::int64_t frame_bytes = wave_frame_bytes(spec_);
  const std::int64_t offset = wave_header_bytes(spec_) + on_disk_ * frame_bytes;
  const auto audio = static_cast<std::int64_t>(buffer_.size());
  const bool odd = (on_disk_ * frame_bytes + audio) % 2 != 0;
  if (odd) buffer_.push_back(0);
  const auto wanted = static_cast<std::int64_t>(buffer_.size());
  const std::int64_t written = write_at(fd_.get(), offset, buffer_);
  buffer_.clear();
  on_disk_ += std::min(written, audio) / frame_bytes;
  return written == wanted;
}

bool WaveWriter::write_header(std::int64_t frames) {
  const auto bytes = wave_header(spec_, frames);
  if (write_at(fd_.get(), 0, bytes) != static_cast<std::int64_t>(bytes.size())) return false;
  in_header_ = frames;
  return true;
}

Result<void> WaveWriter::fail(int error) {
  salvage();
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.1f s", static_cast<double>(frames_) / spec_.rate);
  const bool take = spec_.mode == WaveMode::take;
  const std::string name = path_.string();
  const std::string left = take && frames_ > 0 ? name + " ends after " + seconds + ", which stay readable"
                                               : name + " was not written";
  const std::string again = take ? "start a new take." : "render again.";
  if (error == ENOSPC || error == EDQUOT)
    failure_ = "The disk is full: " + left + "; free some space and " + again;
  else if (error == EFBIG)
    failure_ = "The file reached the largest size allowed here: " + left + "; raise the limit or " + again;
  else
    failure_ = "Writing failed (" + reason(error) + "): " + left + "; check the disk and " + again;
  return Error{failure_};
}

/// After a failure: cuts a take to its whole frames and makes the header say so; removes a render.
void WaveWriter::salvage() {
  if (spec_.mode == WaveMode::render) {
    ::unlink(file_.c_str());
  } else {
    on_disk_ -= on_disk_ * wave_frame_bytes(spec_) % 2;  // an odd length needs a pad byte: no room for it
    // Cut first: on a copy-on-write file system even the header's rewriting needs some room.
    const std::int64_t length = wave_header_bytes(spec_) + on_disk_ * wave_frame_bytes(spec_);
    if (::ftruncate(fd_.get(), static_cast<off_t>(length)) == 0) sync_data(fd_.get());
    write_header(on_disk_);
    sync_data(fd_.get());
  }
  frames_ = on_disk_;
  buffer_.clear();
  fd_.reset();
}

}  // namespace entrain
