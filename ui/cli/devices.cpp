// `entrain devices`: lists what can be played on.
#include <fmt/format.h>

#include <cstdio>

#include "control/device/devices.h"
#include "control/protocol/protocol.h"
#include "ui/cli/command.h"

namespace entrain {
namespace {

void print_entries(const std::vector<DeviceEntry>& devices) {
  Json list = Json::array();
  for (const DeviceEntry& d : devices)
    list.push_back({{"api", d.api},
                    {"name", d.name},
                    {"outputs", d.outputs},
                    {"preferred_rate", d.preferred_rate},
                    {"rates", d.rates},
                    {"default", d.is_default}});
  std::printf("%s\n", list.dump(2).c_str());
}

}  // namespace

void add_devices(CLI::App& app, Exit& exit) {
  auto json = std::make_shared<bool>(false);
  CLI::App* sub = app.add_subcommand("devices", "Lists the audio devices of JACK, PulseAudio and ALSA.");
  sub->footer("Example: entrain devices");
  sub->add_flag("--json", *json, "As JSON");
  sub->callback([json, &exit] {
    const auto devices = list_devices();
    if (!devices) return fail(exit, devices.error().sentence);
    if (*json) return print_entries(*devices);
    if (devices->empty()) std::printf("No audio device: plug one in or start JACK. `entrain live` plays on without (null).\n");
    for (const DeviceEntry& d : *devices)
      fmt::print("{} {:<6} {} ({} outputs, {} Hz)\n", d.is_default ? "*" : " ", d.api, d.name, d.outputs, d.preferred_rate);
  });
}

}  // namespace entrain
