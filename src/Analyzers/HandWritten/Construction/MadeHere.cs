using System.Collections.Concurrent;
using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>
/// What a piece of code makes, and where in it that is said. What a constructor that it calls makes of numbers of its own is said there, and not here; what that makes of the numbers
/// that it is given here is said here, and only here.
/// </summary>
/// <param name="Made">What is made.</param>
/// <param name="Code">The code: a constructor, a method, a field's initializer.</param>
/// <param name="Model">The semantic model of its file.</param>
/// <param name="Type">The module's class that it is part of, if any.</param>
internal sealed record MadeHere(Made Made, SyntaxNode Code, SemanticModel Model, INamedTypeSymbol? Type)
{
    private static readonly WeakMemory<SemanticModel, ConcurrentDictionary<SyntaxNode, MadeHere?>> Kept = new();

    /// <summary>What a member's code makes, or null where it makes no module. Found once, however many rules ask.</summary>
    public static MadeHere? By(OperationBlockAnalysisContext block, TorchSymbols torch)
    {
        if (block.OperationBlocks.IsEmpty || block.OperationBlocks[0] is not { } first || (first.SemanticModel ?? first.Root().SemanticModel) is not { } model)
            return null;
        var kept = Kept.Of(model, static _ => new());
        return kept.TryGetValue(first.Syntax, out var known) ? known : kept.GetOrAdd(first.Syntax, Find(block, first, model, torch));
    }

    private static MadeHere? Find(OperationBlockAnalysisContext block, IOperation first, SemanticModel model, TorchSymbols torch)
    {
        if (!MayMake(block.OperationBlocks, torch, block.CancellationToken))
            return null;
        var code = block.OwningSymbol is IMethodSymbol { DeclaringSyntaxReferences: [var reference] } ? reference.GetSyntax(block.CancellationToken) : first.Syntax;
        if (code.SyntaxTree != model.SyntaxTree)
            return null;
        var type = block.OwningSymbol.ContainingType is { } owner && torch.IsModule(owner) ? owner : null;
        return new(Made.By(code, model, torch, block.CancellationToken), code, model, type);
    }

    /// <summary>The convolutions whose channels are certain.</summary>
    public IEnumerable<ConvolutionCall> Convolutions() => Made.All.Where(static layer => layer is { Name: "Conv2d", In.Value: > 0, Out.Value: > 0, Thing: not null })
        .Select(static layer => new ConvolutionCall(layer.In!, layer.Out!, layer.Groups, layer.Kernel, layer));

    /// <summary>
    /// Where the code says the number, of a layer that depends on all of these numbers; null where others say it: the class that the layer is in, or whoever calls this code.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="parameter">The parameter of its factory that says the number.</param>
    /// <param name="number">The number.</param>
    /// <param name="others">What else the finding depends on, in the order in which it is said.</param>
    public SyntaxNode? Said(Layer layer, string parameter, Known.Whole number, params Known?[] others)
    {
        if (layer.Thing is not { } thing)
            return null;
        var said = thing.Depth == 0
            ? thing.Origin is IInvocationOperation factory ? factory.Argument(parameter)?.Value.Syntax : null
            : Number(number, others);
        // What a constructor's defaults say stands at its class's name.
        said = said is ObjectCreationExpressionSyntax creation ? creation.Type : said;
        return said is not null && said.SyntaxTree == Code.SyntaxTree && Code.FullSpan.Contains(said.Span) ? said : null;
    }

    /// <summary>The convolution inside, where the diagnostic stands at what makes it.</summary>
    public static IEnumerable<Location> Inside(Layer layer) =>
        layer.Thing is { Depth: > 0, Origin: { } origin } ? [origin.Syntax.GetLocation()] : [];

    /// <summary>What says so at the end of a message.</summary>
    public static string Within(Layer layer, SyntaxNode said) => layer.Thing is { Depth: > 0, Top: { Type: { } type } }
        ? said.Parent is ObjectCreationExpressionSyntax creation && creation.Type == said ? $"; made by the defaults of {type.Name}'s constructor" : $"; made by {type.Name}"
        : "";

    private static SyntaxNode? Number(Known.Whole number, Known?[] others)
    {
        var first = others.Prepend(number).OfType<Known>().FirstOrDefault(static one => one.Needs == 0);
        return others.Prepend(number).All(static one => one is null || one.Needs >= 0) ? first?.Said : null;
    }

    private static bool MayMake(ImmutableArray<IOperation> blocks, TorchSymbols torch, CancellationToken cancellation)
    {
        foreach (var one in blocks.WithAllInside(cancellation))
            if (MayMake(one, torch))
                return true;
        return false;
    }

    private static bool MayMake(IOperation code, TorchSymbols torch) => code switch
    {
        IObjectCreationOperation creation => torch.IsModule(creation.Type),
        IInvocationOperation call => torch.IsFactory(call.TargetMethod) || torch.IsModule(call.Type) && !call.TargetMethod.DeclaringSyntaxReferences.IsEmpty
            || call.Syntax is ConstructorInitializerSyntax or PrimaryConstructorBaseTypeSyntax && torch.IsModule(call.TargetMethod.ContainingType),
        _ => false,
    };
}
