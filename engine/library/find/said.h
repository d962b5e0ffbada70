// Numbers as reasons say them.
#pragma once

#include <string>

namespace entrain {

/// At most `decimals` digits behind the point, no needless zeros, no exponent: "93.5", "120", "-0.3". Finite.
std::string said(double number, int decimals);

}  // namespace entrain
