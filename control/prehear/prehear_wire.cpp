#include "control/prehear/prehear_wire.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "control/record/journal_fields.h"
#include "control/worker/wire.h"

namespace entrain {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Conductor::Placed& c) {
  return {{"tag", c.part.tag},
          {"tempo", c.part.tempo},
          {"tempo_at_once", c.part.tempo_at_once},
          {"crossing", c.part.crossing.ticks},
          {"relaxes_to", c.part.relaxes_to},
          {"transition", c.transition.id},
          {"from", c.transition.from},
          {"to", c.transition.to},
          {"at", c.transition.at.ticks},
          {"length", c.transition.length.ticks},
          {"deck", c.deck},
          {"heard", c.heard.ticks},
          {"before", c.before.ticks}};
}

Conductor::Placed placed_of(Fields f) {
  const auto beat = [&](const char* key) { return Beat(f.whole(key, -kFarTick, kFarTick)); };
  const auto deck = [&](const char* key) { return static_cast<int>(f.whole(key, -1, kDecks - 1)); };
  Conductor::Placed c;
  c.part.tag = f.natural("tag");
  c.part.tempo = f.real("tempo");
  c.part.tempo_at_once = f.at("tempo_at_once") == true;
  c.part.crossing = beat("crossing");
  c.part.relaxes_to = f.real("relaxes_to");
  c.transition.id = f.natural("transition");
  c.transition.from = deck("from");
  c.transition.to = deck("to");
  c.transition.at = beat("at");
  c.transition.length = beat("length");
  c.deck = static_cast<int>(f.whole("deck", 0, kDecks - 1));
  c.heard = beat("heard");
  c.before = beat("before");
  return c;
}

int id_of(Fields& f, const char* key) { return static_cast<int>(f.whole(key, 0, 1 << 30)); }

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string line_of(const PrehearOrder& order) {
  if (order.forget) return R"({"forget":1})";
  if (!order.hear) return dumped({{"follow", escape_path(order.follow)}});
  const auto& h = *order.hear;
  return dumped({{"hear", h.id}, {"after", h.after.index}, {"coming", json_of(h.coming)}});
}

std::string line_of(const PrehearAnswer& a) {
  switch (a.what) {
    case PrehearAnswer::What::catching_up:
      return dumped({{"id", a.id}, {"part", a.part}});
    case PrehearAnswer::What::rendering:
      return dumped({{"id", a.id}, {"rendered", a.part}});
    case PrehearAnswer::What::beginning:
      return dumped({{"id", a.id}, {"beginning", a.frames}});
    case PrehearAnswer::What::rendered:
      return dumped({{"id", a.id},
                     {"frames", a.frames},
                     {"from", a.span.from.index},
                     {"begins", a.span.begins.index},
                     {"ends", a.span.ends.index},
                     {"until", a.span.until.index}});
    case PrehearAnswer::What::changed:
      return dumped({{"id", a.id}, {"changed", a.text}});
    case PrehearAnswer::What::error:
      break;
  }
  return dumped({{"id", a.id}, {"error", a.text}});
}

Result<PrehearOrder> prehear_order(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  std::string problem;
  Fields f(json, problem);
  PrehearOrder order;
  if (f.has("forget")) {
    order.forget = true;
  } else if (f.has("hear")) {
    auto& hear = order.hear.emplace();
    hear.id = id_of(f, "hear");
    hear.after = Frame(f.whole("after", 0, kFarFrame));
    hear.coming = placed_of(Fields(f.object("coming"), problem));
  } else {
    order.follow = unescape_path(f.text("follow")).string();
  }
  if (!problem.empty()) return Error{problem};
  return order;
}

Result<PrehearAnswer> prehear_answer(std::string_view line) {
  using What = PrehearAnswer::What;
  const Json json = Json::parse(line, nullptr, false);
  std::string problem;
  Fields f(json, problem);
  PrehearAnswer a;
  a.id = id_of(f, "id");
  const auto frame = [&](const char* key) { return Frame(f.whole(key, 0, kFarFrame)); };
  if (f.has("part") || f.has("rendered")) {
    a.what = f.has("part") ? What::catching_up : What::rendering;
    a.part = f.real(f.has("part") ? "part" : "rendered");
  } else if (f.has("beginning")) {
    a.what = What::beginning;
    a.frames = f.whole("beginning", 1, kFarFrame);
  } else if (f.has("frames")) {
    a.what = What::rendered;
    a.frames = f.whole("frames", 1, kFarFrame);
    a.span = {frame("from"), frame("begins"), frame("ends"), frame("until")};
  } else if (f.has("changed")) {
    a.what = What::changed;
    a.text = f.text("changed");
  } else {
    a.text = f.text("error");
  }
  if (!problem.empty()) return Error{problem};
  return a;
}

}  // namespace entrain
