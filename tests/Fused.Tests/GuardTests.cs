using Blockwright.Cpu;
using Blockwright.Kernels;
using Blockwright.Plans;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>No step of any plan reads or writes beside its memory: every piece lies between guards of NaN, which stay as they are and reach no result.</summary>
public sealed unsafe class GuardTests : IDisposable
{
    private const int Guard = 4096;

    private readonly List<(AlignedMemory Memory, long Length)> _pieces = [];

    [Theory]
    [MemberData(nameof(SystemsTests.Cases), MemberType = typeof(SystemsTests))]
    public void NothingIsReadOrWrittenBesideItsMemory(string name, InstructionSet set, int threads)
    {
        using var network = (NetworkModule)Networks.Make(name);
        AssertGuarded(network, set, threads);
    }

    [Theory]
    [MemberData(nameof(IslandsTests.Networks), MemberType = typeof(IslandsTests))]
    public void NorWhereTorchComputesSomething(Type type, int islands)
    {
        using var network = IslandsTests.Make(type);
        Assert.True(islands > 0);
        if (network is NetworkModule { Plans.Cpu.Results.Length: 1 } single)
            AssertGuarded(single, InstructionSets.Best, 2);
    }

    private void AssertGuarded(NetworkModule network, InstructionSet set, int threads)
    {
        var plan = network.Plans.Cpu!;
        var (height, width) = (plan.Grids[0].Height, plan.Grids[0].Width);
        using Cpu.Steps.IIslands? islands = network.Plans.Islands?.Invoke(network);
        using var program = new CpuProgram(network.Plans.Network, plan, WeightFolding.Fold(network, plan), set, islands: islands);
        foreach (var (images, bandBytes) in new[] { (1, Networks.Bands[0]), (3, Networks.Bands[0]), (1, Networks.Bands[1]), (3, Networks.Bands[1]) })
        {
            using var workspace = new CpuWorkspace(program, images, height, width, threads, bandBytes, Allocate);
            using var input = randn(images, plan.InChannels, height, width);
            using var noGradient = no_grad();
            using var expected = network.forward(input);
            var values = input.data<float>().ToArray();
            var output = new float[expected.numel()];
            fixed (float* from = values, to = output)
            {
                workspace.Caller.PlaceInput(0, from);
                workspace.Caller.Place(0, to);
                for (var step = 0; step < workspace.StepCount; step++)
                {
                    var parts = workspace.Callers.Contains(step) ? 1 : threads;
                    for (var part = 0; part < parts; part++)
                        workspace.Run(step, new Share(part, parts));
                }
            }

            Assert.All(_pieces, static piece => AssertIntact(piece.Memory, piece.Length));
            using var found = tensor(output, expected.shape);
            Assert.True(found.allclose(expected, 1e-4, 1e-5 * expected.abs().max().item<float>()));
        }
    }

    public void Dispose() => _pieces.ForEach(static piece => piece.Memory.Dispose());

    private float* Allocate(long floats)
    {
        var memory = new AlignedMemory(floats + (2 * Guard));
        _pieces.Add((memory, floats));
        new Span<float>(memory.Pointer, Guard).Fill(float.NaN);
        new Span<float>(memory.Pointer + Guard + floats, Guard).Fill(float.NaN);
        return memory.Pointer + Guard;
    }

    private static void AssertIntact(AlignedMemory memory, long floats)
    {
        Assert.Equal(-1, new ReadOnlySpan<float>(memory.Pointer, Guard).IndexOfAnyExcept(float.NaN));
        Assert.Equal(-1, new ReadOnlySpan<float>(memory.Pointer + Guard + floats, Guard).IndexOfAnyExcept(float.NaN));
    }
}
