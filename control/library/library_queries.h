// What a session answers about its library, through the stage protocol.
//
//   {"query": "library"}                                    folders, how many sounds, how far a scan is
//   {"query": "sounds", "text": "amen", "from": 0, "count": 100}    cards whose path holds the text, by path
//   {"query": "sound", "path": "/loops/amen.wav"}           one card
#pragma once

#include "control/library/keeper.h"
#include "control/protocol/protocol.h"

namespace entrain {

/// `keeper` must outlive every conversation.
MoreQueries library_queries(const LibraryKeeper& keeper);

}  // namespace entrain
