using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Harness;

/// <summary>Compares tensors.</summary>
internal static class Tensors
{
    /// <summary>Fails unless both have one shape and differ by at most <paramref name="tolerance"/> of the larger of 1 and the largest value.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.True(expected.shape.SequenceEqual(actual.shape), $"{what}: expected {Shape(expected)}, found {Shape(actual)}");
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var wide = expected.to(ScalarType.Float64);
        Assert.True(wide.isfinite().all().item<bool>(), $"{what}: the expected values are not finite");
        var difference = (wide - actual.to(ScalarType.Float64)).abs().max().item<double>();
        var scale = Math.Max(1, wide.abs().max().item<double>());
        Assert.True(difference <= tolerance * scale, $"{what}: differs by {difference:E2}, of {scale:E2}; {tolerance:E0} of it was allowed");
    }

    /// <summary>Gives every parameter and running statistic of a module a value that no layer starts with.</summary>
    public static void Randomize(nn.Module module)
    {
        using var noGradient = no_grad();
        foreach (var (key, value) in module.state_dict())
        {
            if (key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                continue;
            using var scope = NewDisposeScope();
            // Scales and variances stay away from zero; weights keep the size of what goes through them.
            var values = key.EndsWith("running_var", StringComparison.Ordinal) || (key.EndsWith("weight", StringComparison.Ordinal) && value.dim() == 1)
                ? (rand(value.shape, value.dtype) + 0.5)
                : value.dim() > 1 ? randn(value.shape, value.dtype) / Math.Sqrt(value[0].numel()) : randn(value.shape, value.dtype) * 0.3;
            value.copy_(values);
        }
    }

    public static string Shape(Tensor tensor) => string.Join(" x ", tensor.shape);
}
