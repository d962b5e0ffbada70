#include "engine/library/flow/layering.h"

#include <cmath>

#include "engine/library/find/said.h"
#include "engine/library/find/wheel.h"
#include "engine/library/flow/shelf.h"
#include "engine/library/flow/tempo_fit.h"
#include "engine/library/loop_level.h"

namespace entrain {
namespace {

constexpr double kToldGain = 3;  // dB

}  // namespace

LayerFit layer_fit(const Card& foundation, double tempo, const Card& layer,
                   const CompatibilityWeights& weights) {
  LayerFit fit;
  std::vector<std::string> against;
  if (const double own = loop_tempo(layer); own > 0) {
    const TempoFit tempi = fit_tempo(tempo, own, weights.tempo_limit);
    fit.count = tempi.count;
    const std::string words = said(own, 1) + " BPM over " + said(tempo, 1);
    (tempi.level <= level_of(FlowRule::half_time) ? fit.reasons : against)
        .push_back(words + ": " + said(tempi.stretch, 1) + " % of stretch");
  } else {
    fit.reasons.push_back("it has no beat to clash");
  }
  if (foundation.key && layer.key && foundation.key_confidence >= kSureKey &&
      layer.key_confidence >= kSureKey) {
    const WheelStep step = wheel_step(*foundation.key, *layer.key);
    const bool mix = mixes(step, weights.diagonals);
    (mix ? fit.reasons : against)
        .push_back(camelot(*layer.key) + " over " + camelot(*foundation.key) + ": " +
                   (mix ? std::string(words_for(step)) : std::string("the keys clash")));
  }
  const double lufs = static_cast<double>(layer.lufs), gain = loop_gain(lufs), level = lufs + gain;
  if (layer.lufs < kQuietestLayer)
    against.push_back(said(layer.lufs, 0) + " LUFS: too quiet to be brought up to what plays");
  else if (std::abs(gain) >= kToldGain)
    fit.reasons.push_back(std::string(gain > 0 ? "raised" : "lowered") + " by " + said(std::abs(gain), 0) +
                          " dB to " + (level < kLoopLufs ? said(level, 0) + " LUFS, still below" : "the level of") +
                          " what plays");
  fit.fits = against.empty();
  if (!fit.fits) fit.reasons = std::move(against);
  return fit;
}

}  // namespace entrain
