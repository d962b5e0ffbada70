// What an OSC message means: controls to move and commands to call, by the catalogue and the command table
// alone.
//
// An address is a control's or a command's, or a pattern that matches several. Where nothing has that address
// and its last part names a grid, it means what stands before, on that grid: /deck/1/play/now,
// /deck/*/eject/bar.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "control/osc/osc_packet.h"
#include "control/stage/command_call.h"
#include "engine/core/controls.h"
#include "engine/core/events.h"

namespace entrain {

/// One request to the stage. An event's frame is left for whoever places it in time; its value is as it was
/// sent: the engine brings it into range, and feedback tells the sender.
using OscAct = std::variant<Event, CommandCall>;

/// Something a sender did wrong, kept small: its sentence is only made when somebody will read it.
struct OscFault {
  enum class Kind : std::uint8_t {
    packet,   ///< malformed bytes
    address,  ///< nothing has it
    value,    ///< missing, or of a wrong type
    crowd,    ///< more than is taken at once
    time,     ///< too far ahead
    command,  ///< refused by the stage
    count
  };
  Kind kind = Kind::packet;
  std::string subject;  ///< address: the address as sent; else the sentence
};

/// The value a control takes from a message's arguments, of which the first counts. Nothing: a button that
/// was let go. Without an argument, or with an impulse, a trigger takes its initial value and a toggle goes
/// on.
Result<std::optional<double>> osc_value(const ControlRow& row, std::string_view address,
                                        std::span<const OscArg> args);

/// Immutable once made. Any thread; not realtime-safe.
class OscMap {
 public:
  OscMap();

  struct Target {
    std::string address;
    std::optional<ControlId> control;  ///< empty: a command
  };
  struct Found {
    std::vector<const Target*> targets;
    std::optional<Grid> grid;  ///< named by the address
    std::optional<OscFault> fault;
  };
  struct Meaning {
    std::vector<OscAct> acts;
    std::optional<OscFault> fault;  ///< the first; acts that were right stay
  };

  /// All that an address or pattern names, at most `room`, which is lowered by as many.
  Found find(const std::string& address, int& room) const;
  Meaning map(const OscMessage& message, int& room) const;
  /// For a person.
  std::string sentence(const OscFault& fault) const;

 private:
  void collect(const std::string& address, int& room, Found& found) const;
  std::string nearest(std::string_view mistyped) const;

  std::vector<Target> targets_;  ///< by address
};

}  // namespace entrain
