using System.Collections.Immutable;
using Blockwright.Generator.Emit;
using Blockwright.Generator.Parse;
using Blockwright.Generator.Plan;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Generator;

/// <summary>
/// Completes classes declared with [Block] and [Network]: attributes -> declarations -> graph -> plan -> C#. Mistakes of the user's the analyzers
/// report; it reports those of its own that keep it from writing a class (BW0099). Each step's output is a value, so that an edit re-runs only what it concerns.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class BlockwrightGenerator : IIncrementalGenerator
{
    private readonly Func<Closure, HostFacts, CancellationToken, PlannedModule> _plan;
    private readonly Func<PlannedModule, CancellationToken, GeneratedSource> _write;

    public BlockwrightGenerator()
        : this(KnownPlans.Of, WrittenSources.Of)
    {
    }

    /// <param name="plan">Plans one declaration.</param>
    /// <param name="write">Writes its file.</param>
    internal BlockwrightGenerator(Func<Closure, HostFacts, CancellationToken, PlannedModule> plan, Func<PlannedModule, CancellationToken, GeneratedSource> write) => (_plan, _write) = (plan, write);

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // ForAttributeWithMetadataName would bind the attributes of every class anew after each keystroke; the index knows what an edit leaves as it was.
        var blocks = Declarations(context, static index => index.Blocks, Steps.Blocks);
        var networks = Declarations(context, static index => index.Networks, Steps.Networks);
        var world = blocks.Collect().Combine(networks.Collect())
            .Select(static (all, _) => World.Of(all.Left.Concat(all.Right)))
            .WithTrackingName(Steps.World);
        var wantsDeviceCode = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => HostFacts.DeviceCodeIsWanted(options.GlobalOptions));
        var host = context.CompilationProvider.Select(static (compilation, cancellation) => HostFacts.Of(compilation, cancellation)).Combine(wantsDeviceCode)
            .Select(static (pair, _) => pair.Left with { WantsDeviceCode = pair.Right })
            .WithTrackingName(Steps.Host);

        foreach (var declarations in new[] { blocks, networks })
        {
            var sources = declarations.Combine(world)
                .Select(static (pair, _) => Closure.Of(pair.Left, pair.Right))
                .WithTrackingName(Steps.Closures)
                .Combine(host)
                .Select((pair, cancellation) => _plan(pair.Left, pair.Right, cancellation))
                .WithTrackingName(Steps.Plans)
                .Select((planned, cancellation) => _write(planned, cancellation))
                .WithTrackingName(Steps.Sources);
            context.RegisterSourceOutput(sources, static (output, source) =>
            {
                if (source.Text.Length > 0)
                    output.AddSource(source.HintName, source.Text);
            });
            // Only where something failed is there anything to be combined with a compilation, which is another after each keystroke.
            var failures = sources.Select(static (source, _) => source.Failure).Where(static failure => failure is not null).Combine(context.CompilationProvider);
            context.RegisterSourceOutput(failures, static (output, pair) => output.ReportDiagnostic(Report(pair.Left!, pair.Right, output.CancellationToken)));
        }
    }

    private static Diagnostic Report(Failure failure, Compilation compilation, CancellationToken cancellation) =>
        Diagnostic.Create(InternalError.Descriptor, ClassLocation.Of(failure.FullName, compilation, cancellation), "write", failure.Name, failure.What);

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
        public const string Plans = nameof(Plans);
        public const string Sources = nameof(Sources);

        public static ImmutableArray<string> All { get; } = ImmutableArray.Create(Blocks, Networks, World, Host, Closures, Plans, Sources);
    }
}
