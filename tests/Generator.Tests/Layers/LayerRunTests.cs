using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Blockwright.Kernels;
using Blockwright.Tests.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Layers;

/// <summary>Every layer of the table, at every place that takes it: forward, a training step, the snapshot of torch's operations, and the kernels, each against plain torch.</summary>
public class LayerRunTests
{
    private const int Batch = 3;
    private const double Double = 1e-12;
    private const double Single = 1e-5;

    public static TheoryData<string, InstructionSet> KindsAndSets
    {
        get
        {
            var data = new TheoryData<string, InstructionSet>();
            foreach (var kind in LayerWords.Kinds)
            {
                foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.CanRun))
                    data.Add(kind, set);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void ComputesAndTrainsAsTorch(string kind)
    {
        foreach (var one in LayerCases.Of(kind))
        {
            one.Check(() =>
            {
                var module = one.MakeRandom(float64);
                TrainingStep.AssertEqual(module, Twin.Interpreted(module), [Batch, LayerCase.Channels, LayerCase.Height, LayerCase.Width]);
            });
        }
    }

    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void TheSnapshotOfTorchsOperationsGivesTheSame(string kind)
    {
        foreach (var one in LayerCases.Of(kind))
        {
            one.Check(() =>
            {
                using var noGradient = no_grad();
                var module = one.MakeRandom(float64);
                var twin = Twin.Interpreted(module);
                module.eval();
                using var fused = LayerCase.Fuse(module, new FuseOptions { UseKernels = false });
                foreach (var input in Inputs(one, float64))
                {
                    var before = input.clone();
                    var expected = twin.Forward(input, training: false);
                    Tensors.AssertClose(expected, module.call(input), Double, $"forward of {Tensors.Shape(input)}");
                    Tensors.AssertClose(expected, fused.call(input), Double, $"the snapshot of {Tensors.Shape(input)}");
                    Tensors.AssertClose(before, input, 0, "the input");
                }
            });
        }
    }

    [Theory]
    [MemberData(nameof(KindsAndSets))]
    public void TheKernelsGiveTheSame(string kind, InstructionSet set)
    {
        foreach (var one in LayerCases.Of(kind).Where(static each => each.Graph.Parameters.Constant > 0))
            one.Check(() => AssertKernels(one, set));
    }

    /// <summary>In memory, a layer is written over its input exactly where its row says so.</summary>
    [Theory]
    [MemberData(nameof(LayerCases.Kinds), MemberType = typeof(LayerCases))]
    public void IsEmittedInPlaceWhereItsRowSaysSo(string kind)
    {
        foreach (var one in LayerCases.Of(kind).Where(static each => each.Site.Name == "BehindConvolution"))
        {
            one.Check(() =>
            {
                var text = LayerCases.Emitted(one);
                var (module, snapshot) = (text[..text.IndexOf("private sealed class", StringComparison.Ordinal)], text[text.IndexOf("private sealed class", StringComparison.Ordinal)..]);
                var call = one.Node.Layer.Call(new CallSite("", "", IsInPlace: true, static amount => amount.Code)) + ";";
                var plain = one.Node.Layer.Call(new CallSite("", "", IsInPlace: false, static amount => amount.Code)) + ";";
                Assert.True(one.Node.Layer.Overwriting == Overwriting.Never || call != plain, "its call has no form that writes over its input");
                if (call == plain)
                    return;
                Assert.Equal(one.Node.Layer.Overwriting == Overwriting.Always, module.Contains(call, StringComparison.Ordinal));
                Assert.Equal(one.Node.Layer.Overwriting != Overwriting.Never, snapshot.Contains(call, StringComparison.Ordinal));
            });
        }
    }

    private static void AssertKernels(LayerCase one, InstructionSet set)
    {
        using var noGradient = no_grad();
        var module = one.MakeRandom(float32);
        module.eval();
        // The judge computes in float64 with the same numbers.
        module.to(float64);
        var twin = Twin.Interpreted(module);
        var expected = Inputs(one, float64).Select(input => (input, twin.Forward(input, training: false))).ToList();
        module.to(float32);
        // How threads share the work is no matter of several numbers at a time; where others use the cores, they wait for each other most of the time.
        foreach (var threads in one.Word.Named.Count() > 1 ? [1] : new[] { 1, 2 })
        {
            using var fused = LayerCase.Fuse(module, new FuseOptions { InstructionSet = set, Threads = threads, BandBytes = threads == 1 ? 1 : new FuseOptions().BandBytes });
            Assert.Equal(!Islands.In(FlatGraph.Of(one.Graph), FusionRules.Cpu).AreWhole, fused.Kernels is not null);
            foreach (var (input, result) in expected)
                Tensors.AssertClose(result, fused.call(input.to(float32)), Single, $"{threads} threads, {Tensors.Shape(input)}");
        }
    }

    /// <summary>One image and several of the declared size, and, where no features' number depends on it, several of another.</summary>
    private static IEnumerable<Tensor> Inputs(LayerCase one, ScalarType type)
    {
        yield return randn([1, LayerCase.Channels, LayerCase.Height, LayerCase.Width], type) * 3;
        yield return randn([Batch, LayerCase.Channels, LayerCase.Height, LayerCase.Width], type) * 3;
        if (!one.Graph.Nodes.Any(static node => node is LayerNode { Shape.IsFlat: true }))
            yield return randn([Batch, LayerCase.Channels, LayerCase.Height + 6, LayerCase.Width + 1], type) * 3;
    }
}
