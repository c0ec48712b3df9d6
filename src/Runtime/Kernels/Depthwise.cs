using System.Numerics;
using System.Runtime.Intrinsics;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>Depthwise convolutions. Padding is read from the input's halo.</summary>
public static unsafe class Depthwise
{
    private const int MostTaps = 1024;

    /// <summary>output = activation(depthwise convolution(input) + bias).</summary>
    /// <param name="weights">The packed weights.</param>
    /// <param name="window">How the window moves.</param>
    /// <param name="input">One run of channels.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(PackedDepthwise weights, Window window, in FeatureMap input, in FeatureMap output, Activation activation, Share share)
    {
        ArgumentNullException.ThrowIfNull(weights);
        window.Check();
        if (window.KernelHeight != weights.KernelHeight || window.KernelWidth != weights.KernelWidth)
            throw new ArgumentException($"The window is {window}; the weights were packed for {weights.KernelHeight} x {weights.KernelWidth}.", nameof(window));
        if (input.Channels != weights.Channels || input.Halo < window.Halo)
            throw new ArgumentException($"The input is {input}; expected {weights.Channels} channels and a halo of at least {window.Halo}.");
        if (window.Taps > MostTaps)
            throw new ArgumentException($"A window of {window.Taps} taps; this kernel takes at most {MostTaps}.");
        Shapes.CheckPooled(output, input, window.OutputHeight(input.Height), window.OutputWidth(input.Width));
        switch (weights.Set)
        {
            case InstructionSet.Avx512:
                Run<Simd512, Vector512<float>>(weights, window, input, output, activation, share);
                break;
            case InstructionSet.Avx2:
                Run<Simd256, Vector256<float>>(weights, window, input, output, activation, share);
                break;
            case InstructionSet.AdvSimd:
                Run<Simd128, Vector128<float>>(weights, window, input, output, activation, share);
                break;
            default:
                Run<SimdPortable, Vector<float>>(weights, window, input, output, activation, share);
                break;
        }
    }

    private static void Run<TSimd, TVector>(PackedDepthwise weights, Window window, in FeatureMap input, in FeatureMap output, Activation activation, Share share)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var offsets = stackalloc nint[window.Taps];
        for (var tap = 0; tap < window.Taps; tap++)
        {
            var (ky, kx) = Math.DivRem(tap, window.KernelWidth);
            offsets[tap] = (nint)ky * window.DilationHeight * input.RowPitch + (nint)kx * window.DilationWidth * input.PixelPitch;
        }

        var slides = window is { KernelHeight: 3, KernelWidth: 3, StrideWidth: 1, DilationWidth: 1 };
        delegate* managed<Stencil*, void> kernel = slides ? &Stencil.Slide3<TSimd, TVector> : &Stencil.Run<WeightedTap, TSimd, TVector>;

        // Rows where they divide well among the threads, else registers of channels.
        var lines = output.Images * output.Height;
        var byLines = lines >= 8 * share.Parts || lines % share.Parts == 0;
        var (firstLine, lastLine) = byLines ? share.Of(lines) : (0, lines);
        var (firstRegister, lastRegister) = byLines ? (0, weights.Registers) : share.Of(weights.Registers);
        for (int line = firstLine, end; line < lastLine; line = end)
        {
            // The rows of one image, for one register of channels after the other: its weights are loaded once.
            var (image, y) = Math.DivRem(line, output.Height);
            end = Math.Min(lastLine, (image + 1) * output.Height);
            var source = input.Pixel(image, y * window.StrideHeight - window.PaddingHeight, -window.PaddingWidth);
            for (var register = firstRegister; register < lastRegister; register++)
            {
                var lane = register * TSimd.Lanes;
                var job = new Stencil
                {
                    Source = source + lane,
                    SourceStep = (nint)window.StrideWidth * input.PixelPitch,
                    SourceRow = (nint)window.StrideHeight * input.RowPitch,
                    Offsets = offsets,
                    Taps = window.Taps,
                    Weights = weights.Memory + (long)lane * (window.Taps + 1),
                    Width = output.Width,
                    Height = end - line,
                };
                StencilOutput.Run(weights.Set, kernel, &job, output, output.Pixel(image, y, 0), lane, TSimd.Lanes, activation);
            }
        }
    }
}
