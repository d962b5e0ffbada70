#include "engine/core/buses.h"

#include <cstring>

namespace entrain {

void Buses::clear() {
  for (std::size_t i = 0; i < live_.size(); ++i)
    if (live_[i]) std::memset(samples_[i], 0, sizeof samples_[i]);
  live_.fill(false);
}

}  // namespace entrain
