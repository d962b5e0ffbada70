// The sounds of a sequence, found and decoded.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "control/sequence/sequence.h"
#include "control/stage/sounds.h"

namespace entrain {

/// Sounds of every track, as render_sequence() wants them; more than one channel are mixed to their mean, as
/// seed 0's loader did. `sounds` must be at Sequence::kRate. `remarks` gets a sentence for each sound that is
/// odd but usable. The Error names the sample that cannot be had. Blocks.
Result<std::vector<std::vector<Mono>>> load_sequence_sounds(const Sequence& sequence,
                                                            const std::filesystem::path& samples,
                                                            Sounds& sounds,
                                                            std::vector<std::string>& remarks);

}  // namespace entrain
