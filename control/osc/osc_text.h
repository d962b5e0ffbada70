// Text from outside, made fit for a log and a tablet.
#pragma once

#include <string>
#include <string_view>

namespace entrain {

/// At most 300 bytes and no control characters (each becomes ?), so that it cannot steer a terminal.
std::string printable(std::string_view text);

}  // namespace entrain
