// The atlas, drawn: PNG or SVG by the same strokes (cairo).
#pragma once

#include <functional>
#include <string>

#include "control/library/atlas/atlas_plan.h"
#include "engine/analysis/spectrogram.h"
#include "engine/core/result.h"

namespace entrain {

enum class PictureFormat { png, svg };

/// Gives the thumbnail of a sound of the scene; an empty one leaves its place dark. Asked only for what is
/// shown.
using ThumbnailOf = std::function<Thumbnail(std::size_t sound)>;

/// The bytes of the picture. The Error says that there is no room for it, or what the fonts lack.
Result<std::string> draw_atlas(const AtlasScene& scene, const ThumbnailOf& thumbnail_of,
                               PictureFormat format);

}  // namespace entrain
