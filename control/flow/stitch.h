// Stitching offline: a flow rendered as one continuous piece, with a cue sheet and the reasons.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/flow/flow_queue.h"
#include "control/record/offline.h"
#include "control/stage/sounds.h"

namespace entrain {

/// What the library knows of a file.
using AnalysisOf = std::function<Result<Analysis>(const std::string& path)>;

/// The rate most loops have that a flow may plan, judged by some of them: so most need not be resampled. What
/// `analysis_of` cannot say does not count; 48 kHz if nothing does.
int usual_rate(const std::vector<Card>& cards, const AnalysisOf& analysis_of);

struct StitchSpec {
  EngineConfig config;  ///< whose rate is `sounds`'
  FlowSettings settings;
  FlowWishes wishes;    ///< what was arranged; the first slot is what it begins with
  double minutes = 10;  ///< then the loop that plays is the last, and fades; or before, where the wishes end
  bool finer = false;   ///< each is brought to its tempo by R3 first (stretched_finer)
  double tempo = 0;     ///< BPM; 0: that of the first loop
};

/// A loop as it was heard.
struct StitchCue {
  double seconds = 0;  ///< from the beginning, when its beat 0 is heard
  std::string path;
  FlowStep step;
};

struct StitchSummary {
  std::vector<StitchCue> cues;
  std::vector<std::string> remarks;  ///< what was left out, and why
  double seconds = 0;                ///< of sound
  std::uint64_t late = 0;            ///< switches that came after their beat; 0 but for a bug
  bool finer = false;                ///< as it was asked for
};

/// Plans and renders. Each cue is told as it begins. The Error: there is no loop to begin with, or the
/// sink's. Blocks; loads through `sounds`; memory does not grow with the length.
Result<StitchSummary> stitch(const StitchSpec& spec, std::shared_ptr<const Finder> finder,
                             const AnalysisOf& analysis_of, Sounds& sounds, QuantumSink sink,
                             const std::function<void(const StitchCue&)>& on_cue = {});

/// A cue sheet for `wave`, as players of CDs read it.
std::string cue_sheet(const std::string& wave, const std::vector<StitchCue>& cues);
/// What was played when, and why, for a person.
std::string stitch_log(const StitchSummary& summary);

}  // namespace entrain
