#include "ui/cli/known_sounds.h"

#include <fmt/format.h>

#include <optional>

#include "control/library/compatibility_config.h"
#include "control/worker/pool.h"
#include "engine/library/analysed_card.h"
#include "ui/cli/library_option.h"

namespace entrain {

Result<std::unique_ptr<const Finder>> open_finder(const std::string& file, const std::string& config) {
  const auto weights =
      read_compatibility(config.empty() ? default_config_file() : std::filesystem::path(config));
  if (!weights) return weights.error();
  auto library = open_library(file);
  if (!library) return library.error();
  auto cards = library->cards();
  if (!cards) return cards.error();
  if (cards->empty()) return Error{"The library has no sounds yet; begin with: entrain library add FOLDER"};
  return std::unique_ptr<const Finder>(
      std::make_unique<Finder>(std::make_shared<const std::vector<Card>>(*std::move(cards)), *weights));
}

Result<Card> card_at(const Finder& finder, const std::string& file) {
  const std::string path = absolute_path(file).native();
  if (const Card* known = finder.at(path)) return *known;
  WorkerPool workers({{"/proc/self/exe", "worker"}, 1});
  std::optional<Result<Card>> card;
  const WorkerPool::AnalysisOrder order{path, true};
  workers.analyse_all({&order, 1}, [&](std::size_t, Result<AnalysedSound> analysed, bool) {
    card = analysed ? Result<Card>(card_of(path, analysed->analysis)) : Result<Card>(analysed.error());
  });
  return card ? *std::move(card) : Result<Card>(Error{path + " could not be analysed; try again."});
}

std::string about(const Card& card) {
  std::string text = card.bpm > 0 ? fmt::format("{:.1f} BPM", card.bpm) : "no tempo";
  if (card.key) text += fmt::format(", {} {}", camelot(*card.key), key_name(*card.key));
  if (card.hit) text += fmt::format(", {}", name_of(*card.hit));
  return text + fmt::format(", energy {:.1f}, {:.1f} s", card.energy, card.seconds);
}

}  // namespace entrain
