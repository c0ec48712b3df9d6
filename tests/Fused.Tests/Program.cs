using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Blockwright.Kernels;

namespace Blockwright.Fused.Tests;

/// <summary>
/// What <see cref="RuntimeSettingsTests"/> runs in a process of its own, under a setting of the runtime: computes with a saved network, and says what the runtime has and what was chosen.
/// </summary>
internal static class Program
{
    private static void Main(string[] arguments)
    {
        var (network, input, output) = (arguments[0], arguments[1], arguments[2]);
        using var loaded = MobileNetV2.LoadFused(network, new FuseOptions { Threads = 2 });
        var images = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(input));
        var (channels, height, width) = loaded.Input;
        var batch = images.Length / (channels * height * width);
        var logits = new float[batch * loaded.OutputOf(height, width).Channels];
        loaded.Run(images, logits, batch);
        File.WriteAllBytes(output, MemoryMarshal.AsBytes(logits.AsSpan()));

        string?[] has =
        [
            Avx512F.VL.IsSupported ? nameof(Avx512F) : null,
            Avx2.IsSupported && Fma.IsSupported ? nameof(Avx2) : null,
            AdvSimd.Arm64.IsSupported ? nameof(AdvSimd) : null,
            Vector512.IsHardwareAccelerated ? nameof(Vector512) : null,
            Vector256.IsHardwareAccelerated ? nameof(Vector256) : null,
        ];
        Console.WriteLine($"{InstructionSets.Best}: {string.Join(' ', has.Where(static name => name != null))}");
    }
}
