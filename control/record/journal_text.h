// How a journal is spelled: from engine data to its lines.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "control/record/journal.h"

namespace entrain {

/// The eight hex digits before a line's JSON.
std::string checksum_of(std::string_view json);
/// One line with its checksum and newline around a JSON object.
std::string journal_line(std::string_view json);

/// Spells lines, each ready to be written. Remembers which assets and parts were written out already, without
/// keeping them alive. Not realtime-safe; one thread at a time.
class JournalText {
 public:
  static std::string header(const JournalHeader& header);
  /// The version, preceded by the assets it brings in; nothing when its epoch was written already.
  std::string version(const Performance& performance);
  /// The records' lines; a schedule's line comes with its last entry.
  std::string record(const Record& record);
  static std::string lost(Frame frame, std::int64_t inputs);
  static std::string end(Frame frame);

 private:
  /// Numbers objects by identity; true when the object is new. A weak owner keeps an address from being
  /// reused.
  using Numbers = std::map<std::weak_ptr<const void>, int, std::owner_less<>>;
  bool number(Numbers& numbers, const std::shared_ptr<const void>& object, int& number);

  int asset(const std::shared_ptr<const Asset>& asset, std::string& lines);
  std::string cluster(const std::shared_ptr<const Cluster>& cluster, std::string& lines);
  std::string track(const std::shared_ptr<const Track>& track, std::string& lines);
  std::string pattern(const std::shared_ptr<const Pattern>& pattern);
  std::string groove(const std::shared_ptr<const Groove>& groove);
  std::string loop(const std::shared_ptr<const Loop>& loop, std::string& lines);
  std::string deck(const std::shared_ptr<const DeckDocument>& deck, std::string& lines);
  std::string shape(const std::shared_ptr<const TransitionShape>& shape);
  std::string transition(const std::shared_ptr<const Transition>& transition);

  Numbers assets_, parts_;
  int last_asset_ = 0, last_part_ = 0;
  std::set<std::uint64_t> epochs_;
  std::string entries_, after_schedule_;  // a schedule whose last entry is still to come
};

}  // namespace entrain
