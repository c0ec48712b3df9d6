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

    public static void CheckConvolution(ReadOnlySpan<int> runs, int outChannels, Window window, ReadOnlySpan<FeatureMap> input, in FeatureMap output, in FeatureMap residual)
    {
        if (input.Length != runs.Length)
            throw new ArgumentException($"The weights were packed for {runs.Length} runs of channels, found {input.Length}.");
        for (var i = 0; i < input.Length; i++)
        {
            if (input[i].Channels != runs[i] || input[i].Images != input[0].Images || input[i].Height != input[0].Height || input[i].Width != input[0].Width)
                throw new ArgumentException(Invariant($"Run {i} is {input[i]}; the weights expect {runs[i]} channels, and run 0 is {input[0]}."));
            if (input[i].Halo < window.Halo)
                throw new ArgumentException(Invariant($"Run {i} is {input[i]}; the window {window} needs a halo of {window.Halo}."));
        }

        var (height, width) = (window.OutputHeight(input[0].Height), window.OutputWidth(input[0].Width));
        if (output.Channels != outChannels || output.Images != input[0].Images || output.Height != height || output.Width != width || height < 1 || width < 1)
            throw new ArgumentException(Invariant($"The output is {output}; expected {input[0].Images} x {outChannels} x {height} x {width}."));
        CheckResidual(residual, output);
    }

    public static void CheckSame(in FeatureMap map, in FeatureMap expected, string name)
    {
        if (map.Images != expected.Images || map.Channels != expected.Channels || map.Height != expected.Height || map.Width != expected.Width)
            throw new ArgumentException($"{name} is {map}; expected {expected}.");
    }

    /// <summary>The channels of runs, which are all of a map's images and size.</summary>
    public static int ChannelsOf(ReadOnlySpan<FeatureMap> runs, in FeatureMap map)
    {
        var channels = 0;
        foreach (ref readonly var run in runs)
        {
            CheckSame(run, map with { Channels = run.Channels }, "A run");
            channels += run.Channels;
        }

        return channels;
    }

    public static void CheckPooled(in FeatureMap output, in FeatureMap input, int height, int width)
    {
        if (output.Images != input.Images || output.Channels != input.Channels || output.Height != height || output.Width != width || height < 1 || width < 1)
            throw new ArgumentException(Invariant($"The output is {output}; expected {input.Images} x {input.Channels} x {height} x {width}."));
    }
}
