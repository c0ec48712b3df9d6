using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What networks cost.</summary>
public static class NetworkReports
{
    /// <summary>What the network costs at its declared input, layer by layer.</summary>
    /// <param name="network">The network.</param>
    /// <returns>The cost.</returns>
    /// <exception cref="NotSupportedException">64 bits do not hold it, or an older version of Blockwright built the class.</exception>
    public static NetworkCost GetCost(this INetworkModule network)
    {
        ArgumentNullException.ThrowIfNull(network);
        ModuleCalls.RequireLayers(network.Module);
        return network.Plans.Cost;
    }

    /// <summary>The table of what the network is made of and costs, with which of its parameters are frozen.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">Depth, columns, batch and size; null for the usual.</param>
    /// <returns>The table: <c>Console.Write</c> it.</returns>
    /// <exception cref="ArgumentException">The network does not take the size.</exception>
    /// <exception cref="NotSupportedException">64 bits do not hold what it costs, or an older version of Blockwright built the class.</exception>
    public static NetworkSummary Summary(this INetworkModule network, SummaryOptions? options = null) =>
        new(network.GetCost(), options ?? new SummaryOptions(), ModuleParameters.Of(network.Module));

    /// <summary>The network's graph as a flowchart in Mermaid's language, see <see cref="NetworkCost.ToMermaid"/>.</summary>
    /// <param name="network">The network.</param>
    /// <param name="depth">How deep it goes; what is deeper is one box.</param>
    /// <returns>The text.</returns>
    public static string ToMermaid(this INetworkModule network, int depth = 2) => network.GetCost().ToMermaid(depth);

    /// <summary>
    /// Runs the module on torch's operations, in the mode that it is in and without gradients, and says where the time goes: each layer, and what stands between layers. On a GPU every moment waits for it.
    /// Hooks hang in the layers meanwhile: other threads that ask for a profile wait, and none calls the module.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="input">N x C x H x W, on the network's device and of its type.</param>
    /// <param name="iterations">The runs that are timed, each of all N images, at most a million; some more come before. How many images there are the input says.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">The input has another shape, or the network does not take the size.</exception>
    public static NetworkProfile Profile(this INetworkModule network, Tensor input, int iterations = KernelNetwork.ProfileRuns)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(input);
        KernelNetwork.CheckRuns(iterations);
        ModuleCalls.RequireLayers(network.Module);
        ModuleCalls.CheckThere(network.Plans.Network, input);
        if (network.Plans.Inputs.Length > 1)
            InputSizes.Check(network.Plans, network.Plans.Network, [input]);
        if (input.dim() != 4 || input.size(0) == 0)
            throw new ArgumentException(Invariant($"{network.Plans.Network} takes N x {network.InChannels} x H x W, and was given {input.shape.Joined(" x ")}."), nameof(input));
        lock (network.Profiling)
            return ModuleProfiler.Profile(network, [input], iterations);
    }

    /// <summary>The same of a network with several inputs.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inputs">The inputs, in their order, on the network's device and of its type.</param>
    /// <param name="iterations">The runs that are timed, at most a million; some more come before.</param>
    /// <returns>The profile.</returns>
    /// <exception cref="ArgumentException">An input is not what the network takes.</exception>
    public static NetworkProfile Profile(this INetworkModule network, IReadOnlyList<Tensor> inputs, int iterations = KernelNetwork.ProfileRuns)
    {
        ArgumentNullException.ThrowIfNull(network);
        KernelNetwork.CheckRuns(iterations);
        ModuleCalls.RequireLayers(network.Module);
        InputSizes.Check(network.Plans, network.Plans.Network, inputs);
        if (inputs[0].size(0) == 0)
            throw new ArgumentException($"{network.Plans.Network} is profiled with at least one image, and was given none.", nameof(inputs));
        lock (network.Profiling)
            return ModuleProfiler.Profile(network, [.. inputs], iterations);
    }
}
