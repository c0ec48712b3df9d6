using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>The checks that kernels share.</summary>
internal static unsafe class Shapes
{
    public static void CheckResidual(in FeatureMap residual, in FeatureMap output)
    {
        if (residual.Data != null)
            CheckSame(residual, output, "The residual");
    }

    public static void CheckSame(in FeatureMap map, in FeatureMap expected, string name)
    {
        if (map.Images != expected.Images || map.Channels != expected.Channels || map.Height != expected.Height || map.Width != expected.Width)
            throw new ArgumentException($"{name} is {map}; expected {expected}.");
    }

    public static void CheckPooled(in FeatureMap output, in FeatureMap input, int height, int width)
    {
        if (output.Images != input.Images || output.Channels != input.Channels || output.Height != height || output.Width != width || height < 1 || width < 1)
            throw new ArgumentException(Invariant($"The output is {output}; expected {input.Images} x {input.Channels} x {height} x {width}."));
    }
}
