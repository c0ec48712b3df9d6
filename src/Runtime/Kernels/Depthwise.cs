using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>
/// Depthwise convolutions, and those in groups of a few channels (ResNeXt, RegNet), several side by side in a register where a panel of one group would be mostly empty. Padding is read from the input's halo
/// where that is wide enough; else windows are clipped at the borders.
/// </summary>
public static unsafe class Depthwise
{
    /// <summary>The most weights of a channel: a clipped window's are brought together on the stack.</summary>
    internal const int MostWeights = 1024;

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
        Check(weights, window, input, output);
        // Rows where they divide well among the threads, else registers of channels.
        var lines = output.Images * output.Height;
        if (lines >= 8 * share.Parts || lines % share.Parts == 0)
            Run(weights, window, input, output, activation, share.Of(lines), (0, weights.Registers));
        else
            Run(weights, window, input, output, activation, (0, lines), share.Of(weights.Registers));
    }

    /// <summary>As <see cref="Run(PackedDepthwise, Window, in FeatureMap, in FeatureMap, Activation, Share)"/>, for some rows of one image's output.</summary>
    internal static void Run(PackedDepthwise weights, Window window, in FeatureMap input, in FeatureMap output, Activation activation, int first, int count)
    {
        Check(weights, window, input, output);
        Run(weights, window, input, output, activation, (first, first + count), (0, weights.Registers));
    }

    private static void Check(PackedDepthwise weights, Window window, in FeatureMap input, in FeatureMap output)
    {
        ArgumentNullException.ThrowIfNull(weights);
        window.Check();
        if (window.KernelHeight != weights.KernelHeight || window.KernelWidth != weights.KernelWidth)
            throw new ArgumentException(Invariant($"The window is {window}; the weights were packed for {weights.KernelHeight} x {weights.KernelWidth}."), nameof(window));
        if (input.Channels != weights.Channels)
            throw new ArgumentException(Invariant($"The input is {input}; expected {weights.Channels} channels."));
        if (window.Taps * weights.Group > MostWeights)
            throw new ArgumentException(Invariant($"A window of {window.Taps} taps over {weights.Group} channels; this kernel takes at most {MostWeights} weights for each channel."));
        Shapes.CheckPooled(output, input, window.OutputHeight(input.Height), window.OutputWidth(input.Width));
    }

    private static void Run(
        PackedDepthwise weights, Window window, in FeatureMap input, in FeatureMap output, Activation activation, (int First, int End) lines, (int First, int End) registers)
    {
        var job = new Job { Weights = weights, Window = window, Input = ref input, Output = ref output, Activation = activation, Lines = lines, Registers = registers };
        InstructionSets.Dispatch(weights.Set, ref job);
    }

    // The map with as much of its halo as the window reaches into.
    private static FeatureMap Spread(in FeatureMap map, Window window) =>
        map with { Height = map.Height + window.PaddingHeight + window.PaddingBelow, Width = map.Width + window.PaddingWidth + window.PaddingRight };

    // The weights of the taps that a clipped window has left, and the bias after them.
    private static float* Remaining<TSimd, TVector>(float* all, Window window, int group, in WindowBlock block, float* remaining)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var target = remaining;
        for (var i = 0; i < block.Rows.Count; i++)
        {
            // The taps of a row that are left lie side by side.
            var first = ((block.Rows.Skipped + i) * window.KernelWidth + block.Columns.Skipped) * group;
            for (var k = 0; k < block.Columns.Count * group; k++, target += TSimd.Lanes)
                TSimd.Store(target, TSimd.Load(all + (first + k) * TSimd.Lanes));
        }

        TSimd.Store(target, TSimd.Load(all + window.Taps * group * TSimd.Lanes));
        return remaining;
    }

    /// <summary>Some rows of the output, and some registers of their channels.</summary>
    private ref struct Job : IVectorJob
    {
        public PackedDepthwise Weights;
        public Window Window;
        public ref readonly FeatureMap Input;
        public ref readonly FeatureMap Output;
        public Activation Activation;
        public (int First, int End) Lines;
        public (int First, int End) Registers;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            if (GatheredPlanes.Pay(Window, Input, Output, TSimd.Lanes))
            {
                Gathered<TSimd, TVector>();
                return;
            }
            var offsets = stackalloc nint[Window.Taps];
            var remaining = stackalloc float[(Window.Taps * Weights.Group + 1) * TSimd.Lanes];
            var epilogue = new Epilogue(Weights.Set, Activation, hasResidual: false);
            // With a halo no window is clipped.
            var blocks = Input.Halo >= Window.Halo
                ? new WindowBlocks(Window with { PaddingHeight = 0, PaddingWidth = 0, MoreBelow = 0, MoreRight = 0 }, Spread(Input, Window), Output, Lines)
                : new WindowBlocks(Window, Input, Output, Lines);
            var origin = Input.Halo >= Window.Halo ? Input.Pixel(0, -Window.PaddingHeight, -Window.PaddingWidth) : Input.Data;
            var rowsAtOnce = (int)Math.Clamp(CacheSizes.Band / sizeof(float) / ((long)Input.RowPitch * Window.StrideHeight), 1, int.MaxValue);
            Stencil job = default;
            while (blocks.Next(out var block))
            {
                block.Offsets(Window, Input, offsets);
                var pairs = block.IsWhole(Window) && Pairs(TSimd.Registers);
                var slides = block.IsWhole(Window) && block.Width > 1 && Window is { KernelHeight: 3, KernelWidth: 3, DilationWidth: 1 };
                var kernel = Kernel<TSimd, TVector>(epilogue.Bounds, slides, pairs);
                var source = origin + block.Image * Input.ImagePitch + (long)block.Rows.First * Input.RowPitch + (long)block.Columns.First * Input.PixelPitch;
                // One register of channels after the other: its weights are loaded once for some rows, which stay in the second-level cache for the next.
                for (var y = 0; y < block.Height; y += rowsAtOnce)
                {
                    var part = block with { Y = block.Y + y, Height = Math.Min(rowsAtOnce, block.Height - y) };
                    for (var register = Registers.First; register < Registers.End; register++)
                    {
                        var lane = register * TSimd.Lanes;
                        var all = Weights.OfRegister(register);
                        var weights = block.IsWhole(Window) ? all : Remaining<TSimd, TVector>(all, Window, Weights.Group, block, remaining);
                        Set(&job, source + ((long)y * Window.StrideHeight * Input.RowPitch) + lane, Input.RowPitch, Input.PixelPitch, offsets, block.Taps, weights, part.Height, part.Width);
                        StencilOutput.Run(kernel, &job, Output, part, lane, TSimd.Lanes, &epilogue);
                    }
                }
            }
        }

        // Rows that see nothing of each other's windows gain nothing, and sixteen registers do not hold two rows of sums.
        private readonly bool Pairs(int registers) => registers >= 32 && Window is { DilationHeight: 1, DilationWidth: 1, KernelWidth: > 1 } && Window.KernelHeight > Window.StrideHeight;

        /// <summary>Register by register, each with what its windows read brought together before.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Gathered<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var offsets = stackalloc nint[Window.Taps];
            var memory = stackalloc float[Gathering.MostFloats + CacheLine.Floats];
            var planes = new GatheredPlanes(Window, Input, Output.Width, TSimd.Lanes, (float*)(((nint)memory + CacheLine.Bytes - 1) / CacheLine.Bytes * CacheLine.Bytes));
            WindowBlock.Offsets(Window, (Window.KernelHeight, Window.KernelWidth), planes.RowPitch, TSimd.Lanes, offsets);
            var epilogue = new Epilogue(Weights.Set, Activation, hasResidual: false);
            var pairs = Pairs(TSimd.Registers);
            var slides = Output.Width > 1 && Window is { KernelHeight: 3, KernelWidth: 3, DilationWidth: 1 };
            var kernel = Kernel<TSimd, TVector>(epilogue.Bounds, slides, pairs);
            Stencil job = default;
            for (var line = Lines.First; line < Lines.End;)
            {
                var (image, y) = Math.DivRem(line, Output.Height);
                var rows = Math.Min(Math.Min(planes.Rows, Output.Height - y), Lines.End - line);
                planes.Place(image, y, rows);
                for (var register = Registers.First; register < Registers.End; register++)
                {
                    var lane = register * TSimd.Lanes;
                    planes.Gather<TSimd, TVector>(Input, lane);
                    Set(&job, planes.Memory, planes.RowPitch, TSimd.Lanes, offsets, Window.Taps, Weights.OfRegister(register), rows, Output.Width);
                    StencilOutput.Run(kernel, &job, Output, Output.Pixel(image, y, 0), lane, TSimd.Lanes, &epilogue);
                }
                line += rows;
            }
        }

        /// <summary>One register of channels of so many rows and columns of the output; where its results go is yet to be set. Nothing is copied for each register.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Set(Stencil* job, float* source, nint rowPitch, nint pixelPitch, nint* offsets, int taps, float* weights, int height, int width)
        {
            job->Source = source;
            job->SourceStep = Window.StrideWidth * pixelPitch;
            job->SourceRow = Window.StrideHeight * rowPitch;
            job->Offsets = offsets;
            job->Taps = taps;
            job->Columns = Window.KernelWidth;
            job->RowsApart = Window.StrideHeight;
            job->Group = Weights.Group;
            job->Places = Weights.Places;
            job->Weights = weights;
            job->Width = width;
            job->Height = height;
        }

        private readonly delegate* managed<Stencil*, void> Kernel<TSimd, TVector>(in Bounds bounds, bool slides, bool pairs)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => bounds.HasGreatest ? Kernel<BoundedOnBothSides, TSimd, TVector>(slides, pairs)
                : bounds.HasLeast ? Kernel<BoundedBelow, TSimd, TVector>(slides, pairs)
                : Kernel<Unbounded, TSimd, TVector>(slides, pairs);

        private readonly delegate* managed<Stencil*, void> Kernel<TEnd, TSimd, TVector>(bool slides, bool pairs)
            where TEnd : struct, IEnd
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => Window.StrideWidth switch
            {
                _ when Weights.Group > 1 => &Stencil.Groups<TEnd, TSimd, TVector>,
                1 when slides => &Stencil.Slide3<TEnd, TSimd, TVector>,
                2 when slides => &Stencil.Slide3By2<TEnd, TSimd, TVector>,
                _ when pairs => &Stencil.RowPairs<TEnd, TSimd, TVector>,
                _ => &Stencil.Run<WeightedTap, TEnd, TSimd, TVector>,
            };
    }
}
