using System.Collections.Concurrent;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.HandWritten.Forward;

/// <summary>The dataflow of tensors through one method. Made once for a method and a semantic model, however many rules ask.</summary>
internal sealed class ForwardTrace
{
    /// <summary>Of the layers in an object, those that are looked at.</summary>
    private const int MostHeld = 20_000;

    private static readonly WeakMemory<SemanticModel, ConcurrentDictionary<SyntaxNode, ForwardTrace>> Traces = new();

    private readonly IReadOnlyDictionary<SyntaxNode, Value> _shapeReads;
    private readonly ILookup<ISymbol?, Value> _calls;
    private readonly ILookup<SyntaxNode, Value> _functions;

    private ILookup<SyntaxNode?, Layer>? _held;
    private Holding? _holding;

    // Both at once: rules ask at the same time.
    private Tuple<FlowShapes, ShapeFlow>? _shapes;

    public ForwardTrace(IReadOnlyList<Value> values, IReadOnlyList<Value> returned, IReadOnlyDictionary<SyntaxNode, Value> shapeReads, bool hasDisposeScope)
    {
        Values = values;
        Returned = returned;
        _shapeReads = shapeReads;
        HasDisposeScope = hasDisposeScope;
        _calls = values.Where(static value => value.Kind == ValueKind.Module).ToLookup(static value => value.Member, SymbolEqualityComparer.Default);
        _functions = values.Where(static value => value.Kind == ValueKind.Function).ToLookup(static value => value.Origin!.Syntax);
    }

    /// <summary>Of a method that is not followed.</summary>
    public static ForwardTrace Nothing => new([], [], new Dictionary<SyntaxNode, Value>(), hasDisposeScope: false);

    /// <summary>The object whose method it is, as its constructors make it.</summary>
    public Layer Self { get; init; } = Layer.Unknown;

    /// <summary>Every tensor, in the order of evaluation.</summary>
    public IReadOnlyList<Value> Values { get; }

    /// <summary>What each return statement gives.</summary>
    public IReadOnlyList<Value> Returned { get; }

    /// <summary>Whether the method opens a dispose scope.</summary>
    public bool HasDisposeScope { get; }

    /// <summary>The trace of a method, or null for one that has no body here.</summary>
    public static ForwardTrace? Of(IMethodSymbol method, SemanticModel? model, TorchSymbols torch, CancellationToken cancellation)
    {
        if (model is null || method.DeclaringSyntaxReferences.Length != 1 || method.DeclaringSyntaxReferences[0].SyntaxTree != model.SyntaxTree)
            return null;
        var syntax = method.DeclaringSyntaxReferences[0].GetSyntax();
        if (syntax is not MethodDeclarationSyntax)
            return null;
        var one = Sources.OneOf(model);
        return Traces.Of(one, static _ => new()).GetOrAdd(syntax, node => one.GetOperation(node, cancellation) is { } body
            ? new Tracer(torch, method, one, cancellation).Trace(body)
            : Nothing);
    }

    /// <summary>The trace of the <c>forward</c> that objects of the type have, where it is exactly one; in whichever file it stands.</summary>
    public static ForwardTrace? OfForward(INamedTypeSymbol type, SemanticModel model, TorchSymbols torch, CancellationToken cancellation)
    {
        for (var each = type; each is not null && !each.DeclaringSyntaxReferences.IsEmpty; each = each.BaseType)
        {
            var forwards = each.GetMembers("forward").OfType<IMethodSymbol>().ToList();
            if (forwards.Count > 0)
                return forwards is [{ IsAbstract: false, DeclaringSyntaxReferences: [var reference] } only]
                    ? Of(only, Sources.Of(model).ModelOf(reference.SyntaxTree), torch, cancellation)
                    : null;
        }
        return null;
    }

    /// <summary>The layer that a call calls, of the object's.</summary>
    public Layer LayerOf(Value call, Layer self) => call.Member is { } member
        ? self.Members.TryGetValue(member.OriginalDefinition, out var layer) ? layer : Layer.Unknown
        : call.Layer;

    /// <summary>The layers in the object that are made at an expression, or for one. All code of the class asks, one field's after the other's.</summary>
    public IEnumerable<Layer> HeldAt(SyntaxNode? place) => LazyInitializer.EnsureInitialized(ref _held, () =>
        Self.Everything(new(MostHeld)).SelectMany(static layer => layer.Places(), static (layer, place) => (place, layer)).ToLookup(static one => one.place, static one => one.layer))![place];

    /// <summary>The calls of what a thing is in, of the object's; null where that holds too much to tell.</summary>
    public IEnumerable<Value>? CallsHolding(Thing thing) => LazyInitializer.EnsureInitialized(ref _holding, HoldingOfAll)!.Calls?[thing].SelectMany(static calls => calls);

    private Holding HoldingOfAll()
    {
        var fuel = new Fuel(MostHeld);
        var calls = Values.Where(static value => value.Kind == ValueKind.Module).GroupBy(call => LayerOf(call, Self).Thing).Where(static group => group.Key is not null)
            .SelectMany(group => LayerOf(group.First(), Self).Everything(fuel).Select(static layer => layer.Thing).OfType<Thing>().Distinct(), static (group, held) => (group, held))
            .ToLookup(static one => one.held, static one => one.group.AsEnumerable());
        return new(fuel.IsSpent ? null : calls);
    }

    /// <summary>The shapes of all values, where nothing is known of the input.</summary>
    public FlowShapes Shapes(SemanticModel model, TorchSymbols torch, CancellationToken cancellation, out ShapeFlow flow)
    {
        var known = Volatile.Read(ref _shapes);
        if (known is null)
        {
            var made = new ShapeFlow(type => OfForward(type, model, torch, cancellation), cancellation);
            // What is called together belongs together: what does not fit within one call is said where that is made.
            var shapes = new FlowShapes(this, Self, [], made, static call => call, cancellation);
            known = Tuple.Create(shapes, made);
            known = Interlocked.CompareExchange(ref _shapes, known, null) ?? known;
        }
        flow = known.Item2;
        return known.Item1;
    }

    /// <summary>The tensor whose <c>shape</c> or <c>size(k)</c> the expression reads, or null.</summary>
    public Value? ShapeReadAt(SyntaxNode expression) => _shapeReads.TryGetValue(expression, out var value) ? value : null;

    /// <summary>The calls of a member's module.</summary>
    public IEnumerable<Value> CallsOf(ISymbol member) => _calls[member];

    /// <summary>What one of torch's operations gives that stands there.</summary>
    public Value? FunctionAt(SyntaxNode call) => _functions[call].FirstOrDefault();

    private sealed record Holding(ILookup<Thing, IEnumerable<Value>>? Calls);
}
