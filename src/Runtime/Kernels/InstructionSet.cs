using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>The vector instructions that kernels are compiled for. Every kernel has one source, which the JIT specialises for each of these.</summary>
public enum InstructionSet
{
    /// <summary><see cref="Vector{T}"/>: whatever the runtime finds on the machine.</summary>
    Portable,

    /// <summary>ARM64 Advanced SIMD, 32 registers of 4 floats.</summary>
    AdvSimd,

    /// <summary>x86 AVX2 with FMA, 16 registers of 8 floats.</summary>
    Avx2,

    /// <summary>x86 AVX-512 F and VL, 32 registers of 16 floats.</summary>
    Avx512,
}

/// <summary>Which instruction sets the machine has.</summary>
public static class InstructionSets
{
    /// <summary>
    /// The fastest set that this machine runs, as far as the runtime's settings leave it: what <c>DOTNET_EnableAVX512=0</c> and its like switch off is not supported, and no register is
    /// wider than <c>DOTNET_PreferredVectorBitWidth</c>, where that is set.
    /// </summary>
    public static InstructionSet Best { get; } = Choose(isWidthSet: !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DOTNET_PreferredVectorBitWidth")));

    /// <remarks>
    /// Without a word from the user, the runtime calls 512 bits not accelerated on some processors that lower their clock for them. Long loops of multiplications gain by them all the same, so that only a
    /// width that somebody has set counts.
    /// </remarks>
    private static InstructionSet Choose(bool isWidthSet)
    {
        if (Avx512F.VL.IsSupported && (Vector512.IsHardwareAccelerated || !isWidthSet))
            return InstructionSet.Avx512;
        if (Avx2.IsSupported && Fma.IsSupported && (Vector256.IsHardwareAccelerated || !isWidthSet))
            return InstructionSet.Avx2;
        return AdvSimd.Arm64.IsSupported ? InstructionSet.AdvSimd : InstructionSet.Portable;
    }

    /// <summary>Whether this machine runs <paramref name="set"/>.</summary>
    public static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Portable => true,
        InstructionSet.AdvSimd => AdvSimd.Arm64.IsSupported,
        InstructionSet.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        InstructionSet.Avx512 => Avx512F.VL.IsSupported,
        _ => false,
    };

    /// <summary>
    /// Whether the code of <paramref name="set"/> gives right results here. The ARM64 source is written with cross-platform
    /// 128-bit operations, so that tests can run it on other machines, slowly.
    /// </summary>
    internal static bool CanRun(InstructionSet set) =>
        IsSupported(set) || (set == InstructionSet.AdvSimd && Vector128.IsHardwareAccelerated);

    /// <summary>The floats in one vector register of <paramref name="set"/>.</summary>
    public static int Lanes(InstructionSet set) => set switch
    {
        InstructionSet.Portable => Vector<float>.Count,
        InstructionSet.AdvSimd => 4,
        InstructionSet.Avx2 => 8,
        InstructionSet.Avx512 => 16,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "No such instruction set."),
    };

    /// <summary>Runs the copy of a job that was compiled for <paramref name="set"/>. This is the one place that knows which registers a set has.</summary>
    internal static void Dispatch<TJob>(InstructionSet set, ref TJob job)
        where TJob : struct, IVectorJob, allows ref struct
    {
        switch (set)
        {
            case InstructionSet.Avx512:
                job.Run<Simd512, Vector512<float>>();
                break;
            case InstructionSet.Avx2:
                job.Run<Simd256, Vector256<float>>();
                break;
            case InstructionSet.AdvSimd:
                job.Run<Simd128, Vector128<float>>();
                break;
            default:
                job.Run<SimdPortable, Vector<float>>();
                break;
        }
    }

    internal static void Require(InstructionSet set)
    {
        if (!Enum.IsDefined(set))
            throw new ArgumentOutOfRangeException(nameof(set), Invariant($"There is no instruction set {(int)set}. Expected one of {string.Join(", ", Enum.GetNames<InstructionSet>())}."));
        if (!CanRun(set))
            throw new PlatformNotSupportedException($"The kernels for {set} cannot run on this machine. The best that it has is {Best}.");
    }
}
