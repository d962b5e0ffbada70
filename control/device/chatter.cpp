#include "control/device/chatter.h"

#include <dlfcn.h>

#include <array>
#include <cstddef>
#include <iostream>
#include <memory>
#include <mutex>
#include <streambuf>
#include <string_view>
#include <utility>

namespace entrain {

namespace {

/// Holds back the begin of a line while it may still turn out to be RtAudio's, which comes in one piece,
/// framed by empty lines. One line per thread, as RtAudio writes from threads of its own.
class LineFilter final : public std::streambuf {
 public:
  explicit LineFilter(std::streambuf* behind) : behind_(behind) {}

 private:
  int_type overflow(int_type c) override {
    if (!traits_type::eq_int_type(c, traits_type::eof())) put(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    for (std::streamsize i = 0; i < size; ++i) put(text[i]);
    return size;
  }
  int sync() override {
    if (line_.size > 0) release(line_);
    return behind_->pubsync();
  }

  enum class Verdict { open, drop, foreign };
  /// Trivial, so that std::cerr may be used while a thread's or the program's last objects go.
  struct Line {
    std::array<char, 16> begin{};  ///< held back; longer than an empty line and the longest mark
    std::size_t size = 0;
    Verdict verdict = Verdict::open;
    bool after_drop = false;
  };

  void put(char c) {
    Line& line = line_;
    if (line.verdict == Verdict::foreign) behind_->sputc(c);
    if (line.verdict == Verdict::open) return judge(line, c);
    if (c == '\n') {
      line.after_drop = line.verdict == Verdict::drop;
      line.verdict = Verdict::open;
    }
  }

  void judge(Line& line, char c) {
    line.begin[line.size++] = c;
    std::string_view text(line.begin.data(), line.size);
    if (text == "\n" && std::exchange(line.after_drop, false)) {
      line.size = 0;
      return;
    }
    if (text.front() == '\n') text.remove_prefix(1);
    for (const std::string_view mark : {"RtAudio ", "RtAudio:", "RtApi"}) {
      if (text == mark) {
        line.size = 0;
        line.verdict = Verdict::drop;
        return;
      }
      if (mark.substr(0, text.size()) == text) return;
    }
    release(line);
  }

  /// What was held back is not RtAudio's.
  void release(Line& line) {
    behind_->sputn(line.begin.data(), static_cast<std::streamsize>(line.size));
    line.verdict = line.begin[line.size - 1] == '\n' ? Verdict::open : Verdict::foreign;
    line.size = 0;
    line.after_drop = false;
  }

  std::streambuf* const behind_;
  static thread_local Line line_;
};

thread_local LineFilter::Line LineFilter::line_;

// The libraries come in through RtAudio; looked up by name, so that neither its headers nor its linking are
// ours to care for, and none needs to be there.
template <class Function>
Function* find(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

void ignore_jack(const char*) {}
void ignore_alsa(const char*, int, const char*, int, const char*, ...) {}

}  // namespace

void quiet_audio_libraries() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Lives as long as std::cerr, which outlives every static: freed by nobody on purpose.
    static LineFilter& filter = *std::make_unique<LineFilter>(std::cerr.rdbuf()).release();
    std::cerr.rdbuf(&filter);
  });
  using JackMessage = void(const char*);
  using AlsaMessage = void(const char*, int, const char*, int, const char*, ...);
  if (auto* set = find<void(JackMessage*)>("jack_set_error_function")) set(&ignore_jack);
  if (auto* set = find<void(JackMessage*)>("jack_set_info_function")) set(&ignore_jack);
  if (auto* set = find<int(AlsaMessage*)>("snd_lib_error_set_handler")) set(&ignore_alsa);
}

}  // namespace entrain
