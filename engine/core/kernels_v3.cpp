#define ENTRAIN_ISA v3
#define ENTRAIN_KERNELS kernels_v3
#include "engine/core/kernels_body.h"
