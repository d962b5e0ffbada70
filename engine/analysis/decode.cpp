#include "engine/analysis/decode.h"

#include <fcntl.h>
#include <samplerate.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <system_error>

#include "engine/analysis/downmix.h"
#include "engine/analysis/file_hash.h"
#include "engine/analysis/promised.h"
#include "engine/analysis/samples.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kBlock = 16'384;  // frames; part of what determines the resampled bits
constexpr float kSilence = 1e-4f;        // -80 dB
constexpr const char* kConvert = "; convert it with ffmpeg, or remove it from the set.";

struct File {
  int fd = -1;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

struct CloseSound {
  void operator()(SNDFILE* file) const { ::sf_close(file); }
};
struct DeleteResampler {
  void operator()(SRC_STATE* state) const { ::src_delete(state); }
};
using Sound = std::unique_ptr<SNDFILE, CloseSound>;
using Resampler = std::unique_ptr<SRC_STATE, DeleteResampler>;

std::string name_of(const fs::path& path) { return path.filename().string(); }

std::string seconds(double s) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", s);
  return text;
}

/// Opens without blocking (a pipe would wait for ever) and accepts plain files only.
std::optional<Error> open_file(const fs::path& path, File& file) {
  file.fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    return Error{path.string() + " does not exist; check its name, or remove it from the set."};
  if (file.fd < 0)
    return Error{path.string() + " cannot be opened (" + std::generic_category().message(errno) +
                 "); check its rights."};
  struct stat info {};
  if (::fstat(file.fd, &info) != 0 || !S_ISREG(info.st_mode))
    return Error{path.string() + " is not a file; name a sound file."};
  if (info.st_size == 0)
    return Error{name_of(path) + " is empty; export it again, or remove it from the set."};
  return std::nullopt;
}

Error cannot_read(const fs::path& path) {
  const std::string reason = ::sf_strerror(nullptr);
  if (::sf_error(nullptr) == SF_ERR_UNRECOGNISED_FORMAT)
    return Error{name_of(path) + " is not audio of a kind that can be read (WAV, AIFF, FLAC, Ogg, MP3)" +
                 kConvert};
  return Error{name_of(path) + " is damaged, or of a kind that cannot be read (" + reason + ")" + kConvert};
}

std::optional<Error> check(const fs::path& path, const SF_INFO& info) {
  if ((info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_RAW)
    return Error{name_of(path) + " has no header that says what it is" + kConvert};
  if (info.channels < 1 || info.channels > kMostChannels)
    return Error{name_of(path) + " has " + std::to_string(info.channels) + " channels, more than " +
                 std::to_string(kMostChannels) + "; mix it down first."};
  if (info.samplerate < 1000 || info.samplerate > 1'000'000)
    return Error{name_of(path) + " claims a rate of " + std::to_string(info.samplerate) +
                 " Hz, which cannot be right" + kConvert};
  return std::nullopt;
}

/// Mends blocks of a file's channels and mixes them to `sides` interleaved ones: two, or of one channel one.
class Mixer {
 public:
  Mixer(SNDFILE* sound, int channels, int sides)
      : channels_(static_cast<std::size_t>(channels)), sides_(static_cast<std::size_t>(sides)) {
    std::array<int, kMostChannels> map{};
    const int bytes = channels * static_cast<int>(sizeof(int));
    const bool mapped = ::sf_command(sound, SFC_GET_CHANNEL_MAP_INFO, map.data(), bytes) == SF_TRUE;
    mix_ = downmix(channels, std::span(map).first(mapped ? channels_ : 0));
  }

  /// `out` has room for two sides; what is returned lies in it, or in `in`.
  std::span<const float> mix(std::span<float> in, std::span<float> out) {
    mended += silence_odd_samples(in);
    if (channels_ == sides_) return noted(in);
    if (channels_ == 1) {
      for (std::size_t frame = 0; frame < in.size(); ++frame) out[2 * frame] = out[2 * frame + 1] = in[frame];
    } else {
      mix_down(in, out);
    }
    return noted(out);
  }

  std::int64_t mended = 0;
  float peak = 0;

 private:
  std::span<const float> noted(std::span<const float> mixed) {
    peak = std::max(peak, highest(mixed));
    return mixed;
  }
  void mix_down(std::span<const float> in, std::span<float> out) const {
    for (std::size_t frame = 0; frame < in.size() / channels_; ++frame) {
      float left = 0, right = 0;
      for (std::size_t c = 0; c < channels_; ++c) {
        const float x = in[frame * channels_ + c];
        left += mix_.left[c] * x;
        right += mix_.right[c] * x;
      }
      out[2 * frame] = left;
      out[2 * frame + 1] = right;
    }
  }

  std::size_t channels_, sides_;
  Downmix mix_;
};

/// Collects blocks of one side or two at one rate as planar stereo at another.
class Collector {
 public:
  Collector(int from, int to, int converter, int sides, std::int64_t expected)
      : from_(from), to_(to), sides_(static_cast<std::size_t>(sides)), out_(from == to ? 0 : 2 * kBlock) {
    const auto room = static_cast<std::size_t>(
        std::min(length(std::min(expected, longest_frames(from))), longest_frames(to)));
    left.reserve(room + kBlock);
    if (sides == 2) right.reserve(room + kBlock);
    int error = 0;
    if (from != to) resampler_.reset(::src_new(converter, sides, &error));
    if (from != to && !resampler_) throw std::bad_alloc();
  }

  void add(std::span<const float> block, bool last) {
    frames_ += static_cast<std::int64_t>(block.size() / sides_);
    if (from_ == to_) return spread(block);
    SRC_DATA data{};
    data.src_ratio = static_cast<double>(to_) / static_cast<double>(from_);
    data.end_of_input = last;
    data.data_in = block.data();
    data.input_frames = static_cast<long>(block.size() / sides_);
    data.data_out = out_.data();
    data.output_frames = kBlock;
    do {
      if (::src_process(resampler_.get(), &data) != 0) return;
      spread(std::span<const float>(out_).first(sides_ * static_cast<std::size_t>(data.output_frames_gen)));
      data.data_in += static_cast<std::ptrdiff_t>(sides_) * data.input_frames_used;
      data.input_frames -= data.input_frames_used;
    } while (data.output_frames_gen > 0 || data.input_frames_used > 0);
  }

  /// The file's length at the new rate; the resampler may be a frame off.
  void trim() {
    const auto frames = static_cast<std::size_t>(std::max<std::int64_t>(1, length(frames_)));
    for (auto* side : {&left, &right}) {
      if (side == &left || sides_ == 2) side->resize(frames);
      if (side->capacity() > 2 * frames) side->shrink_to_fit();
    }
    if (sides_ == 1) right = left;
  }

  std::int64_t length(std::int64_t frames) const { return (frames * to_ + from_ / 2) / from_; }
  std::int64_t frames() const { return frames_; }  ///< at the file's rate

  std::vector<float> left, right;

 private:
  void spread(std::span<const float> block) {
    if (sides_ == 1) {
      left.insert(left.end(), block.begin(), block.end());
      return;
    }
    const std::size_t before = left.size(), frames = block.size() / 2;
    left.resize(before + frames);
    right.resize(before + frames);
    deinterleave(block, left.data() + before, right.data() + before);
  }

  std::int64_t from_, to_, frames_ = 0;
  std::size_t sides_;
  std::vector<float> out_;
  Resampler resampler_;
};

/// Some MP3 headers count the encoder's padding, or guess: only more than two granules missing is worth a
/// word.
std::int64_t tolerance(const SF_INFO& info) {
  return (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG ? 2 * 1152 : 0;
}

std::string remarks(const fs::path& path, const SF_INFO& info, const Promise& promise, const Mixer& mixer,
                    std::int64_t frames, bool broke) {
  std::string text;
  const auto say = [&](const std::string& what) { text += (text.empty() ? "" : " ") + name_of(path) + what; };
  const double there = static_cast<double>(frames) / info.samplerate;
  const bool countable = info.frames > 0 && info.frames < SF_COUNT_MAX;
  if (promise.promised > promise.there && promise.there > 0) {
    const double share = static_cast<double>(promise.promised) / static_cast<double>(promise.there);
    say(" promises " + seconds(there * share) + " but holds " + seconds(there) + "; what is there is used.");
  } else if (countable && frames + tolerance(info) < info.frames) {
    say(" promises " + seconds(static_cast<double>(info.frames) / info.samplerate) + " but holds " +
        seconds(there) + "; what is there is used.");
  } else if (broke) {
    say(" is damaged after " + seconds(there) + "; what is there is used.");
  }
  if (mixer.mended > 0)
    say(" has " + std::to_string(mixer.mended) +
        " samples that are no sound (not a number, or absurdly large); " + "they are silent now.");
  if (info.channels > 2) say(" has " + std::to_string(info.channels) + " channels, mixed to two.");
  return text;
}

Result<Pcm> decode_open(const fs::path& path, int rate, int fd, const DecodeProgress& progress) {
  const auto hash = hash_file(fd);
  if (!hash) return Error{path.string() + " cannot be read to its end; check the disk it lies on."};
  SF_INFO info{};
  ::lseek(fd, 0, SEEK_SET);
  const Sound sound(::sf_open_fd(fd, SFM_READ, &info, SF_FALSE));
  if (!sound) return cannot_read(path);
  if (auto error = check(path, info)) return *error;
  const bool own = rate == kOwnRate;
  const int converter = own ? SRC_SINC_FASTEST : SRC_SINC_BEST_QUALITY;
  if (own) rate = info.samplerate < 16'000 || info.samplerate > 96'000 ? 44'100 : info.samplerate;

  // Of two equal sides the converter makes other bits than of one: what is played has always gone as two.
  const int sides = info.channels == 1 && (own || rate == info.samplerate) ? 1 : 2;
  Mixer mixer(sound.get(), info.channels, sides);
  Collector pcm(info.samplerate, rate, converter, sides, std::max<sf_count_t>(info.frames, 0));
  std::vector<float> in(static_cast<std::size_t>(kBlock * info.channels)), stereo(2 * kBlock);
  for (int told = 0;;) {
    const auto got =
        static_cast<std::size_t>(std::max<sf_count_t>(0, ::sf_readf_float(sound.get(), in.data(), kBlock)));
    pcm.add(mixer.mix(std::span(in).first(got * static_cast<std::size_t>(info.channels)),
                      std::span(stereo).first(2 * got)),
            got == 0);
    if (got == 0) break;
    if (pcm.length(pcm.frames()) > longest_frames(rate))
      return Error{name_of(path) + " is longer than " + std::to_string(kLongestSeconds / 60) +
                   " minutes; cut it into pieces."};
    const auto percent = static_cast<int>(pcm.length(pcm.frames()) * 100 / longest_frames(rate));
    if (progress && percent > told && !progress(told = percent))
      return Error{"Reading " + name_of(path) + " was stopped; load it again."};
  }
  const bool broke = ::sf_error(sound.get()) != SF_ERR_NO_ERROR;
  if (pcm.frames() == 0 && broke)
    return Error{name_of(path) + " is damaged (" + ::sf_strerror(sound.get()) + ")" + kConvert};
  if (pcm.frames() == 0)
    return Error{name_of(path) + " holds no sound (0 frames); export it again, or remove it from the set."};

  pcm.trim();
  const Promise promise = promised_sound(fd).value_or(Promise{});
  return Pcm{rate,  std::move(pcm.left),    std::move(pcm.right),
             *hash, mixer.peak <= kSilence, remarks(path, info, promise, mixer, pcm.frames(), broke)};
}

}  // namespace

Result<Pcm> decode(const fs::path& path, int rate, const DecodeProgress& progress) {
  if (rate != kOwnRate && (rate < 8'000 || rate > 192'000))
    return Error{"Sounds cannot be prepared for " + std::to_string(rate) + " Hz; use 8000 to 192000 Hz."};
  try {
    File file;
    if (auto error = open_file(path, file)) return *error;
    return decode_open(path, rate, file.fd, progress);
  } catch (const std::bad_alloc&) {
    return Error{name_of(path) + " needs more memory than there is; cut it into pieces."};
  }
}

}  // namespace entrain
