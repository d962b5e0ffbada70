#include "engine/analysis/memory.h"

#include <malloc.h>

namespace entrain {

void keep_freed_memory() {
#if defined(__GLIBC__)
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the highest there is
#endif
}

}  // namespace entrain
