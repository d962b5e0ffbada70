#include "control/device/rtaudio.h"

#include <RtAudio.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>

#include "control/device/chatter.h"
#include "control/device/null_clock.h"

namespace entrain {

namespace {

using namespace std::chrono_literals;

// RtAudio 5 has no such macro.
#if defined(RTAUDIO_VERSION_MAJOR) && RTAUDIO_VERSION_MAJOR >= 6
#define ENTRAIN_RTAUDIO_6 1
#else
#define ENTRAIN_RTAUDIO_6 0
#endif

constexpr int kMostChannels = 4;  // master and cue: the engine has no more
// jackd's death reaches RtAudio on a thread of its own, which closes the stream if it is running; to close it
// from here at the same time frees it twice. So a lost stream is given this long to close itself ...
constexpr auto kClosesItself = 500ms;
// ... and a thread that already began, this long to finish.
constexpr auto kLastTouches = 200ms;

struct Api {
  const char* name;
  RtAudio::Api id;
};
constexpr Api kApis[] = {
    {"jack", RtAudio::UNIX_JACK}, {"pulse", RtAudio::LINUX_PULSE}, {"alsa", RtAudio::LINUX_ALSA}};

/// Runs what may throw (5) or return an error (6); empty on success, else what the library said.
template <class Work>
std::string trouble(RtAudio& audio, Work work) {
  try {
#if ENTRAIN_RTAUDIO_6
    const RtAudioErrorType code = work();
    return code == RTAUDIO_NO_ERROR || code == RTAUDIO_WARNING ? std::string() : audio.getErrorText();
#else
    (void)audio;
    work();
    return {};
#endif
  } catch (const std::exception& e) {
    return e.what();
  }
}

/// Null when the library was built without the api.
std::unique_ptr<RtAudio> connect(RtAudio::Api id) {
  std::vector<RtAudio::Api> compiled;
  RtAudio::getCompiledApi(compiled);
  if (std::find(compiled.begin(), compiled.end(), id) == compiled.end()) return nullptr;
  try {
    // An error callback only to keep 6 quiet. 5 must have none: with one it aborts streams on its own.
#if ENTRAIN_RTAUDIO_6
    auto audio = std::make_unique<RtAudio>(id, [](RtAudioErrorType, const std::string&) {});
#else
    auto audio = std::make_unique<RtAudio>(id);
#endif
    audio->showWarnings(false);
    quiet_audio_libraries();  // again: RtAudio's constructors set message functions of their own
    return audio;
  } catch (const std::exception&) {
    return nullptr;
  }
}

struct Listed {
  unsigned int id;  ///< valid within this RtAudio object only
  DeviceEntry entry;
};

std::vector<Listed> list(RtAudio& audio, const char* api) {
  std::vector<Listed> found;
  const auto add = [&](unsigned int id) {
    try {  // a device may go between being counted and being asked
      const RtAudio::DeviceInfo info = audio.getDeviceInfo(id);
      if (info.outputChannels == 0) return;
      DeviceEntry entry{api,
                        info.name,
                        static_cast<int>(info.outputChannels),
                        static_cast<int>(info.preferredSampleRate),
                        {},
                        info.isDefaultOutput};
      for (const unsigned int rate : info.sampleRates) entry.rates.push_back(static_cast<int>(rate));
      found.push_back({id, std::move(entry)});
    } catch (const std::exception&) {
    }
  };
  try {
#if ENTRAIN_RTAUDIO_6
    for (const unsigned int id : audio.getDeviceIds()) add(id);
#else
    const unsigned int count = audio.getDeviceCount();
    for (unsigned int id = 0; id < count; ++id) add(id);
#endif
  } catch (const std::exception&) {
  }
  return found;
}

/// RtAudio calls this, on its own thread.
int on_period(void* out, void*, unsigned int frames, double, RtAudioStreamStatus status, void* sink) {
  // libjack runs its thread with asynchronous cancellation and cancels it when the client closes, be it in
  // the middle of a quantum: the engine would be left half rendered, and unwinding through noexcept would end
  // the process. This frame alone may be cancelled: it must stay free of noexcept and of destructors.
  int before = 0;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  static_cast<PeriodSink*>(sink)->period(static_cast<float*>(out), static_cast<int>(frames),
                                         (status & RTAUDIO_OUTPUT_UNDERFLOW) != 0);
  pthread_setcancelstate(before, nullptr);
  return 0;
}

/// Tells a JACK stream that it is stopped without stopping it: its callbacks return at once, and jackd's
/// death is no longer answered by closing it under our hands. A jackd that hangs is killed sooner or later,
/// and then abortStream() would still be inside libjack. RtAudio offers no other way; both fields are in its
/// header.
class RtAudioAccess final : public RtAudio {
 public:
  static void pretend_stopped(RtAudio& audio) {
    RtApi* const api = audio.*(&RtAudioAccess::rtapi_);
    ApiAccess::stop(*api);
  }

 private:
  class ApiAccess : public RtApi {
   public:
    static void stop(RtApi& api) { (api.*(&ApiAccess::stream_)).state = STREAM_STOPPED; }
  };
};

class RtAudioStream final : public DeviceStream {
 public:
  RtAudioStream(std::unique_ptr<RtAudio> audio, bool is_jack) : audio_(std::move(audio)), is_jack_(is_jack) {}
  ~RtAudioStream() override { close(false); }

  std::string open(unsigned int id, const DeviceRequest& request, OpenedDevice& opened,
                   const DeviceBackend::MakeSink& make_sink);

  // Never isStreamRunning() (stays true when JACK changed its period) nor getStreamTime() (crashes when the
  // server died).
  bool is_open() const noexcept override { return audio_ && audio_->isStreamOpen(); }
  void close(bool lost) noexcept override;

 private:
  std::unique_ptr<RtAudio> audio_;
  const bool is_jack_;
  std::shared_ptr<PeriodSink> sink_;  ///< outlives the stream's last callback: goes after audio_'s closing
};

/// Empty on success, else why not.
std::string RtAudioStream::open(unsigned int id, const DeviceRequest& request, OpenedDevice& opened,
                                const DeviceBackend::MakeSink& make_sink) {
  RtAudio::StreamParameters out;
  out.deviceId = id;
  out.nChannels = static_cast<unsigned int>(opened.channels);
  RtAudio::StreamOptions options;
  options.flags = RTAUDIO_NONINTERLEAVED;
  options.streamName = request.client_name;
  if (opened.api != "jack") {  // JACK schedules its clients itself
    options.flags |= RTAUDIO_SCHEDULE_REALTIME;
    options.priority = kRenderPriority;
  }
  unsigned int buffer = static_cast<unsigned int>(std::max(request.buffer, 16));

  // The sink comes into being only when the period is known, and the library wants it before: one step apart.
  struct Relay final : PeriodSink {
    std::shared_ptr<PeriodSink> to;
    void period(float* to_fill, int frames, bool xrun) noexcept override {
      to->period(to_fill, frames, xrun);
    }
  };
  auto relay = std::make_shared<Relay>();
  std::string why = trouble(*audio_, [&] {
    return audio_->openStream(&out, nullptr, RTAUDIO_FLOAT32, static_cast<unsigned int>(opened.rate), &buffer,
                              &on_period, static_cast<PeriodSink*>(relay.get()), &options);
  });
  if (!why.empty()) return why;

  opened.buffer = static_cast<int>(buffer);
  // ALSA fills its few buffers after a stall, PulseAudio its two seconds; both spin when their device is
  // gone.
  if (opened.api == "alsa") opened.burst = 8 * static_cast<std::int64_t>(buffer);
  if (opened.api == "pulse") opened.burst = 3 * static_cast<std::int64_t>(opened.rate);
  auto sink = make_sink(opened);
  if (!sink) return sink.error().sentence;
  relay->to = std::move(*sink);
  sink_ = std::move(relay);
  return trouble(*audio_, [&] { return audio_->startStream(); });
}

void RtAudioStream::close(bool lost) noexcept {
  if (!audio_) return;
  try {
    if (lost) {
      for (auto waited = 0ms; is_open() && waited < kClosesItself; waited += 10ms) {
        std::this_thread::sleep_for(10ms);
      }
    }
    // Never stopStream: it waits for ever for a callback that a changed JACK period no longer brings.
    if (is_open() && is_jack_) {
      RtAudioAccess::pretend_stopped(*audio_);
    } else if (is_open()) {
      trouble(*audio_, [&] { return audio_->abortStream(); });
    }
    std::this_thread::sleep_for(kLastTouches);
    if (is_open()) audio_->closeStream();
  } catch (const std::exception&) {
  }
  audio_.reset();
  sink_.reset();
}

class RtAudioBackend final : public DeviceBackend {
 public:
  Result<Live> open(const DeviceRequest& request, const MakeSink& make_sink) override;
};

/// "default", a bare api or a name within an api: whether this api is meant at all.
bool concerns(const DeviceRequest& request, const std::string& api) {
  const std::string& device = request.device;
  if (device.empty() || device == "default") return request.only_api.empty() || request.only_api == api;
  for (const Api& other : kApis) {
    const std::string name = other.name;
    if (device == name || device.rfind(name + ":", 0) == 0) return name == api;
  }
  return true;
}

Result<DeviceBackend::Live> RtAudioBackend::open(const DeviceRequest& request, const MakeSink& make_sink) {
  std::string reasons;
  const auto note = [&](const std::string& reason) { reasons += (reasons.empty() ? "" : "; ") + reason; };
  for (const Api& api : kApis) {
    if (!concerns(request, api.name)) continue;
    if (api.name == request.except_api) {
      note(std::string(api.name) + " still hangs in closing what was lost");
      continue;
    }
    auto audio = connect(api.id);
    if (!audio) continue;
    const std::vector<Listed> listed = list(*audio, api.name);
    std::vector<DeviceEntry> entries;
    for (const Listed& l : listed) entries.push_back(l.entry);
    const DeviceEntry* entry = choose_device(entries, request.device);
    if (!entry) {
      note(std::string(api.name) + (entries.empty() ? " offers no output" : " has no device of that name"));
      continue;
    }
    // The first channels of the master and cue pairs that the device has in full.
    const int channels = entry->outputs >= kMostChannels ? kMostChannels : std::min(entry->outputs, 2);
    OpenedDevice opened{api.name, entry->name, choose_rate(*entry, request.rate), 0, channels, 0};
    const unsigned int id = listed[static_cast<std::size_t>(entry - entries.data())].id;
    auto stream = std::make_unique<RtAudioStream>(std::move(audio), opened.api == "jack");
    const std::string why = stream->open(id, request, opened, make_sink);
    if (why.empty()) return Live{opened, std::move(stream)};
    note(std::string(api.name) + " device '" + entry->name + "': " + why);
  }
  if (reasons.empty()) reasons = "RtAudio was built without that api";
  return Error{"no sound device answers to '" + request.device + "' (" + reasons + ")"};
}

}  // namespace

std::unique_ptr<DeviceBackend> rtaudio_backend() {
  quiet_audio_libraries();
  return std::make_unique<RtAudioBackend>();
}

std::vector<DeviceEntry> rtaudio_devices() {
  quiet_audio_libraries();
  std::vector<DeviceEntry> entries;
  for (const Api& api : kApis) {
    auto audio = connect(api.id);
    if (!audio) continue;
    for (Listed& l : list(*audio, api.name)) entries.push_back(std::move(l.entry));
  }
  return entries;
}

}  // namespace entrain
