using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>
/// Convolutions of any window, stride, padding, dilation and group count, and linear layers (maps of 1 x 1), as one matrix multiplication over pixels that
/// reads its input in place: no im2col, and no channel is moved. The input is a list of runs of channels.
/// </summary>
/// <remarks>
/// Padding is read from the input's halo. A stem that reads an <c>N x C x H x W</c> image passes its planes as runs of one channel.
/// </remarks>
public static unsafe class Convolution
{
    // A block of pixels that stays in the second-level cache while every panel passes over it.
    private const int BlockBytes = 192 * 1024;

    // Tiles of every instruction set end together there.
    private const int Grain = 84;

    private const int MostOnStack = 256;

    // The deepest sum, and the longest average stretch, for which each input is found by itself.
    private const int MostScattered = 256;
    private const int ShortStretch = 8;

    // A chain of additions has an error that grows with its length. A longer sum than this, whose way through a scratch is nothing beside it, is one of several chains.
    private const int MostInOneChain = 1000;
    private const int Chain = 512;

    /// <summary>output = activation(convolution(input) + bias + residual).</summary>
    /// <param name="weights">The packed weights.</param>
    /// <param name="window">How the window moves.</param>
    /// <param name="input">The runs, as counted when the weights were packed; all of the same images and size.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="residual">Added before the activation; default for none. It must not overlap the output.</param>
    /// <param name="share">The part to do.</param>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    [SkipLocalsInit]
    public static void Run(
        PackedConvolution weights,
        Window window,
        ReadOnlySpan<FeatureMap> input,
        in FeatureMap output,
        Activation activation,
        in FeatureMap residual,
        Share share)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Check(weights, window, input, output, residual);
        var most = (window.Taps * input.Length) + (weights.Depth / Chain);
        Segment* onStack = stackalloc Segment[MostOnStack];
        var onHeap = most > MostOnStack ? (Segment*)NativeMemory.Alloc((nuint)most, (nuint)sizeof(Segment)) : null;
        var steps = stackalloc nint[MostScattered];
        var pixels = stackalloc Pixels[input.Length + 2];
        var scratch = stackalloc float[Pixels.Most * Microkernel.MostLanes];
        var isLong = weights.Depth > MostInOneChain;
        var epilogue = new Epilogue(weights.Set, activation, residual.Data != null, isAlwaysSwept: isLong);
        var sum = isLong ? new Epilogue(weights.Set, Activation.None, hasResidual: true) : default;
        try
        {
            var pass = new Pass
            {
                Weights = weights,
                Window = window,
                Input = input,
                Output = output,
                Epilogue = &epilogue,
                Sum = &sum,
                Residual = residual,
                Segments = onHeap == null ? onStack : onHeap,
                InputPixels = pixels,
                OutputPixels = pixels + input.Length,
                ScratchPixels = pixels + input.Length + 1,
                Scratch = scratch,
                Steps = steps,
                IsLong = isLong,
            };
            pass.Run(share);
        }
        finally
        {
            NativeMemory.Free(onHeap);
        }
    }

    /// <summary>output = activation(convolution(input) + bias) of one run of channels.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit each other.</exception>
    public static void Run(PackedConvolution weights, Window window, in FeatureMap input, in FeatureMap output, Activation activation, Share share) =>
        Run(weights, window, new ReadOnlySpan<FeatureMap>(in input), output, activation, default, share);

    private static void Check(PackedConvolution weights, Window window, ReadOnlySpan<FeatureMap> input, in FeatureMap output, in FeatureMap residual)
    {
        window.Check();
        if (window.KernelHeight != weights.KernelHeight || window.KernelWidth != weights.KernelWidth)
            throw new ArgumentException(Invariant($"The window is {window}; the weights were packed for {weights.KernelHeight} x {weights.KernelWidth}."), nameof(window));
        Shapes.CheckConvolution(weights.Runs, weights.OutChannels, window, input, output, residual);
    }

    /// <summary>One call: its operands, and where it stands.</summary>
    private ref struct Pass
    {
        public PackedConvolution Weights;
        public Window Window;
        public ReadOnlySpan<FeatureMap> Input;
        public FeatureMap Output;
        public FeatureMap Residual;
        public Epilogue* Epilogue;
        public Epilogue* Sum;
        public Segment* Segments;
        public Pixels* InputPixels;
        public Pixels* OutputPixels;
        public Pixels* ScratchPixels;
        public float* Scratch;
        public nint* Steps;
        public bool IsLong;

        private int _segments;
        private int _depth;
        private int _steps;
        private int _group;
        private int _sideBySide;
        private bool _oneRow;
        private bool _oneSweep;

        public void Run(Share share)
        {
            _group = -1;
            ScratchPixels->Set(Microkernel.MostLanes, 1);
            var pixels = Output.Pixels;
            // Maps without a gap are one long row.
            _oneRow = IsOneRow();
            _oneSweep = Output.IsClosed && (Residual.Data == null || Residual.IsClosed);
            var tiles = (pixels + Pixels.Most - 1) / Pixels.Most;
            var longest = (tiles + share.Parts - 1) / share.Parts * share.Parts;
            if (longest <= tiles + tiles / 16)
                ByPixels(share.Of(pixels, pixels >= 8 * Grain * share.Parts ? Grain : Pixels.Most));
            else
                ByPanels(share, pixels);
        }

        // Large maps: the share is a range of pixels, in blocks that stay in the cache.
        private void ByPixels((int Start, int End) range)
        {
            var block = Grain * Math.Max(1, BlockBytes / (Weights.Depth * sizeof(float) * Grain));
            for (var start = range.Start; start < range.End; start += block)
            {
                var end = Math.Min(start + block, range.End);
                foreach (ref readonly var panel in Weights.Panels)
                    Multiply(panel, start, end);
            }
        }

        // Small maps with many channels: the share is a range of (panel, tile), so that each thread also reads its own part of the weights.
        private void ByPanels(Share share, int pixels)
        {
            long total = 0;
            foreach (ref readonly var panel in Weights.Panels)
                total += (long)panel.Kernel.Lanes * pixels;
            var (from, to) = (total * share.Part / share.Parts, total * (share.Part + 1) / share.Parts);
            long at = 0;
            foreach (ref readonly var panel in Weights.Panels)
            {
                Multiply(panel, Cut(panel.Kernel, from - at, pixels), Cut(panel.Kernel, to - at, pixels));
                at += (long)panel.Kernel.Lanes * pixels;
            }

            // From a cost within the panel to the nearest tile; the panel's whole cost is its whole map.
            static int Cut(Microkernel kernel, long cost, int pixels)
            {
                var whole = (long)kernel.Lanes * pixels;
                var tiles = (pixels + kernel.Rows - 1) / kernel.Rows;
                return (int)Math.Min((Math.Clamp(cost, 0, whole) * tiles + whole / 2) / whole * kernel.Rows, pixels);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply(in PackedConvolution.Panel panel, int start, int end)
        {
            if (start >= end)
                return;
            if (panel.Group != _group)
                SetGroup(panel.Group);

            var kernel = panel.Kernel;
            var weights = Weights.Memory.Pointer + panel.Weights;
            var bias = Weights.Memory.Pointer + panel.Bias;
            var outPerGroup = Weights.OutChannels / Weights.Groups;
            var channel = panel.Group * outPerGroup + panel.First;
            // Where a whole panel would overwrite what is not this group's, it goes to the scratch first.
            var inPlace = !IsLong && (panel.Group == Weights.Groups - 1 ? Output.Lanes : (panel.Group + 1) * outPerGroup) - channel >= kernel.Lanes;
            var places = inPlace ? OutputPixels : ScratchPixels;
            var steps = (long)((end - start + kernel.Rows - 1) / kernel.Rows) * Weights.Depth;
            var (ahead, aheadStep) = Ahead(panel, steps);
            var bounds = &Epilogue->Bounds;
            var most = Epilogue->IsInRegisters ? int.MaxValue : Simd.Epilogue.Stretch / kernel.Rows;
            var (image, y, x) = Position(start);
            for (var pixel = start; pixel < end;)
            {
                var back = Back(kernel.Rows, pixel - start, end - pixel, x);
                (pixel, x) = (pixel - back, x - back);
                var left = Math.Min(_oneRow ? end : Output.Width - x, end - pixel);
                var tiles = inPlace ? Math.Min(left / kernel.Rows, most) : left >= kernel.Rows ? 1 : 0;
                var isWide = tiles > 1 && kernel.Wide != null;
                tiles -= isWide ? tiles % 2 : 0;
                var count = tiles > 0 ? tiles * kernel.Rows : Math.Min(kernel.Rows, end - pixel);
                Locate(image, y, x, tiles > 0, count, kernel.Rows);
                tiles = Math.Max(tiles, 1);
                var target = inPlace ? Output.Data + OutputPixels->Origin + channel : Scratch;
                if (IsLong)
                    SumInChains(kernel, weights, bias, count, (float*)ahead, aheadStep);
                else if (_steps > 0 && count > 1)
                    (isWide ? kernel.WideScattered : kernel.Scattered)(Input[0].Data, InputPixels, Steps, _steps, weights, bias, target, places, isWide ? tiles / 2 : tiles, bounds);
                else
                    (count == 1 ? kernel.Single : isWide ? kernel.Wide : kernel.Tile)(Segments, Segments + _segments, weights, bias, target, places, isWide ? tiles / 2 : tiles, (float*)ahead, aheadStep, bounds);
                ahead += tiles * Weights.Depth * aheadStep * sizeof(float);
                if (!inPlace || !Epilogue->IsInRegisters)
                    Finish(panel, image, y, x, count, channel, inPlace ? null : Scratch);
                pixel += count;
                (image, y, x) = After(image, y, x, count);
            }
        }

        // A tile that a row's end breaks is found pixel by pixel, which takes as long as so many products of each. A whole one that begins earlier, and makes some pixels again, may take less.
        private readonly int Back(int rows, int done, int left, int x)
        {
            const int Finding = 30;
            var row = Output.Width - x;
            var back = rows - row;
            return !_oneRow && back > 0 && back <= done && back <= x && row <= left && back * Weights.Depth < Finding * rows ? back : 0;
        }

        // A tile's sums, chain by chain, each added to those before it.
        [SkipLocalsInit]
        private readonly void SumInChains(in Microkernel kernel, float* weights, float* bias, int count, float* ahead, nint aheadStep)
        {
            var chain = stackalloc float[Pixels.Most * Microkernel.MostLanes];
            var zeros = stackalloc float[Microkernel.MostLanes];
            new Span<float>(zeros, Microkernel.MostLanes).Clear();
            var unbounded = new Bounds(float.NegativeInfinity, float.PositiveInfinity);
            for (Segment* segment = Segments, end = Segments + _segments; segment < end;)
            {
                var first = segment;
                nint depth = 0;
                while (segment < end && depth < Chain)
                    depth += segment++->Count;
                var isFirst = first == Segments;
                (count == 1 ? kernel.Single : kernel.Tile)(first, segment, weights, zeros, isFirst ? Scratch : chain, ScratchPixels, 1, ahead, aheadStep, &unbounded);
                if (!isFirst)
                    Sum->Run(Scratch, Microkernel.MostLanes, chain, Microkernel.MostLanes, count, kernel.Lanes);
                weights += depth * kernel.Lanes;
                ahead += depth * aheadStep;
            }

            // Last: each addition to what is already large is rounded as coarsely.
            Sum->Run(Scratch, Microkernel.MostLanes, bias, 0, count, kernel.Lanes);
        }

        // The next panel's weights come while this one's pixels pass, or the next operation's as far as they do: each of the K steps fetches a line at most.
        private readonly (nint Address, nint Step) Ahead(in PackedConvolution.Panel panel, long steps)
        {
            const int Line = AlignedMemory.Alignment / sizeof(float);
            var size = (long)panel.Kernel.Lanes * (Weights.Depth + 1);
            var next = (nint)(Weights.Memory.Pointer + panel.Weights + size);
            if (panel.Weights + size >= Weights.Memory.Length && Weights.Following is { } following)
                (next, size) = ((nint)following.Pointer, following.Length);
            return (next, (nint)Math.Min((size + steps - 1) / steps, Line));
        }

        // What the tiles leave to be done, for pixels that lie side by side at a time: the sweep, and the way from the scratch.
        private readonly void Finish(in PackedConvolution.Panel panel, int image, int y, int x, int count, int channel, float* scratch)
        {
            while (count > 0)
            {
                var pixels = _oneSweep ? count : Math.Min(count, Output.Width - x);
                var place = Output.Pixel(image, y, x) + channel;
                if (!Epilogue->IsInRegisters)
                {
                    var residual = Residual.Data == null ? null : Residual.Pixel(image, y, x) + channel;
                    var (row, pitch) = scratch == null ? ((nint)place, Output.PixelPitch) : ((nint)scratch, Microkernel.MostLanes);
                    Epilogue->Run((float*)row, pitch, residual, Residual.PixelPitch, pixels, panel.Kernel.Lanes);
                }

                for (var i = 0; scratch != null && i < pixels; i++, scratch += Microkernel.MostLanes)
                    Unsafe.CopyBlockUnaligned(place + (long)i * Output.PixelPitch, scratch, (uint)(panel.Channels * sizeof(float)));
                count -= pixels;
                (image, y, x) = After(image, y, x, pixels);
            }
        }

        /// <summary>
        /// Finds pixels in every run and in the output: whole tiles side by side, or one tile that a row's end breaks or the pixels do not fill. That one repeats its
        /// last pixel, and writes the same result to the same place.
        /// </summary>
        private void Locate(int image, int y, int x, bool whole, int count, int rows)
        {
            for (var run = 0; run < Input.Length; run++)
                InputPixels[run].Origin = Offset(Input[run], image, y * Window.StrideHeight, x * Window.StrideWidth);
            OutputPixels->Origin = Offset(Output, image, y, x);
            if (!whole)
                PlaceOneByOne(image, y, x, count);
            else if (_sideBySide != rows)
                PlaceSideBySide(rows);
        }

        private void PlaceSideBySide(int rows)
        {
            _sideBySide = rows;
            for (var run = 0; run < Input.Length; run++)
                InputPixels[run].Set((nint)Window.StrideWidth * Input[run].PixelPitch, rows);
            OutputPixels->Set(Output.PixelPitch, rows);
        }

        private void PlaceOneByOne(int image, int y, int x, int count)
        {
            _sideBySide = 0;
            if (y + 1 < Output.Height && x + count <= 2 * Output.Width)
                PlaceOverRowsEnd(Output.Width - x, count);
            else
                PlaceAnywhere(image, y, x, count);
        }

        // Some pixels at a row's end, the rest at the next one's beginning: the same jump for each of them.
        private void PlaceOverRowsEnd(int first, int count)
        {
            for (var run = 0; run < Input.Length; run++)
            {
                // Runs of one layout, as the planes of an image are, lie alike.
                if (run > 0 && Input[run].PixelPitch == Input[run - 1].PixelPitch && Input[run].RowPitch == Input[run - 1].RowPitch)
                    InputPixels[run].CopyFrom(InputPixels[run - 1]);
                else
                    InputPixels[run].Set((nint)Window.StrideWidth * Input[run].PixelPitch, first, count, (nint)Window.StrideHeight * Input[run].RowPitch - (nint)Output.Width * Window.StrideWidth * Input[run].PixelPitch);
            }

            OutputPixels->Set(Output.PixelPitch, first, count, Output.RowPitch - (nint)Output.Width * Output.PixelPitch);
        }

        private void PlaceAnywhere(int image, int y, int x, int count)
        {
            for (var i = 0; i < Pixels.Most; i++)
            {
                for (var run = 0; run < Input.Length; run++)
                    InputPixels[run].At[i] = Offset(Input[run], image, y * Window.StrideHeight, x * Window.StrideWidth) - InputPixels[run].Origin;
                OutputPixels->At[i] = Offset(Output, image, y, x) - OutputPixels->Origin;
                if (i + 1 < count)
                    (image, y, x) = After(image, y, x, 1);
            }
        }

        private readonly bool IsOneRow()
        {
            var closed = Output.IsClosed && Window is { StrideHeight: 1, StrideWidth: 1 };
            foreach (ref readonly var map in Input)
                closed &= map.IsClosed && map.Height == Output.Height && map.Width == Output.Width;
            return closed;
        }

        private readonly (int Image, int Y, int X) Position(int pixel)
        {
            var (line, x) = Math.DivRem(pixel, Output.Width);
            var (image, y) = Math.DivRem(line, Output.Height);
            return (image, y, x);
        }

        private readonly (int Image, int Y, int X) After(int image, int y, int x, int count)
        {
            for (x += count; x >= Output.Width; x -= Output.Width)
                (image, y) = y + 1 < Output.Height ? (image, y + 1) : (image + 1, 0);
            return (image, y, x);
        }

        private static nint Offset(in FeatureMap map, int image, int y, int x) =>
            (nint)(image * map.ImagePitch) + (nint)y * map.RowPitch + (nint)x * map.PixelPitch;

        // The stretches of the sum for one group: the part of each run that the group reads, at each tap. Taps that touch become one.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void SetGroup(int group)
        {
            _group = group;
            (_segments, _depth) = (0, 0);
            var (first, last) = (group * (Weights.InChannels / Weights.Groups), (group + 1) * (Weights.InChannels / Weights.Groups));
            var at = 0;
            for (var run = 0; run < Input.Length; run++)
            {
                ref readonly var map = ref Input[run];
                var (from, to) = (Math.Max(first - at, 0), Math.Min(last - at, map.Channels));
                at += map.Channels;
                if (from >= to)
                    continue;
                for (var tap = 0; tap < Window.Taps; tap++)
                {
                    var (ky, kx) = Math.DivRem(tap, Window.KernelWidth);
                    var address = map.Pixel(0, ky * Window.DilationHeight - Window.PaddingHeight, kx * Window.DilationWidth - Window.PaddingWidth) + from;
                    AddSegment(address, InputPixels + run, to - from);
                }
            }

            Scatter();
        }

        // Where each input of the sum lies from the first run's first pixel, in bytes, if the stretches are short and all runs have the same pitches.
        private void Scatter()
        {
            _steps = 0;
            if (Weights.Depth > MostScattered || Weights.Depth > ShortStretch * _segments)
                return;
            foreach (ref readonly var map in Input)
            {
                if (map.PixelPitch != Input[0].PixelPitch || map.RowPitch != Input[0].RowPitch || map.ImagePitch != Input[0].ImagePitch)
                    return;
            }

            for (var segment = Segments; segment < Segments + _segments; segment++)
            {
                for (nint i = 0; i < segment->Count; i++)
                    Steps[_steps++] = ((nint)(segment->Base - Input[0].Data) + i) * sizeof(float);
            }
        }

        private void AddSegment(float* address, Pixels* pixels, int count)
        {
            while (count > 0)
            {
                // None crosses the end of a chain.
                var before = IsLong ? _depth % Chain : _depth;
                var some = IsLong ? Math.Min(count, Chain - before) : count;
                if (before > 0 && Segments[_segments - 1] is var last && last.Base + last.Count == address && last.Pixels == pixels)
                    Segments[_segments - 1].Count += some;
                else
                    Segments[_segments++] = new Segment { Base = address, Pixels = pixels, Count = some };
                _depth += some;
                address += some;
                count -= some;
            }
        }
    }
}
