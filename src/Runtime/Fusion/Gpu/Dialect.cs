using System.Text;
using Blockwright.Plans;

namespace Blockwright.Gpu;

/// <summary>
/// The dialect of C that kernels are written in, as macros that make one text OpenCL C or CUDA C++. A kernel has one dimension of groups and one of threads; <c>KERNEL(name, threads, parameters)</c> opens it,
/// <c>GROUP()</c> and <c>THREAD()</c> say who one is, <c>SHARED(name, floats)</c> declares memory that a group's threads have in common, and <c>BARRIER()</c> lets all of them come to it.
/// </summary>
internal static class Dialect
{
    /// <summary>Defined by who compiles for a device that is slower with loops written out, a CPU: <c>UNROLL</c> then says nothing.</summary>
    public const string KeepsLoops = "BW_KEEP_LOOPS";

    /// <summary>Before kernels that an OpenCL compiler reads (1.2).</summary>
    public const string OpenCl = """
        #define KERNEL(name, threads, ...) __kernel __attribute__((reqd_work_group_size(threads, 1, 1))) void name(__VA_ARGS__)
        #define DEVICE static inline
        #define GLOBAL __global
        #define RESTRICT restrict
        #define TABLE(name) __constant int name[]
        #define SHARED(name, floats) __local float name[floats]
        #define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
        #define GROUP() ((int)get_group_id(0))
        #define THREAD() ((int)get_local_id(0))
        #define SIZE(x) ((size_t)(x))
        #define WIDE long
        #ifdef FP_FAST_FMAF
        #define FMA(a, b, c) fma(a, b, c)
        #else
        #define FMA(a, b, c) mad(a, b, c)
        #endif
        #define EXP(x) exp(x)
        #define EXPM1(x) expm1(x)
        #define ERFC(x) erfc(x)
        #define TANH(x) tanh(x)
        #define LOG1P(x) log1p(x)
        #define SQRT(x) sqrt(x)
        #define POW(x, y) pow(x, y)
        #ifdef BW_KEEP_LOOPS
        #define UNROLL
        #else
        #define UNROLL _Pragma("unroll")
        #endif

        """;

    /// <summary>Before kernels that NVRTC reads.</summary>
    public const string Cuda = """
        #define KERNEL(name, threads, ...) extern "C" __global__ void __launch_bounds__(threads) name(__VA_ARGS__)
        #define DEVICE static __device__ __forceinline__
        #define GLOBAL
        #define RESTRICT __restrict__
        #define TABLE(name) static __device__ const int name[]
        #define SHARED(name, floats) __shared__ float name[floats]
        #define BARRIER() __syncthreads()
        #define GROUP() ((int)blockIdx.x)
        #define THREAD() ((int)threadIdx.x)
        #define SIZE(x) ((size_t)(x))
        #define WIDE long long
        #define FMA(a, b, c) fmaf(a, b, c)
        #define EXP(x) expf(x)
        #define EXPM1(x) expm1f(x)
        #define ERFC(x) erfcf(x)
        #define TANH(x) tanhf(x)
        #define LOG1P(x) log1pf(x)
        #define SQRT(x) sqrtf(x)
        #define POW(x, y) powf(x, y)
        #define INFINITY __int_as_float(0x7f800000)
        #define UNROLL _Pragma("unroll")

        """;

    /// <summary>A text for a compiler: the macros and some kernels.</summary>
    /// <param name="macros"><see cref="OpenCl"/> or <see cref="Cuda"/>.</param>
    /// <param name="kernels">The kernels.</param>
    public static string Source(string macros, IEnumerable<GpuKernel> kernels)
    {
        var text = new StringBuilder(macros);
        foreach (var kernel in kernels)
            text.Append(kernel.Source).Append('\n');
        return text.ToString();
    }
}
