using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What a <see cref="NetworkReport"/> has beside the costs.</summary>
public sealed record ReportOptions
{
    /// <summary>What the network is run on, N x C x H x W, and the size at which costs are counted; random numbers of the declared size where it is null.</summary>
    public Tensor? Input { get; init; }

    /// <summary>The same of a network with several inputs, in their order; none for random numbers.</summary>
    public IReadOnlyList<Tensor> Inputs { get; init; } = [];

    /// <summary>Whether the network is timed: as <c>Fuse()</c> runs it, in evaluation mode.</summary>
    public bool Profile { get; init; }

    /// <summary>The runs that are timed.</summary>
    public int Iterations { get; init; } = Comparison.UsualIterations;

    /// <summary>Networks that are compared with it, at the same input. They are timed, whatever <see cref="Profile"/> says.</summary>
    public IReadOnlyList<INetworkModule> Compare { get; init; } = [];

    /// <summary>What the compiler said, see <see cref="ReportedDiagnostic.ReadErrorLog"/>.</summary>
    public IReadOnlyList<ReportedDiagnostic> Diagnostics { get; init; } = [];
}
