// Sounds for the laws of the library.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/library/library.h"
#include "engine/library/store/analysis_bytes.h"
#include "tests/support/analysis_sounds.h"
#include "tests/support/decoded.h"
#include "tests/support/rehashed.h"
#include "tests/support/sound_files.h"

namespace entrain::test {

/// Four seconds at 120 BPM: a kick on each beat, a hat between.
inline std::vector<float> a_loop() {
  auto x = silence(4);
  for (int beat = 0; beat < 8; ++beat) {
    add_kick(x, beat * 0.5, 0.8);
    add_hat(x, beat * 0.5 + 0.25, 0.3);
  }
  return x;
}

/// A kick; `pitch` makes the bytes of one differ from those of another.
inline std::vector<float> a_hit(double level = 0.8) {
  auto x = silence(0.4);
  add_kick(x, 0.01, level);
  return x;
}

/// Writes it as it lies in memory and calls it two hours old, so that nobody takes it for a copy under way.
inline void put_old_sound(const std::filesystem::path& path, const std::vector<float>& mono) {
  std::filesystem::create_directories(path.parent_path());
  write_sound(path, kFloatWav, kSoundRate, 1, mono);
  std::filesystem::last_write_time(path,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
}

inline Library opened(const std::filesystem::path& file) {
  auto library = Library::open(file);
  INFO((library ? std::string() : library.error().sentence));
  REQUIRE(library);
  CHECK(library->remark.empty());
  return std::move(library->library);
}

template <class T>
T held(Result<T> result) {
  INFO((result ? std::string() : result.error().sentence));
  REQUIRE(result);
  return *std::move(result);
}

inline void done(const Result<void>& result) {
  INFO((result ? std::string() : result.error().sentence));
  REQUIRE(result);
}

}  // namespace entrain::test
