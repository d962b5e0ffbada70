#include "control/library/library_queries.h"

#include <algorithm>

#include "control/library/card_json.h"
#include "control/library/filter_text.h"

namespace entrain {
namespace {

constexpr std::size_t kMostCards = 500;

Json error(const std::string& sentence) { return {{"error", sentence}}; }

Json library_json(const LibraryView& view) {
  Json json{{"sounds", view.cards().size()}, {"folders", Json::array()}, {"scanning", nullptr}};
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
  if (at == request.end() || !at->is_number_integer() || *at < 0) return initial;
  return at->get<std::size_t>();
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
  for (const Card& card : view.cards()) {
    if (card.path.find(text) == std::string::npos) continue;
    if (found >= from && sounds.size() < count) sounds.push_back(card_json(card));
    ++found;
  }
  return {{"sounds", sounds}, {"found", found}};
}

Json not_known(const std::string& path) {
  return error("the library does not know \"" + path + "\"; add its folder: entrain library add FOLDER");
}

Json sound_json(const LibraryView& view, const Json& request) {
  const std::string path = text_of(request, "path");
  const Card* card = view.finder->at(path);
  return card ? Json{{"sound", card_json(*card)}} : not_known(path);
}

Json found_json(const Card& card, double score, const std::vector<std::string>& reasons) {
  Json json = card_json(card);
  json["score"] = score;
  json["reasons"] = reasons;
  return json;
}

/// {"query": "search" | "similar" | "next"}
Json find(const LibraryView& view, const std::string& query, const Json& request) {
  const auto filter =
      filter_from({text_of(request, "tempo"), text_of(request, "key"), text_of(request, "energy"),
                   text_of(request, "class"), text_of(request, "in")});
  if (!filter) return error(filter.error().sentence);
  const Finder& finder = *view.finder;
  const std::size_t count = std::min(whole(request, "count", 10), kMostCards);
  Json sounds = Json::array();
  if (query == "search") {
    const std::string words = text_of(request, "words");
    if (words.empty()) return error("a search needs \"words\", such as \"dark heavy bass\"");
    const Found found = finder.search(words, count, *filter);
    for (const FoundSound& s : found.sounds)
      sounds.push_back(found_json(finder.cards()[s.index], static_cast<double>(s.score), s.reasons));
    return {{"sounds", sounds}, {"remarks", found.remarks}};
  }
  const std::string path = text_of(request, "path");
  const Card* card = finder.at(path);
  if (!card) return not_known(path);
  for (const Suggestion& s :
       query == "next" ? finder.next(*card, count, *filter) : finder.similar(*card, count, *filter))
    sounds.push_back(found_json(finder.cards()[s.index], s.score, s.reasons));
  return {{"sounds", sounds}};
}

}  // namespace

MoreQueries library_queries(const LibraryKeeper& keeper) {
  return [&keeper](const std::string& query, const Json& request) -> std::optional<Json> {
    if (query == "library") return library_json(keeper.view());
    if (query == "sounds") return sounds_json(keeper.view(), request);
    if (query == "sound") return sound_json(keeper.view(), request);
    if (query == "search" || query == "similar" || query == "next")
      return find(keeper.view(), query, request);
    return std::nullopt;
  };
}

}  // namespace entrain
