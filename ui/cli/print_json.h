// JSON on stdout, as programs and people read it.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace entrain {

/// Bytes of names that are no UTF-8 are replaced.
inline void print_json(const nlohmann::ordered_json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace entrain
