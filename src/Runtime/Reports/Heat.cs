using static System.FormattableString;

namespace Blockwright;

/// <summary>How hot a layer is: its share of the time, or of the multiply-adds where nothing was timed.</summary>
internal sealed class Heat
{
    private readonly double[] _shares;

    private Heat(string of, double[] shares) => (Of, _shares) = (of, shares);

    /// <summary>What the shares are of.</summary>
    public string Of { get; }

    public static Heat Made(NetworkCost cost, NetworkProfile? profile)
    {
        var shares = new double[cost.Layers.Count];
        if (profile is null)
        {
            foreach (var layer in cost.Layers)
                shares[layer.Index] = cost.MultiplyAdds == 0 ? 0 : layer.MultiplyAdds / (double)cost.MultiplyAdds;
            return new("multiply-adds", shares);
        }
        // A step's time is that of the layer in it that multiplies most, else of its first: what is fused into it takes none of its own.
        foreach (var step in profile.Steps.Where(static step => step.Layers.Count > 0))
            shares[step.Layers.MaxBy(layer => cost.Layers[layer].MultiplyAdds)] += step.Share;
        return new("time", shares);
    }

    public double Share(IEnumerable<LayerCost> layers) => layers.Sum(layer => _shares[layer.Index]);

    public double Share(LayerCost layer) => _shares[layer.Index];

    public static string Text(double share) => share == 0 ? "" : Invariant($"{100 * share:F1} %");
}
