#include "control/protocol/protocol.h"

#include <fmt/format.h>

#include <cmath>

#include "control/values.h"
#include "engine/core/catalogue.h"

namespace entrain {
namespace {

Json with_id(Json answer, const Json& id) {
  if (!id.is_null()) answer["id"] = id;
  return answer;
}

/// A request's optional "at". False: it names no grid.
bool read_grid(const Json& request, std::optional<Grid>& grid) {
  const auto at = request.find("at");
  if (at == request.end()) return true;
  grid = at->is_string() ? grid_named(at->get<std::string>()) : std::nullopt;
  return grid.has_value();
}

/// A control's value as it comes: a finite number, true or false, or a name.
std::optional<double> number_of(const ControlRow& row, const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_string()) return value_named(row, value.get<std::string>());
  if (!value.is_number() || !std::isfinite(value.get<double>())) return std::nullopt;
  return value.get<double>();
}

constexpr const char* kGridError = "\"at\" must be one of now, step, beat, bar, phrase";

}  // namespace

void Dialogue::hear(std::string_view line) {
  const Json request = Json::parse(line, nullptr, false);
  if (!request.is_object()) return answer_({{"error", "a request is one JSON object on one line"}});
  const Json id = request.value("id", Json());
  const auto holds_text = [&](const char* key) { return request.contains(key) && request[key].is_string(); };
  if (holds_text("set")) return set(request, id);
  if (holds_text("do")) return perform(request, id);
  if (holds_text("get")) return get(request, id);
  if (holds_text("query")) return query(request, id);
  if (request.contains("watch") && request["watch"].is_boolean()) {
    watching_ = request["watch"].get<bool>();
    return answer_(with_id({{"ok", watching_ ? "watching" : "not watching"}}, id));
  }
  answer_(with_id({{"error", "a request holds \"set\", \"do\", \"get\" or \"query\" with a text, or \"watch\" with true or false"}}, id));
}

void Dialogue::set(const Json& request, const Json& id) {
  const auto fail = [&](const std::string& why) { answer_(with_id({{"error", why}}, id)); };
  const auto address = request["set"].get<std::string>();
  const auto control = catalogue().find(address);
  if (!control)
    return fail(fmt::format("there is no control {}; did you mean {}?", address, catalogue().nearest_address(address)));
  const ControlRow& row = catalogue().row(*control);
  const Json value = request.value("value", row.kind == Kind::trigger ? Json(row.initial) : Json());
  const auto read = number_of(row, value);
  if (!read) return fail(fmt::format("{} takes {} as its \"value\"", address, values_of(row)));
  const double number = *read;
  std::optional<Grid> grid;
  if (!read_grid(request, grid)) return fail(kGridError);
  const Json glide = request.value("glide", Json(0));
  if (!glide.is_number() || !(glide.get<double>() >= 0 && glide.get<double>() <= 4096))
    return fail("\"glide\" is a number of beats, 0 to 4096");
  const Event event{*control, grid.value_or(default_grid(row)), Source::socket, stage_.arrival(), number,
                    Beat::nearest(glide.get<double>())};
  if (!producer_.post(event)) return fail("the inbox is full: too much arrives at once; ask again");
  const double taken = catalogue().clamp(*control, number);
  answer_(with_id({{"ok", taken == number ? "done" : fmt::format("done, brought into range: {}", taken)}}, id));
}

void Dialogue::perform(const Json& request, const Json& id) {
  const auto fail = [&](const std::string& why) { answer_(with_id({{"error", why}}, id)); };
  std::vector<ArgValue> args;
  const Json given = request.value("args", Json::array());
  if (!given.is_array()) return fail("\"args\" must be a list");
  for (const Json& arg : given) {
    if (arg.is_string()) args.emplace_back(arg.get<std::string>());
    else if (arg.is_number()) args.emplace_back(arg.get<double>());
    else if (arg.is_boolean()) args.emplace_back(arg.get<bool>() ? 1.0 : 0.0);
    else return fail("\"args\" may hold texts and numbers only");
  }
  auto call = make_call(request["do"].get<std::string>(), std::move(args));
  if (!call) return fail(call.error().sentence);
  if (!read_grid(request, call->at)) return fail(kGridError);
  stage_.execute(*std::move(call), [answer = answer_, id](const Result<std::string>& outcome) {
    answer(with_id(outcome ? Json{{"ok", *outcome}} : Json{{"error", outcome.error().sentence}}, id));
  });
}

void Dialogue::get(const Json& request, const Json& id) {
  const auto address = request["get"].get<std::string>();
  const auto control = catalogue().find(address);
  if (!control)
    return answer_(with_id({{"error", fmt::format("there is no control {}; did you mean {}?", address,
                                                  catalogue().nearest_address(address))}}, id));
  answer_(with_id(value_json(*control, stage_.snapshot().values[control->index]), id));
}

void Dialogue::query(const Json& request, const Json& id) {
  const auto what = request["query"].get<std::string>();
  if (what == "status") return answer_(with_id({{"status", status_json(stage_.snapshot(), stage_.dropped())}}, id));
  if (what == "controls") return answer_(with_id({{"controls", controls_json()}}, id));
  if (what == "commands") return answer_(with_id({{"commands", commands_json()}}, id));
  if (what == "scenes") return answer_(with_id({{"scenes", stage_.scenes()}}, id));
  if (more_)
    if (const auto answer = more_(what, request)) return answer_(with_id(*answer, id));
  answer_(with_id({{"error", fmt::format("there is no query \"{}\"; ask for status, controls, commands or scenes", what)}}, id));
}

// --- what is told

Json controls_json() {
  Json list = Json::array();
  for (std::uint16_t i = 0; i < catalogue().size(); ++i) {
    const ControlRow& row = catalogue().row(ControlId{i});
    Json item{{"address", catalogue().address(ControlId{i})},
              {"kind", name_of(row.kind)},
              {"min", row.min},
              {"max", row.max},
              {"initial", row.initial}};
    if (row.unit != Unit::none) item["unit"] = name_of(row.unit);
    for (double value = row.min; !choice_name(row, value).empty(); ++value)
      item["choices"].push_back(choice_name(row, value));
    item["help"] = row.help;
    list.push_back(std::move(item));
  }
  return list;
}

Json commands_json() {
  Json list = Json::array();
  for (const CommandRow& row : kCommands) {
    Json args = Json::array();
    for (int i = 0; i < row.arg_count(); ++i) {
      const CommandArg& arg = row.args[static_cast<std::size_t>(i)];
      args.push_back({{"name", arg.name},
                      {"type", arg.type == ArgType::number ? "number" : "text"},
                      {"optional", arg.optional}});
    }
    list.push_back({{"address", row.address},
                    {"instances", row.instances},
                    {"args", std::move(args)},
                    {"at", name_of(row.at)},
                    {"help", row.help}});
  }
  return list;
}

Json status_json(const Snapshot& s, std::uint64_t dropped) {
  Json decks = Json::array();
  for (const Snapshot::Deck& deck : s.decks)
    decks.push_back({{"loaded", deck.loaded}, {"playing", deck.playing}, {"armed", deck.armed}, {"beat", deck.beat}});
  return {{"frame", s.frame.index},
          {"beat", s.beat.value()},
          {"tempo", s.tempo},
          {"running", s.running},
          {"version", s.epoch},
          {"voices", s.voices},
          {"decks", std::move(decks)},
          {"peak", {s.peak[0], s.peak[1]}},
          {"rms", {s.rms[0], s.rms[1]}},
          {"loudness", s.loudness},
          {"tracks", s.tracks},
          {"deck_peaks", s.deck_peaks},
          {"unmasked", s.unmasked},
          {"groups", s.groups},
          {"true_peak", s.true_peak},
          {"limiter", s.limiter_gain},
          {"counters",
           {{"events", s.events},
            {"refused", s.refused},
            {"dropped", dropped},
            {"missed", s.missed},
            {"late", s.late},
            {"stolen", s.stolen},
            {"reports_lost", s.reports_lost},
            {"records_lost", s.records_lost}}}};
}

Json value_json(ControlId id, double value) {
  Json json{{"address", catalogue().address(id)}, {"value", value}};
  if (const auto name = choice_name(catalogue().row(id), value); !name.empty()) json["name"] = name;
  return json;
}

Json report_json(const Report& report) {
  const int number = report.unit + 1;
  switch (report.what) {
    case Report::What::hit:
      return {{"hit", number}, {"sample", report.sample + 1}, {"step", report.step}, {"frame", report.frame.index}};
    case Report::What::launch: return {{"launch", number}, {"frame", report.frame.index}};
    case Report::What::stop: return {{"stop", number}, {"frame", report.frame.index}};
    case Report::What::wrap: return {{"wrap", number}, {"frame", report.frame.index}};
  }
  return {};
}

}  // namespace entrain
