// The library as several subcommands ask it.
#pragma once

#include <memory>
#include <string>

#include "control/library/finder.h"
#include "engine/core/result.h"

namespace entrain {

/// Over the library of an option (see library_option.h), by the weights of a configuration file; empty: the
/// default ones. A library without sounds is an Error.
Result<std::unique_ptr<const Finder>> open_finder(const std::string& library, const std::string& config);

/// The sound at a path: the library's, or one that is analysed just now, by a worker process.
Result<Card> card_at(const Finder& finder, const std::string& file);

/// "120.0 BPM, 8A A minor, energy 5.2, 8.0 s"
std::string about(const Card& card);

}  // namespace entrain
