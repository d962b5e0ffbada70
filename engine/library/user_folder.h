// Where a person's files lie.
#pragma once

#include <filesystem>

namespace entrain {

/// The folder "entrain" in the one that an XDG variable names ("XDG_DATA_HOME"), or else in `below_home`
/// (".local/share") of the home of whoever runs this. (XDG Base Directory Specification.)
std::filesystem::path user_folder(const char* variable, const char* below_home);

}  // namespace entrain
