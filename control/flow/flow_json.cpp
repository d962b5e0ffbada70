#include "control/flow/flow_json.h"

#include <nlohmann/json.hpp>
#include <string>

#include "control/library/card_json.h"

namespace entrain {
namespace {

using Json = nlohmann::ordered_json;

Json text(std::string_view view) { return std::string(view); }

Json step_json(const FlowStep& step, const Card& card) {
  Json json{{"sound", card_json(card)},
            {"hold", text(name_of(step.hold))},
            {"minute", step.minute},
            {"bars", step.bars},
            {"times", step.times},
            {"transition", text(name_of(step.transition.kind))},
            {"transition_bars", step.transition.bars},
            {"riser_bars", step.riser_bars},
            {"bpm", step.tempo},
            {"bpm_after", step.tempo_after},
            {"tempo_policy", text(name_of(step.policy))},
            {"stretch_percent", step.stretch},
            {"beats_per_own_beat", step.count},
            {"semitones", step.semitones},
            {"key", step.key_step ? text(words_for(*step.key_step)) : Json()},
            {"low_clash", step.low_clash},
            {"score", step.score},
            {"reasons", step.reasons}};
  json["relaxed"] = Json::array();
  for (const Relaxation& r : step.relaxed)
    json["relaxed"].push_back({{"rule", text(name_of(r.rule))}, {"text", r.text}});
  return json;
}

}  // namespace

Json flow_json(const FlowPlan& plan, const FlowShelf& shelf) {
  Json json{{"steps", Json::array()}};
  for (const FlowStep& step : plan.steps) json["steps"].push_back(step_json(step, shelf.cards()[step.index]));
  json["staying"] = plan.staying;
  json["ends"] = plan.ends;
  json["remarks"] = plan.remarks;
  return json;
}

Json shape_json(const TransitionShape& shape) {
  const auto curves = [](const TransitionShape::Curves& all) {
    Json json = Json::object();
    for (std::size_t lane = 0; lane < all.size(); ++lane)
      for (const TransitionShape::Point& p : all[lane])
        json[std::string(name_of(static_cast<Lane>(lane)))].push_back({p.part, p.value});
    return json;
  };
  return {{"name", shape.name}, {"out", curves(shape.out)}, {"in", curves(shape.in)}};
}

}  // namespace entrain
