using Blockwright.Weights;

namespace Blockwright;

/// <summary>The names that a network's values may be asked for by, and what is said of others.</summary>
internal static class ValueNames
{
    /// <summary>Whether all that is asked for is there.</summary>
    /// <param name="plans">The network's plans.</param>
    /// <param name="names">What is asked for.</param>
    /// <param name="isTraining">Whether what is there in training alone is there.</param>
    /// <exception cref="ArgumentException">A name is none of a value's, is named twice, or is there in training alone; or there is none.</exception>
    public static void Check(NetworkPlans plans, string[] names, bool isTraining)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Length == 0)
            throw new ArgumentException($"Which values? {All(plans)}", nameof(names));
        foreach (var name in names)
        {
            ArgumentNullException.ThrowIfNull(name, nameof(names));
            var known = plans.Names.FirstOrDefault(each => each.Name == name) ?? throw Unknown(plans, name);
            if (known.IsTrainingOnly && !isTraining)
                throw new ArgumentException($"'{name}' of {plans.Network} is there in training alone.", nameof(names));
            if (names.Count(each => each == name) > 1)
                throw new ArgumentException($"'{name}' is asked for twice.", nameof(names));
        }
    }

    /// <summary>Those that are there in inference.</summary>
    public static IReadOnlyList<string> OfInference(NetworkPlans plans) => [.. plans.Names.Where(static each => !each.IsTrainingOnly).Select(static each => each.Name)];

    /// <summary>What is said of a value that a snapshot does not have by itself.</summary>
    public static ArgumentException Fused(string network, string name, IEnumerable<string> those) =>
        new($"A snapshot of {network} has no '{name}': it is computed in one pass with what follows, or its memory serves others before it is whole. It has {Listed(those)}; the network itself gives '{name}', too.", "names");

    /// <summary>Names for people.</summary>
    public static string Listed(IEnumerable<string> names) => string.Join(", ", names.Select(static name => $"'{name}'"));

    private static ArgumentException Unknown(NetworkPlans plans, string name)
    {
        var near = plans.Names.Select(static each => each.Name).MinBy(each => NearMisses.Distance(name, each));
        var isNear = near is not null && NearMisses.Distance(name, near) * 2 <= Math.Max(name.Length, 2);
        return new($"{plans.Network} has no value called '{name}'{(isNear ? $"; did you mean '{near}'?" : ".")} {All(plans)}", "names");
    }

    private static string All(NetworkPlans plans) => plans.Names.Length == 0
        ? "None of its values has a name: the keys of paths, stages and blocks are names, and what As says."
        : $"It has {Listed(plans.Names.Select(static each => each.Name))}.";
}
