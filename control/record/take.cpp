#include "control/record/take.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <span>

namespace entrain {
namespace {

constexpr auto kPause = std::chrono::milliseconds(50);

std::string seconds(std::int64_t frames, int rate) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", static_cast<double>(frames) / rate);
  return text;
}

}  // namespace

Result<std::unique_ptr<Take>> Take::start(std::filesystem::path path, TakeSpec spec) {
  if (spec.ring_frames <= 0) spec.ring_frames = std::int64_t{4} * spec.rate;
  WaveSpec file;
  file.rate = spec.rate;
  file.channels = spec.channels;
  file.format = spec.format;
  auto writer = WaveWriter::open(std::move(path), file);
  if (!writer) return writer.error();
  try {
    return std::unique_ptr<Take>(new Take(std::move(*writer), spec));
  } catch (const std::exception& e) {  // no memory for the ring, no thread
    return Error{std::string("The take cannot start (") + e.what() +
                 "); close other programs and try again."};
  }
}

Take::Take(WaveWriter writer, TakeSpec spec)
    : spec_(spec),
      ring_(spec.channels, spec.ring_frames),
      writer_(std::move(writer)),
      silence_(static_cast<std::size_t>(spec.rate) * static_cast<std::size_t>(spec.channels)) {
  // What the disk thread needs it has from the start: nothing may fail in there but the disk.
  block_.reserve(ring_.most_samples());
  disk_ = std::jthread([this] { run(); });
}

Take::~Take() { stop(); }

TakeStatus Take::status() const {
  const std::lock_guard lock(mutex_);
  TakeStatus now = status_;
  now.frames_lost = ring_.lost();
  return now;
}

TakeStatus Take::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (disk_.joinable()) disk_.join();
  return status();
}

void Take::run() {
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      last = wake_.wait_for(lock, kPause, [this] { return stopping_; });
    }
    drain();
    if (!last) note(writer_.flush());
    publish();
  }
  // What was dropped after the last block that found room.
  write_silence(ring_.lost() - silenced_);
  note(writer_.finish());
  publish();
}

void Take::drain() {
  std::int64_t gap = 0;
  while (ring_.pop(block_, gap)) {
    write_silence(gap);
    note(writer_.append(block_));
  }
}

void Take::write_silence(std::int64_t frames) {
  if (frames <= 0) return;
  const std::int64_t at = writer_.frames();
  silenced_ += frames;
  for (std::int64_t left = frames; left > 0; left -= spec_.rate) {
    const auto count = static_cast<std::size_t>(std::min<std::int64_t>(left, spec_.rate) * spec_.channels);
    note(writer_.append(std::span(silence_).first(count)));
  }
  if (writer_.failed()) return;
  const std::lock_guard lock(mutex_);
  status_.remark = "The disk was too slow: " + writer_.path().string() + " holds " +
                   seconds(silenced_, spec_.rate) + " of silence, last at " + seconds(at, spec_.rate) +
                   "; record to a faster or less busy disk.";
}

void Take::note(const Result<void>& outcome) {
  if (outcome) return;
  const std::lock_guard lock(mutex_);
  if (status_.error.empty()) status_.error = outcome.error().sentence;
}

void Take::publish() {
  const std::lock_guard lock(mutex_);
  status_.frames_written = writer_.frames();
  status_.clipped = writer_.clipped();
}

}  // namespace entrain
