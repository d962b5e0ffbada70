// What a session answers about its library, through the stage protocol.
//
//   {"query": "library"}                                    folders, how many sounds, how far a scan is
//   {"query": "sounds", "text": "amen", "from": 0, "count": 100}    cards whose path holds the text, by path
//   {"query": "sound", "path": "/loops/amen.wav"}           one card
//   {"query": "search", "words": "dark heavy bass"}         the best of those that fit, with reasons
//   {"query": "similar", "path": "/loops/amen.wav"}         the likest
//   {"query": "next", "path": "/loops/amen.wav"}            what could follow, with reasons
//
// The last three take "count" (10, 500 at most) and what the options of `entrain search` take: "tempo"
// ("118-126"), "key", "energy", "class", "in" (an absolute folder).
#pragma once

#include "control/library/keeper.h"
#include "control/protocol/protocol.h"

namespace entrain {

/// `keeper` must outlive every conversation.
MoreQueries library_queries(const LibraryKeeper& keeper);

}  // namespace entrain
