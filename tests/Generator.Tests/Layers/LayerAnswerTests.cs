using System.Globalization;
using System.Reflection;
using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Blockwright.Tests.Shared;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Layers;

/// <summary>What each layer answers of itself, against what it does.</summary>
public class LayerAnswerTests
{
    private static readonly ValueRange[] Ranges =
        [ValueRange.Any, ValueRange.NonNegative, new(0, 6), new(0, 1), new(-1, 1), new(-2, -1), new(1, 3), new(-1, 5), new(-8, 8), new(double.NegativeInfinity, -1)];

    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void ChannelsAndElementsDependOnWhatItSays(string kind)
    {
        var found = new List<(bool Apart, bool SaysApart, bool Elementwise, bool SaysElementwise)>();
        // What depends on what is a matter of each number by itself.
        foreach (var one in LayerCases.Bare(kind).Where(static each => each.Word.Named.Count() <= 1))
        {
            one.Check(() =>
            {
                using var noGradient = no_grad();
                var layer = one.Node.Layer;
                var dependencies = Dependencies.Of(Function(one, training: false), Sizes(one.Input));
                var sources = layer.Renaming(one.Input) ?? (static channel => channel);
                var isApart = dependencies.Channels.Select((from, to) => from.All(source => source == sources(to))).All(static each => each);
                Assert.True(!layer.KeepsChannelsApart || isApart, "KeepsChannelsApart: but a channel of the result depends on another of the input");
                Assert.True(!layer.IsElementwise || dependencies.AreElementwise, "IsElementwise: but an element of the result depends on several");
                var definition = LayerTable.Find(kind)!;
                Assert.True(!definition.KeepsChannelsApart || dependencies.Channels.All(static from => from.Count <= 1), "the definition's KeepsChannelsApart: but a channel depends on several");
                found.Add((isApart, layer.KeepsChannelsApart, dependencies.AreElementwise, layer.IsElementwise));
            });
        }
        // Saying no is always safe; it must not be said where nothing ever speaks against yes.
        Assert.True(found.Any(static each => each.SaysApart) || found.Any(static each => !each.Apart), $"{kind} never mixes channels: KeepsChannelsApart");
        Assert.True(found.Any(static each => each.SaysElementwise) || found.Any(static each => !each.Elementwise), $"{kind} never mixes elements: IsElementwise");
    }

    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void WhatItRenamesIsOnlyRenamed(string kind)
    {
        foreach (var one in LayerCases.Bare(kind).Where(static each => each.Node.Layer.Renaming(each.Input) is not null))
        {
            one.Check(() =>
            {
                var sources = one.Node.Layer.Renaming(one.Input)!;
                var input = randn([2, .. Sizes(one.Input)], float64);
                var output = Function(one, training: false)(input);
                for (var to = 0; to < output.size(1); to++)
                    Tensors.AssertClose(input.select(1, sources(to)).reshape(2, -1), output.select(1, to).reshape(2, -1), 0, $"channel {to}");
            });
        }
    }

    /// <summary>At other sizes than the declared one, too: plans and costs ask it there.</summary>
    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void AMapIsResizedAsItSays(string kind)
    {
        foreach (var one in LayerCases.Bare(kind).Where(static each => !each.Input.IsFlat && each.Node.Layer.Resizing(each.Input) is not null))
        {
            one.Check(() =>
            {
                var (height, width) = ((int)one.Input.Height.Size!, (int)one.Input.Width.Size!);
                // What stands before it makes one size of all.
                foreach (var (h, w) in one.Site.Before.Length > 0 ? [(height, width)] : new[] { (height, width), (4, 6), (15, 9) })
                {
                    using var noGradient = no_grad();
                    var output = Function(one, training: false)(randn(1, one.Input.Channels.Constant!.Value, h, w, float64));
                    Assert.Equal(one.Node.Layer.Resizing(one.Input)!.Value.Of(h, w), ((int)output.size(2), (int)output.size(3)));
                }
            });
        }
    }

    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void ValuesStayInItsRange(string kind)
    {
        foreach (var one in LayerCases.Bare(kind))
        {
            one.Check(() =>
            {
                foreach (var training in new[] { false, true })
                {
                    var function = Function(one, training);
                    foreach (var range in Ranges)
                    {
                        var said = one.Node.Layer.Range(range);
                        var output = function(Draw(range, [8, .. Sizes(one.Input)]));
                        var (least, greatest) = (output.min().item<double>(), output.max().item<double>());
                        Assert.True(least >= said.Least - 1e-12 && greatest <= said.Greatest + 1e-12, $"of {range} comes [{least}, {greatest}], training {training}; Range says {said}");
                    }
                }
            });
        }
    }

    /// <summary>Of an activation the range of all numbers is known exactly: what it says, some number comes near to.</summary>
    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void AnActivationsRangeIsNoWiderThanNeeded(string kind)
    {
        const double Near = 1e-3;
        const double Far = 3;
        foreach (var one in LayerCases.Bare(kind).Where(static each => each.Site.Before.Length == 0 && IsActivation(each)))
        {
            one.Check(() =>
            {
                var said = one.Node.Layer.Range(ValueRange.Any);
                var input = linspace(-400, 400, 80 * LayerCase.Channels * LayerCase.Height * LayerCase.Width, float64).reshape(80, LayerCase.Channels, LayerCase.Height, LayerCase.Width);
                input[0, 0, 0, 0] = 0;
                var output = Function(one, training: false)(input);
                var (least, greatest) = (output.min().item<double>(), output.max().item<double>());
                Assert.True(double.IsInfinity(said.Least) ? least < -Far : least <= said.Least + Near, $"nothing is below {least}; Range says {said}");
                Assert.True(double.IsInfinity(said.Greatest) ? greatest > Far : greatest >= said.Greatest - Near, $"nothing is above {greatest}; Range says {said}");
            });
        }
    }

    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void ValuesInItsIdentityStayAsTheyAre(string kind)
    {
        foreach (var one in LayerCases.Bare(kind).Where(static each => each.Node.Layer.Identity is not null))
        {
            one.Check(() =>
            {
                var input = Draw(one.Node.Layer.Identity!.Value, [8, .. Sizes(one.Input)]);
                Tensors.AssertClose(input, Function(one, training: false)(input), 0, "evaluation");
                Tensors.AssertClose(input, Function(one, training: true)(input), 0, "training");
            });
        }
    }

    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void ItsNumbersAreThoseOfItsModule(string kind)
    {
        foreach (var one in LayerCases.Bare(kind))
        {
            one.Check(() =>
            {
                var (layer, state) = (one.Node.Layer, one.MakeRandom(float32).state_dict());
                var learned = state.Where(static entry => !entry.Key.Contains("running", StringComparison.Ordinal) && !entry.Key.EndsWith("tracked", StringComparison.Ordinal)).ToList();
                Assert.Equal(kind, layer.Kind);
                Assert.StartsWith(kind, layer.Describe(), StringComparison.Ordinal);
                Assert.Equal(state.Count > 0, layer.HasState);
                Assert.True(LayerTable.Find(kind)!.HasState || !layer.HasState, "HasState: but the definition says that there is never any");
                Assert.Equal(learned.Sum(static entry => entry.Value.numel()), layer.Parameters.Constant);
                // Each pixel that comes in is spread over those that come out.
                var counted = kind == "ConvTranspose2d" ? one.Input : one.Node.Shape;
                var pixels = counted.Height.Size * counted.Width.Size;
                Assert.Equal(learned.Where(static entry => entry.Value.dim() > 1).Sum(entry => entry.Value.numel() * pixels), layer.MultiplyAdds(one.Input, one.Node.Shape));
                if (layer.Kernel(one.Input) is { WeightShape.Count: > 0 } kernel)
                {
                    // A norm is folded whether its scale is learned or not. A learned factor stands under the key itself, C x 1 x 1.
                    var weights = state.TryGetValue(one.Node.Key ?? "", out var factor) ? factor.flatten() : state[one.Node.Key + (layer.Module!.IsNorm ? ".running_var" : ".weight")];
                    Assert.Equal(weights.shape, kernel.WeightShape.Select(static size => (long)size));
                    // A norm's shift is no bias: it folds.
                    Assert.Equal(layer.Module!.IsNorm ? learned.Count > 0 : kernel.HasBias, state.ContainsKey(one.Node.Key + ".bias"));
                }
            });
        }
        // Those that may have a state are some that have, and the others none.
        Assert.Equal(LayerTable.Find(kind)!.HasState, LayerCases.Bare(kind).Any(static one => one.Node.Layer.HasState));
        if (LayerWords.AttributeOf(kind).GetProperty("Affine") is null)
            Assert.All(LayerCases.Bare(kind), one => Assert.Equal(LayerTable.Find(kind)!.HasState, one.Node.Layer.HasState));
    }

    /// <summary>What reads a network's table knows a layer by these alone.</summary>
    [Fact]
    public void ItsWordsTellItFromEveryOther()
    {
        var layers = LayerWords.Kinds.SelectMany(LayerCases.Bare).Select(static one => (one.Node.Layer, one.Input, one.Node.Shape)).ToList();
        foreach (var same in layers.GroupBy(static each => $"{each.Layer.TorchName} {string.Join(" ", each.Layer.Words)} {each.Input} {each.Shape}"))
            Assert.Single(same.Select(static each => (object?)each.Layer.Module?.Factory ?? each.Layer).Distinct());
        Assert.All(layers.SelectMany(static each => each.Layer.Words), static word => Assert.DoesNotContain(' ', word));
    }

    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void TheDefinitionSaysWhichChannelsComeOut(string kind)
    {
        var definition = LayerTable.Find(kind)!;
        foreach (var one in LayerCases.Bare(kind))
        {
            one.Check(() =>
            {
                var positional = one.Word.Positional.ToList();
                var output = one.Node.Shape.Channels.Constant;
                if (definition.OutChannelsAt(positional.Count) is >= 0 and var at)
                    Assert.Equal(positional[at].Code, output?.ToString(CultureInfo.InvariantCulture));
                else if (definition.KeepsChannels)
                    Assert.Equal(one.Input.Channels.Constant, output);
            });
        }
    }

    /// <summary>A method of a tensor that stands for the layer, by which units written by hand are recognised.</summary>
    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void TheFunctionThatItNamesIsTorchs(string kind)
    {
        if (LayerTable.Find(kind)!.Function is not { } name)
            return;
        var method = typeof(Tensor).GetMethod(name, Type.EmptyTypes);
        Assert.True(method is not null, $"torch.Tensor has no {name}().");
        var one = LayerCases.Bare(kind)[0];
        var input = randn([2, .. Sizes(one.Input)], float64);
        Tensors.AssertClose((Tensor)method!.Invoke(input, [])!, Function(one, training: false)(input), 0, name);
    }

    /// <summary>An activation's every parameter, which its numbers show in <see cref="LayerRunTests"/>, stands in the call and in what the kernels are given; the runtime knows the formula.</summary>
    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void AnActivationsParametersReachTheCallAndTheKernel(string kind)
    {
        foreach (var one in LayerCases.Bare(kind).Where(IsActivation))
        {
            one.Check(() =>
            {
                var function = one.Node.Layer.Kernel(one.Input)!.Function!;
                // A text of the attribute's own asks for another form, which has a formula of its own.
                var isOtherForm = one.Word.Arguments.Any(argument => argument.Property.PropertyType == typeof(string) && argument.Property.DeclaringType == LayerWords.AttributeOf(kind));
                Assert.Equal(isOtherForm, function.Name != kind);
                Assert.Equal(function.Name.Length > 0, Blockwright.Kernels.Activation.Named(function.Name, function.Parameters.AsSpan()) != Blockwright.Kernels.Activation.None);
                var parameters = LayerWords.AttributeOf(kind).GetProperties().Count(static property => property.PropertyType == typeof(double));
                Assert.Equal(parameters, function.Parameters.Length);
                foreach (var argument in one.Word.Arguments.Where(static argument => argument.Real is not null))
                {
                    Assert.Contains(argument.Real!.Value, function.Parameters);
                    Assert.Contains(Emitted.Real(argument.Real.Value), LayerCases.Emitted(one), StringComparison.Ordinal);
                }
            });
        }
    }

    /// <summary>A mean over the whole map is one at whatever values.</summary>
    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void AMeanOverTheMapIsOne(string kind)
    {
        foreach (var one in LayerCases.Bare(kind).Where(static each => each.Node.Layer.IsMeanOverMap(each.Input)))
        {
            one.Check(() =>
            {
                var input = randn([2, .. Sizes(one.Input)], float64);
                Tensors.AssertClose(input.mean([2, 3], keepdim: true), Function(one, training: false)(input), 1e-12, "the mean");
            });
        }
    }

    /// <summary>A layer says whether it has a kernel; one that forgets to would run on torch's operations and nobody would know why.</summary>
    [Fact]
    public void EveryLayerAnswersForItsKernel()
    {
        foreach (var layer in LayerWords.Kinds.Select(static kind => LayerCases.Bare(kind)[0].Node.Layer.GetType()).Distinct())
        {
            // What several layers share may answer for them all; that of every layer is no answer.
            var own = layer.GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(static method => method.DeclaringType != typeof(Layer)).Select(static method => method.Name).ToList();
            Assert.True(own.Contains(nameof(Layer.Kernel)) || own.Contains(nameof(Layer.Arranged)) || own.Contains(nameof(Layer.Renaming)), $"{layer.Name} answers neither {nameof(Layer.Kernel)}, {nameof(Layer.Arranged)} nor {nameof(Layer.Renaming)}: say which kernel computes it; null where none does.");
        }
    }

    private static bool IsActivation(LayerCase one) => one.Node.Layer.Kernel(one.Input)?.Function is not null;

    /// <summary>The layer alone: what stands before it takes its input's shape and changes nothing.</summary>
    private static Func<Tensor, Tensor> Function(LayerCase one, bool training)
    {
        var module = one.MakeRandom(float64);
        module.train(training);
        return input => module.call(one.Input.IsFlat ? input.reshape(-1, LayerCase.Channels, LayerCase.Height, LayerCase.Width) : input).detach();
    }

    private static long[] Sizes(Shape shape) => shape.IsFlat
        ? [shape.Channels.Constant!.Value]
        : [shape.Channels.Constant!.Value, shape.Height.Size!.Value, shape.Width.Size!.Value];

    /// <summary>Numbers of a range, its ends among them where it has any.</summary>
    private static Tensor Draw(ValueRange range, long[] shape)
    {
        var (least, greatest) = (Math.Max(range.Least, -30), Math.Min(range.Greatest, 30));
        var values = (rand(shape, float64) * (greatest - least)) + least;
        values[0, 0] = least;
        values[0, 1] = greatest;
        return values;
    }
}
