#include "engine/library/sound_folder.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/core/lowered.h"

namespace entrain {
namespace fs = std::filesystem;

bool is_sound_name(const fs::path& path) {
  constexpr std::array<std::string_view, 10> kEnds{".wav",  ".wave", ".aif", ".aiff", ".aifc",
                                                   ".flac", ".ogg",  ".oga", ".opus", ".mp3"};
  return !path.filename().native().starts_with('.') &&
         std::ranges::find(kEnds, lowered(path.extension().native())) != kEnds.end();
}

Result<std::vector<fs::path>> sounds_in(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    return Error{folder.string() + " is not a folder; name one that holds sounds."};
  std::vector<fs::path> found;
  std::set<fs::path> been;  // so that a link to a folder above ends
  std::vector<fs::path> waiting{folder};
  while (!waiting.empty()) {
    const fs::path here = std::exchange(waiting.back(), {});
    waiting.pop_back();
    std::error_code ignored;
    if (!been.insert(fs::canonical(here, ignored)).second) continue;
    fs::directory_iterator at(here, fs::directory_options::skip_permission_denied, error), end;
    if (error && here == folder)
      return Error{folder.string() + " cannot be read (" + error.message() + "); check its rights."};
    for (; at != end; at.increment(ignored)) {
      if (at->path().filename().native().starts_with('.')) continue;
      if (at->is_directory(ignored))
        waiting.push_back(at->path());
      else if (is_sound_name(at->path()) && at->is_regular_file(ignored))
        found.push_back(at->path());
    }
  }
  std::ranges::sort(found);
  return found;
}

Result<std::vector<fs::path>> some_sounds_in(const fs::path& folder) {
  auto found = sounds_in(folder);
  if (found && found->empty())
    return Error{folder.string() + " holds no sounds (WAV, AIFF, FLAC, Ogg, MP3); name a folder that does."};
  return found;
}

}  // namespace entrain
