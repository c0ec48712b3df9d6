using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>Pools. They clip their windows to the input, and need no halo.</summary>
public static unsafe class Pooling
{
    /// <summary>The greatest of each window, NaN if the window holds one, as torch.nn.MaxPool2d.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="window">How the window moves. Its padding is at most half of the kernel.</param>
    /// <param name="input">One run of channels.</param>
    /// <param name="output">Where the result goes; its height and width say whether a ceiling was taken.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Max(InstructionSet set, Window window, in FeatureMap input, in FeatureMap output, Share share)
    {
        Check(window, input, output);
        Run<GreatestTap>(set, window, input, output, Mean.Nothing, share.Of(output.Images * output.Height));
    }

    /// <summary>As <see cref="Max(InstructionSet, Window, in FeatureMap, in FeatureMap, Share)"/>, for some rows of one image's output.</summary>
    internal static void Max(InstructionSet set, Window window, in FeatureMap input, in FeatureMap output, int first, int count)
    {
        Check(window, input, output);
        Run<GreatestTap>(set, window, input, output, Mean.Nothing, (first, first + count));
    }

    /// <summary>The mean of each window, as torch.nn.AvgPool2d.</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="window">How the window moves. Its padding is at most half of the kernel.</param>
    /// <param name="countPadding">Whether padding counts in the mean (count_include_pad).</param>
    /// <param name="input">One run of channels.</param>
    /// <param name="output">Where the result goes; its height and width say whether a ceiling was taken.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Average(InstructionSet set, Window window, bool countPadding, in FeatureMap input, in FeatureMap output, Share share) =>
        Average(set, window, countPadding, input, output, share.Of(output.Images * output.Height));

    /// <summary>As <see cref="Average(InstructionSet, Window, bool, in FeatureMap, in FeatureMap, Share)"/>, for some rows of one image's output.</summary>
    internal static void Average(InstructionSet set, Window window, bool countPadding, in FeatureMap input, in FeatureMap output, int first, int count) =>
        Average(set, window, countPadding, input, output, (first, first + count));

    private static void Average(InstructionSet set, Window window, bool countPadding, in FeatureMap input, in FeatureMap output, (int First, int End) lines)
    {
        Check(window, input, output);
        if (window.DilationHeight != 1 || window.DilationWidth != 1)
            throw new ArgumentException($"An average pool has no dilation: {window}.", nameof(window));
        Run<PlainTap>(set, window, input, output, countPadding ? Mean.OfAll : Mean.OfInput, lines);
    }

    /// <summary>The mean of each map, as torch.nn.AdaptiveAvgPool2d(1).</summary>
    /// <param name="set">The instructions to use.</param>
    /// <param name="input">One run of channels.</param>
    /// <param name="output">N x C x 1 x 1.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void GlobalAverage(InstructionSet set, in FeatureMap input, in FeatureMap output, Share share)
    {
        InstructionSets.Require(set);
        Shapes.CheckPooled(output, input, 1, 1);
        var job = new GlobalJob { Input = ref input, Output = ref output, Share = share };
        InstructionSets.Dispatch(set, ref job);
    }

    private static void Check(Window window, in FeatureMap input, in FeatureMap output)
    {
        window.Check();
        if (2 * Math.Max(window.PaddingHeight, window.PaddingBelow) > window.KernelHeight || 2 * Math.Max(window.PaddingWidth, window.PaddingRight) > window.KernelWidth)
            throw new ArgumentException($"A pool's padding is at most half of its kernel: {window}.", nameof(window));
        var (height, width) = (window.OutputHeight(input.Height), window.OutputWidth(input.Width));
        var ceiling = output.Height != height || output.Width != width;
        Shapes.CheckPooled(output, input, window.OutputHeight(input.Height, ceiling), window.OutputWidth(input.Width, ceiling));
    }

    private static void Run<TTap>(InstructionSet set, Window window, in FeatureMap input, in FeatureMap output, Mean mean, (int First, int End) lines)
        where TTap : struct, ITap
    {
        InstructionSets.Require(set);
        var job = new WindowJob<TTap> { Window = window, Input = ref input, Output = ref output, Mean = mean, Lines = lines };
        InstructionSets.Dispatch(set, ref job);
    }

    /// <summary>What a sum is divided by.</summary>
    private enum Mean
    {
        Nothing,
        OfAll,
        OfInput,
    }

    /// <summary>Some rows of the output of a window.</summary>
    private ref struct WindowJob<TTap> : IVectorJob
        where TTap : struct, ITap
    {
        public Window Window;
        public ref readonly FeatureMap Input;
        public ref readonly FeatureMap Output;
        public Mean Mean;
        public (int First, int End) Lines;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            if (Mean == Mean.Nothing && Greatest3.Serves(Window) && Output.Lanes % TSimd.Lanes == 0)
                Threes<TSimd, TVector>();
            else
                Blocks<TSimd, TVector>(Lines, (0, Output.Channels), isCareful: false);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Threes<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var job = new Greatest3
            {
                Column = Input.PixelPitch,
                Row = Input.RowPitch,
                Height = Input.Height,
                Width = Input.Width,
                Window = Window,
                TargetColumn = Output.PixelPitch,
                TargetRow = Output.RowPitch,
                Outputs = Output.Width,
            };
            for (var line = Lines.First; line < Lines.End;)
            {
                var (image, y) = Math.DivRem(line, Output.Height);
                var rows = Math.Min(Output.Height - y, Lines.End - line);
                job.Rows = (y, y + rows);
                for (var lane = 0; lane < Output.Channels; lane += TSimd.Lanes)
                {
                    job.Source = Input.Pixel(image, 0, 0) + lane;
                    job.Target = Output.Pixel(image, 0, 0) + lane;
                    if (Greatest3.IsDoubtful<TSimd, TVector>(&job))
                        Blocks<TSimd, TVector>((line, line + rows), (lane, lane + 1), isCareful: true);
                }
                line += rows;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Blocks<TSimd, TVector>((int First, int End) lines, (int First, int End) lanes, bool isCareful)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var offsets = stackalloc nint[Window.Taps];
            var blocks = new WindowBlocks(Window, Input, Output, lines);
            while (blocks.Next(out var block))
                Block<TSimd, TVector>(block, lanes, isCareful, offsets);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Block<TSimd, TVector>(in WindowBlock block, (int First, int End) lanes, bool isCareful, nint* offsets)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var (rows, columns, taps) = (block.Rows, block.Columns, block.Taps);
            block.Offsets(Window, Input, offsets);

            delegate* managed<Stencil*, void> careful = &Stencil.Run<TTap, Unbounded, TSimd, TVector>;
            var kernel = isCareful || Mean != Mean.Nothing || taps == 0 ? careful : &Stencil.GreatestOfNumbers<TSimd, TVector>;
            var source = Input.Pixel(block.Image, rows.First, columns.First);
            Epilogue none = default;
            for (var lane = lanes.First; lane < lanes.End; lane += TSimd.Lanes)
            {
                var job = new Stencil
                {
                    Source = source + lane,
                    SourceStep = (nint)Window.StrideWidth * Input.PixelPitch,
                    SourceRow = (nint)Window.StrideHeight * Input.RowPitch,
                    Offsets = offsets,
                    Taps = taps,
                    Width = block.Width,
                    Height = block.Height,
                    Scale = Mean switch
                    {
                        Mean.OfAll => 1f / (rows.Padded * columns.Padded),
                        Mean.OfInput => 1f / taps,
                        _ => 1f,
                    },
                };
                var again = job;
                StencilOutput.Run(kernel, &job, Output, block, lane, TSimd.Lanes, &none);
                if (job.IsDoubtful)
                    StencilOutput.Run(careful, &again, Output, block, lane, TSimd.Lanes, &none);
            }
        }
    }

    /// <summary>The means of some registers of channels.</summary>
    private ref struct GlobalJob : IVectorJob
    {
        public ref readonly FeatureMap Input;
        public ref readonly FeatureMap Output;
        public Share Share;

        // Rows are summed by themselves first, so that the error grows with the side of the map and not with its area.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TSimd, TVector>()
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var registers = (Input.Channels + TSimd.Lanes - 1) / TSimd.Lanes;
            var scale = TSimd.Broadcast(1f / (Input.Height * Input.Width));
            var (first, last) = Share.Of(Output.Images * registers);
            for (var item = first; item < last; item++)
            {
                var (image, register) = Math.DivRem(item, registers);
                var lane = register * TSimd.Lanes;
                var total = TSimd.Zero;
                for (var y = 0; y < Input.Height; y++)
                {
                    var pixel = Input.Pixel(image, y, 0) + lane;
                    var sum = TSimd.Zero;
                    for (var x = 0; x < Input.Width; x++)
                    {
                        sum = TSimd.Add(sum, TSimd.Load(pixel));
                        pixel += Input.PixelPitch;
                    }

                    total = TSimd.Add(total, sum);
                }

                total = TSimd.Multiply(total, scale);
                Partial.StoreWithin<TSimd, TVector>(Output.Pixel(image, 0, 0) + lane, total, Output.Lanes - lane, Output.Channels - lane);
            }
        }
    }
}
