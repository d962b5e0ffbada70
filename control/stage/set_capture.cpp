#include "control/stage/set_capture.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "control/stage/sounds.h"
#include "engine/core/catalogue.h"

namespace entrain {
namespace {

/// The shortest number that is the same float: -10.3 for what arrived as -10.300000190734863.
double tidy(double value) {
  const auto narrow = static_cast<float>(value);
  if (static_cast<double>(narrow) != value) return value;
  char text[32];
  const auto done = std::to_chars(text, text + sizeof text, narrow);
  double out = value;
  std::from_chars(text, done.ptr, out);
  return out;
}

class Capture {
 public:
  Capture(const SetFile& document, int rate) : document_(document), rate_(rate) {}

  void parts(SetFile::Parts& to, const SetFile::Parts* was, const SetParts& from) const {
    for (std::size_t i = 0; i < from.tracks.size(); ++i)
      if (from.tracks[i])
        to.tracks[i] = track(*from.tracks[i], was != nullptr ? was->tracks[i] : std::nullopt);
    for (std::size_t i = 0; i < from.decks.size(); ++i)
      if (from.decks[i]) to.decks[i] = deck(*from.decks[i], was != nullptr ? was->decks[i] : std::nullopt);
    if (from.groove && *from.groove) to.groove = **from.groove;
  }
  /// A control that stands at its initial value is left out, unless the document names it.
  static void value(SetFile::Parts& to, const SetFile::Parts* was, ControlId id, double v, bool keep) {
    const std::string& address = catalogue().address(id);
    const auto named = [&](const auto& item) { return item.first == address; };
    const bool stood = was != nullptr && std::any_of(was->controls.begin(), was->controls.end(), named);
    if (keep || stood || v != catalogue().row(id).initial) to.controls.emplace_back(address, tidy(v));
  }

 private:
  static std::optional<SetFile::TrackText> track(const std::shared_ptr<const Track>& track,
                                                 const std::optional<SetFile::TrackText>& was) {
    if (!track) {
      const bool says_nothing = was && was->cluster.empty() && was->patterns == SetFile::TrackText{}.patterns;
      return says_nothing ? was : std::nullopt;
    }
    SetFile::TrackText text;
    if (track->cluster)
      text.cluster = track->cluster->name;
    else if (was)
      text.cluster = was->cluster;  // it could not be loaded; it may be there next time
    for (std::size_t slot = 0; slot < text.patterns.size(); ++slot)
      if (track->patterns[slot]) text.patterns[slot] = *track->patterns[slot];
    return text;
  }

  std::optional<SetFile::DeckText> deck(const std::shared_ptr<const DeckDocument>& deck,
                                        const std::optional<SetFile::DeckText>& was) const {
    if (!deck || !deck->loop) return was && was->place.missing ? was : std::nullopt;
    SetFile::DeckText text;
    const Asset& asset = *deck->loop->asset;
    const bool same = was && name_means(was->loop, asset.path);
    text.loop = same ? was->loop : name_of(asset.path);
    const Loop& loop = *deck->loop;
    if (is_whole(loop)) return whole(std::move(text), loop, same && was->beats);
    for (const WarpPoint& p : loop.warp) text.grid.emplace_back(p.beat.value(), p.source / rate_);
    text.one = loop.one.value();
    text.gain = loop.gain == 1 ? 0 : 20 * std::log10(static_cast<double>(std::max(loop.gain, 0.0631f)));
    for (int m = 0; m < kMarkers; ++m)
      if (const auto& marker = loop.markers[static_cast<std::size_t>(m)]) text.markers[m + 1] = marker->value();
    for (const Beat onset : loop.onsets) text.onsets.push_back(onset.value());
    for (const Beat kick : loop.kicks) text.kicks.push_back(kick.value());
    return text;
  }
  /// The file as it is, at one tempo.
  static bool is_whole(const Loop& loop) {
    const bool marked = std::any_of(loop.markers.begin(), loop.markers.end(), [](auto& m) { return m.has_value(); });
    const bool bare = !marked && loop.onsets.empty() && loop.kicks.empty();
    return bare && loop.warp.size() == 2 && loop.warp.front().source == 0 &&
           loop.warp.back().source == static_cast<double>(loop.asset->frames()) && loop.one == Beat(0) && loop.gain == 1;
  }
  SetFile::DeckText whole(SetFile::DeckText text, const Loop& loop, bool said) const {
    const Asset& asset = *loop.asset;
    const double beats = loop.length().value();
    if (said || beats != usual_beats(static_cast<double>(asset.frames()) / rate_))
      text.beats = beats;
    return text;
  }

  /// Whether `name` may have led to `path`.
  bool name_means(const std::filesystem::path& name, const std::string& path) const {
    if (name.is_absolute()) return name == path;
    return std::any_of(document_.folders.begin(), document_.folders.end(),
                       [&](const auto& folder) { return (folder / name).lexically_normal() == path; });
  }
  std::string name_of(const std::string& path) const {
    for (const auto& folder : document_.folders) {
      const auto inside = std::filesystem::path(path).lexically_relative(folder.lexically_normal());
      if (!inside.empty() && *inside.begin() != "..") return inside.string();
    }
    return path;
  }

  const SetFile& document_;
  const int rate_;
};

/// Whether a set remembers where the control stands: what a hand holds down, or starts, is of the moment.
bool lasting(ControlId id) {
  const std::string& address = catalogue().address(id);
  return catalogue().row(id).kind != Kind::trigger && address != "/transport/play" && address != "/record/mode" &&
         !address.ends_with("/erase") && !address.ends_with("/nudge") && !address.ends_with("/slip") &&
         !address.starts_with("/transition/");
}

/// Launches are a deck's word in a set ("play = true").
void move_launches(SetFile::Parts& parts) {
  for (std::size_t i = 0; i < parts.decks.size(); ++i) {
    const std::string& address = catalogue().address(deck_play(static_cast<int>(i)));
    const auto at = std::find_if(parts.controls.begin(), parts.controls.end(),
                                 [&](const auto& c) { return c.first == address; });
    if (at == parts.controls.end() || !parts.decks[i]) continue;
    parts.decks[i]->play = at->second > 0.5;
    parts.controls.erase(at);
  }
}

void finish(SetFile::Parts& parts) {
  std::sort(parts.controls.begin(), parts.controls.end());
  move_launches(parts);
}

}  // namespace

SetFile capture_set(const SetFile& document, const Performance& performance, const Snapshot& snapshot,
                    const std::vector<Scene>& scenes, const std::vector<ControlId>& exempt, int rate) {
  SetFile set = document;
  set.meter = performance.meter;
  set.parts = {};
  const Capture capture(document, rate);
  SetParts now;
  for (std::size_t i = 0; i < performance.tracks.size(); ++i) now.tracks[i] = performance.tracks[i];
  for (std::size_t i = 0; i < performance.decks.size(); ++i) now.decks[i] = performance.decks[i];
  now.groove = performance.groove;
  capture.parts(set.parts, &document.parts, now);
  for (std::uint16_t i = 0; i < catalogue().size() && i < snapshot.controls; ++i)
    if (lasting(ControlId{i})) Capture::value(set.parts, &document.parts, ControlId{i}, snapshot.settled[i], false);
  finish(set.parts);

  set.scenes.clear();
  for (const Scene& scene : scenes) {
    const auto was = std::find_if(document.scenes.begin(), document.scenes.end(),
                                  [&](const auto& s) { return s.name == scene.name; });
    const SetFile::Parts* old = was != document.scenes.end() ? &was->parts : nullptr;
    SetFile::SceneText text{scene.name, scene.partial, {}, {}};
    capture.parts(text.parts, old, scene.parts);
    for (const auto& [control, value] : scene.values)
      Capture::value(text.parts, old, control, value, scene.partial);
    finish(text.parts);
    set.scenes.push_back(std::move(text));
  }
  set.exempt.clear();
  for (const ControlId id : exempt) set.exempt.push_back(catalogue().address(id));
  return set;
}

}  // namespace entrain
