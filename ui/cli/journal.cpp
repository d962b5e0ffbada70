// `entrain journal`: reads what a jam left behind.
#include <iostream>

#include "control/record/journal_print.h"
#include "control/record/journal_reader.h"
#include "ui/cli/command.h"

namespace entrain {

void add_journal(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("journal", "Reads a jam's journal.");
  sub->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  CLI::App* show = sub->add_subcommand("show", "Prints everything that went into the engine, in order.");
  show->footer("Example: entrain journal show jam.journal | less");
  show->add_option("file", *file, "The journal")->required();
  show->callback([file, &exit] {
    const auto journal = read_journal(*file);
    if (!journal) return fail(exit, journal.error().sentence);
    print_journal(std::cout, *journal);
  });
}

}  // namespace entrain
