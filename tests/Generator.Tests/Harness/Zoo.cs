using System.Reflection;
using TorchSharp;

namespace Blockwright.Generator.Tests.Harness;

/// <summary>Every system, compiled once.</summary>
internal static class Zoo
{
    private static readonly Lazy<Assembly> Compiled = new(() => Compiling.Load([.. Systems.All.Select(static system => system.Source)]));

    public static BlockModule Make(DeclaredSystem system) => Compiling.Make(Compiled.Value, system.RootType, system.Arguments);

    /// <summary>In float64, with numbers that no layer starts with.</summary>
    public static BlockModule MakeRandom(DeclaredSystem system)
    {
        torch.manual_seed(3);
        var module = Make(system);
        module.to(torch.float64);
        Tensors.Randomize(module);
        return module;
    }
}
