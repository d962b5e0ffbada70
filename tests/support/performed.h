// A command given, and its answer waited for.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/stage/stage.h"
#include "tests/support/catch.h"

namespace entrain::test {

/// `desk` has execute(call, done): a stage, a flow desk. `wait(answered)` lets the music go on until answered() holds.
template <class Desk, class Wait>
Result<std::string> performed(Desk& desk, const Wait& wait, const char* address, std::vector<ArgValue> args,
                              std::optional<Grid> at = {}) {
  auto call = make_call(address, std::move(args));
  REQUIRE(call);
  call->at = at;
  std::atomic<bool> answered{false};
  Result<std::string> answer = Error{};
  desk.execute(*std::move(call), [&](const Result<std::string>& said) {
    answer = said;
    answered = true;
  });
  wait([&] { return answered.load(); });
  return answer;
}

}  // namespace entrain::test
