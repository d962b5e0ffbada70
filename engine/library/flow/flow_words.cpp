#include "engine/library/flow/flow_words.h"

#include <array>
#include <type_traits>

namespace entrain {
namespace {

constexpr std::array<std::string_view, kTransitionKinds> kKindNames{"blend", "bass swap", "filter",
                                                                    "echo out", "cut"};
constexpr std::array<std::string_view, kTempoPolicies> kPolicyNames{"keep", "relax", "glide"};
constexpr std::array<std::string_view, kFlowRules> kRuleNames{
    "half or double time", "wider stretch", "far stretch", "riser", "repeat", "unchecked", "vetoed"};
constexpr std::array<std::string_view, kLeans> kLeanNames{"darker", "brighter", "faster",        "slower",
                                                          "calmer", "harder",   "more like this"};
constexpr std::array<std::string_view, kHolds> kHoldNames{"free", "kept", "pinned", "locked"};

template <class Choice>
constexpr const auto& names() {
  if constexpr (std::is_same_v<Choice, TransitionKind>)
    return kKindNames;
  else if constexpr (std::is_same_v<Choice, TempoPolicy>)
    return kPolicyNames;
  else if constexpr (std::is_same_v<Choice, Lean>)
    return kLeanNames;
  else
    return kHoldNames;
}

}  // namespace

std::string_view name_of(TransitionKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }
std::string_view name_of(TempoPolicy policy) { return kPolicyNames[static_cast<std::size_t>(policy)]; }
std::string_view name_of(FlowRule rule) { return kRuleNames[static_cast<std::size_t>(rule)]; }
std::string_view name_of(Lean lean) { return kLeanNames[static_cast<std::size_t>(lean)]; }
std::string_view name_of(Hold hold) { return kHoldNames[static_cast<std::size_t>(hold)]; }

template <class Choice>
std::optional<Choice> choice_from(std::string_view name) {
  for (std::size_t i = 0; i < names<Choice>().size(); ++i)
    if (names<Choice>()[i] == name) return static_cast<Choice>(i);
  return std::nullopt;
}

template <class Choice>
std::string choices() {
  std::string all;
  for (const std::string_view name : names<Choice>()) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

template std::optional<TransitionKind> choice_from<TransitionKind>(std::string_view);
template std::optional<TempoPolicy> choice_from<TempoPolicy>(std::string_view);
template std::optional<Lean> choice_from<Lean>(std::string_view);
template std::optional<Hold> choice_from<Hold>(std::string_view);
template std::string choices<TransitionKind>();
template std::string choices<TempoPolicy>();
template std::string choices<Lean>();
template std::string choices<Hold>();

}  // namespace entrain
