// `entrain worker`: the child process that decodes files. Started by the program itself.
#include "control/worker/worker.h"

#include "ui/cli/command.h"

namespace entrain {

void add_worker(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("worker", "Decodes files for a session (which starts it; not for people).");
  sub->footer("Example: none; `entrain live` starts its own.");
  sub->callback([&exit] { exit.code = worker_main(kWorkerSocket); });
}

}  // namespace entrain
