using System.Collections.Immutable;
using Blockwright.Generator.Emit;
using Blockwright.Generator.Parse;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Generator;

/// <summary>
/// Completes classes declared with [Block] and [Network]: attributes -> declarations -> graph -> plan -> C#. It reports nothing: the analyzers
/// do. Each step's output is a value, so that an edit re-runs only what it concerns.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class BlockwrightGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // ForAttributeWithMetadataName would bind the attributes of every class anew after each keystroke; the index knows what an edit leaves as it was.
        var blocks = Declarations(context, static index => index.Blocks, Steps.Blocks);
        var networks = Declarations(context, static index => index.Networks, Steps.Networks);
        var world = blocks.Collect().Combine(networks.Collect())
            .Select(static (all, _) => World.Of(all.Left.Concat(all.Right)))
            .WithTrackingName(Steps.World);
        var host = context.CompilationProvider.Select(static (compilation, _) => HostFacts.Of(compilation)).WithTrackingName(Steps.Host);

        foreach (var declarations in new[] { blocks, networks })
        {
            var sources = declarations.Combine(world)
                .Select(static (pair, _) => Closure.Of(pair.Left, pair.Right))
                .WithTrackingName(Steps.Closures)
                .Combine(host)
                .Select(static (pair, cancellation) => WrittenSources.Of(pair.Left, pair.Right, cancellation))
                .WithTrackingName(Steps.Sources);
            context.RegisterSourceOutput(sources, static (output, source) =>
            {
                if (source.Text.Length > 0)
                    output.AddSource(source.HintName, source.Text);
            });
        }
    }

    private static IncrementalValuesProvider<Declaration> Declarations(
        IncrementalGeneratorInitializationContext context, Func<DeclarationIndex, EquatableArray<Declaration>> kind, string step) =>
        context.CompilationProvider
            .Select((compilation, cancellation) => kind(DeclarationIndex.Of(compilation, cancellation)))
            .SelectMany(static (declarations, _) => declarations)
            .WithTrackingName(step);

    /// <summary>The names of the pipeline's steps, for tests.</summary>
    public static class Steps
    {
        public const string Blocks = nameof(Blocks);
        public const string Networks = nameof(Networks);
        public const string World = nameof(World);
        public const string Host = nameof(Host);
        public const string Closures = nameof(Closures);
        public const string Sources = nameof(Sources);

        public static ImmutableArray<string> All { get; } = ImmutableArray.Create(Blocks, Networks, World, Host, Closures, Sources);
    }
}
