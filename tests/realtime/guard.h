// The guard of the callback: while a thread is inside it, allocating, freeing, locking, waiting or reading a clock
// ends the program with a message. Works for every library in the process, because the program itself defines
// those functions (guard.cpp) and the dynamic linker finds them first.
#pragma once

namespace entrain::test {

class Guarded {
 public:
  Guarded() { inside() = true; }
  ~Guarded() { inside() = false; }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  static bool& inside();
};

}  // namespace entrain::test
