// `entrain worker` and `entrain prehear`: the child processes that decode files, and that hear flows ahead.
// Started by the program itself.
#include "control/worker/worker.h"

#include "control/prehear/prehear_process.h"
#include "ui/cli/command.h"

namespace entrain {

void add_worker(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("worker", "Decodes files for a session (which starts it; not for people).");
  sub->footer("Example: none; `entrain live` starts its own.");
  sub->callback([&exit] { exit.code = worker_main(kWorkerSocket); });
  CLI::App* ahead = app.add_subcommand("prehear", "Hears a flow ahead for a session (which starts it; not for people).");
  ahead->footer("Example: none; `entrain live` starts its own.");
  ahead->callback([&exit] { exit.code = prehear_main(kWorkerSocket); });
}

}  // namespace entrain
