#include "control/record/journal_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <system_error>

namespace entrain {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPause = std::chrono::milliseconds(50), kSyncPause = std::chrono::milliseconds(1000);

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

Result<std::unique_ptr<JournalWriter>> JournalWriter::start(std::filesystem::path path,
                                                            const JournalHeader& header) {
  OwnedFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd)
    return Error{path.string() + (errno == EEXIST
                                      ? " exists already; choose another name, or move it away first."
                                      : " cannot be created (" + reason(errno) + "); choose another place.")};
  try {
    std::unique_ptr<JournalWriter> writer(new JournalWriter(std::move(path), std::move(fd)));
    writer->write(JournalText::header(header));
    if (writer->failed_) {
      ::unlink(writer->path_.c_str());
      return Error{writer->status_.error};
    }
    writer->disk_ = std::jthread([w = writer.get()] { w->run(); });
    return writer;
  } catch (const std::exception& e) {  // no memory for the ring, no thread
    return Error{std::string("The journal cannot start (") + e.what() +
                 "); close other programs and try again."};
  }
}

JournalWriter::JournalWriter(std::filesystem::path path, OwnedFd fd)
    : path_(std::move(path)), fd_(std::move(fd)) {
  batch_.reserve(kRoom);
}

JournalWriter::~JournalWriter() { finish({}, {}); }

// --- the pushing thread

int JournalWriter::free_room() const noexcept { return static_cast<int>(ring_.free_room()); }

bool JournalWriter::push(const Record& record) noexcept {
  if (ring_.push(record)) return true;
  const bool input = record.what == Record::What::event || record.what == Record::What::schedule;
  if (input) lost_.store(lost_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  return false;
}

// --- other threads

void JournalWriter::add(std::shared_ptr<const Performance> version) {
  const std::lock_guard lock(mutex_);
  versions_.push_back(std::move(version));
}

JournalStatus JournalWriter::status() const {
  const std::lock_guard lock(mutex_);
  JournalStatus now = status_;
  now.lost = lost_.load(std::memory_order_acquire);
  if (now.lost > 0 && now.error.empty())
    now.error = path_.string() + " misses " + std::to_string(now.lost) +
                " inputs, since the disk was too slow; the jam cannot be replayed from there on.";
  return now;
}

JournalStatus JournalWriter::stop(Frame end, std::optional<std::uint64_t> sum) { return finish(end, sum); }

JournalStatus JournalWriter::finish(std::optional<Frame> end, std::optional<std::uint64_t> sum) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (disk_.joinable()) disk_.join();
  if (!std::exchange(finished_, true)) {
    if (end && sum) write(text_.record({.what = Record::What::checksum, .frame = *end, .epoch = *sum}));
    if (end) write(JournalText::end(*end));
    sync();
    fd_.reset();
  }
  return status();
}

// --- the disk thread

void JournalWriter::run() {
  auto synced = Clock::now();
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      last = wake_.wait_for(lock, kPause, [this] { return stopping_; });
    }
    drain();
    if (const auto now = Clock::now(); now - synced >= kSyncPause) {
      sync();
      synced = now;
    }
  }
}

void JournalWriter::drain() {
  // Records first, versions second: then every version that the records name is among what was handed over.
  batch_.clear();
  for (Record record; batch_.size() < kRoom && ring_.pop(record);) batch_.push_back(record);
  std::vector<std::shared_ptr<const Performance>> versions;
  {
    const std::lock_guard lock(mutex_);
    versions.swap(versions_);
  }
  const std::int64_t lost = lost_.load(std::memory_order_acquire);
  if (failed_) return;
  try {
    std::string lines;
    for (const auto& version : versions) lines += text_.version(*version);
    for (const Record& record : batch_) {
      last_ = record.frame - record.frame.index % kQuantum;
      lines += text_.record(record);
    }
    if (lost > told_lost_) lines += JournalText::lost(last_, told_lost_ = lost);
    write(lines);
  } catch (const std::exception&) {  // no memory: what was popped is gone
    fail("kept", ENOMEM);
  }
  const std::lock_guard lock(mutex_);
  if (!failed_) status_.records += static_cast<std::int64_t>(batch_.size());
}

void JournalWriter::write(const std::string& lines) {
  for (std::size_t done = 0; done < lines.size() && !failed_;) {
    const auto n = ::write(fd_.get(), lines.data() + done, lines.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail("written", n == 0 ? ENOSPC : errno);
    done += static_cast<std::size_t>(n);
  }
  if (!failed_) bytes_ += static_cast<std::int64_t>(lines.size());
}

void JournalWriter::sync() {
  if (failed_ || synced_ == bytes_) return;
  if (::fdatasync(fd_.get()) != 0 && errno != EINVAL && errno != ENOSYS)
    return fail("brought to the disk", errno);
  synced_ = bytes_;
}

void JournalWriter::fail(const std::string& doing, int error) {
  failed_ = true;
  // Best effort: without the torn line; the reader copes with one.
  static_cast<void>(!::ftruncate(fd_.get(), static_cast<off_t>(bytes_)));
  const std::lock_guard lock(mutex_);
  status_.error = path_.string() + " can no longer be " + doing + " (" + reason(error) +
                  "): the journal ends here, the music goes on; make room before the next jam.";
}

}  // namespace entrain
