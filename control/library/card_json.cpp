#include "control/library/card_json.h"

#include <nlohmann/json.hpp>

#include "engine/library/trust.h"

namespace entrain {

using Json = nlohmann::ordered_json;

Json card_json(const Card& card) {
  Json json{{"path", card.path},
            {"seconds", card.seconds},
            {"bpm", nullptr},
            {"bpm_confidence", card.bpm_confidence}};
  if (card.bpm > 0) json["bpm"] = card.bpm;
  json["whole_beats"] = card.beats;
  json["loop"] = nullptr;
  if (card.span.beats > 0)
    json["loop"] = {{"in", card.span.in}, {"out", card.span.out}, {"beats", card.span.beats}};
  json["check"] = needs_check(card);
  json["key"] = card.key ? Json(key_name(*card.key)) : Json();
  json["camelot"] = card.key ? Json(camelot(*card.key)) : Json();
  json["key_confidence"] = card.key_confidence;
  json["lufs"] = card.lufs;
  json["energy"] = card.energy;
  json["onsets_per_second"] = card.onsets_per_second;
  json["class"] = card.hit ? Json(std::string(name_of(*card.hit))) : Json();
  return json;
}

}  // namespace entrain
