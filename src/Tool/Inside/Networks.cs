using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Blockwright.Analyzers.Declared;

namespace Blockwright.Tool.Inside;

/// <summary>The networks of an assembly.</summary>
internal sealed class Networks(Assembly assembly)
{
    private readonly Lazy<IReadOnlyList<Type>> _types = new(() => [.. TypesOf(assembly).Where(static type => type.IsAssignableTo(typeof(INetworkModule)) && type is { IsAbstract: false, IsClass: true }).OrderBy(static type => type.FullName, StringComparer.Ordinal)]);

    /// <summary>A network's class.</summary>
    /// <exception cref="BadInputException">There is none of the name, or several.</exception>
    public Type Find(string name)
    {
        var named = _types.Value.Where(type => type.FullName == name).ToList();
        if (named.Count == 0)
            named = [.. _types.Value.Where(type => type.Name == name)];
        return named.Count switch
        {
            1 => named[0],
            0 when _types.Value.Count == 0 => throw new BadInputException($"{assembly.GetName().Name} declares no network."),
            0 when TypesOf(assembly).Any(type => type.IsDefined(typeof(BlockAttribute), inherit: false) && (type.Name == name || type.FullName == name)) => throw new BadInputException($"'{name}' is a block of {assembly.GetName().Name}, whose sizes its users say: name a network, {Known()}."),
            0 => throw new BadInputException($"{assembly.GetName().Name} has no network '{name}'{(NameDistance.Nearest(name, _types.Value.Select(static type => type.Name)) is { } nearest ? $": {nearest} is nearest. " : ". ")}There are {Known()}."),
            _ => throw new BadInputException($"There are several networks '{name}': name one of {string.Join(", ", named.Select(static type => type.FullName))}."),
        };

        string Known() => string.Join(", ", _types.Value.Select(static type => type.Name));
    }

    /// <summary>What a network costs: of its class, without making it, where the class says so.</summary>
    public NetworkCost CostOf(string name)
    {
        var type = Find(name);
        if (type.GetProperty("Cost", BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly) is { } cost && cost.PropertyType == typeof(NetworkCost))
            return (NetworkCost)cost.GetValue(null)!;
        using var network = Make(name, weights: null);
        return network.GetCost();
    }

    /// <summary>Makes a network in evaluation mode.</summary>
    /// <param name="name">Its class.</param>
    /// <param name="weights">A file of its weights; null for random ones.</param>
    public INetworkModule Make(string name, string? weights)
    {
        var type = Find(name);
        if (type.GetConstructors().OrderBy(static each => each.GetParameters().Length).FirstOrDefault(static each => each.GetParameters().All(static parameter => parameter.IsOptional)) is not { } constructor)
            throw new BadInputException($"{type.Name} cannot be made: it has no public constructor that can be called without arguments.");
        TorchLibrary.Load();
        var network = (INetworkModule)constructor.Invoke([.. constructor.GetParameters().Select(static parameter => parameter.DefaultValue)]);
        if (weights is not null)
            Load(network, weights);
        network.Module.eval();
        return network;
    }

    /// <summary>What a load that fails advises is written for code.</summary>
    private static void Load(INetworkModule network, string weights)
    {
        try
        {
            network.Module.LoadWeights(weights);
        }
        catch (WeightsException unfit) when (unfit.Report is not null)
        {
            network.Module.Dispose();
            throw new BadInputException($"{unfit.Message}{Environment.NewLine}The tool has no options for that: --weights takes a file that fits as it is. Load it so in a program, and name what SaveWeights writes there.", unfit);
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The tool is not trimmed.")]
    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            // What a class of the project needs beside may be missing; its networks need it not.
            return e.Types.OfType<Type>();
        }
    }
}
