// What a live process asks of the system: memory that stays, threads that come first.
#pragma once

#include <string>

namespace entrain {

/// Locks what is mapped now (never what will be: growth must not fail). Empty on success, else one sentence
/// with the mend.
std::string lock_memory();
/// Empty when SCHED_FIFO is allowed to this process, else one sentence with the mend.
std::string check_priorities();

}  // namespace entrain
