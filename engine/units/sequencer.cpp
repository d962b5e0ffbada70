#include "engine/units/sequencer.h"

#include "engine/core/draws.h"

namespace entrain {
namespace {

/// Hits by hand draw from steps that no pattern reaches.
constexpr std::int64_t kByHand = std::int64_t{1} << 62;

}  // namespace

void Sequencer::reset() {
  on_.fill(rows[on].initial > 0.5);
  hand_hits_ = 0;
}

void Sequencer::process(const Context& context, Controls controls, Buses&) {
  if (!context.silence) play_by_hand(context, controls);
  for (int track = 0; track < kTracks; ++track) play_steps(context, controls, track);
}

void Sequencer::play_steps(const Context& context, Controls controls, int track) {
  const auto switched_before = [&](int offset) {
    bool state = on_[static_cast<std::size_t>(track)];
    for (const Applied& e : context.events) {
      int instance = 0;
      if (e.offset <= offset && controls.match(e.control, on, instance) && instance == track) state = e.value > 0.5;
    }
    return state;
  };
  for (Beat from = context.begin; from < context.end;) {
    const Performance& performance = context.at(from);
    const Beat until = from < context.adopted_from ? std::min(context.adopted_from, context.end) : context.end;
    if (const Track* t = performance.tracks[static_cast<std::size_t>(track)].get(); t && !t->pattern.steps.empty()) {
      const auto length = static_cast<std::int64_t>(t->pattern.steps.size());
      for (std::int64_t k = t->pattern.first_at_or_after(from); t->pattern.begins(k) < until; ++k) {
        const int offset = context.offset_of(t->pattern.begins(k));
        if (t->pattern.steps[static_cast<std::size_t>(((k % length) + length) % length)] && switched_before(offset))
          strike(context, performance, track, offset, k, 1.0f);
        if (context.triggers->full()) break;
      }
    }
    from = until;
  }
  on_[static_cast<std::size_t>(track)] = switched_before(kQuantum);
}

void Sequencer::play_by_hand(const Context& context, Controls controls) {
  for (const Applied& e : context.events) {
    int track = 0;
    if (!controls.match(e.control, hit, track)) continue;
    const Performance& performance = e.offset < context.adopted_offset ? *context.before : *context.current;
    strike(context, performance, track, e.offset, kByHand + hand_hits_++, static_cast<float>(e.value));
  }
}

void Sequencer::strike(const Context& context, const Performance& performance, int track, int offset,
                       std::int64_t step, float velocity) {
  const Track* t = performance.tracks[static_cast<std::size_t>(track)].get();
  if (t == nullptr || t->cluster == nullptr) return;
  const auto& samples = t->cluster->samples;
  const std::uint64_t bits = draw(context.seed, DrawFor::sample, static_cast<std::uint64_t>(track), step);
  const std::uint32_t chosen = draw_below(bits, static_cast<std::uint32_t>(samples.size()));
  const auto unit = static_cast<std::int16_t>(track);
  context.triggers->add({samples[chosen].get(), performance.epoch, unit, static_cast<std::int16_t>(offset), velocity});
  context.reports->add({Report::What::hit, context.frame + offset, unit, static_cast<std::int32_t>(chosen),
                        step >= kByHand ? -1 : step});
}

}  // namespace entrain
