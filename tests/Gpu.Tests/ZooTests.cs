using Blockwright.Fused.Tests;
using Zoo;
using static TorchSharp.torch;

namespace Blockwright.Gpu.Tests;

/// <summary>Networks of the zoo by OpenCL against the CPU's kernels, at small sizes and batches of 1 and 3, each piece of memory between guards.</summary>
public class ZooTests
{
    // None is a declared one.
    private static readonly (int Batch, int Height, int Width)[] Sizes = [(1, 32, 40), (3, 32, 40), (1, 45, 33), (3, 45, 33)];

    /// <summary>Those with kernels that take all these sizes; of what a CPU would run for minutes only where all are asked for, BLOCKWRIGHT_ZOO=all.</summary>
    internal static IEnumerable<string> All => Animal.All.Where(static animal => animal.Cost is { HasPlan: true } && IsTaken(animal.Cost) && (AreAllAsked || IsSmall(animal.Cost))).Select(static animal => animal.Name);

    internal static bool AreAllAsked => Environment.GetEnvironmentVariable("BLOCKWRIGHT_ZOO") == "all";

    public static TheoryData<string> Names => [.. All];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void GivesWhatTheCpuGives(string name)
    {
        OpenClMachine.Require();
        manual_seed(1);
        using var network = Make(name);
        network.Module.eval();
        using var cpu = network.TakeSnapshot(new FuseOptions { Threads = 1 });
        using var gpu = new GuardedProgram(network);
        foreach (var (batch, height, width) in Sizes)
        {
            using var scope = NewDisposeScope();
            var inputs = InputSizes.At(network.Plans, height, width).Select(input => randn(batch, input.Channels, input.Height, input.Width)).ToArray();
            foreach (var (found, expected) in gpu.Run(inputs).Zip(cpu.Results(inputs)))
                Assert.InRange((found - expected).abs().max().item<float>() / expected.abs().max().item<float>(), 0, 2e-5);
        }
    }

    internal static INetworkModule Make(string name) => Animal.All.Single(animal => animal.Name == name).Create();

    private static bool IsSmall(NetworkCost cost)
    {
        const long MostParameters = 30_000_000, MostMultiplyAdds = 1_000_000_000;
        return cost.Parameters <= MostParameters && cost.At(Sizes[0].Batch, Sizes[0].Height, Sizes[0].Width).MultiplyAdds <= MostMultiplyAdds;
    }

    private static bool IsTaken(NetworkCost cost)
    {
        try
        {
            return Sizes.All(size => cost.At(size.Batch, size.Height, size.Width).Batch == size.Batch);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
