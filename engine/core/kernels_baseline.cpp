#define ENTRAIN_ISA baseline
#define ENTRAIN_KERNELS kernels_baseline
#include "engine/core/kernels_body.h"
