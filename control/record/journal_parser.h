// Understands the journal's lines, one JSON object at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "control/record/journal.h"
#include "control/record/journal_fields.h"

namespace entrain {

/// Builds a Journal from its lines in order. Not realtime-safe; one thread at a time.
class JournalParser {
 public:
  /// The first line. A sentence without a subject when it is none, else empty.
  std::string header(const nlohmann::ordered_json& line);
  /// Any later line. Empty, or what is wrong with it; then the journal is as it was, save for assets and
  /// parts.
  std::string line(const nlohmann::ordered_json& line);
  /// What was understood so far; records may be taken out of it from the front.
  Journal& so_far() { return journal_; }
  bool ended() const { return ended_; }
  /// Inputs that are known to be missing.
  std::int64_t left_out() const { return lost_ + unknown_controls_; }
  /// Hands the journal over, remarks on what was not understood included.
  Journal take();

 private:
  using Json = nlohmann::ordered_json;

  void asset(Fields& line);
  void version(Fields& line);
  void event(Fields& line);
  void schedule(Fields& line);
  void derived(Fields& line);
  void end(Fields& line);

  int track(const Json& value);
  int cluster(const Json& value);
  int deck(const Json& value);
  int loop(const Json& value);
  template <class Part>
  int known_or_new(const Json& value, std::map<int, Part>& parts, Part (JournalParser::*read)(Fields&));
  TrackPart read_track(Fields& part);
  Pattern read_pattern(Fields& part);
  Groove read_groove(Fields& part);
  ClusterPart read_cluster(Fields& part);
  DeckPart read_deck(Fields& part);
  LoopPart read_loop(Fields& part);
  TransitionShape read_shape(Fields& part);
  TransitionPart read_transition(Fields& part);
  template <class Slots>
  auto place(const std::string& key, Slots& slots, const char* what) -> typename Slots::value_type*;

  Frame frame(Fields& line, bool on_edge);
  Beat beat(const Json& value, const char* what);
  Due due(Fields& line);
  std::uint64_t known_version(const Json& value);
  void wrong(const std::string& sentence) { Fields(Json(), problem_).wrong(sentence); }

  Journal journal_;
  std::string problem_;                         // of the present line
  std::string unknown_kind_, unknown_control_;  // the first of each
  std::int64_t unknown_kinds_ = 0, unknown_controls_ = 0, lost_ = 0;
  Frame lost_from_;
  Frame quantum_;  // of the last record
  Frame last_schedule_{-1};
  bool ended_ = false;
};

}  // namespace entrain
