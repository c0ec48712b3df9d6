using Blockwright.Fused.Tests;
using Blockwright.Gpu.OpenCl;
using Blockwright.Plans;
using Blockwright.Runtime.Tests.Weights;
using static TorchSharp.torch;
using Results = (TorchSharp.torch.Tensor Depth, TorchSharp.torch.Tensor Stem, TorchSharp.torch.Tensor Left, TorchSharp.torch.Tensor Scores, TorchSharp.torch.Tensor Again, TorchSharp.torch.Tensor Mixed, TorchSharp.torch.Tensor? Aux);

namespace Blockwright.Gpu.Tests;

/// <summary>A network with two inputs and six results by OpenCL, and as far as that goes without a card by CUDA: tensors, plain memory, files, profiles, what takes the kernels' place.</summary>
[Collection("The fake card")]
public class SeveralTests
{
    private static readonly FuseOptions OpenCl = new() { Device = FuseDevice.OpenCl };

    // The second one's depth is 5 x 6.
    private static readonly (int Batch, int Height, int Width)[] Sizes = [(1, 6, 4), (2, 6, 4), (3, 6, 4), (1, 10, 12), (3, 10, 12)];

    [SkippableFact]
    public void KernelsGiveWhatForwardGivesAndWriteNothingElse()
    {
        OpenClMachine.Require();
        using var scope = NewDisposeScope();
        using var network = Make();
        using var guarded = new GuardedProgram(network);
        Assert.Equal((2, 6), (guarded.OnDevice.Program.Inputs, guarded.OnDevice.Program.Results.Length));
        foreach (var (batch, height, width) in Sizes.Append((66, 6, 4))) // of another schedule
        {
            var inputs = Inputs(batch, height, width);
            AssertSame(Of(network.call(inputs[0], inputs[1])), guarded.Run(inputs));
        }
    }

    [SkippableFact]
    public void ASnapshotGivesTheTuple()
    {
        OpenClMachine.Require();
        using var scope = NewDisposeScope();
        using var network = Make();
        using var fused = network.Fuse(OpenCl);
        Assert.StartsWith("OpenCL: ", fused.Kernels!.Device, StringComparison.Ordinal);
        foreach (var (batch, height, width) in Sizes)
        {
            var inputs = Inputs(batch, height, width);
            var found = fused.call(inputs[0], inputs[1]);
            Assert.Null(found.Aux);
            AssertSame(Of(network.call(inputs[0], inputs[1])), Of(found));
        }
        Assert.Equal([0, 8, 3, 2], fused.call(zeros(0, 4, 6, 4), zeros(0, 3, 3, 2)).Stem.shape);
        Assert.Contains("takes depth of 3 x 2 beside image of 6 x 4", Assert.Throws<ArgumentException>(() => fused.call(zeros(1, 4, 6, 4), zeros(1, 3, 6, 4))).Message, StringComparison.Ordinal);
        Assert.Contains("keep no value but the results", Assert.Throws<NotSupportedException>(() => fused.Features(Inputs(1, 6, 4), "stem")).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void PlainMemoryHoldsThemOneBehindAnother()
    {
        OpenClMachine.Require();
        using var scope = NewDisposeScope();
        using var network = Make();
        using var folder = new TestFolder();
        using (var fused = network.Fuse(OpenCl))
            fused.Save(folder["several.safetensors"]);
        using var loaded = Several.LoadFused(folder["several.safetensors"], OpenCl);
        using var cpu = Several.LoadFused(folder["several.safetensors"], new FuseOptions { Threads = 1 });
        foreach (var (batch, height, width) in Sizes)
        {
            var inputs = Inputs(batch, height, width);
            var expected = Of(network.call(inputs[0], inputs[1]));
            Assert.Equal(inputs.Select(static input => input.shape[1..]), loaded.InputsOf(height, width).Select(static input => new long[] { input.Channels, input.Height, input.Width }));
            Assert.Equal(expected.Select(static result => result.shape[1..]), loaded.ResultsOf(height, width).Select(static result => result.Sizes));
            float[] values = Values(inputs), output = new float[expected.Sum(static result => result.numel()) + 1], other = new float[output.Length];
            loaded.Run(values, output, batch, height, width);
            AssertSame(expected, Cut(output, expected));
            Assert.Equal(0, output[^1]); // It may be longer.
            cpu.Run(values, other, batch, height, width);
            AssertSame(Cut(other, expected), Cut(output, expected));
            Assert.Throws<ArgumentException>(() => loaded.Run(values, output.AsSpan(2), batch, height, width));
            Assert.Throws<ArgumentException>(() => loaded.Run(values.AsSpan(1), output, batch, height, width));
        }
        Assert.True(loaded.IdleBytes > 0);
        loaded.Trim();
        Assert.Equal(0, loaded.IdleBytes);
    }

    /// <summary>What no device's buffer would hold at once goes in parts: of each input and each result the part's own images.</summary>
    [SkippableFact]
    public void PartsOfACallAreTheirOwnImages()
    {
        OpenClMachine.Require();
        using var scope = NewDisposeScope();
        using var network = Make();
        var inputs = Inputs(5, 6, 4);
        var expected = Of(network.call(inputs[0], inputs[1]));
        var plans = ((INetworkModule)network).Plans;
        using var program = new OpenClProgram(nameof(Several), plans.Gpu!, WeightFolding.Fold(network, plans.Cpu!));
        var sizes = new GpuSizes(nameof(Several), program.Program, 6, 4);
        float[] values = Values(inputs), output = new float[5 * sizes.OutputFloats], timed = new float[output.Length];
        using var ofTwo = new OpenClWorkspace(program, sizes, 2, 6, 4);
        using var ofOne = new OpenClWorkspace(program, sizes, 1, 6, 4);
        using var moments = new TimedOpenCl(program, sizes, [2, 1], 6, 4);
        for (var part = ImagePart.Of(5, 2); part.Count > 0; part = part.Next(2))
        {
            (part.Count == 2 ? ofTwo : ofOne).Run(values, output, part);
            var ended = moments.Run(part, values, timed);
            Assert.Equal(program.Program.ScheduleOf(part.Count).Launches.Length + 3, ended.Length);
            Assert.Equal(ended.Order(), ended);
        }
        AssertSame(expected, Cut(output, expected));
        Assert.Equal(output, timed);
    }

    [SkippableFact]
    public void AProfileHasTheCopiesAndEachLaunch()
    {
        OpenClMachine.Require();
        using var scope = NewDisposeScope();
        using var network = Make();
        using var fused = network.Fuse(OpenCl);
        var profile = fused.Profile(Inputs(3, 6, 4), 2);
        AssertProfile(network, profile);
        Assert.StartsWith("Several, fused, image 3 x 4 x 6 x 4, depth 3 x 3 x 3 x 2, OpenCL: ", profile.Title, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void GraphsGiveWhatForwardGivesInAnyOrderThatTheirEdgesAllow()
    {
        OpenClMachine.Require();
        using var scope = NewDisposeScope();
        using var network = Make();
        using var card = new FakeCard(network);
        using (var fused = network.Fuse(new FuseOptions { Device = FuseDevice.Cuda, Cuda = card.Machine }))
        {
            Assert.StartsWith("CUDA: ", fused.Kernels!.Device, StringComparison.Ordinal);
            foreach (var (batch, height, width) in Sizes)
            {
                var inputs = Inputs(batch, height, width);
                AssertSame(Of(network.call(inputs[0], inputs[1])), Of(fused.call(inputs[0], inputs[1])));
            }
            // Two inputs to the card and six results back, each by itself.
            Assert.Equal((2, 6), (card.Driver.LastGraph.Count(static node => node.Kernel is null && node.After.Length == 0), card.Driver.LastGraph.Count(static node => node.Kernel is null && node.After.Length > 0)));
            var profile = fused.Kernels.Profile(Values(Inputs(3, 6, 4)), 3, 6, 4, 2);
            AssertProfile(network, profile);
            Assert.StartsWith("Several, fused, image 3 x 4 x 6 x 4, depth 3 x 3 x 3 x 2, CUDA: Fake H100", profile.Title, StringComparison.Ordinal);
        }
        Assert.Empty(card.Driver.Held);
        Assert.Empty(card.Driver.Violations);
    }

    [SkippableTheory]
    [InlineData(FuseFallback.Cpu)]
    [InlineData(FuseFallback.Torch)]
    public void WhatFailsInACallIsDoneBySomethingElseFromThenOn(FuseFallback fallback)
    {
        OpenClMachine.Require();
        using var scope = NewDisposeScope();
        using var network = Make();
        using var card = new FakeCard(network);
        var inputs = Inputs(2, 6, 4);
        var expected = Of(network.call(inputs[0], inputs[1]));
        var before = FallbackNotice.Listener;
        FallbackNotice.Listener = static _ => { };
        try
        {
            using var fused = network.Fuse(new FuseOptions { Device = FuseDevice.Cuda, Cuda = card.Machine, Fallback = fallback });
            AssertSame(expected, Of(fused.call(inputs[0], inputs[1])));
            card.Driver.Fails = "cuGraphLaunch";
            AssertSame(expected, Of(fused.call(inputs[0], inputs[1])));
            var output = new float[expected.Sum(static result => result.numel())];
            fused.Run(Values(inputs), output, 2);
            AssertSame(expected, Cut(output, expected));
            Assert.NotEmpty(fused.Features(inputs, "stem")["stem"].shape);
        }
        finally
        {
            FallbackNotice.Listener = before;
        }
        Assert.Empty(card.Driver.Held);
    }

    private static void AssertProfile(Several network, NetworkProfile profile)
    {
        Assert.Equal(2.0 * network.GetCost().At(3).MultiplyAdds, profile.Steps.Sum(static step => step.Flops));
        Assert.Equal(["the inputs to the device", "the results to the host"], profile.Steps.Where(static step => step.Kind == "copy").Select(static step => step.Name));
        // Of floats: 4 x 6 x 4 and 3 x 3 x 2 an image; depth, stem, left, scores, again and mixed.
        Assert.Equal([3 * 4.0 * (96 + 18), 3 * 4.0 * (18 + 48 + 24 + 5 + 48 + 48)], profile.Steps.Where(static step => step.Kind == "copy").Select(static step => step.Bytes));
        Assert.Empty(new[] { "stem.0", "shape.0", "scores.1", "result Depth", "result Left", "result Again", "result Mixed" }.Except(profile.Steps.Select(static step => step.Name)));
    }

    private static Several Make()
    {
        manual_seed(1);
        var network = new Several();
        network.eval();
        return network;
    }

    private static Tensor[] Inputs(int batch, int height, int width) => [randn(batch, 4, height, width), randn(batch, 3, height / 2, width / 2)];

    private static float[] Values(Tensor[] inputs) => [.. inputs.SelectMany(static input => input.data<float>().ToArray())];

    private static Tensor[] Of(Results results) => [results.Depth, results.Stem, results.Left, results.Scores, results.Again, results.Mixed];

    private static Tensor[] Cut(float[] values, Tensor[] like)
    {
        var at = 0;
        return Array.ConvertAll(like, each =>
        {
            var from = at;
            at += (int)each.numel();
            return tensor(values[from..at], each.shape);
        });
    }

    private static void AssertSame(Tensor[] expected, Tensor[] found)
    {
        Assert.Equal(expected.Select(static result => result.shape), found.Select(static result => result.shape));
        for (var i = 0; i < expected.Length; i++)
            Assert.True(found[i].allclose(expected[i], 1e-4, 1e-5), $"result {i} of {expected[i].size(0)} images");
    }
}
