#include "engine/groove/midi_file.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <utility>

namespace entrain {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::int64_t kMostTicks = std::int64_t{1} << 38;

std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Takes numbers off the front of some bytes. Behind the end everything is 0, and `ended` says so.
class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  bool ended() const { return ended_; }
  std::uint8_t peek() const { return bytes_.empty() ? 0 : bytes_[0]; }
  std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t number(std::size_t width) {
    std::uint32_t value = 0;
    for (const std::uint8_t b : take(width)) value = value << 8 | b;
    return value;
  }
  /// Seven bits a byte, the last one below 128; at most four bytes.
  std::uint32_t variable() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const std::uint8_t b = byte();
      value = value << 7 | (b & 0x7F);
      if (b < 0x80) break;
    }
    return value;
  }
  Bytes take(std::size_t count) {
    ended_ = ended_ || count > bytes_.size();
    const Bytes taken = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }

 private:
  Bytes bytes_;
  bool ended_ = false;
};

/// Ticks to beats.
struct Scale {
  std::int64_t beats = 1, ticks = 96;  ///< so many beats are so many ticks
  Beat at(std::int64_t tick) const {
    return Beat(static_cast<std::int64_t>(Wide{tick} * beats * Beat::kPerBeat / ticks));
  }
  using Wide = __int128;
};

Scale scale_of(std::uint32_t division) {
  if (division < 0x8000) return {1, std::max<std::int64_t>(1, division)};
  // Minus frames a second (29 stands for 30000/1001), then ticks a frame; two beats a second.
  const int frames = 256 - static_cast<int>(division >> 8);
  const std::int64_t per_frame = std::max<std::int64_t>(1, division & 0xFF);
  if (frames == 29) return {2 * 1001, 30'000 * per_frame};
  return {2, frames * per_frame};
}

/// One track at work.
class TrackChunk {
 public:
  TrackChunk(Bytes bytes, Scale scale, Beat origin, MidiFile& file)
      : reader_(bytes), scale_(scale), origin_(origin), file_(file) {}

  /// False: it is damaged, and what came before is used. `end` is where it ends.
  bool read(Beat& end) {
    bool good = true;
    while (good && !over_ && !reader_.empty()) {
      tick_ += reader_.variable();
      good = tick_ <= kMostTicks && event() && !reader_.ended() && file_.notes.size() < kMaxMidiNotes;
    }
    for (auto& open : open_)
      for (const std::size_t note : open) file_.notes[note].length = now() - file_.notes[note].start;
    end = now();
    return good;
  }

 private:
  Beat now() const { return origin_ + scale_.at(std::min(tick_, kMostTicks)); }

  bool event() {
    if (reader_.peek() >= 0x80) status_ = reader_.byte();
    switch (status_ >> 4) {
      case 0x8:
      case 0x9:
      case 0xA:
      case 0xB:
      case 0xE:
        return two(status_ & 0x0F);
      case 0xC:
      case 0xD:
        return reader_.byte() < 0x80;
      case 0xF:
        return system();
      default:
        return false;  // data without a status
    }
  }

  /// A message of two data bytes: of these only notes count.
  bool two(int channel) {
    const std::uint8_t key = reader_.byte(), velocity = reader_.byte();
    if (key >= 0x80 || velocity >= 0x80 || reader_.ended()) return false;
    const bool on = status_ >> 4 == 0x9 && velocity > 0;
    if (status_ >> 4 > 0x9) return true;
    auto& open = open_[static_cast<std::size_t>(channel * 128 + key)];
    if (on) {
      open.push_back(file_.notes.size());
      file_.notes.push_back({now(), {}, static_cast<std::uint8_t>(channel), key, velocity});
    } else if (!open.empty()) {
      MidiFile::Note& note = file_.notes[open.front()];
      note.length = now() - note.start;
      open.erase(open.begin());
    }
    return true;
  }

  bool system() {
    const std::uint8_t status = std::exchange(status_, std::uint8_t{0});
    switch (status) {
      case 0xFF: {
        const std::uint8_t type = reader_.byte();
        meta(type, reader_.take(reader_.variable()));
        return true;
      }
      case 0xF0:
      case 0xF7:
        reader_.take(reader_.variable());
        return true;
      default:
        return false;  // nothing that a file may hold
    }
  }

  void meta(std::uint8_t type, Bytes data) {
    if (type == 0x2F) over_ = true;
    if (type == 0x51 && data.size() >= 3) {
      const int microseconds = data[0] << 16 | data[1] << 8 | data[2];
      if (microseconds > 0) file_.tempos.push_back({now(), 60e6 / microseconds});
    }
    if (type == 0x58 && data.size() >= 2 && data[0] > 0 && data[1] < 8)
      file_.signatures.push_back({now(), data[0], 1 << data[1]});
  }

  Reader reader_;
  const Scale scale_;
  const Beat origin_;
  MidiFile& file_;
  std::int64_t tick_ = 0;
  std::uint8_t status_ = 0;
  bool over_ = false;
  std::array<std::vector<std::size_t>, 16 * 128> open_;  ///< notes that sound, by channel and key
};

/// The MIDI inside a RIFF of type RMID, or the bytes themselves.
Bytes unwrapped(Bytes bytes) {
  if (text_of(bytes).substr(0, 4) != "RIFF" || bytes.size() < 20 || text_of(bytes).substr(8, 4) != "RMID")
    return bytes;
  const auto at = text_of(bytes).find("MThd");
  return at == std::string_view::npos ? bytes : bytes.subspan(at);
}

void sort(MidiFile& file) {
  std::stable_sort(file.notes.begin(), file.notes.end(),
                   [](const MidiFile::Note& a, const MidiFile::Note& b) {
                     return std::tie(a.start, a.channel, a.key) < std::tie(b.start, b.channel, b.key);
                   });
  const auto by_beat = [](const auto& a, const auto& b) { return a.at < b.at; };
  std::stable_sort(file.tempos.begin(), file.tempos.end(), by_beat);
  std::stable_sort(file.signatures.begin(), file.signatures.end(), by_beat);
}

}  // namespace

Result<MidiFile> parse_midi(Bytes bytes, const std::string& name) {
  Reader reader(unwrapped(bytes));
  if (text_of(reader.take(4)) != "MThd")
    return Error{name + " is no MIDI file: it does not begin with \"MThd\"; save it as a Standard MIDI File"};
  Reader header(reader.take(reader.number(4)));
  const std::uint32_t format = header.number(2);
  header.number(2);  // how many tracks: those that are there count
  const Scale scale = scale_of(header.number(2));
  if (header.ended()) return Error{name + " is no MIDI file: its header is cut short; save it anew"};
  MidiFile file;
  int tracks = 0, damaged = 0;
  while (!reader.empty()) {
    const bool is_track = text_of(reader.take(4)) == "MTrk";
    const Bytes chunk = reader.take(reader.number(4));
    if (!is_track) continue;
    ++tracks;
    Beat end;
    const bool good = TrackChunk(chunk, scale, format == 2 ? file.length : Beat(0), file).read(end);
    if (!good || reader.ended()) ++damaged;
    file.length = std::max(file.length, end);
  }
  if (tracks == 0) return Error{name + " holds no track; save it as a Standard MIDI File"};
  if (damaged > 0)
    file.remark = name + ": " + std::to_string(damaged) + " of " + std::to_string(tracks) +
                  " tracks are damaged; what comes before the damage is used";
  sort(file);
  return file;
}

}  // namespace entrain
