// What a session and its follower say to each other: one JSON line per packet, at most one descriptor with it.
//
//   follower: {"ready":1}                                  once, when it has started
//   session:  {"follow":"<escaped path>"}                  once: the journal
//             {"hear":7,"after":F,"coming":{..}}           renders what is coming, once frame F was read
//             {"forget":1}                                 what was rendered is of no interest any more
//   follower: {"id":7,"part":0.3}                          of the journal that it still has to catch up with
//             {"id":7,"rendered":0.5}                      any number, rising
//             {"id":7,"beginning":N}                       so much of it, in a sealed memfd as below
//             {"id":7,"frames":N,"from":F,"begins":F,"ends":F,"until":F}
//                                                          with the sound in a sealed memfd: N left floats, then
//                                                          N right ones
//             {"id":7,"changed":"<clause>"}                it is stale: why
//             {"id":7,"error":"<sentence>"}                instead of what was asked for
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "control/flow/conductor.h"
#include "control/prehear/future.h"
#include "engine/core/result.h"

namespace entrain {

/// What is asked of a follower: exactly one of these.
struct PrehearOrder {
  std::string follow;  ///< a journal
  bool forget = false;
  struct Hear {
    int id = 0;
    Frame after;
    /// Without loop and shape, which the engine has, and the riser, which is not on the decks.
    Conductor::Placed coming;
  };
  std::optional<Hear> hear;
};

struct PrehearAnswer {
  enum class What { catching_up, rendering, beginning, rendered, changed, error };
  What what = What::error;
  int id = 0;
  double part = 0;          ///< catching_up, rendering: 0 to 1
  std::int64_t frames = 0;  ///< beginning, rendered
  FutureSpan span = {};     ///< rendered
  std::string text = {};    ///< changed, error
};

std::string line_of(const PrehearOrder& order);
std::string line_of(const PrehearAnswer& answer);
/// The Error says what is wrong with the line.
Result<PrehearOrder> prehear_order(std::string_view line);
Result<PrehearAnswer> prehear_answer(std::string_view line);

}  // namespace entrain
