#include "engine/core/buses.h"

#include <cstring>

namespace entrain {

void Buses::clear() {
  for (std::size_t i = 0; i < live_.size(); ++i)
    if (live_[i]) std::memset(samples_[i], 0, sizeof samples_[i]);
  live_.fill(false);
}

void Buses::reset() {
  clear();
  levels_.fill(0);
  soloed_ = 0;
}

void Buses::solo(Bus bus, int instance, bool on) {
  soloed_ = on ? soloed_ | bit(bus, instance) : soloed_ & ~bit(bus, instance);
}

}  // namespace entrain
