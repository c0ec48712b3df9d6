using Zoo;

namespace Blockwright.Zoo.Tests;

/// <summary>Which networks of the zoo a test is for, and at which size.</summary>
internal static class Animals
{
    // What a test runs at its declared size, or saves, does that in a moment.
    private const long ManyMultiplyAdds = 6_000_000_000;
    private const long ManyParameters = 64_000_000;

    // Small images, which deep networks halve five times; of what takes none so small, or costs much there, others.
    private static readonly int[] Sizes = [64, 96, 32, 16];

    /// <summary>Those that can be saved in a moment.</summary>
    public static TheoryData<string> Savable => [.. Animal.All.Where(static animal => animal.Cost.Parameters < ManyParameters).Select(static animal => animal.Name)];

    /// <summary>Those of which <c>verify</c> compares the logits, and that run at their declared size in a moment, too.</summary>
    public static TheoryData<string> Verifiable =>
        [.. Animal.All.Where(static animal => animal.Cost is { Results.Count: 1, Parameters: < ManyParameters, MultiplyAdds: < ManyMultiplyAdds }).Select(static animal => animal.Name)];

    /// <summary>All of them.</summary>
    public static TheoryData<string> Names => [.. Animal.All.Select(static animal => animal.Name)];

    public static Animal Find(string name) => Animal.All.Single(animal => animal.Name == name);

    /// <summary>One whose only result is a tensor.</summary>
    public static NetworkModule Create(string name) => (NetworkModule)Find(name).Create();

    /// <summary>The height and width of a small image that the network takes.</summary>
    public static int SizeFor(string name)
    {
        var cost = Find(name).Cost;
        return Sizes.First(size => IsTaken(cost, size) && cost.At(1, size, size).MultiplyAdds < ManyMultiplyAdds);
    }

    private static bool IsTaken(NetworkCost cost, int size)
    {
        try
        {
            cost.At(1, size, size);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
