// The sound files of a folder.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/core/result.h"

namespace entrain {

/// Whether a name ends like a sound file that decode() may read (WAV, AIFF, FLAC, Ogg, MP3) and is not
/// hidden.
bool is_sound_name(const std::filesystem::path& path);

/// Sound files of a folder and the folders in it, sorted by path; hidden ones are not looked at, nor what may
/// not be read. Links to folders are followed once. The Error says what is wrong with the folder itself.
Result<std::vector<std::filesystem::path>> sounds_in(const std::filesystem::path& folder);

/// The same for a folder that ought to hold some: none is an Error too.
Result<std::vector<std::filesystem::path>> some_sounds_in(const std::filesystem::path& folder);

}  // namespace entrain
