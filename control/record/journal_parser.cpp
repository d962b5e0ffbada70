#include "control/record/journal_parser.h"

#include <charconv>
#include <utility>

#include "engine/core/catalogue.h"
#include "engine/core/commands.h"
#include "engine/core/engine.h"

namespace entrain {
namespace {

template <class Name, class Last>
bool find_name(const std::string& text, Name& found, Last last) {
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (text == name_of(static_cast<Name>(i))) return found = static_cast<Name>(i), true;
  return false;
}

std::string add_sentence(std::string text, const std::string& sentence) {
  return text.empty() ? sentence : text + " " + sentence;
}

}  // namespace

std::string JournalParser::header(const Json& line) {
  if (!line.is_object() || !line.contains("entrain-journal")) return "is no journal of Entrain";
  Fields fields(line, problem_);
  JournalHeader& h = journal_.header;
  if (const auto format = fields.whole("entrain-journal", 1, kFarFrame);
      problem_.empty() && format > kJournalFormat)
    return "is a journal of format " + std::to_string(format) + " and this program reads up to " +
           std::to_string(kJournalFormat) + "; read it with Entrain " + fields.text("version") +
           " or a later one";
  h.version = fields.text("version");
  h.build = fields.text("build");
  h.rate = static_cast<int>(fields.whole("rate", EngineConfig::kLeastRate, EngineConfig::kMostRate));
  const std::string seed = fields.text("seed");
  const auto done = std::from_chars(seed.data(), seed.data() + seed.size(), h.seed);
  if (done.ec != std::errc() || done.ptr != seed.data() + seed.size())
    wrong("\"seed\" must be a 64-bit number");
  h.isa = fields.text("isa");
  h.cpu = fields.text("cpu");
  h.set = fields.text("set");
  for (const auto& [name, hash] : fields.object("libraries").items())
    hash.is_string() ? void(h.libraries[name] = hash.get<std::string>())
                     : wrong("\"libraries\" must hold texts");
  return problem_.empty() ? std::string() : "has no header that makes sense: " + problem_;
}

std::string JournalParser::line(const Json& line) {
  problem_.clear();
  Fields fields(line, problem_);
  if (!line.is_object()) return "it is no JSON object";
  if (ended_) return "it follows the journal's end";
  if (fields.has("asset")) {
    asset(fields);
  } else if (fields.has("version")) {
    version(fields);
  } else if (fields.has("set")) {
    event(fields);
  } else if (fields.has("schedule")) {
    schedule(fields);
  } else if (fields.has("adopted") || fields.has("missed") || fields.has("sum")) {
    derived(fields);
  } else if (fields.has("lost") || fields.has("end")) {
    end(fields);
  } else if (unknown_kinds_++ == 0) {
    unknown_kind_ = line.empty() ? "nothing" : line.begin().key().substr(0, 40);
  }
  return problem_;
}

Journal JournalParser::take() {
  std::string& remark = journal_.remark;
  if (lost_ > 0)
    remark = add_sentence(remark, "From frame " + std::to_string(lost_from_.index) + " on " +
                                      std::to_string(lost_) +
                                      " inputs played that are not in it, since the disk was too slow.");
  if (unknown_controls_ > 0)
    remark =
        add_sentence(remark, "Of its inputs " + std::to_string(unknown_controls_) +
                                 " move controls this program does not have, the first " + unknown_control_ +
                                 "; they were skipped; read it with the version that wrote it.");
  if (unknown_kinds_ > 0)
    remark = add_sentence(remark, "Of its lines " + std::to_string(unknown_kinds_) +
                                      " are of a kind this program does not know, the first with \"" +
                                      unknown_kind_ + "\"; they were skipped.");
  journal_.left_out = left_out();
  return std::move(journal_);
}

// --- records

Frame JournalParser::frame(Fields& line, bool on_edge) {
  const Frame frame(line.whole("f", 0, kFarFrame));
  const Frame quantum = frame - frame.index % kQuantum;
  if (on_edge && frame != quantum) wrong("frame " + std::to_string(frame.index) + " is no quantum's edge");
  if (quantum < quantum_) wrong("frame " + std::to_string(frame.index) + " lies before the line before");
  if (problem_.empty()) quantum_ = quantum;
  return frame;
}

Beat JournalParser::beat(const Json& value, const char* what) {
  return Beat(Fields(value, problem_).whole(value, what, -kFarTick, kFarTick));
}

Due JournalParser::due(Fields& line) {
  Fields due(line.object("due"), problem_);
  if (due.has("beat")) return {true, {}, beat(due.at("beat"), "beat")};
  return {false, Frame(due.whole("frame", -kFarFrame, kFarFrame)), {}};
}

std::uint64_t JournalParser::known_version(const Json& value) {
  const std::uint64_t epoch = Fields(value, problem_).natural(value, "version");
  if (problem_.empty() && !journal_.versions.contains(epoch))
    wrong("it needs version " + std::to_string(epoch) + ", which is not there");
  return epoch;
}

void JournalParser::event(Fields& line) {
  Record r{.what = Record::What::event};
  r.frame = frame(line, true);
  r.event.value = line.real("v");
  r.event.frame = Frame(line.whole("from", -kFarFrame, kFarFrame));
  r.event.glide = Beat(line.whole("glide", 0, kFarTick));
  r.due = due(line);
  if (!find_name(line.text("at"), r.event.grid, Grid::phrase))
    wrong("\"at\" must be now, step, beat, bar or phrase");
  if (!find_name(line.text("by"), r.event.source, Source::chat)) wrong("\"by\" is nobody known");
  const std::string address = line.text("set");
  if (!problem_.empty()) return;
  if (const auto control = catalogue().find(address)) {
    r.event.control = *control;
    journal_.records.push_back(r);
  } else if (unknown_controls_++ == 0) {
    unknown_control_ = address.substr(0, 80);
  }
}

void JournalParser::schedule(Fields& line) {
  Record r{.what = Record::What::schedule};
  r.frame = frame(line, true);
  r.serial = line.natural("schedule");
  const Json& entries = line.list("entries");
  if (r.frame <= last_schedule_) wrong("its quantum has a schedule already");
  if (entries.size() > kScheduleRoom)
    wrong("a schedule holds at most " + std::to_string(kScheduleRoom) + " versions");
  if (!problem_.empty()) return;
  std::vector<Record> lines;
  r.entries = static_cast<std::int32_t>(entries.size());
  for (const Json& entry : entries) {
    if (!entry.is_array() || entry.size() != 3 || !entry[2].is_string() ||
        !find_name(entry[2].get<std::string>(), r.grid, Grid::phrase))
      return wrong("\"entries\" must be a list of [version, ticks, grid]");
    r.epoch = known_version(entry[0]);
    r.boundary = beat(entry[1], "entries");
    lines.push_back(r);
    ++r.entry;
  }
  if (!problem_.empty()) return;
  if (lines.empty()) lines.push_back(r);
  last_schedule_ = r.frame;
  journal_.records.insert(journal_.records.end(), lines.begin(), lines.end());
}

void JournalParser::derived(Fields& line) {
  Record r{.what = Record::What::checksum};
  r.frame = frame(line, line.has("sum"));
  if (line.has("adopted")) {
    r.what = Record::What::adopted;
    r.epoch = known_version(line.at("adopted"));
    r.due = due(line);
  } else if (line.has("missed")) {
    r.what = Record::What::missed;
    r.epoch = known_version(line.at("missed"));
    r.boundary = beat(line.at("boundary"), "boundary");
  } else {
    r.epoch = line.hash("sum");
  }
  if (problem_.empty()) journal_.records.push_back(r);
}

void JournalParser::end(Fields& line) {
  const Frame at = frame(line, true);
  if (line.has("lost")) {
    if (lost_ == 0) lost_from_ = at;
    lost_ = line.whole("lost", 0, kFarFrame);
  } else if (problem_.empty()) {
    journal_.end = at;
    ended_ = journal_.complete = true;
  }
}

}  // namespace entrain
