// The follower's process: reads a journal as it is written, and renders futures in copies of itself.
#pragma once

namespace entrain {

/// `entrain prehear`: isolates this process, then follows the journal it is told until its parent is gone.
/// Single-threaded: what is to come is rendered by a fork(), which may go astray without it. Returns the
/// process's exit code; 1, with a sentence on stderr, when `fd` is no socket of a session.
int prehear_main(int fd);

/// The same in a process as it is.
int serve_prehear(int fd);

}  // namespace entrain
