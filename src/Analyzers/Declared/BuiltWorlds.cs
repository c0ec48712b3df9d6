using System.Collections.Immutable;
using Blockwright.Graph;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Analyzers.Declared;

/// <summary>What the declarations of one project last came to: values without symbols.</summary>
internal sealed record BuiltWorld(IReadOnlyDictionary<string, Declaration> Declarations, IReadOnlyDictionary<string, Built> Built, Findings? Findings);

/// <summary>
/// Remembers the last world of each project, or of each target of one: the next keystroke changes little of it. What is found here is only where to start from.
/// </summary>
internal static class BuiltWorlds
{
    // A flat node with its channels, its part of an operation and its place.
    private const long Node = 10 * Sizes.Item;

    private static readonly SizedMemory<Project, BuiltWorld> Known = new(MemoryLimits.Worlds);

    public static BuiltWorld Last(Compilation compilation) => Known.Recall(Project.Of(compilation)) ?? new(ImmutableDictionary<string, Declaration>.Empty, ImmutableDictionary<string, Built>.Empty, null);

    public static void Keep(Compilation compilation, BuiltWorld world) => Known.Keep(
        Project.Of(compilation),
        world,
        world.Declarations.Values.Sum(Sizes.Of) + world.Built.Values.Sum(static one => Sizes.Item + one.Problems.Sum(Sizes.Of) + (one.Nodes.Length * Node)));

    /// <summary>What two targets of one project differ in. What they refer to is no part of it: in an editor that changes with each keystroke in another project.</summary>
    private readonly record struct Project(string? Assembly, LanguageVersion? Language, string Symbols)
    {
        public static Project Of(Compilation compilation)
        {
            var options = compilation.SyntaxTrees.FirstOrDefault()?.Options as CSharpParseOptions;
            return new(compilation.AssemblyName, options?.LanguageVersion, string.Join(" ", options?.PreprocessorSymbolNames.OrderBy(static name => name, StringComparer.Ordinal) ?? Enumerable.Empty<string>()));
        }
    }
}
