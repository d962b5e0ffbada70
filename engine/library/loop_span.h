// Which part of a sound is repeated when it plays as a loop.
#pragma once

namespace entrain {

struct Analysis;

struct LoopSpan {
  double in = 0, out = 0;  ///< seconds in the file
  int beats = 0;           ///< whole beats between them; 0: no loop

  bool operator==(const LoopSpan&) const = default;
};

/// From the first downbeat, over the longest power of two of bars that fits; over that of beats where not
/// even one bar does. `out` lies on a beat, as the beats stand, even or not, and never beyond the file.
///
/// A file that is cut to whole beats and begins with its downbeat is measured by its own edges: 0, and whole
/// parts of its length: no reading of its beats repeats so seamlessly. Where its downbeat lies is Loop::one.
///
/// Tolerance, both ways: 30 ms, at most a sixteenth of a beat. A first downbeat so near to the edge is the
/// edge, and a last beat that would end so far beyond the file ends with it. That is what cutting by ear,
/// padding of encoders (26 ms of an MP3 frame) and a tempo read 0.1 % off over half a minute make together;
/// more would be heard as a beat too short. Pure; finite for any analysis; any thread.
LoopSpan loop_span(const Analysis& all, int beats_per_bar = 4);

}  // namespace entrain
