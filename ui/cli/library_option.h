// `--library FILE`, which several subcommands have.
#pragma once

#include <filesystem>
#include <string>

#include "engine/library/library.h"
#include "ui/cli/command.h"

namespace entrain {

/// Stands for no library at all, where one can do without.
inline constexpr const char* kNoLibrary = "none";

/// Adds the option; empty means the one of the environment, or the default one.
void add_library_option(CLI::App& sub, std::string& file);

/// The file that an option means.
std::filesystem::path library_file(const std::string& option);

/// Opens the library, and says on stderr when one had to be moved aside.
Result<Library> open_library(const std::string& file);

/// A path as the library writes it: absolute, without links where it exists, without a slash at its end.
std::filesystem::path absolute_path(const std::string& path);

}  // namespace entrain
