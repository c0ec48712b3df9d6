using System.Text;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// What is known of a network, as one HTML file that needs nothing else: the graph as a picture, what each layer costs, and where they were asked for the time, the machine's roofline, other networks beside it and what the
/// compiler said.
/// </summary>
public sealed class NetworkReport
{
    private NetworkReport(NetworkSummary summary, NetworkProfile? profile, IReadOnlyList<Comparison> comparisons, IReadOnlyList<ReportedDiagnostic> diagnostics) =>
        (Summary, Profile, Comparisons, Diagnostics) = (summary, profile, comparisons, diagnostics);

    /// <summary>What the network costs.</summary>
    public NetworkSummary Summary { get; }

    /// <summary>Where its time goes; null where nobody asked.</summary>
    public NetworkProfile? Profile { get; }

    /// <summary>The network beside each other one.</summary>
    public IReadOnlyList<Comparison> Comparisons { get; }

    /// <summary>What the compiler said.</summary>
    public IReadOnlyList<ReportedDiagnostic> Diagnostics { get; }

    /// <summary>A report of what is known without making the network: no weights, no torch.</summary>
    /// <param name="cost">What it costs, at the size that is of interest.</param>
    /// <param name="diagnostics">What the compiler said; null for nothing.</param>
    /// <returns>The report.</returns>
    public static NetworkReport Of(NetworkCost cost, IReadOnlyList<ReportedDiagnostic>? diagnostics = null)
    {
        ArgumentNullException.ThrowIfNull(cost);
        return new(cost.Summary(new() { Depth = int.MaxValue, Batch = cost.Batch }), null, [], diagnostics ?? []);
    }

    /// <summary>A report of a network.</summary>
    /// <param name="network">The network; it is timed in evaluation mode.</param>
    /// <param name="options">What there is beside the costs; null for nothing.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">The network, or one that is compared with it, does not take the input.</exception>
    public static NetworkReport Of(INetworkModule network, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new();
        _ = network.GetCost();
        using var scope = NewDisposeScope();
        var inputs = options.Input is { } one ? [one] : options.Inputs.Count > 0 ? [.. options.Inputs] : Images(network);
        if (network.Plans.Inputs.Length > 1 || inputs.Length > 1)
            InputSizes.Check(network.Plans, network.Plans.Network, inputs);
        var input = inputs[0];
        if (input.dim() != 4)
            throw new ArgumentException($"{network.Plans.Network} takes N x C x H x W, and was given {input.shape.Joined(" x ")}.", nameof(options));
        var summary = network.Summary(new() { Depth = int.MaxValue, Batch = (int)input.size(0), Height = (int)input.size(2), Width = (int)input.size(3) });
        var profile = options.Profile ? ProfileOf(network, inputs, options.Iterations) : null;
        return new(summary, profile, [.. options.Compare.Select(other => Comparison.Of(network, other, inputs, null, options.Iterations, FuseOptions.Default, profile))], options.Diagnostics);
    }

    /// <summary>The page.</summary>
    /// <returns>HTML, which asks for no other file and no network.</returns>
    public string ToHtml() => ReportPage.Of(this);

    /// <summary>Writes the page.</summary>
    /// <param name="path">The file; it is written over.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        File.WriteAllText(path, ToHtml(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    /// <summary>An image of the network's type for each input, where the network is.</summary>
    private static Tensor[] Images(INetworkModule network)
    {
        var like = network.Module.parameters().FirstOrDefault();
        return [.. network.Plans.Inputs.Select(input => randn([1, input.Channels, input.Height, input.Width], dtype: like?.dtype, device: like?.device))];
    }

    private static NetworkProfile ProfileOf(INetworkModule network, Tensor[] inputs, int iterations)
    {
        var wasTraining = network.Module.training;
        network.Module.eval();
        try
        {
            using var fused = network.TakeSnapshot(FuseOptions.Default);
            return fused.Profile(inputs, iterations);
        }
        finally
        {
            network.Module.train(wasTraining);
        }
    }
}
