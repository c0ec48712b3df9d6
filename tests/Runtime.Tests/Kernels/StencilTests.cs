using Blockwright.Kernels;
using CsCheck;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

public unsafe class StencilTests
{
    private static readonly Gen<(Window Window, int Images, int Channels, int Height, int Width, Lie[] Lies)> Cases =
        from kernel in Gen.OneOf((3, 3), (3, 3), (5, 5), (7, 7), (1, 1), (2, 3))
        from stride in Gen.OneOf((1, 1), (2, 2), (1, 2), (3, 1))
        from dilation in Gen.Int[1, 2]
        from padding in Gen.Int[0, 3].Select(Gen.Int[0, 3])
        from window in Judge.Uneven(
            new Window(kernel.Item1, kernel.Item2, stride.Item1, stride.Item2, Math.Min(padding.Item1, kernel.Item1 / 2), Math.Min(padding.Item2, kernel.Item2 / 2), dilation, dilation), kernel.Item1 / 2, kernel.Item2 / 2)
        from images in Gen.Int[1, 3]
        from channels in Judge.Channels
        from height in Gen.Int[1, 13]
        from width in Gen.OneOf(1, 2, 3, 5, 7, 8, 9, 14, 35)
        from lies in Gen.OneOf(Lie.Gen, Lie.Gen, Lie.Gen, Lie.Gen.Select(static lie => lie with { After = 520 })).Array[2] // pixels far from each other, too
        select (window, images, channels, height, width, lies);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void DepthwiseIsTorchs(InstructionSet set, int parts) =>
        Gen.Select(Cases, Gen.OneOf(Judge.Activations), Gen.Bool).Sample(
            (c, activation, isClipped) =>
            {
                var (window, next) = (c.Window, Judge.Normal(c.Channels));
                if (window.OutputHeight(c.Height) < 1 || window.OutputWidth(c.Width) < 1)
                    return;
                using var input = new TestMap(c.Images, c.Channels, c.Height, c.Width, isClipped ? 0 : window.Halo, c.Lies[0]);
                using var output = new TestMap(c.Images, c.Channels, window.OutputHeight(c.Height), window.OutputWidth(c.Width), 1, c.Lies[1]);
                input.Fill(next);
                output.Forget();
                float[] weights = Judge.Values(c.Channels * window.Taps, next), bias = Judge.Values(c.Channels, next);
                using var packed = new PackedDepthwise(set, weights, bias, c.Channels, window.KernelHeight, window.KernelWidth);
                Judge.InParts(parts, share => Depthwise.Run(packed, window, input.Map, output.Map, activation, share));

                using var scope = NewDisposeScope();
                var x = input.ToTensor();
                var (padded, padding) = Judge.Padded(x, window);
                var expected = Judge.Apply(activation, nn.functional.conv2d(
                    padded,
                    tensor(weights).reshape(c.Channels, 1, window.KernelHeight, window.KernelWidth).to(ScalarType.Float64),
                    tensor(bias).to(ScalarType.Float64),
                    strides: [window.StrideHeight, window.StrideWidth],
                    padding: padding,
                    dilation: [window.DilationHeight, window.DilationWidth],
                    groups: c.Channels));
                Judge.Close(expected, output.ToTensor(), $"{c} {activation}");
                Judge.Close(
                    Naive(x, window, output.Map, (sums, channel) => Judge.Apply(activation, bias[channel] + sums.Sum(t => t.Value * weights[channel * window.Taps + t.Tap]))),
                    output.ToTensor(), $"{c} {activation} against the definition");
                output.CheckUntouched($"{c}");
            },
            iter: 120, threads: 1);

    /// <summary>Rows of 300 KB, of which a second-level cache keeps few: they go some at a time.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void LongRowsAreTorchs(InstructionSet set, int parts)
    {
        const int Channels = 20, Height = 5, Width = 150;
        var next = Judge.Normal(1);
        float[] weights = Judge.Values(Channels * 9, next), bias = Judge.Values(Channels, next);
        using var packed = new PackedDepthwise(set, weights, bias, Channels, 3, 3);
        foreach (var (stride, halo) in (ReadOnlySpan<(int, int)>)[(1, 1), (1, 0), (2, 0)])
        {
            var window = Window.Square(3, stride, 1);
            using var input = new TestMap(2, Channels, Height, Width, halo, new Lie(0, 480, false, 0));
            using var output = new TestMap(2, Channels, window.OutputHeight(Height), window.OutputWidth(Width), 0, default);
            input.Fill(next);
            output.Forget();
            Judge.InParts(parts, share => Depthwise.Run(packed, window, input.Map, output.Map, Activation.None, share));

            using var scope = NewDisposeScope();
            var expected = nn.functional.conv2d(
                input.ToTensor(), tensor(weights).reshape(Channels, 1, 3, 3).to(ScalarType.Float64), tensor(bias).to(ScalarType.Float64), strides: [stride, stride], padding: [1, 1], groups: Channels);
            Judge.Close(expected, output.ToTensor(), $"stride {stride}, halo {halo}");
        }
    }

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void MaxPoolIsTorchs(InstructionSet set, int parts) =>
        Gen.Select(Cases, Gen.Bool, Gen.Int[0, 40]).Sample(
            (c, isCeiling, special) =>
            {
                var (window, next) = (c.Window, Judge.Normal(c.Channels));
                var ceiling = isCeiling && IsEven(window);
                if (window.OutputHeight(c.Height) < 1 || window.OutputWidth(c.Width) < 1)
                    return;
                using var input = new TestMap(c.Images, c.Channels, c.Height, c.Width, 0, c.Lies[0]);
                using var output = new TestMap(c.Images, c.Channels, window.OutputHeight(c.Height, ceiling), window.OutputWidth(c.Width, ceiling), 1, c.Lies[1]);
                var at = 0;
                input.Fill(() => at++ % 41 == special ? (special % 3 == 0 ? float.NaN : special % 3 == 1 ? float.NegativeInfinity : float.PositiveInfinity) : next());
                output.Forget();
                Judge.InParts(parts, share => Pooling.Max(set, window, input.Map, output.Map, share));

                using var scope = NewDisposeScope();
                var x = input.ToTensor();
                var (padded, padding) = Judge.Padded(x, window, double.NegativeInfinity);
                var expected = nn.functional.max_pool2d(
                    padded,
                    [window.KernelHeight, window.KernelWidth],
                    [window.StrideHeight, window.StrideWidth],
                    padding,
                    [window.DilationHeight, window.DilationWidth],
                    ceil_mode: ceiling);
                Judge.Close(expected, output.ToTensor(), $"{c} ceiling {ceiling}");
                Judge.Close(Naive(x, window, output.Map, (taps, _) => taps.Aggregate(double.NegativeInfinity, (m, t) => Math.Max(m, t.Value))), output.ToTensor(), $"{c} against the definition");
                output.CheckUntouched($"{c}");
            },
            iter: 120, threads: 1);

    /// <summary>The window of most networks at every small size, where borders are most of the map.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void WindowsOfThreeAtSmallSizesAreTorchs(InstructionSet set, int parts)
    {
        const int Channels = 20;
        var next = Judge.Normal(1);
        float[] weights = Judge.Values(Channels * 9, next), bias = Judge.Values(Channels, next);
        using var packed = new PackedDepthwise(set, weights, bias, Channels, 3, 3);
        foreach (var (height, width, stride, halo) in from h in Enumerable.Range(1, 8) from w in Enumerable.Range(1, 8) from s in new[] { 1, 2 } from border in new[] { 0, 1 } select (h, w, s, border))
        {
            using var scope = NewDisposeScope();
            var window = Window.Square(3, stride, 1);
            using var input = new TestMap(2, Channels, height, width, halo, new Lie(1, 12, true, 2));
            using var output = new TestMap(2, Channels, window.OutputHeight(height), window.OutputWidth(width), 0, new Lie(1, 12, true, 2));
            input.Fill(next);
            var x = input.ToTensor();
            output.Forget();
            Judge.InParts(parts, share => Depthwise.Run(packed, window, input.Map, output.Map, Activation.None, share));
            var kernels = tensor(weights).reshape(Channels, 1, 3, 3).to(ScalarType.Float64);
            Judge.Close(nn.functional.conv2d(x, kernels, tensor(bias).to(ScalarType.Float64), strides: [stride, stride], padding: [1, 1], groups: Channels), output.ToTensor(), $"depthwise of {height} x {width}, stride {stride}, halo {halo}");
            output.Forget();
            Judge.InParts(parts, share => Pooling.Max(set, window, input.Map, output.Map, share));
            Judge.Close(nn.functional.max_pool2d(x, [3, 3], [stride, stride], [1, 1]), output.ToTensor(), $"greatest of {height} x {width}, stride {stride}");
            output.CheckUntouched($"{height} x {width}");
        }
    }

    /// <summary>Max pools of 3 x 3 at every small size, with numbers alone and with one that is none.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void TheGreatestOfThreeAtSmallSizesAreTorchs(InstructionSet set, int parts)
    {
        const int Channels = 20;
        var next = Judge.Normal(2);
        foreach (var (height, width, stride, padding, ceiling, hasNaN) in from h in Enumerable.Range(1, 8) from w in Enumerable.Range(1, 8) from s in new[] { 1, 2 } from p in new[] { 0, 1 } from c in new[] { false, true } from n in new[] { false, true } select (h, w, s, p, c, n))
        {
            var window = Window.Square(3, stride, padding);
            if (window.OutputHeight(height) < 1 || window.OutputWidth(width) < 1)
                continue;
            using var scope = NewDisposeScope();
            using var input = new TestMap(2, Channels, height, width, 0, default);
            using var output = new TestMap(2, Channels, window.OutputHeight(height, ceiling), window.OutputWidth(width, ceiling), 0, default);
            int at = 0, none = (height * 31 + width * 7) % (2 * Channels * height * width);
            input.Fill(() => hasNaN && at++ == none ? float.NaN : next());
            output.Forget();
            Judge.InParts(parts, share => Pooling.Max(set, window, input.Map, output.Map, share));
            Judge.Close(nn.functional.max_pool2d(input.ToTensor(), [3, 3], [stride, stride], [padding, padding], ceil_mode: ceiling), output.ToTensor(), $"{height} x {width}, stride {stride}, padding {padding}, ceiling {ceiling}, NaN {hasNaN}");
            output.CheckUntouched($"{height} x {width}");
        }
    }

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void AveragePoolIsTorchs(InstructionSet set, int parts) =>
        Gen.Select(Cases, Gen.Bool, Gen.Bool).Sample(
            (c, isCeiling, countPadding) =>
            {
                var (window, next) = (c.Window with { DilationHeight = 1, DilationWidth = 1 }, Judge.Normal(c.Channels));
                var ceiling = isCeiling && IsEven(window);
                if (window.OutputHeight(c.Height) < 1 || window.OutputWidth(c.Width) < 1)
                    return;
                using var input = new TestMap(c.Images, c.Channels, c.Height, c.Width, 0, c.Lies[0]);
                using var output = new TestMap(c.Images, c.Channels, window.OutputHeight(c.Height, ceiling), window.OutputWidth(c.Width, ceiling), 0, c.Lies[1]);
                input.Fill(next);
                output.Forget();
                Judge.InParts(parts, share => Pooling.Average(set, window, countPadding, input.Map, output.Map, share));

                using var scope = NewDisposeScope();
                var expected = Average(input.ToTensor(), countPadding);
                if (!countPadding && !IsEven(window))
                    expected = Average(input.ToTensor(), true) / Average(ones_like(input.ToTensor()), true);
                Judge.Close(expected, output.ToTensor(), $"{c} ceiling {ceiling} padding {countPadding}");
                output.CheckUntouched($"{c}");

                Tensor Average(Tensor x, bool countPadding)
                {
                    var (padded, padding) = Judge.Padded(x, window);
                    return nn.functional.avg_pool2d(padded, [window.KernelHeight, window.KernelWidth], [window.StrideHeight, window.StrideWidth], padding, ceil_mode: ceiling, count_include_pad: countPadding);
                }
            },
            iter: 120, threads: 1);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void GlobalAverageIsTorchs(InstructionSet set, int parts) =>
        Cases.Sample(
            c =>
            {
                using var input = new TestMap(c.Images, c.Channels, c.Height, c.Width, 1, c.Lies[0]);
                using var output = new TestMap(c.Images, c.Channels, 1, 1, 0, c.Lies[1]);
                input.Fill(Judge.Normal(c.Channels));
                output.Forget();
                Judge.InParts(parts, share => Pooling.GlobalAverage(set, input.Map, output.Map, share));

                using var scope = NewDisposeScope();
                Judge.Close(input.ToTensor().mean([2, 3], keepdim: true), output.ToTensor(), $"{c}");
                output.CheckUntouched($"{c}");
            },
            iter: 60, threads: 1);

    // Some rows of a map, as a planner that works through a large map in bands reads them: the rows above and below are its padding.
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void BandsOfRowsMakeTheWholeMap(InstructionSet set, int parts)
    {
        var next = Judge.Normal(9);
        using var input = new TestMap(1, 24, 12, 14, 1, default);
        using var output = new TestMap(1, 24, 6, 7, 0, default);
        input.Fill(next);
        output.Forget();
        var weights = Judge.Values(24 * 9, next);
        using var packed = new PackedDepthwise(set, weights, [], 24, 3, 3);
        for (var y = 0; y < 6; y += 2)
        {
            Judge.InParts(parts, share => Depthwise.Run(
                packed, new Window(3, 3, 2, 2, 0, 1), input.Map.Rows(2 * y - 1, 5), output.Map.Rows(y, 2), Activation.None, share));
        }

        using var scope = NewDisposeScope();
        var expected = nn.functional.conv2d(
            input.ToTensor(), tensor(weights).reshape(24, 1, 3, 3).to(ScalarType.Float64), strides: [2, 2], padding: [1, 1], groups: 24);
        Judge.Close(expected, output.ToTensor(), "bands");
    }

    // With a ceiling, what torch is given before counts as a part of the map.
    private static bool IsEven(Window window) => window.MoreBelow == 0 && window.MoreRight == 0;

    private static double[] Naive(Tensor input, Window window, FeatureMap output, Func<List<(int Tap, double Value)>, int, double> combine)
    {
        var (c, h, w) = (output.Channels, (int)input.shape[2], (int)input.shape[3]);
        var x = input.contiguous().data<double>().ToArray();
        var y = new double[output.Images * c * output.Height * output.Width];
        for (var i = 0; i < y.Length; i++)
        {
            var (ox, oy, plane) = (i % output.Width, i / output.Width % output.Height, i / output.Width / output.Height);
            var taps = new List<(int, double)>();
            for (var tap = 0; tap < window.Taps; tap++)
            {
                var iy = oy * window.StrideHeight + tap / window.KernelWidth * window.DilationHeight - window.PaddingHeight;
                var ix = ox * window.StrideWidth + tap % window.KernelWidth * window.DilationWidth - window.PaddingWidth;
                if (iy >= 0 && iy < h && ix >= 0 && ix < w)
                    taps.Add((tap, x[(plane * h + iy) * w + ix]));
            }

            y[i] = combine(taps, plane % c);
        }

        return y;
    }
}
