namespace Blockwright;

/// <summary>What a step took, or several.</summary>
/// <param name="Name">The keys of its layers, or what it is one of.</param>
/// <param name="Kind">What it computes.</param>
/// <param name="Block">The key of the block that it is part of.</param>
public sealed record ProfileRow(string Name, string Kind, string Block)
{
    /// <summary>How it is computed, where there are several ways: the tiles of a convolution.</summary>
    public string Way { get; init; } = "";

    /// <summary>The layers that it computes, by their numbers in <see cref="NetworkCost.Layers"/>; none where it only brings values in order.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>How often it was timed, all runs together.</summary>
    public int Calls { get; init; }

    /// <summary>All runs together.</summary>
    public double TotalSeconds { get; init; }

    /// <summary>The median of the runs.</summary>
    public double MedianSeconds { get; init; }

    /// <summary>Its part in the time of all.</summary>
    public double Share { get; init; }

    /// <summary>Floating-point operations of the direct sums in one run, two for each multiply-add.</summary>
    public double Flops { get; init; }

    /// <summary>What it reads and writes in one run at least: its maps and its weights, each once.</summary>
    public double Bytes { get; init; }

    /// <summary>The seconds that a run takes at least by the roofline: its operations at the machine's peak or its bytes at the machine's speed, whichever is more.</summary>
    public double FloorSeconds { get; init; }

    /// <summary>A call's.</summary>
    public double MeanSeconds => TotalSeconds / Calls;

    /// <summary>Billions of floating-point operations a second; a convolution by tiles has fewer products than are counted.</summary>
    public double GigaFlopsPerSecond => Flops / MedianSeconds / 1e9;

    /// <summary>Billions of bytes a second.</summary>
    public double GigaBytesPerSecond => Bytes / MedianSeconds / 1e9;

    /// <summary>How near it comes to the roofline: 1 is on it.</summary>
    public double RooflineShare => FloorSeconds / MedianSeconds;
}

/// <summary>What the rows of a profile stand for.</summary>
public enum ProfileGrouping
{
    /// <summary>Each step by itself.</summary>
    Layer,

    /// <summary>All that compute the same.</summary>
    Kind,

    /// <summary>All of a block of the network; what is the network's own stands by itself.</summary>
    Block,
}
