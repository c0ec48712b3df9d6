using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Blockwright.Analyzers.HandWritten.Forward;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using static System.FormattableString;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>BW0101: a layer expects another number of channels or features than the layer before it gives, in a Sequential, in a module of one's own or along <c>forward</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ChannelFit() : HandWrittenAnalyzer(Descriptors.ChannelsDoNotFit)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch)
    {
        OnMade(context, torch, (block, made) =>
        {
            var wholes = Outermost(made);
            if (wholes.Count == 0)
                return;
            var flow = new ShapeFlow(type => ForwardTrace.OfForward(type, made.Model, torch, block.CancellationToken), block.CancellationToken);
            foreach (var whole in wholes)
                flow.Through(whole, null, whole);
            Report(block, flow.Misfits.Select(misfit => (misfit, At(misfit, made))));
        });
        OnForward(context, torch, (block, _, trace) =>
        {
            if (block.OperationBlocks[0].SemanticModel is not { } model)
                return;
            trace.Shapes(model, torch, block.CancellationToken, out var flow);
            // What does not fit inside one call is said where the layer is made.
            Report(block, flow.Misfits.Where(static misfit => misfit.Owner != misfit.Found.Owner).Select(misfit => (misfit, At(misfit))));
        });
    }

    private static void Report(OperationBlockAnalysisContext block, IEnumerable<(Misfit Misfit, SyntaxNode? At)> misfits)
    {
        foreach (var each in misfits.Where(static each => each.At is not null).GroupBy(static each => each.At))
            block.ReportDiagnostic(Describe(each.First().Misfit, each.Key!));
    }

    /// <summary>The Sequentials and objects that the code makes which are in no other one.</summary>
    private static List<Layer> Outermost(MadeHere made)
    {
        var wholes = made.Made.All.Where(static layer => layer.Kind is LayerKind.Sequential or LayerKind.Instance && layer.Thing!.Depth == 0).ToList();
        if (wholes.Count == 0)
            return wholes;
        var inner = new HashSet<Thing>(made.Made.All.Where(static layer => layer.Thing!.Depth == 0).SelectMany(static layer => layer.Children)
            .Select(static child => child.Thing).OfType<Thing>());
        wholes.RemoveAll(layer => inner.Contains(layer.Thing!));
        return wholes;
    }

    /// <summary>Where the code says the number that a layer expects, or else the one that it is given.</summary>
    private static SyntaxNode? At(Misfit misfit, MadeHere made) =>
        made.Said(misfit.Layer, Parameter(misfit.Layer), misfit.Layer.In!, IsInside(misfit) ? misfit.Found.Count : null)
        ?? (IsInside(misfit) ? null : Said(misfit) is { } said && made.Code.FullSpan.Contains(said.Span) ? said : null);

    /// <summary>Whether both layers, or the layer and what is joined before it, are of one object that is made here: what that says of itself is said there.</summary>
    private static bool IsInside(Misfit misfit) => misfit.Layer.Thing is { Depth: > 0 } one
        && (misfit.Found.Source?.Thing is { Depth: > 0 } other && one.Site == other.Site || misfit.Found.Joined is { } joined && (joined == one.Top || joined is { Depth: > 0 } && joined.Site == one.Site));

    private static SyntaxNode? At(Misfit misfit) => IsInside(misfit) ? null : Said(misfit);

    /// <summary>Of layers that this class puts together: the number that is expected, or the whole of what expects it.</summary>
    private static SyntaxNode? Said(Misfit misfit) => misfit.Layer.Thing is not { } thing ? null
        : thing.Depth == 0 ? (thing.Origin as IInvocationOperation)?.Argument(Parameter(misfit.Layer))?.Value.Syntax
        : misfit.Layer.In is { Needs: 0, Said: { } said } ? said
        : thing.Site;

    private static string Parameter(Layer layer) => layer.Name switch
    {
        "BatchNorm2d" => "num_features",
        "GroupNorm" => "num_channels",
        "Linear" => "inputSize",
        _ => "in_channels",
    };

    private static Diagnostic Describe(Misfit misfit, SyntaxNode at) => Diagnostic.Create(
        Descriptors.ChannelsDoNotFit,
        at.GetLocation(),
        MadeHere.Inside(misfit.Layer),
        Name(misfit.Layer),
        Invariant($"{misfit.Layer.In!.Value}"),
        misfit.Found.Flat ? "features" : "channels",
        Name(misfit.Found.Source!),
        Invariant($"{misfit.Found.Count!.Value}"));

    /// <summary>The layer, or the object that it is in, as the reader sees it where the diagnostic stands.</summary>
    private static string Name(Layer layer) => layer.Thing is { Depth: > 0, Top.Type: { } type } ? type.Name : layer.Name;
}
