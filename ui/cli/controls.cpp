// `entrain controls`: prints the catalogue and the command table.
#include <fmt/format.h>

#include <cstdio>

#include "control/protocol/protocol.h"
#include "control/stage/command_call.h"
#include "control/values.h"
#include "engine/core/rack.h"
#include "ui/cli/command.h"

namespace entrain {
namespace {

void print_table() {
  std::printf("Controls (# counts from 1):\n\n");
  for (const Section& section : Rack::sections) {
    for (const ControlRow& row : section.rows) {
      std::string address(row.address);
      if (section.instances > 1) address += fmt::format(" (1-{})", section.instances);
      fmt::print("  {:<30} {:<11} {:<18} {}\n", address, name_of(row.kind),
                 row.kind == Kind::trigger ? "" : values_of(row), row.help);
    }
  }
  std::printf("\nCommands:\n\n");
  for (const CommandRow& row : kCommands) fmt::print("  {:<42} {}\n", usage(row), row.help);
}

}  // namespace

void add_controls(CLI::App& app, Exit&) {
  auto json = std::make_shared<bool>(false);
  CLI::App* sub = app.add_subcommand("controls", "Lists every control and command, with range and meaning.");
  sub->footer("Example: entrain controls --json | jq '.controls[].address'");
  sub->add_flag("--json", *json, "As JSON, every instance on its own");
  sub->callback([json] {
    if (*json)
      std::printf("%s\n", Json{{"controls", controls_json()}, {"commands", commands_json()}}.dump(2).c_str());
    else
      print_table();
  });
}

}  // namespace entrain
