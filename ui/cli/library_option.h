// `--library FILE`, which several subcommands have.
#pragma once

#include <string>

#include "engine/library/library.h"
#include "ui/cli/command.h"

namespace entrain {

/// Stands for no library at all, where one can do without.
inline constexpr const char* kNoLibrary = "none";

/// Adds the option; empty means the default library.
void add_library_option(CLI::App& sub, std::string& file);

/// Opens the library, and says on stderr when one had to be moved aside.
Result<Library> open_library(const std::string& file);

}  // namespace entrain
