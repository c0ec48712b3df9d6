using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>Convolutions in groups of a few channels (ResNeXt, RegNet): several groups side by side in a register, where a panel of one group would be mostly empty. Padding is read from the input's halo.</summary>
internal static unsafe class GroupedConvolution
{
    private const int MostTaps = 1024;

    /// <summary>Whether groups of so many channels share registers: at least two in each.</summary>
    public static bool Fits(InstructionSet set, int group)
    {
        var lanes = InstructionSets.Lanes(set);
        return set != InstructionSet.Portable && group > 1 && 2 * group <= lanes && lanes % group == 0;
    }

    /// <summary>Whether a window is one that the kernel takes.</summary>
    public static bool Fits(Window window) => window.Taps <= MostTaps;

    /// <summary>output = activation(convolution(input) + bias).</summary>
    /// <param name="weights">The packed weights.</param>
    /// <param name="window">How the window moves.</param>
    /// <param name="input">One run of channels, within a halo as wide as the window's padding.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(PackedGroups weights, Window window, in FeatureMap input, in FeatureMap output, Activation activation, Share share)
    {
        // Rows where they divide well among the threads, else registers of channels.
        var lines = output.Images * output.Height;
        if (lines >= 8 * share.Parts || lines % share.Parts == 0)
            Run(weights, window, input, output, activation, share.Of(lines), (0, weights.Registers));
        else
            Run(weights, window, input, output, activation, (0, lines), share.Of(weights.Registers));
    }

    /// <summary>As <see cref="Run(PackedGroups, Window, in FeatureMap, in FeatureMap, Activation, Share)"/>, for some rows of one image's output.</summary>
    public static void Run(PackedGroups weights, Window window, in FeatureMap input, in FeatureMap output, Activation activation, int first, int count) =>
        Run(weights, window, input, output, activation, (first, first + count), (0, weights.Registers));

    private static void Run(PackedGroups weights, Window window, in FeatureMap input, in FeatureMap output, Activation activation, (int First, int End) lines, (int First, int End) registers)
    {
        window.Check();
        if (window.KernelHeight != weights.KernelHeight || window.KernelWidth != weights.KernelWidth || !Fits(window))
            throw new ArgumentException(Invariant($"The window is {window}; the weights were packed for {weights.KernelHeight} x {weights.KernelWidth}, and at most {MostTaps} taps are taken."), nameof(window));
        Shapes.CheckConvolution([weights.Channels], weights.Channels, window, new ReadOnlySpan<FeatureMap>(in input), output, default);
        var job = new Job { Weights = weights, Window = window, Input = ref input, Output = ref output, Activation = activation, Lines = lines, Registers = registers };
        InstructionSets.Dispatch(weights.Set, ref job);
    }

    /// <summary>Some rows of the output, and some registers of their channels.</summary>
    private ref struct Job : IVectorJob
    {
        public PackedGroups Weights;
        public Window Window;
        public ref readonly FeatureMap Input;
        public ref readonly FeatureMap Output;
        public Activation Activation;
        public (int First, int End) Lines;
        public (int First, int End) Registers;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var offsets = stackalloc nint[Window.Taps];
            for (var tap = 0; tap < Window.Taps; tap++)
            {
                var (row, column) = Math.DivRem(tap, Window.KernelWidth);
                offsets[tap] = (nint)row * Window.DilationHeight * Input.RowPitch + (nint)column * Window.DilationWidth * Input.PixelPitch;
            }

            var epilogue = new Epilogue(Weights.Set, Activation, hasResidual: false);
            var kernel = epilogue.Bounds.HasGreatest ? Kernel<BoundedOnBothSides, TSimd, TVector>()
                : epilogue.Bounds.HasLeast ? Kernel<BoundedBelow, TSimd, TVector>()
                : Kernel<Unbounded, TSimd, TVector>();
            for (var line = Lines.First; line < Lines.End;)
            {
                var (image, y) = Math.DivRem(line, Output.Height);
                var height = Math.Min(Output.Height - y, Lines.End - line);
                var source = Input.Pixel(image, y * Window.StrideHeight - Window.PaddingHeight, -Window.PaddingWidth);
                // One register of channels after the other: its weights stay in the first-level cache for all rows.
                for (var register = Registers.First; register < Registers.End; register++)
                {
                    var job = new Stencil
                    {
                        Source = source + register * TSimd.Lanes,
                        SourceStep = (nint)Window.StrideWidth * Input.PixelPitch,
                        SourceRow = (nint)Window.StrideHeight * Input.RowPitch,
                        Offsets = offsets,
                        Taps = Window.Taps,
                        Group = Weights.Group,
                        Places = Weights.Places,
                        Weights = Weights.OfRegister(register),
                        Width = Output.Width,
                        Height = height,
                    };
                    StencilOutput.Run(kernel, &job, Output, Output.Pixel(image, y, 0), register * TSimd.Lanes, TSimd.Lanes, &epilogue);
                }

                line += height;
            }
        }

        private static delegate* managed<Stencil*, void> Kernel<TEnd, TSimd, TVector>()
            where TEnd : struct, IEnd
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => &Stencil.Groups<TEnd, TSimd, TVector>;
    }
}
