namespace Blockwright;

/// <summary>What networks cost.</summary>
public static class NetworkReports
{
    /// <summary>What the network costs at its declared input, layer by layer.</summary>
    /// <param name="network">The network.</param>
    /// <returns>The cost.</returns>
    /// <exception cref="NotSupportedException">64 bits do not hold it, or an older version of Blockwright built the class.</exception>
    public static NetworkCost GetCost(this NetworkModule network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Plans.Cost;
    }

    /// <summary>The table of what the network is made of and costs, with which of its parameters are frozen.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">Depth, columns, batch and size; null for the usual.</param>
    /// <returns>The table: <c>Console.Write</c> it.</returns>
    /// <exception cref="ArgumentException">The network does not take the size.</exception>
    /// <exception cref="NotSupportedException">64 bits do not hold what it costs, or an older version of Blockwright built the class.</exception>
    public static NetworkSummary Summary(this NetworkModule network, SummaryOptions? options = null) =>
        new(network.GetCost(), options ?? new SummaryOptions(), ModuleParameters.Of(network));
}
