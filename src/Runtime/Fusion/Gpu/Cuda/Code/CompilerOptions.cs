namespace Blockwright.Gpu.Cuda;

/// <summary>How kernels are compiled. No fast mathematics: float32 is exact but for the order of sums. No line information: it would only make the code larger.</summary>
internal static class CompilerOptions
{
    private static readonly string[] Fixed = ["--std=c++17"];

    public static IReadOnlyList<string> For(string target) => [$"--gpu-architecture={target}", .. Fixed];
}
