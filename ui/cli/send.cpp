// `entrain send`: steers a running session from the command line.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>

#include "control/protocol/client.h"
#include "control/protocol/server.h"
#include "control/stage/command_call.h"
#include "engine/core/catalogue.h"
#include "ui/cli/command.h"

namespace entrain {
namespace {

struct SendArgs {
  std::string address, at, socket, query;
  std::vector<std::string> values;
  double glide = 0;
  bool watch = false, json = false;
};

Json to_json(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? Json(number) : Json(text);
}

/// What the arguments ask for: a command where the address is one's, a question where a control has no value.
Json request_of(const SendArgs& args) {
  if (!args.query.empty()) return {{"query", args.query}};
  Json request;
  if (find_command(args.address).row != nullptr) {
    request = {{"do", args.address}, {"args", Json::array()}};
    for (const std::string& value : args.values) request["args"].push_back(to_json(value));
  } else {
    const auto control = catalogue().find(args.address);
    const bool asks = args.values.empty() && control && catalogue().row(*control).kind != Kind::trigger;
    if (asks) return {{"get", args.address}};
    request = {{"set", args.address}};
    if (!args.values.empty()) request["value"] = to_json(args.values[0]);
    if (args.glide > 0) request["glide"] = args.glide;
  }
  if (!args.at.empty()) request["at"] = args.at;
  return request;
}

void print(const Json& answer, bool json) {
  if (json || !(answer.contains("ok") || answer.contains("address")))
    std::printf("%s\n", answer.dump(json ? -1 : 2).c_str());
  else if (answer.contains("ok"))
    std::printf("%s\n", answer["ok"].get<std::string>().c_str());
  else
    fmt::print("{} {}\n", answer["address"].get<std::string>(),
               answer.contains("name") ? answer["name"].get<std::string>() : answer["value"].dump());
  std::fflush(stdout);
}

void send(const SendArgs& args, Exit& exit) {
  if (args.address.empty() && args.query.empty() && !args.watch)
    return fail(exit, "name an address, or use --query or --watch");
  auto client = StageClient::connect(args.socket.empty() ? default_socket_path() : std::filesystem::path(args.socket));
  if (!client) return fail(exit, client.error().sentence);
  if (!args.address.empty() || !args.query.empty()) {
    if (auto sent = client->send(request_of(args)); !sent) return fail(exit, sent.error().sentence);
    const auto answer = client->receive(std::chrono::seconds(60));
    if (!answer) return fail(exit, answer.error().sentence);
    if (!*answer) return fail(exit, "the stage did not answer within a minute");
    if ((*answer)->contains("error")) return fail(exit, (**answer)["error"].get<std::string>());
    print(**answer, args.json);
  }
  if (!args.watch) return;
  if (auto sent = client->send({{"watch", true}}); !sent) return fail(exit, sent.error().sentence);
  for (;;) {
    const auto news = client->receive(std::chrono::hours(1));
    if (!news) return fail(exit, news.error().sentence);
    if (*news) print(**news, true);
  }
}

}  // namespace

void add_send(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<SendArgs>();
  CLI::App* sub = app.add_subcommand("send", "Moves a control or performs a command of a running session.");
  sub->footer("Examples:\n  entrain send /transport/tempo 128 --glide 16\n"
              "  entrain send /deck/1/load loop_amen.flac 4 --at bar\n  entrain send /deck/1/gain\n  entrain send --query status\n  entrain send --watch");
  sub->add_option("address", args->address, "An address of `entrain controls`; a control without a value is read");
  sub->add_option("values", args->values, "The control's value, or the command's arguments")->allow_extra_args();
  sub->add_option("--at", args->at, "When: now, step, beat, bar or phrase");
  sub->add_option("--glide", args->glide, "Beats the control takes to get there")->check(CLI::NonNegativeNumber);
  sub->add_option("--socket", args->socket, "The session's socket, when it is not the default one");
  sub->add_flag("--watch", args->watch, "Print every change from now on, one JSON object per line");
  sub->add_option("--query", args->query, "Print what the session is doing (status), or what its library holds (library)");
  sub->add_flag("--json", args->json, "Print answers as JSON");
  sub->callback([args, &exit] { send(*args, exit); });
}

}  // namespace entrain
