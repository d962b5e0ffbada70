// `entrain atlas`: the map of all sounds, drawn.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "control/library/atlas/atlas_drawing.h"
#include "control/library/atlas/atlas_groups.h"
#include "control/library/atlas/atlas_map.h"
#include "control/text_file.h"
#include "control/worker/pool.h"
#include "engine/analysis/stft.h"
#include "ui/cli/command.h"
#include "ui/cli/library_option.h"
#include "ui/cli/passing_library.h"

namespace entrain {
namespace fs = std::filesystem;
namespace {

constexpr int kSeedRate = 22'050;  // at which seed 2 looks at a sound

struct AtlasArgs {
  std::string library, output, size = "1600x1000";
  std::vector<std::string> paths;
  AtlasColours colours = AtlasColours::kind;
  AtlasScene::Names names = AtlasScene::Names::automatic;
  bool som = false, json = false, again = false;
};

Result<std::pair<int, int>> read_size(const std::string& text) {
  int width = 0, height = 0;
  const char *at = text.data(), *end = at + text.size();
  const auto [cross, bad_width] = std::from_chars(at, end, width);
  const bool crossed = bad_width == std::errc() && cross != end && *cross == 'x';
  const auto [rest, bad_height] = std::from_chars(crossed ? cross + 1 : end, end, height);
  const auto fits = [](int side) { return side >= AtlasScene::kSmallest && side <= AtlasScene::kLargest; };
  if (!crossed || bad_height != std::errc() || rest != end || !fits(width) || !fits(height))
    return Error{fmt::format("--size is \"{}\"; give width and height of {} to {} pixels, such as 1600x1000",
                             text, AtlasScene::kSmallest, AtlasScene::kLargest)};
  return std::pair(width, height);
}

Result<PictureFormat> format_of(const fs::path& output) {
  std::string end = output.extension().string();
  for (char& c : end) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (end == ".png") return PictureFormat::png;
  if (end == ".svg") return PictureFormat::svg;
  return Error{fmt::format("{} is neither PNG nor SVG by its name; end it in .png or .svg", output.string())};
}

std::string words_of(AtlasColours colours) {
  switch (colours) {
    case AtlasColours::kind:
      return "class";
    case AtlasColours::key:
      return "key";
    case AtlasColours::tempo:
      return "tempo";
    case AtlasColours::folder:
      return "folder";
    case AtlasColours::cluster:
      return "cluster";
  }
  return {};
}

Result<void> draw(const AtlasArgs& args, Library& library, const std::vector<Card>& cards,
                  const std::vector<MapPoint>& map, AtlasGroups groups) {
  const auto size = read_size(args.size);
  if (!size) return size.error();
  const auto format = format_of(args.output);
  if (!format) return format.error();
  AtlasScene scene;
  scene.title = fmt::format("{} sounds by {}", cards.size(), words_of(args.colours));
  scene.remark = "What lies together sounds alike (UMAP of 208 descriptors).";
  scene.groups = std::move(groups.groups);
  scene.width = size->first;
  scene.height = size->second;
  scene.names = args.names;
  for (std::size_t i = 0; i < cards.size(); ++i)
    scene.sounds.push_back({map[i], groups.of[i], fs::path(cards[i].path).stem().string()});
  const auto thumbnail = [&](std::size_t i) {
    const auto entry = library.find(cards[i].path);
    return entry && *entry ? (*entry)->analysis.thumbnail : Thumbnail{};
  };
  const auto picture = draw_atlas(scene, thumbnail, *format);
  if (!picture) return picture.error();
  return write_text(args.output, *picture);
}

nlohmann::ordered_json atlas_json(const std::vector<Card>& cards, const std::vector<MapPoint>& map,
                                  const AtlasGroups& groups) {
  auto json = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < cards.size(); ++i)
    json.push_back({{"path", cards[i].path},
                    {"x", map[i].x},
                    {"y", map[i].y},
                    {"group", groups.groups[groups.of[i]].name}});
  return json;
}

Result<void> show(const AtlasArgs& args, Library& library) {
  const auto cards = library.cards();
  if (!cards) return cards.error();
  if (cards->empty())
    return Error{args.paths.empty()
                     ? "The library holds no sounds yet; begin with: entrain library add FOLDER"
                     : "There is no sound to draw; name a folder that holds some"};
  const auto map = library_places(library, *cards, args.again);
  if (!map) return map.error();
  const SoundMap sounds = sound_map(*cards);
  if (auto stored = store_sound_map(library, *cards, sounds); !stored) return stored;
  const AtlasGroups groups = group_cards(*cards, *map, args.colours);
  if (!args.output.empty())
    if (auto drawn = draw(args, library, *cards, *map, groups); !drawn) return drawn;
  if (args.json) {
    const nlohmann::ordered_json json{{"sounds", atlas_json(*cards, *map, groups)},
                                      {"som", sound_map_json(*cards, sounds)}};
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return {};
  }
  if (args.som) fmt::print("{}", sound_map_text(sounds));
  if (!args.output.empty()) fmt::print("{} sounds drawn: {}\n", cards->size(), args.output);
  return {};
}

/// Seed 2's picture of one sound.
Result<void> show_sound(const std::string& path) {
  WorkerPool workers({{"/proc/self/exe", "worker"}, 1});
  const auto loaded = workers.load(path, kSeedRate);
  if (!loaded) return loaded.error();
  fmt::print("{}", symbol_grid_text(symbol_grid(decibel_spectrogram(mono(loaded->pcm)))));
  return {};
}

Result<void> run(const AtlasArgs& args) {
  std::error_code none;
  if (args.som && args.paths.size() == 1 && fs::is_regular_file(args.paths[0], none))
    return show_sound(args.paths[0]);
  if (args.output.empty() && !args.som && !args.json)
    return Error{"Nothing to do; give -o atlas.png, or --som, or --json"};
  if (!args.output.empty()) {  // before anything long
    if (const auto format = format_of(args.output); !format) return format.error();
    if (const auto size = read_size(args.size); !size) return size.error();
  }
  if (!args.paths.empty()) {
    for (const std::string& folder : args.paths)
      if (!fs::is_directory(folder, none))
        return Error{fmt::format("{} is not a folder; name one that holds sounds", folder)};
    auto passing = PassingLibrary::of(args.paths);
    return passing ? show(args, passing->library()) : passing.error();
  }
  auto library = open_library(args.library);
  return library ? show(args, *library) : library.error();
}

}  // namespace

void add_atlas(CLI::App& app, Exit& exit) {
  auto args = std::make_shared<AtlasArgs>();
  CLI::App* sub =
      app.add_subcommand("atlas", "Draws the map of your sounds: what sounds alike lies together.");
  sub->footer(
      "Example: entrain atlas -o atlas.png --colour key\n"
      "The map stays as it is while the library grows by up to a third; new sounds find their place on it.\n"
      "--som alone prints the self-organising map (by pitch and loudness); with one sound file, its "
      "spectrogram "
      "in the same symbols.");
  sub->add_option("paths", args->paths, "Folders to draw instead of the library");
  sub->add_option("-o,--output", args->output, "The picture to write (.png or .svg)");
  sub->add_option("--size", args->size, "Of the picture, in pixels")->capture_default_str();
  sub->add_option("--colour", args->colours, "What colours stand for: class, key, tempo, folder or cluster")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, AtlasColours>{{"class", AtlasColours::kind},
                                                                      {"key", AtlasColours::key},
                                                                      {"tempo", AtlasColours::tempo},
                                                                      {"folder", AtlasColours::folder},
                                                                      {"cluster", AtlasColours::cluster}}))
      ->default_str("class");
  sub->add_option("--names", args->names, "Names of sounds: on, off, or auto: where they cover nothing")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, AtlasScene::Names>{{"on", AtlasScene::Names::on},
                                                   {"off", AtlasScene::Names::off},
                                                   {"auto", AtlasScene::Names::automatic}}))
      ->default_str("auto");
  sub->add_flag("--som", args->som, "Prints the self-organising map in symbols");
  sub->add_flag("--json", args->json, "Prints places, groups and the self-organising map");
  sub->add_flag("--again", args->again, "Lays the library out anew");
  add_library_option(*sub, args->library);
  sub->callback([args, &exit] {
    if (const auto done = run(*args); !done) fail(exit, done.error().sentence);
  });
}

}  // namespace entrain
