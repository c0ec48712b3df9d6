using System.Collections.Immutable;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>
/// What a device's kernels take into one pass over memory. Its plan and the rules on element-wise passes (G4) ask the same rules, so that what a rule says of a
/// network is what the snapshot does.
/// </summary>
/// <param name="Device">The device's name.</param>
public sealed record FusionRules(string Device)
{
    private static readonly ImmutableHashSet<KernelKind> Sums = ImmutableHashSet.Create(KernelKind.Convolution, KernelKind.Depthwise, KernelKind.ConvTranspose);

    /// <summary>Blockwright's vector kernels. The other targets' kernels end in the same epilogues; where one will differ, it gets rules of its own here.</summary>
    public static FusionRules Cpu { get; } = new("cpu");

    /// <summary>The most taps of a depthwise convolution's window: the kernel keeps their addresses on the stack.</summary>
    public int MostDepthwiseTaps { get; init; } = 1024;

    /// <summary>Operations that a batch norm behind them folds into: its scale and shift become their weights'.</summary>
    public ImmutableHashSet<KernelKind> TakeNorm { get; init; } = Sums;

    /// <summary>Operations whose epilogue adds a second value.</summary>
    public ImmutableHashSet<KernelKind> TakeResidual { get; init; } = ImmutableHashSet.Create(KernelKind.Convolution, KernelKind.ConvTranspose);

    /// <summary>Operations whose epilogue applies an activation.</summary>
    public ImmutableHashSet<KernelKind> TakeActivation { get; init; } = Sums.Union([KernelKind.Affine, KernelKind.GroupNorm, KernelKind.Add, KernelKind.Multiply]);

    /// <summary>What a kernel of the device computes for a node; null where it only renames channels, or where there is none.</summary>
    public Kernel? KernelOf(FlatGraph graph, FlatNode node) => graph.KernelOf(node) is { } kernel && (kernel.Kind != KernelKind.Depthwise || kernel.Window.Taps <= MostDepthwiseTaps) ? kernel : null;
}
