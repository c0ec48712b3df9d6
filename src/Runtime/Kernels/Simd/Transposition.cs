using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Blockwright.Kernels.Simd;

/// <summary>Rows that become columns: between what lies plane by plane and what lies pixel by pixel.</summary>
internal static unsafe class Transposition
{
    // A cache line of each row at a time.
    private const int Line = CacheLine.Floats;

    /// <summary><c>target[column * targetPitch + row] = source[row * sourcePitch + column]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* source, nint sourcePitch, int rows, int columns, float* target, nint targetPitch)
    {
        for (var first = 0; first < columns; first += Line)
        {
            var end = Math.Min(first + Line, columns);
            var row = 0;
            for (; row + 4 <= rows; row += 4)
            {
                var column = first;
                for (; column + 4 <= end; column += 4)
                    Four(source + row * sourcePitch + column, sourcePitch, target + column * targetPitch + row, targetPitch);
                for (; column < end; column++)
                {
                    for (var i = row; i < row + 4; i++)
                        target[column * targetPitch + i] = source[i * sourcePitch + column];
                }
            }
            for (; row < rows; row++)
            {
                for (var column = first; column < end; column++)
                    target[column * targetPitch + row] = source[row * sourcePitch + column];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(float* source, nint sourcePitch, float* target, nint targetPitch)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + sourcePitch), c = Vector128.Load(source + 2 * sourcePitch), d = Vector128.Load(source + 3 * sourcePitch);
        Vector128<double> ab = Low(a, b).AsDouble(), abHigh = High(a, b).AsDouble(), cd = Low(c, d).AsDouble(), cdHigh = High(c, d).AsDouble();
        Vector128.Store(Low(ab, cd).AsSingle(), target);
        Vector128.Store(High(ab, cd).AsSingle(), target + targetPitch);
        Vector128.Store(Low(abHigh, cdHigh).AsSingle(), target + 2 * targetPitch);
        Vector128.Store(High(abHigh, cdHigh).AsSingle(), target + 3 * targetPitch);
    }

    // The first halves, lane by lane in turns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Low(Vector128<double> a, Vector128<double> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0]);

    // The second ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> High(Vector128<double> a, Vector128<double> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[1], b[1]);
}
