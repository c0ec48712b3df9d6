using Blockwright.Kernels;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>
/// Every activation, with and without a residual, at the end of every kernel that takes one, on maps that are whole tiles, and on such as leave rests of every kind: pixels, channels,
/// stretches, rows with gaps, and pixels beside another value's.
/// </summary>
public unsafe class EpilogueTests
{
    // Whole registers may be written: no gap, a gap between rows. Another value follows at once.
    private static readonly Lie[] Lies = [new(0, 40, true, 0), new(0, 40, true, 3), new(2, 3, false, 0)];

    /// <summary>Instruction sets with one and two shares.</summary>
    public static TheoryData<InstructionSet, int> Sets()
    {
        var data = new TheoryData<InstructionSet, int>();
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.CanRun))
        {
            data.Add(set, 1);
            data.Add(set, 2);
        }

        return data;
    }

    // 84 and 168 pixels are whole tiles of every set and whole stretches; 8 to 56 channels make a panel of each width.
    [Theory]
    [MemberData(nameof(Sets))]
    public void ConvolutionsEndInAnyActivation(InstructionSet set, int parts)
    {
        foreach (var (channels, height, width) in new[] { (48, 12, 14), (8, 12, 7), (56, 7, 29), (20, 1, 1), (37, 9, 5), (1, 5, 20) })
        {
            var next = Judge.Normal(channels);
            float[] weights = Judge.Values(channels * 5, next), bias = Judge.Values(channels, next);
            using var packed = new PackedConvolution(set, weights, bias, channels, [5]);
            using var input = new TestMap(1, 5, height, width, 0, default);
            input.Fill(next);
            using var scope = NewDisposeScope();
            var sums = nn.functional.conv2d(input.ToTensor(), tensor(weights).reshape(channels, 5, 1, 1).to(ScalarType.Float64), tensor(bias).to(ScalarType.Float64));
            foreach (var lie in Lies)
            {
                using var output = new TestMap(1, channels, height, width, 0, lie);
                using var residual = new TestMap(1, channels, height, width, channels % 2, lie with { Gap = 1 });
                residual.Fill(next);
                ForEachEnd(sums, residual, (activation, hasResidual, expected) =>
                {
                    output.Forget();
                    Judge.InParts(parts, share => Convolution.Run(
                        packed, Window.Pixel, [input.Map], output.Map, activation, hasResidual ? residual.Map : default, share));
                    Check(output, expected, $"{channels} x {height} x {width}, {lie}, {activation}, residual {hasResidual}");
                });
            }
        }
    }

    // Short sums at many pixels, whose inputs are looked up one by one.
    [Theory]
    [MemberData(nameof(Sets))]
    public void StemsEndInAnyActivation(InstructionSet set, int parts)
    {
        var next = Judge.Normal(5);
        float[] weights = Judge.Values(24 * 27, next), bias = Judge.Values(24, next);
        using var packed = new PackedConvolution(set, weights, bias, 24, [3], 3, 3);
        using var input = new TestMap(1, 3, 25, 29, 1, default);
        input.Fill(next);
        using var output = new TestMap(1, 24, 13, 15, 0, Lies[0]);
        using var residual = new TestMap(1, 24, 13, 15, 0, default);
        residual.Fill(next);
        using var scope = NewDisposeScope();
        var sums = nn.functional.conv2d(
            input.ToTensor(), tensor(weights).reshape(24, 3, 3, 3).to(ScalarType.Float64), tensor(bias).to(ScalarType.Float64), strides: [2, 2], padding: [1, 1]);
        ForEachEnd(sums, residual, (activation, hasResidual, expected) =>
        {
            output.Forget();
            Judge.InParts(parts, share => Convolution.Run(
                packed, Window.Square(3, 2, 1), [input.Map], output.Map, activation, hasResidual ? residual.Map : default, share));
            Check(output, expected, $"stem, {activation}, residual {hasResidual}");
        });
    }

    // The larger map takes several bands, and the windows slide, slide by two, and go tap by tap.
    [Theory]
    [MemberData(nameof(Sets))]
    public void DepthwiseConvolutionsEndInAnyActivation(InstructionSet set, int parts)
    {
        foreach (var (kernel, stride, height, width, halo) in new[] { (3, 1, 14, 40, 1), (3, 1, 5, 6, 0), (3, 2, 30, 41, 1), (5, 1, 9, 33, 2), (5, 2, 8, 8, 0) })
        {
            var (window, next) = (Window.Square(kernel, stride, kernel / 2), Judge.Normal(kernel));
            float[] weights = Judge.Values(20 * window.Taps, next), bias = Judge.Values(20, next);
            using var packed = new PackedDepthwise(set, weights, bias, 20, kernel, kernel);
            using var input = new TestMap(1, 20, height, width, halo, new Lie(0, 12, false, 0));
            input.Fill(next);
            using var scope = NewDisposeScope();
            var sums = nn.functional.conv2d(
                input.ToTensor(), tensor(weights).reshape(20, 1, kernel, kernel).to(ScalarType.Float64), tensor(bias).to(ScalarType.Float64),
                strides: [stride, stride], padding: [kernel / 2, kernel / 2], groups: 20);
            foreach (var lie in Lies)
            {
                using var output = new TestMap(1, 20, window.OutputHeight(height), window.OutputWidth(width), 0, lie);
                ForEachEnd(sums, null, (activation, _, expected) =>
                {
                    output.Forget();
                    Judge.InParts(parts, share => Depthwise.Run(packed, window, input.Map, output.Map, activation, share));
                    Check(output, expected, $"{window} of {height} x {width}, {lie}, {activation}");
                });
            }
        }
    }

    // The rest of the channels takes several scratches at 70 columns.
    [Theory]
    [MemberData(nameof(Sets))]
    public void ElementwiseOperationsEndInAnyActivation(InstructionSet set, int parts)
    {
        foreach (var (channels, height, width) in new[] { (32, 4, 9), (19, 2, 70), (3, 3, 3) })
        {
            var next = Judge.Normal(channels);
            using var a = new TestMap(1, channels, height, width, 0, Lies[1]);
            using var b = new TestMap(1, channels, height, width, 1, Lies[2]);
            a.Fill(next);
            b.Fill(next);
            using var scope = NewDisposeScope();
            Tensor ta = a.ToTensor(), tb = b.ToTensor();
            foreach (var lie in Lies)
            {
                using var output = new TestMap(1, channels, height, width, 0, lie);
                Run("copy", ta, (activation, share) => Elementwise.Copy(set, a.Map, output.Map, activation, share));
                Run("add", Judge.Sum(ta, tb), (activation, share) => Elementwise.Add(set, a.Map, b.Map, output.Map, activation, share));
                Run("multiply", ta * tb, (activation, share) => Elementwise.Multiply(set, a.Map, b.Map, output.Map, activation, share));
                Run("multiply and add", Judge.Sum(ta * tb, ta), (activation, share) => Elementwise.MultiplyAdd(set, a.Map, b.Map, a.Map, output.Map, activation, share));

                void Run(string name, Tensor result, Action<Activation, Share> run) => ForEachEnd(result, null, (activation, _, expected) =>
                {
                    output.Forget();
                    Judge.InParts(parts, share => run(activation, share));
                    Check(output, expected, $"{name}, {channels} x {height} x {width}, {lie}, {activation}");
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void NothingIsAllocated(InstructionSet set, int parts)
    {
        using var packed = new PackedConvolution(set, new float[40 * 40], [], 40, [40]);
        using var deep = new PackedDepthwise(set, new float[40 * 9], [], 40, 3, 3);
        using var input = new TestMap(1, 40, 9, 11, 1, Lies[0]);
        using var output = new TestMap(1, 40, 9, 11, 0, Lies[0]);
        using var residual = new TestMap(1, 40, 9, 11, 0, Lies[0]);
        foreach (var activation in Judge.Activations)
        {
            All(activation);
            // A collection meanwhile, which another test may bring about, counts what was left of the thread's last piece of memory; what is allocated is so each time.
            Assert.Contains(Enumerable.Range(0, 5), _ =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                All(activation);
                return before == GC.GetAllocatedBytesForCurrentThread();
            });
        }

        void All(Activation activation)
        {
            for (var part = 0; part < parts; part++)
            {
                var share = new Share(part, parts);
                Convolution.Run(packed, Window.Pixel, input.Map, output.Map, activation, share);
                Convolution.Run(packed, Window.Pixel, [input.Map], output.Map, activation, residual.Map, share);
                Depthwise.Run(deep, Window.Square(3, 1, 1), input.Map, output.Map, activation, share);
                Elementwise.Add(set, input.Map, residual.Map, output.Map, activation, share);
                Elementwise.Gather(set, [input.Map], output.Map, share);
                Pooling.Max(set, Window.Square(3, 1, 1), input.Map, output.Map, share);
            }
        }
    }

    private static void ForEachEnd(Tensor sums, TestMap? residual, Action<Activation, bool, Tensor> run)
    {
        foreach (var activation in Judge.Activations)
        {
            run(activation, false, Judge.Apply(activation, sums));
            if (residual is not null)
                run(activation, true, Judge.Apply(activation, Judge.Sum(sums, residual.ToTensor())));
        }
    }

    private static void Check(TestMap output, Tensor expected, string what)
    {
        Judge.Close(expected, output.ToTensor(), what);
        output.CheckUntouched(what);
    }
}
