// `entrain`: one program, one subcommand for each thing it does.
#include <cstdio>
#include <exception>

#include "ui/cli/command.h"

namespace entrain {

void fail(Exit& exit, const std::string& sentence) {
  std::fprintf(stderr, "entrain: %s\n", sentence.c_str());
  exit.code = 1;
}

}  // namespace entrain

int main(int argc, char** argv) {
  CLI::App app{"Entrain, a live-performance engine: drums that never repeat, loops locked to the beat."};
  app.require_subcommand(1);
  app.set_version_flag("--version", "entrain " ENTRAIN_VERSION);
  entrain::Exit exit;
  for (const auto add :
       {entrain::add_live, entrain::add_render, entrain::add_cluster, entrain::add_sequence,
        entrain::add_send, entrain::add_controls, entrain::add_devices, entrain::add_journal,
        entrain::add_analyse, entrain::add_library, entrain::add_search, entrain::add_similar,
        entrain::add_flow, entrain::add_stitch, entrain::add_atlas, entrain::add_worker})
    add(app, exit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);
    return code == 0 ? 0 : 2;
  } catch (const std::exception& e) {
    entrain::fail(exit, e.what());
  }
  return exit.code;
}
