#define ENTRAIN_ISA v4
#define ENTRAIN_KERNELS kernels_v4
#include "engine/core/kernels_body.h"
