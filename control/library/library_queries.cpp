#include "control/library/library_queries.h"

#include <algorithm>

#include "control/library/card_json.h"

namespace entrain {
namespace {

constexpr std::size_t kMostCards = 500;

Json error(const std::string& sentence) { return {{"error", sentence}}; }

Json library_json(const LibraryView& view) {
  Json json{{"sounds", view.cards->size()}, {"folders", Json::array()}, {"scanning", nullptr}};
  for (const auto& folder : view.folders) json["folders"].push_back(folder.string());
  if (view.scanning) {
    const IngestProgress& p = *view.scanning;
    json["scanning"] = {{"done", p.done}, {"of", p.of}, {"name", p.name}, {"seconds_left", nullptr}};
    if (p.seconds_left >= 0) json["scanning"]["seconds_left"] = p.seconds_left;
  }
  json["sentences"] = view.sentences;
  return {{"library", json}};
}

/// A whole number of the request that is not negative, or `initial`.
std::size_t whole(const Json& request, const char* key, std::size_t initial) {
  const auto at = request.find(key);
  return at != request.end() && at->is_number_unsigned() ? at->get<std::size_t>() : initial;
}

std::string text_of(const Json& request, const char* key) {
  const auto at = request.find(key);
  return at != request.end() && at->is_string() ? at->get<std::string>() : std::string();
}

Json sounds_json(const LibraryView& view, const Json& request) {
  const std::string text = text_of(request, "text");
  const std::size_t from = whole(request, "from", 0),
                    count = std::min(whole(request, "count", 100), kMostCards);
  Json sounds = Json::array();
  std::size_t found = 0;
  for (const Card& card : *view.cards) {
    if (card.path.find(text) == std::string::npos) continue;
    if (found >= from && sounds.size() < count) sounds.push_back(card_json(card));
    ++found;
  }
  return {{"sounds", sounds}, {"found", found}};
}

Json sound_json(const LibraryView& view, const Json& request) {
  const std::string path = text_of(request, "path");
  const auto at = std::ranges::lower_bound(*view.cards, path, {}, &Card::path);
  if (at == view.cards->end() || at->path != path)
    return error("the library does not know \"" + path + "\"; add its folder: entrain library add FOLDER");
  return {{"sound", card_json(*at)}};
}

}  // namespace

MoreQueries library_queries(const LibraryKeeper& keeper) {
  return [&keeper](const std::string& query, const Json& request) -> std::optional<Json> {
    if (query == "library") return library_json(keeper.view());
    if (query == "sounds") return sounds_json(keeper.view(), request);
    if (query == "sound") return sound_json(keeper.view(), request);
    return std::nullopt;
  };
}

}  // namespace entrain
