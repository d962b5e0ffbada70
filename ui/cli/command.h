// A subcommand of `entrain`: one file each, which adds itself to the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/core/result.h"

namespace entrain {

/// What main() returns: 0 only on success.
struct Exit {
  int code = 0;
};

/// Prints "entrain: SENTENCE" to stderr and makes the exit code 1.
void fail(Exit& exit, const std::string& sentence);

// Each adds one subcommand; `exit` outlives the parse.
void add_live(CLI::App& app, Exit& exit);
void add_render(CLI::App& app, Exit& exit);
void add_sequence(CLI::App& app, Exit& exit);
void add_cluster(CLI::App& app, Exit& exit);
void add_controls(CLI::App& app, Exit& exit);
void add_send(CLI::App& app, Exit& exit);
void add_devices(CLI::App& app, Exit& exit);
void add_journal(CLI::App& app, Exit& exit);
void add_analyse(CLI::App& app, Exit& exit);
void add_atlas(CLI::App& app, Exit& exit);
void add_library(CLI::App& app, Exit& exit);
void add_search(CLI::App& app, Exit& exit);
void add_similar(CLI::App& app, Exit& exit);
void add_flow(CLI::App& app, Exit& exit);
void add_stitch(CLI::App& app, Exit& exit);
void add_worker(CLI::App& app, Exit& exit);

}  // namespace entrain
