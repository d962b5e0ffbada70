// What OSC messages mean.
#include "tests/support/osc.h"

#include <limits>

#include "control/osc/osc_map.h"
#include "engine/core/catalogue.h"
#include "tests/support/catch.h"

using namespace entrain;
using namespace entrain::test;

namespace {

const OscMap& map() {
  static const OscMap one;
  return one;
}

OscMap::Meaning meaning_of(const std::string& address, const std::vector<Arg>& args = {}) {
  const auto messages = read_packet(message(address, args));
  REQUIRE(messages);
  REQUIRE(messages->size() == 1);
  int room = 512;
  return map().map(messages->front(), room);
}
/// The one event a message makes.
std::optional<Event> event_of(const std::string& address, const std::vector<Arg>& args = {}) {
  const auto meaning = meaning_of(address, args);
  REQUIRE(meaning.acts.size() <= 1);
  REQUIRE((meaning.acts.empty() || !meaning.fault));
  if (meaning.acts.empty()) return {};
  return std::get<Event>(meaning.acts.front());
}
std::optional<double> value_of(const std::string& address, const std::vector<Arg>& args) {
  const auto event = event_of(address, args);
  return event ? std::optional(event->value) : std::nullopt;
}
bool faulty(const std::string& address, const std::vector<Arg>& args, OscFault::Kind kind) {
  const auto meaning = meaning_of(address, args);
  return meaning.acts.empty() && meaning.fault && meaning.fault->kind == kind &&
         !map().sentence(*meaning.fault).empty();
}

}  // namespace

TEST_CASE("whatever type a number travels as, a control takes the same value", "[osc]") {
  const std::string fader = "/deck/1/gain";
  CHECK(value_of(fader, {arg_i(-6)}) == -6.0);
  CHECK(value_of(fader, {arg_h(-6)}) == -6.0);
  CHECK(value_of(fader, {arg_f(-6.5f)}) == -6.5);
  CHECK(value_of(fader, {arg_d(-6.3)}) == -6.3);
  CHECK(value_of(fader, {arg_s("-6.3")}) == -6.3);
  CHECK(value_of(fader, {arg_s("-6.3", 'S')}) == -6.3);
  CHECK(value_of(fader, {arg_flag('T')}) == 1.0);
  CHECK(value_of(fader, {arg_flag('F')}) == 0.0);
  CHECK(value_of("/track/2/draw", {arg_s("no-repeat")}) == 1.0);
  CHECK(value_of("/deck/2/play", {arg_s("on")}) == 1.0);
  SECTION("at any alignment, and whatever follows") {
    const auto messages =
        read_packet(message("/x", {arg_i(1), arg_d(0.1), arg_i(2), arg_h(1LL << 40), arg_d(-1e-9)}));
    REQUIRE(messages);
    CHECK(std::get<double>(messages->front().args.at(1)) == 0.1);
    CHECK(std::get<double>(messages->front().args.at(3)) == std::ldexp(1.0, 40));
    CHECK(std::get<double>(messages->front().args.at(4)) == -1e-9);
    CHECK(value_of(fader, {arg_f(-3), arg_s("extra"), arg_blob(2), arg_f(9)}) == -3.0);
  }
  SECTION("a value out of range travels on: the engine brings it into range") {
    CHECK(value_of(fader, {arg_f(1e9f)}) == 1e9);
  }
}

TEST_CASE("what is no finite number moves nothing and is answered with a sentence", "[osc]") {
  for (const std::string address : {"/deck/1/gain", "/deck/1/play", "/track/3/hit"}) {
    CAPTURE(address);
    for (const double wrong :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity()}) {
      CHECK(faulty(address, {arg_d(wrong)}, OscFault::Kind::value));
      CHECK(faulty(address, {arg_f(static_cast<float>(wrong))}, OscFault::Kind::value));
    }
    for (const char* wrong : {"nan", "inf", "loud", "", "1x", " 1", "1e999"})
      CHECK(faulty(address, {arg_s(wrong)}, OscFault::Kind::value));
    CHECK(faulty(address, {arg_blob(1)}, OscFault::Kind::value));
    CHECK(faulty(address, {arg_flag('N')}, OscFault::Kind::value));
  }
}

TEST_CASE("a message without a value presses what can be pressed and is an error for what cannot", "[osc]") {
  for (const std::vector<Arg>& nothing : {std::vector<Arg>{}, std::vector<Arg>{arg_flag('I')}}) {
    CHECK(value_of("/track/3/hit", nothing) == 1.0);
    CHECK(value_of("/transport/play", nothing) == 1.0);
    CHECK(faulty("/deck/1/gain", nothing, OscFault::Kind::value));
  }
  Packet untyped;  // senders of old leave the types out
  put_text(untyped, "/track/3/hit");
  const auto messages = read_packet(untyped);
  REQUIRE(messages);
  CHECK(messages->front().args.empty());
}

TEST_CASE("letting a button go does nothing", "[osc]") {
  for (const Arg& released : {arg_f(0), arg_i(0), arg_d(0.5), arg_flag('F'), arg_s("0"), arg_f(-1)}) {
    CHECK_FALSE(event_of("/track/3/hit", {released}));
    CHECK_FALSE(meaning_of("/track/3/hit", {released}).fault);
    CHECK(meaning_of("/undo", {released}).acts.empty());
    CHECK_FALSE(meaning_of("/undo", {released}).fault);
  }
  for (const Arg& pressed : {arg_f(1), arg_i(1), arg_d(0.51), arg_flag('T')}) {
    CHECK(event_of("/track/3/hit", {pressed}));
    CHECK(meaning_of("/undo", {pressed}).acts.size() == 1);
    CHECK(meaning_of("/deck/2/eject", {pressed}).acts.size() == 1);
  }
  CHECK(value_of("/transport/play", {arg_f(0)}) == 0.0);  // a toggle does go off
}

TEST_CASE("every control and every command can be reached at its address, at any grid", "[osc]") {
  for (std::size_t i = 0; i < catalogue().size(); ++i) {
    const ControlId id{static_cast<std::uint16_t>(i)};
    const ControlRow& row = catalogue().row(id);
    CAPTURE(catalogue().address(id));
    const auto event = event_of(catalogue().address(id), {arg_d(row.max)});
    REQUIRE(event);
    CHECK(event->control == id);
    CHECK(event->value == row.max);
    CHECK(event->source == Source::osc);
    CHECK(event->grid == default_grid(row));
    for (const Grid grid : {Grid::now, Grid::step, Grid::beat, Grid::bar, Grid::phrase}) {
      const auto at = event_of(catalogue().address(id) + "/" + std::string(name_of(grid)), {arg_d(row.max)});
      REQUIRE(at);
      CHECK(at->control == id);
      CHECK(at->grid == grid);
    }
  }
  for (const CommandRow& row : kCommands) {
    for (int instance = 0; instance < row.instances; ++instance) {
      std::string address(row.address);
      if (const auto hash = address.find('#'); hash != std::string::npos)
        address.replace(hash, 1, std::to_string(instance + 1));
      CAPTURE(address);
      std::vector<Arg> args;
      for (int a = 0; a < row.arg_count(); ++a)
        args.push_back(row.args[static_cast<std::size_t>(a)].type == ArgType::text ? arg_s("text")
                                                                                   : arg_f(3));
      for (const std::string suffix : {"", "/phrase"}) {
        const auto meaning = meaning_of(address + suffix, args);
        REQUIRE(meaning.acts.size() == 1);
        const auto& call = std::get<CommandCall>(meaning.acts.front());
        CHECK(call.row == &row);
        CHECK(call.instance == instance);
        CHECK(call.args.size() == args.size());
        CHECK(call.grid() == (suffix.empty() ? row.at : Grid::phrase));
      }
    }
  }
}

TEST_CASE("a command says what it lacks, and takes numbers as text and text as numbers", "[osc]") {
  CHECK(faulty("/track/1/step", {arg_f(1)}, OscFault::Kind::value));
  CHECK(faulty("/track/1/step", {arg_s("one"), arg_f(1)}, OscFault::Kind::value));
  CHECK(faulty("/deck/1/load", {arg_blob(1)}, OscFault::Kind::value));
  const auto meaning = meaning_of("/track/1/step", {arg_s("5"), arg_flag('T'), arg_s("extra")});
  REQUIRE(meaning.acts.size() == 1);
  const auto& call = std::get<CommandCall>(meaning.acts.front());
  CHECK(call.number(0) == 5);
  CHECK(call.number(1) == 1);
}

TEST_CASE("an unknown address is answered with the nearest that exists", "[osc]") {
  for (const auto& [wrong, right] :
       std::vector<std::pair<std::string, std::string>>{{"/deck/1/gian", "/deck/1/gain"},
                                                        {"/undi", "/undo"},
                                                        {"/deck/3/plya/bar", "/deck/3/play/bar"},
                                                        {"/trck/12/cluster", "/track/12/cluster"}}) {
    const auto meaning = meaning_of(wrong, {arg_f(1)});
    REQUIRE(meaning.fault);
    CHECK(meaning.fault->kind == OscFault::Kind::address);
    const std::string sentence = map().sentence(*meaning.fault);
    CAPTURE(sentence);
    CHECK(sentence.find(wrong) != std::string::npos);
    CHECK(sentence.find(right + "?") != std::string::npos);
  }
  CHECK(faulty("/bar", {}, OscFault::Kind::address));
  CHECK(faulty("/deck/9/gain", {arg_f(1)}, OscFault::Kind::address));
}

TEST_CASE("one packet asks for at most as much as there is room for", "[osc]") {
  const auto messages = read_packet(message("/*/*/*", {arg_f(1)}));
  REQUIRE(messages);
  int room = 10;
  const auto first = map().map(messages->front(), room);
  CHECK(first.acts.size() <= 10);
  CHECK(room == 0);
  REQUIRE(first.fault);
  const auto second = map().map(messages->front(), room);
  CHECK(second.acts.empty());
  REQUIRE(second.fault);
  CHECK(second.fault->kind == OscFault::Kind::crowd);
  CHECK(map().find("/no/such/*", room).fault->kind == OscFault::Kind::crowd);  // not even tried
}

TEST_CASE("a pattern reaches every control and command that it names, and no other", "[osc]") {
  const auto reached = [](const std::string& address, const std::vector<Arg>& args) {
    std::vector<std::string> all;
    for (const OscAct& act : meaning_of(address, args).acts) {
      if (const Event* event = std::get_if<Event>(&act))
        all.push_back(catalogue().address(event->control));
      else
        all.push_back(std::string(std::get<CommandCall>(act).row->address));
    }
    return all;
  };
  using All = std::vector<std::string>;
  CHECK(reached("/deck/*/gain", {arg_f(0)}) ==
        All{"/deck/1/gain", "/deck/2/gain", "/deck/3/gain", "/deck/4/gain"});
  CHECK(reached("/track/1[0-2]/mute", {arg_i(1)}) ==
        All{"/track/10/mute", "/track/11/mute", "/track/12/mute"});
  CHECK(reached("/{deck,track}/2/gain", {arg_f(0)}) == All{"/deck/2/gain", "/track/2/gain"});
  CHECK(reached("/deck/[!2-4]/eject", {}) == All{"/deck/#/eject"});
  CHECK(reached("/deck/?/play/beat", {arg_i(1)}).size() == 4);
  CHECK(std::get<Event>(meaning_of("/deck/?/play/beat", {arg_i(1)}).acts.front()).grid == Grid::beat);
  CHECK(reached("/*/*/*", {arg_f(1)}).size() > 60);
}
