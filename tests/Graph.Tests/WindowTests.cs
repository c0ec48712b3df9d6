using System.Text;
using CsCheck;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Blockwright.Graph.Tests;

/// <summary>The sizes that windows leave, with torch as the judge.</summary>
public class WindowTests
{
    private const int Windows = 400;

    private static readonly Gen<Window> Drawn = Gen.Select(
        Gen.Int[0, 2],
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12]),
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 6]),
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5]),
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4]),
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3]),
        Gen.Bool,
        static (kind, size, kernel, stride, padding, dilation, ceilMode) => new Window((Kind)kind, size, kernel, stride, padding, dilation, ceilMode));

    private enum Kind
    {
        Convolution,
        MaxPool,
        AvgPool,
    }

    [Fact]
    public void AreTorchs() => Drawn.Array[Windows].Sample(
        static windows =>
        {
            var source = new StringBuilder();
            for (var i = 0; i < windows.Length; i++)
                source.AppendLine($"[Network, Input(1, {windows[i].Size.Item1}, {windows[i].Size.Item2}), {windows[i].Attribute}] public partial class C{i};");
            var all = Declarations.Read(source.ToString());
            for (var i = 0; i < windows.Length; i++)
            {
                var result = GraphBuilder.Build(all[$"C{i}"], new Dictionary<string, Declaration>());
                var expected = windows[i].Judge();
                if (expected is null)
                    Assert.True(result.Problems is [{ Id: ProblemIds.KernelTooLarge or ProblemIds.InvalidArgument }], $"{windows[i]}: torch refuses it, the graph gives {result.Graph?.Result}");
                else
                    Assert.True(result.Graph?.Result.ToString() == $"N x 1 x {expected.Value.Height} x {expected.Value.Width}", $"{windows[i]}: expected {expected}, found {result.Graph?.Result}, {string.Join(", ", result.Problems)}");
            }
        },
        iter: 3,
        threads: 1);

    /// <summary>The padding that is left out keeps the size at stride 1 and odd kernels, and halves it (rounded up) at stride 2.</summary>
    [Theory]
    [InlineData("Conv2d(1, 3)", "N x 1 x 7 x 9")]
    [InlineData("Conv2d(1, 5, Dilation = 2)", "N x 1 x 7 x 9")]
    [InlineData("Conv2d(1, new[] { 1, 7 })", "N x 1 x 7 x 9")]
    [InlineData("DepthwiseConv2d(3, Stride = 2)", "N x 1 x 4 x 5")]
    [InlineData("Conv1x1(1, Stride = 2)", "N x 1 x 4 x 5")]
    [InlineData("MaxPool2d(3, Stride = 2)", "N x 1 x 4 x 5")]
    [InlineData("MaxPool2d(2)", "N x 1 x 3 x 4")]
    [InlineData("MaxPool2d(2, CeilMode = true)", "N x 1 x 4 x 5")]
    [InlineData("AvgPool2d(7, Padding = 0)", "N x 1 x 1 x 1")]
    [InlineData("Conv2d(1, 3, Stride = new[] { 2, 1 })", "N x 1 x 4 x 9")]
    [InlineData("Conv2d(1, 3, Padding = new[] { 0, 2 })", "N x 1 x 5 x 11")]
    [InlineData("Conv2d(1, 3, Stride = 2, Padding = new[] { 0, 1, 0, 1 })", "N x 1 x 3 x 4")]
    [InlineData("Conv2d(1, 3, Padding = new[] { 0, 1, 2, 3 })", "N x 1 x 10 x 8")]
    [InlineData("MaxPool2d(2, Stride = 1, Padding = new[] { 0, 1, 1, 0 })", "N x 1 x 7 x 9")]
    [InlineData("Conv2d(1, new[] { 4, 2 }, Padding = \"same\")", "N x 1 x 7 x 9")]
    [InlineData("DepthwiseConv2d(4, Dilation = 3, Padding = \"same\")", "N x 1 x 7 x 9")]
    [InlineData("GlobalAvgPool2d", "N x 1 x 1 x 1")]
    public void HaveTheDefaultsOfTheField(string layer, string shape) =>
        Assert.Equal(shape, Declarations.Graph($"Network, Input(1, 7, 9), {layer}").Result.ToString());

    private sealed record Window(Kind Kind, (int, int) Size, (int, int) Kernel, (int, int) Stride, (int, int) Padding, (int, int) Dilation, bool CeilMode)
    {
        public string Attribute
        {
            get
            {
                var common = $"new[] {{ {Kernel.Item1}, {Kernel.Item2} }}, Stride = new[] {{ {Stride.Item1}, {Stride.Item2} }}, Padding = new[] {{ {Padding.Item1}, {Padding.Item2} }}";
                return Kind switch
                {
                    Kind.Convolution => $"Conv2d(1, {common}, Dilation = new[] {{ {Dilation.Item1}, {Dilation.Item2} }})",
                    Kind.MaxPool => $"MaxPool2d({common}, CeilMode = {(CeilMode ? "true" : "false")})",
                    _ => $"AvgPool2d({common}, CeilMode = {(CeilMode ? "true" : "false")})",
                };
            }
        }

        /// <summary>The size that torch gives, or null where it refuses. In ceil mode it also takes a window larger than its padded input.</summary>
        public (long Height, long Width)? Judge()
        {
            using var scope = NewDisposeScope();
            var input = zeros(1, 1, Size.Item1, Size.Item2);
            long[] kernel = [Kernel.Item1, Kernel.Item2], stride = [Stride.Item1, Stride.Item2], padding = [Padding.Item1, Padding.Item2];
            try
            {
                var result = Kind switch
                {
                    Kind.Convolution => F.conv2d(input, zeros(1, 1, kernel[0], kernel[1]), null, stride, padding, [Dilation.Item1, Dilation.Item2], 1),
                    Kind.MaxPool => F.max_pool2d(input, kernel, stride, padding, [1, 1], CeilMode),
                    _ => F.avg_pool2d(input, kernel, stride, padding, CeilMode, true),
                };
                return (result.size(2), result.size(3));
            }
            catch (System.Runtime.InteropServices.ExternalException)
            {
                return null;
            }
        }
    }
}
