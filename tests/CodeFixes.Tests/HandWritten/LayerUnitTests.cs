using System.Reflection;
using Blockwright.Graph;
using Blockwright.Tests.Shared;
using TorchSharp;

namespace Blockwright.CodeFixes.Tests.HandWritten;

/// <summary>
/// The converter of units written by hand on every layer of the table: with the layer in a branch, as torch.nn's module and as functions, the unit becomes a
/// block that computes the same, or stays as it is.
/// </summary>
public sealed class LayerUnitTests
{
    public static TheoryData<string> Kinds => [.. LayerWords.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_unit_with_the_layers_module_becomes_a_block_or_stays(string kind)
    {
        // A layer without weights has one line for its module; those with weights stand in every unit.
        if (LayerTable.Find(kind)!.HasState || Factory(kind) is not { } factory)
            return;
        await Check(kind, Unit($", {factory}", "branch.call(parts[1])"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_unit_with_the_layers_function_becomes_a_block(string kind)
    {
        if (LayerTable.Find(kind)!.Function is not { } function)
            return;
        foreach (var call in new[] { $"branch.call(parts[1]).{function}()", $"functional.{function}(branch.call(parts[1]))", $"branch.call(parts[1]).{function}_()" })
            await Check(kind, Unit("", call));
    }

    private static async Task Check(string kind, string types)
    {
        var before = WrittenUnits.File(types);
        var after = await UnitHarness.Fix(before);
        // What has a function of its own is known to the converter.
        if (LayerTable.Find(kind)!.Function is not null)
            Assert.Contains($", {kind}]", after, StringComparison.Ordinal);
        if (after != before)
            UnitHarness.AssertSame(before, after, "Unit");
    }

    /// <summary>The call of torch.nn's factory with its defaults, and the plainest of what has none; null where torch.nn has no such module.</summary>
    private static string? Factory(string kind)
    {
        var factories = typeof(torch.nn).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.Name == kind);
        if (factories.MinBy(static method => method.GetParameters().Count(static parameter => !parameter.IsOptional)) is not { } factory)
            return null;
        var arguments = factory.GetParameters().Where(static parameter => !parameter.IsOptional).Select(static parameter => parameter.ParameterType == typeof(double) ? "0.5" : "1");
        return $"{kind}({string.Join(", ", arguments)})";
    }

    private static string Unit(string layer, string branch) => $$"""
        public class HandUnit : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> branch;

            public HandUnit(int channels) : base("HandUnit")
            {
                var half = channels / 2;
                branch = Sequential(Conv2d(half, half, 3, padding: 1, bias: false), BatchNorm2d(half){{layer}});
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var parts = x.chunk(2, 1);
                return cat([parts[0], {{branch}}], 1).channel_shuffle(2);
            }
        }

        public static class Make
        {
            public static Module<Tensor, Tensor> Unit() => new HandUnit(16);
        }
        """;
}
