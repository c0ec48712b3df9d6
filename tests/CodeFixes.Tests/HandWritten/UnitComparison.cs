using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.CodeFixes.Tests.HandWritten;

/// <summary>Runs a unit that is written by hand against the block that declares it.</summary>
internal static class UnitComparison
{
    /// <summary>What differs in keys, shapes and results, in evaluation and in training, once both have the same numbers; null if nothing does.</summary>
    public static string? Difference(Module<Tensor, Tensor> written, BlockModule declared)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        Fill(written);
        var state = written.state_dict();
        if (!state.Keys.Order(StringComparer.Ordinal).SequenceEqual(declared.state_dict().Keys.Order(StringComparer.Ordinal)))
            return $"keys {string.Join(' ', state.Keys)}, declared {string.Join(' ', declared.state_dict().Keys)}";
        if (UnitHarness.Run<object>(() => declared.load_state_dict(state, strict: true)).Thrown is { } mismatch)
            return mismatch;
        return new[] { false, true }.Select(training => Difference(written, declared, training)).FirstOrDefault(difference => difference is not null);
    }

    /// <summary>Whether the module takes an input of any number of channels.</summary>
    public static bool IsUsable(Module<Tensor, Tensor> written)
    {
        using var scope = NewDisposeScope();
        return Enumerable.Range(1, 40).Any(channels => UnitHarness.Run(() => written.call(Input(channels))).Result is not null);
    }

    private static string? Difference(Module<Tensor, Tensor> written, BlockModule declared, bool training)
    {
        written.train(training);
        declared.train(training);
        using var input = Input(declared.InChannels);
        // A result that was disposed is none.
        var (expected, why) = UnitHarness.Run(() => written.call(input).alias());
        var (found, whyNot) = UnitHarness.Run(() => declared.call(input));
        if (expected is null || found is null)
            return expected is null && found is null ? null : $"written {why ?? "runs"}, declared {whyNot ?? "runs"}";
        if (!expected.shape.SequenceEqual(found.shape))
            return $"shape {string.Join('x', expected.shape)}, declared {string.Join('x', found.shape)}";
        var largest = expected.abs().max().item<float>();
        var error = (expected - found).abs().max().item<float>() / largest;
        return largest > 0 && error <= 1e-5f ? null : $"of {largest} the results differ by {error}";
    }

    /// <summary>Height, width and images differ, so that none can stand for another.</summary>
    private static Tensor Input(int channels) => randn(3, channels, 9, 7);

    private static void Fill(Module<Tensor, Tensor> module)
    {
        using var frozen = no_grad();
        foreach (var (key, value) in module.state_dict())
            if (value.is_floating_point())
                value.copy_(rand(value.shape) + (key.EndsWith("running_var", StringComparison.Ordinal) ? 0.5 : -0.5));
    }
}
