using Blockwright.Kernels;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>What a kernel is to compute with.</summary>
internal sealed record ConvolutionJob(ConvolutionCase Case, InstructionSet Set, int Parts, float[] Weights, float[] Bias, int[] Runs);

/// <summary>Packs a job's weights and computes it in its parts: output = activation(convolution(input) + bias + residual).</summary>
internal delegate void ConvolutionKernel(ConvolutionJob job, FeatureMap[] input, FeatureMap output, FeatureMap residual);

/// <summary>A convolution on maps that lie as badly as maps may, judged by torch in float64 and by the definition.</summary>
internal sealed record ConvolutionCase(
    Window Window, int Groups, int InPerGroup, int OutPerGroup, int Images, int Height, int Width, int Runs, Lie[] Lies, Activation Activation, bool Residual, int Seed)
{
    private int In => InPerGroup * Groups;

    private int Out => OutPerGroup * Groups;

    public int OutHeight => Window.OutputHeight(Height);

    public int OutWidth => Window.OutputWidth(Width);

    /// <summary>Runs a kernel and judges it by torch in float64, and where it is asked for by the definition as well: that is slow, and judges torch as much as the kernel.</summary>
    public void Check(InstructionSet set, int parts, ConvolutionKernel kernel, bool byDefinition = false)
    {
        var next = Judge.Normal(Seed);
        var runs = Counts();
        var inputs = runs.Select((count, i) => new TestMap(Images, count, Height, Width, Window.Halo + i % 2, Lies[i])).ToArray();
        using var output = new TestMap(Images, Out, OutHeight, OutWidth, Seed % 2, Lies[4]);
        using var residual = new TestMap(Images, Out, OutHeight, OutWidth, 0, Lies[5]);
        try
        {
            foreach (var input in inputs)
                input.Fill(next);
            residual.Fill(next);
            // Sums of the size of one, as in a trained network.
            var scale = 1 / MathF.Sqrt(InPerGroup * Window.Taps);
            float[] weights = Judge.Values(Out * InPerGroup * Window.Taps, () => scale * next()), bias = Judge.Values(Out, next);
            kernel(new(this, set, parts, weights, bias, runs), [.. inputs.Select(i => i.Map)], output.Map, Residual ? residual.Map : default);

            using var scope = NewDisposeScope();
            var x = cat([.. inputs.Select(i => i.ToTensor())], 1);
            // What squashes its argument hides how large that was, and how large its rounding.
            var sums = Sums(x, weights, bias, residual.ToTensor());
            Judge.Close(Judge.Apply(Activation, sums), output.ToTensor(), $"{this} against torch", sums.abs().max().item<double>());
            if (byDefinition)
                Judge.Close(Naive(x, weights, bias, residual.ToTensor()), output.ToTensor(), $"{this} against the definition");
            output.CheckUntouched(ToString());
            foreach (var input in inputs)
                input.CheckUntouched(ToString());
        }
        finally
        {
            foreach (var input in inputs)
                input.Dispose();
        }
    }

    // The input's channels in some runs, at least one each.
    private int[] Counts()
    {
        var random = new Random(Seed);
        var cuts = Enumerable.Range(0, Math.Min(Runs, In) - 1).Select(_ => random.Next(1, In)).Distinct().Order().Prepend(0).Append(In).ToArray();
        return cuts.Zip(cuts.Skip(1), (from, to) => to - from).Where(c => c > 0).ToArray();
    }

    /// <summary>Torch's, before the activation.</summary>
    private Tensor Sums(Tensor x, float[] weights, float[] bias, Tensor residual)
    {
        var (input, padding) = Judge.Padded(x, Window);
        var y = nn.functional.conv2d(
            input,
            tensor(weights).reshape(Out, InPerGroup, Window.KernelHeight, Window.KernelWidth).to(ScalarType.Float64),
            tensor(bias).to(ScalarType.Float64),
            strides: [Window.StrideHeight, Window.StrideWidth],
            padding: padding,
            dilation: [Window.DilationHeight, Window.DilationWidth],
            groups: Groups);
        return Residual ? y.add(residual, TensorOps.One) : y;
    }

    private double[] Naive(Tensor input, float[] weights, float[] bias, Tensor residual)
    {
        double[] x = input.contiguous().data<double>().ToArray(), r = residual.contiguous().data<double>().ToArray();
        var y = new double[Images * Out * OutHeight * OutWidth];
        for (var i = 0; i < y.Length; i++)
        {
            var (ox, oy, o, n) = (i % OutWidth, i / OutWidth % OutHeight, i / OutWidth / OutHeight % Out, i / OutWidth / OutHeight / Out);
            double sum = bias[o];
            for (var k = 0; k < InPerGroup * Window.Taps; k++)
            {
                var (c, ky, kx) = (k / Window.Taps, k % Window.Taps / Window.KernelWidth, k % Window.KernelWidth);
                var iy = oy * Window.StrideHeight + ky * Window.DilationHeight - Window.PaddingHeight;
                var ix = ox * Window.StrideWidth + kx * Window.DilationWidth - Window.PaddingWidth;
                if (iy >= 0 && iy < Height && ix >= 0 && ix < Width)
                    sum += x[((n * In + o / OutPerGroup * InPerGroup + c) * Height + iy) * Width + ix] * weights[o * InPerGroup * Window.Taps + k];
            }

            y[i] = Judge.Apply(Activation, Residual ? sum + r[i] : sum);
        }

        return y;
    }
}
