#include "control/analyse/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace entrain {
namespace {

int percent(float share) { return static_cast<int>(100 * share + 0.5f); }

std::ptrdiff_t kicks(const Analysis& a) {
  return std::count_if(a.onsets.begin(), a.onsets.end(), [](const Onset& o) { return o.kick; });
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

nlohmann::ordered_json tempo_json(const TempoReading& tempo) {
  if (!(tempo.bpm > 0)) return nullptr;
  nlohmann::ordered_json json{{"bpm", tempo.bpm}, {"confidence", tempo.confidence}};
  json["whole_beats"] = nullptr;
  if (tempo.beats > 0) json["whole_beats"] = tempo.beats;
  json["others"] = nlohmann::ordered_json::array();
  for (const TempoGuess& g : tempo.others)
    json["others"].push_back({{"bpm", g.bpm}, {"confidence", g.confidence}});
  return json;
}

nlohmann::ordered_json beats_json(const Beats& beats) {
  if (beats.seconds.empty()) return nullptr;
  return {{"seconds", beats.seconds},
          {"even", beats.even},
          {"confidence", beats.confidence},
          {"first_downbeat", beats.first_downbeat},
          {"downbeat_confidence", beats.downbeat_confidence}};
}

nlohmann::ordered_json key_json(const KeyReading& key) {
  if (!key.has_key) return nullptr;
  const auto guess = [](const KeyGuess& g) {
    return nlohmann::ordered_json{
        {"name", key_name(g.key)}, {"camelot", camelot(g.key)}, {"confidence", g.confidence}};
  };
  nlohmann::ordered_json json = guess(key.best);
  json["tuning_cents"] = key.cents;
  json["others"] = nlohmann::ordered_json::array();
  for (const KeyGuess& g : key.others) json["others"].push_back(guess(g));
  return json;
}

}  // namespace

std::string analysis_line(const std::string& name, const Analysis& a) {
  std::string line = name + "  ";
  if (a.tempo.bpm > 0)
    line += fmt::format("{:.2f} BPM ({} %){}, {} beats from {:.3f} s", a.tempo.bpm,
                        percent(a.tempo.confidence), a.tempo.beats > 0 ? ", cut to whole beats" : "",
                        a.beats.seconds.size(), a.beats.seconds.empty() ? 0.0 : a.beats.seconds.front());
  else
    line += "no tempo";
  if (a.key.has_key)
    line += fmt::format("; {} {} ({} %), tuned {:+.0f} cents", key_name(a.key.best.key),
                        camelot(a.key.best.key), percent(a.key.best.confidence), a.key.cents);
  else
    line += "; no key";
  return line + fmt::format("; {} onsets, {} kicks; {:.2f} s", a.onsets.size(), kicks(a), a.seconds);
}

nlohmann::ordered_json analysis_json(const std::string& name, const Analysis& a) {
  auto onsets = nlohmann::ordered_json::array();
  for (const Onset& o : a.onsets)
    onsets.push_back({{"seconds", o.seconds}, {"strength", o.strength}, {"low", o.low}, {"kick", o.kick}});
  return {{"path", name},
          {"seconds", a.seconds},
          {"tempo", tempo_json(a.tempo)},
          {"beats", beats_json(a.beats)},
          {"key", key_json(a.key)},
          {"onsets_per_second", a.onsets_per_second()},
          {"onsets", onsets}};
}

std::string analysis_csv_head() {
  return "path,bpm,key,onsets_file,cluster,camelot,bpm_confidence,key_confidence,tuning_cents,whole_beats,"
         "first_beat_seconds,onsets,kicks,seconds";
}

std::string analysis_csv_row(const std::string& path, const Analysis& a, const std::string& onsets_file) {
  const bool tempo = a.tempo.bpm > 0, key = a.key.has_key;
  const auto number = [](bool there, double x) { return there ? fmt::format("{:.4f}", x) : std::string(); };
  return fmt::format("{},{},{},{},,{},{},{},{},{},{},{},{},{:.4f}", csv_field(path),
                     number(tempo, a.tempo.bpm), key ? key_name(a.key.best.key) : "", csv_field(onsets_file),
                     key ? camelot(a.key.best.key) : "",
                     number(tempo, static_cast<double>(a.tempo.confidence)),
                     number(key, static_cast<double>(a.key.best.confidence)), number(key, a.key.cents),
                     a.tempo.beats > 0 ? std::to_string(a.tempo.beats) : "",
                     number(!a.beats.seconds.empty(), a.beats.seconds.empty() ? 0 : a.beats.seconds.front()),
                     a.onsets.size(), kicks(a), a.seconds);
}

}  // namespace entrain
