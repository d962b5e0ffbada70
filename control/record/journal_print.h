// Shows a journal to a person.
#pragma once

#include <ostream>

#include "control/record/journal.h"

namespace entrain {

/// The header, the assets, then a line for each record: mm:ss.mmm, bar.beat where it is known, what, who;
/// last the remark. Not realtime-safe; any thread.
void print_journal(std::ostream& out, const Journal& journal);

/// "mm:ss.mmm"
std::string time_of(Frame frame, int rate);

}  // namespace entrain
