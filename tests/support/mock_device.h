// A device library that fails in every way on demand.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "control/device/backend.h"

namespace entrain::test {

using namespace std::chrono_literals;

/// What a mock device does, and what it saw. Shared by test, stream and its thread.
struct Mock {
  OpenedDevice opened{"jack", "mock", 48'000, 64, 2, 0};
  std::string refuse;  ///< a reason not to open
  std::atomic<bool> opening_hangs{false}, closing_hangs{false}, never_calls{false};
  std::atomic<bool> closed_itself{false}, frozen{false}, free_runs{false};

  std::atomic<int> opens{0}, closes{0}, calls{0};
  std::atomic<bool> close_was_lost{false};
  std::mutex mutex;
  std::shared_ptr<PeriodSink> sink;  ///< under mutex: the last one, kept beyond the stream's life
  std::vector<float> heard;          ///< under mutex: the left channel
  DeviceRequest last_request;        ///< under mutex

  /// One period, on the calling thread; returns the left channel.
  std::vector<float> call(const std::shared_ptr<PeriodSink>& to, bool xrun = false) {
    std::vector<float> out(static_cast<std::size_t>(opened.buffer * opened.channels), -1.f);
    to->period(out.data(), opened.buffer, xrun);
    out.resize(static_cast<std::size_t>(opened.buffer));
    ++calls;
    return out;
  }
};

class MockStream final : public DeviceStream {
 public:
  MockStream(std::shared_ptr<Mock> mock, std::shared_ptr<PeriodSink> sink)
      : mock_(std::move(mock)), sink_(std::move(sink)), thread_([this] { loop(); }) {}
  ~MockStream() override { close(false); }
  bool is_open() const noexcept override { return !mock_->closed_itself.load(); }
  void close(bool lost) noexcept override {
    if (!thread_.joinable()) return;
    ++mock_->closes;
    mock_->close_was_lost = lost;
    while (mock_->closing_hangs) std::this_thread::sleep_for(1ms);
    quit_ = true;
    thread_.join();
  }

 private:
  void loop() {
    auto next = std::chrono::steady_clock::now();
    while (!quit_) {
      if (mock_->frozen || mock_->never_calls || mock_->closed_itself) {
        std::this_thread::sleep_for(1ms);
        next = std::chrono::steady_clock::now();
        continue;
      }
      const auto period = mock_->call(sink_);
      {
        const std::lock_guard lock(mock_->mutex);
        mock_->heard.insert(mock_->heard.end(), period.begin(), period.end());
      }
      next +=
          std::chrono::nanoseconds(std::int64_t{1'000'000'000} * mock_->opened.buffer / mock_->opened.rate);
      if (!mock_->free_runs) std::this_thread::sleep_until(next);
    }
  }

  const std::shared_ptr<Mock> mock_;
  const std::shared_ptr<PeriodSink> sink_;
  std::atomic<bool> quit_{false};
  std::thread thread_;
};

/// Opens its mocks in turn, and the last one again and again.
class MockBackend final : public DeviceBackend {
 public:
  explicit MockBackend(std::vector<std::shared_ptr<Mock>> mocks) : mocks_(mocks.begin(), mocks.end()) {}
  Result<Live> open(const DeviceRequest& request, const MakeSink& make_sink) override {
    const auto mock = mocks_.front();
    if (mocks_.size() > 1) mocks_.pop_front();
    ++mock->opens;
    {
      const std::lock_guard lock(mock->mutex);
      mock->last_request = request;
    }
    while (mock->opening_hangs) std::this_thread::sleep_for(1ms);
    if (!mock->refuse.empty()) return Error{mock->refuse};
    auto sink = make_sink(mock->opened);
    if (!sink) return sink.error();
    const std::lock_guard lock(mock->mutex);
    mock->sink = *sink;
    return Live{mock->opened, std::make_unique<MockStream>(mock, *sink)};
  }

 private:
  std::deque<std::shared_ptr<Mock>> mocks_;
};

}  // namespace entrain::test
