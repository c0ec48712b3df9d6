// What NVRTC has built in and clang without NVIDIA's toolkit has not: as much as the kernels' dialect uses. Of mathematics only the names are here; nothing is linked.
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
typedef __SIZE_TYPE__ size_t;
struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; };
#include <__clang_cuda_builtin_vars.h>
extern "C" __device__ float expf(float);
extern "C" __device__ float expm1f(float);
extern "C" __device__ float erfcf(float);
extern "C" __device__ float tanhf(float);
extern "C" __device__ float log1pf(float);
extern "C" __device__ float sqrtf(float);
extern "C" __device__ float powf(float, float);
static __device__ inline float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static __device__ inline float __int_as_float(int bits) { return __builtin_bit_cast(float, bits); }
static __device__ inline int min(int a, int b) { return a < b ? a : b; }
static __device__ inline int max(int a, int b) { return a > b ? a : b; }
