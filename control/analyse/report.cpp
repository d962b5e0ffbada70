#include "control/analyse/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace entrain {
namespace {

using Json = nlohmann::ordered_json;

int percent(float share) { return static_cast<int>(100 * share + 0.5f); }

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

Json tempo_json(const TempoReading& tempo) {
  if (!(tempo.bpm > 0)) return nullptr;
  Json json{{"bpm", tempo.bpm}, {"confidence", tempo.confidence}};
  json["whole_beats"] = nullptr;
  if (tempo.beats > 0) json["whole_beats"] = tempo.beats;
  json["others"] = Json::array();
  for (const TempoGuess& g : tempo.others)
    json["others"].push_back({{"bpm", g.bpm}, {"confidence", g.confidence}});
  return json;
}

Json beats_json(const Beats& beats) {
  if (beats.seconds.empty()) return nullptr;
  return {{"seconds", beats.seconds},
          {"even", beats.even},
          {"confidence", beats.confidence},
          {"first_downbeat", beats.first_downbeat},
          {"downbeat_confidence", beats.downbeat_confidence}};
}

Json key_json(const KeyReading& key) {
  if (!key.has_key) return nullptr;
  const auto guess = [](const KeyGuess& g) {
    return Json{{"name", key_name(g.key)}, {"camelot", camelot(g.key)}, {"confidence", g.confidence}};
  };
  Json json = guess(key.best);
  json["tuning_cents"] = key.cents;
  json["others"] = Json::array();
  for (const KeyGuess& g : key.others) json["others"].push_back(guess(g));
  return json;
}

Json loudness_json(const Loudness& loudness) {
  if (loudness.silent()) return nullptr;
  return {{"integrated_lufs", loudness.integrated},
          {"range_lu", loudness.range},
          {"true_peak_dbtp", loudness.true_peak},
          {"gain_db", loudness.gain()}};
}

Json hit_json(const std::optional<HitSuggestion>& hit) {
  if (!hit) return nullptr;
  Json json{{"class", name_of(hit->hit)}, {"confidence", hit->confidence}};
  for (std::size_t c = 0; c < kHitClasses; ++c)
    json["chances"][std::string(name_of(static_cast<HitClass>(c)))] = hit->chances[c];
  return json;
}

Json bands_json(const PeakGroups& bands) {
  auto json = Json::object();
  for (std::size_t b = 0; b < bands.size(); ++b) {
    const PeakGroup& group = bands[b];
    Json& band = json[std::string(kPeakBands[b].name)] = {
        {"peaks", group.count}, {"mean_hertz", nullptr}, {"mean_energy", nullptr}};
    if (group.count == 0) continue;
    band["mean_hertz"] = group.hertz;
    band["mean_energy"] = group.energy;
  }
  return json;
}

template <class Values, class Name>
Json named(const Values& values, Name name) {
  auto json = Json::object();
  for (std::size_t i = 0; i < values.size(); ++i) json[std::string(name(i))] = values[i];
  return json;
}

/// A table's columns and what a sound has in each. Once a column is there, it stays where it is.
using Columns = std::vector<std::pair<std::string, std::string>>;

Columns columns(const std::string& path, const Analysis& a, const std::string& onsets_file) {
  Columns all;
  const auto text = [&](std::string name, const std::string& value) {
    all.emplace_back(std::move(name), csv_field(value));
  };
  const auto number = [&](std::string name, bool there, double value) {
    text(std::move(name), there ? fmt::format("{:.4f}", value) : std::string());
  };
  const bool tempo = a.tempo.bpm > 0, key = a.key.has_key, heard = !a.loudness.silent();
  text("path", path);
  number("bpm", tempo, a.tempo.bpm);
  text("key", key ? key_name(a.key.best.key) : "");
  text("onsets_file", onsets_file);
  text("cluster", "");
  text("camelot", key ? camelot(a.key.best.key) : "");
  number("bpm_confidence", tempo, static_cast<double>(a.tempo.confidence));
  number("key_confidence", key, static_cast<double>(a.key.best.confidence));
  number("tuning_cents", key, a.key.cents);
  text("whole_beats", a.tempo.beats > 0 ? std::to_string(a.tempo.beats) : "");
  number("first_beat_seconds", !a.beats.seconds.empty(),
         a.beats.seconds.empty() ? 0 : a.beats.seconds.front());
  text("onsets", std::to_string(a.onsets.size()));
  text("kicks", std::to_string(a.kicks()));
  number("seconds", true, a.seconds);
  number("lufs", heard, a.loudness.integrated);
  number("range_lu", heard, a.loudness.range);
  number("true_peak_dbtp", heard, a.loudness.true_peak);
  number("gain_db", heard, a.loudness.gain());
  number("energy", true, static_cast<double>(a.energy));
  number("onsets_per_second", true, a.onsets_per_second());
  text("class", a.hit ? std::string(name_of(a.hit->hit)) : "");
  number("class_confidence", a.hit.has_value(), a.hit ? static_cast<double>(a.hit->confidence) : 0);
  for (std::size_t b = 0; b < a.bands.size(); ++b) {
    const PeakGroup& group = a.bands[b];
    const std::string name(kPeakBands[b].name);
    text(name + "_peaks", std::to_string(group.count));
    number(name + "_hertz", group.count > 0, static_cast<double>(group.hertz));
    number(name + "_energy", group.count > 0, static_cast<double>(group.energy));
  }
  for (std::size_t c = 0; c < FingerprintColumn::kReserved; ++c)
    number(std::string(fingerprint_name(c)), true, static_cast<double>(a.fingerprint[c]));
  return all;
}

std::string joined(const Columns& all, std::string Columns::value_type::*which) {
  std::string line;
  for (const auto& column : all) line += (&column == &all.front() ? "" : ",") + column.*which;
  return line;
}

}  // namespace

std::string analysis_line(const std::string& name, const Analysis& a) {
  std::vector<std::string> parts;
  if (a.tempo.bpm > 0)
    parts.push_back(fmt::format("{:.2f} BPM ({} %){}, {} beats from {:.3f} s", a.tempo.bpm,
                                percent(a.tempo.confidence), a.tempo.beats > 0 ? ", cut to whole beats" : "",
                                a.beats.seconds.size(),
                                a.beats.seconds.empty() ? 0.0 : a.beats.seconds.front()));
  else
    parts.emplace_back("no tempo");
  if (a.key.has_key)
    parts.push_back(fmt::format("{} {} ({} %), tuned {:+.0f} cents", key_name(a.key.best.key),
                                camelot(a.key.best.key), percent(a.key.best.confidence), a.key.cents));
  else
    parts.emplace_back("no key");
  if (a.hit) parts.push_back(fmt::format("{} ({} %)", name_of(a.hit->hit), percent(a.hit->confidence)));
  parts.push_back(fmt::format("{} onsets, {} kicks", a.onsets.size(), a.kicks()));
  if (a.loudness.silent())
    parts.emplace_back("silent");
  else
    parts.push_back(fmt::format("{:.1f} LUFS ({:+.1f} dB to {:.0f}), range {:.1f} LU, peak {:+.1f} dBTP",
                                a.loudness.integrated, a.loudness.gain(), kMatchedLoudness, a.loudness.range,
                                a.loudness.true_peak));
  parts.push_back(fmt::format("energy {:.1f}", a.energy));
  parts.push_back(fmt::format("{:.2f} s", a.seconds));
  return fmt::format("{}  {}", name, fmt::join(parts, "; "));
}

nlohmann::ordered_json analysis_json(const std::string& name, const Analysis& a) {
  auto onsets = Json::array();
  for (const Onset& o : a.onsets)
    onsets.push_back({{"seconds", o.seconds}, {"strength", o.strength}, {"low", o.low}, {"kick", o.kick}});
  return {{"path", name},
          {"rate", a.rate},
          {"seconds", a.seconds},
          {"tempo", tempo_json(a.tempo)},
          {"beats", beats_json(a.beats)},
          {"key", key_json(a.key)},
          {"loudness", loudness_json(a.loudness)},
          {"energy", a.energy},
          {"hit", hit_json(a.hit)},
          {"onsets_per_second", a.onsets_per_second()},
          {"onsets", onsets},
          {"bands", bands_json(a.bands)},
          {"fingerprint", named(a.fingerprint, fingerprint_name)},
          {"descriptors", named(a.descriptors, descriptor_name)}};
}

std::string analysis_csv_head() { return joined(columns({}, {}, {}), &Columns::value_type::first); }

std::string analysis_csv_row(const std::string& path, const Analysis& a, const std::string& onsets_file) {
  return joined(columns(path, a, onsets_file), &Columns::value_type::second);
}

std::string descriptors_csv_head() {
  std::string head = "path";
  for (std::size_t d = 0; d < descriptor::kCount; ++d) head += "," + descriptor_name(d);
  return head;
}

std::string descriptors_csv_row(const std::string& path, const Descriptors& descriptors) {
  std::string row = csv_field(path);
  for (const float value : descriptors) row += fmt::format(",{}", value);
  return row;
}

}  // namespace entrain
