// The stage protocol: one JSON object per line, of events, commands and queries. Window, `entrain send` and
// phones all speak it; its addresses are the catalogue's and the command table's.
//
//   {"set": "/deck/1/gain", "value": -3, "at": "bar", "glide": 4}     moves a control (glide in beats)
//   {"set": "/track/1/draw", "value": "nearest"}                      choices by name or number
//   {"do": "/deck/1/load", "args": ["amen.flac", 4], "at": "bar"}     performs a command
//   {"get": "/deck/1/gain"}                                           {"address": ..., "value": ...}
//   {"query": "status" | "controls" | "commands" | "scenes"}          {"status": {...}} ...
//   {"query": "library"}                                              and what else a session can answer
//   {"watch": true}                                                   pushes changes until told otherwise
//
// Every request may carry an "id", which its answer repeats. An answer has "ok" (a sentence) or "error" (a
// sentence), or what was asked for.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "control/stage/stage.h"

namespace entrain {

using Json = nlohmann::ordered_json;

inline constexpr std::size_t kLongestLine = 64 * 1024;

/// Answers queries that are not the stage's, with an object to which the id is added; none for those it does
/// not know either. Any thread; must not block.
using MoreQueries = std::function<std::optional<Json>(const std::string& query, const Json& request)>;

/// One conversation. Any one thread; answers to commands may come later, on a thread of the stage's.
class Dialogue {
 public:
  using Answer = std::function<void(const Json&)>;

  /// `answer` must be callable for as long as the stage runs.
  Dialogue(Stage& stage, Wires::Producer& producer, Answer answer, MoreQueries more = {})
      : stage_(stage), producer_(producer), answer_(std::move(answer)), more_(std::move(more)) {}

  /// Takes one line. Whatever it holds gets an answer.
  void hear(std::string_view line);
  bool watching() const { return watching_; }

 private:
  void set(const Json& request, const Json& id);
  void perform(const Json& request, const Json& id);
  void get(const Json& request, const Json& id);
  void query(const Json& request, const Json& id);

  Stage& stage_;
  Wires::Producer& producer_;
  Answer answer_;
  MoreQueries more_;
  bool watching_ = false;
};

// What queries answer, and what watchers are pushed.
Json controls_json();
Json commands_json();
Json status_json(const Snapshot& snapshot, std::uint64_t dropped);
Json value_json(ControlId id, double value);
Json report_json(const Report& report);

}  // namespace entrain
