using System.Collections.Concurrent;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>What a piece of code makes: a constructor, a method, or a field's initializer, run with nothing known of its parameters. Made once, however many rules ask.</summary>
internal sealed class Made
{
    private static readonly WeakMemory<SemanticModel, ConcurrentDictionary<SyntaxNode, Made>> Kept = new();

    private ILookup<SyntaxNode?, Layer>? _byOrigin;

    private Made(IReadOnlyList<Layer> layers, Layer self)
    {
        All = layers;
        Self = self;
    }

    /// <summary>Every module that was made, in whichever call.</summary>
    public IReadOnlyList<Layer> All { get; }

    /// <summary>The object that a constructor made.</summary>
    public Layer Self { get; }

    /// <summary>What the expression made there, each time that it ran.</summary>
    public IEnumerable<Layer> At(SyntaxNode origin) => LazyInitializer.EnsureInitialized(ref _byOrigin, () => All.ToLookup(static layer => layer.Thing!.Origin?.Syntax))![origin];

    /// <summary>What the code makes whose syntax it is. A compilation has several models of one file: whichever asks, the objects are the same.</summary>
    public static Made By(SyntaxNode code, SemanticModel model, TorchSymbols torch, CancellationToken cancellation)
    {
        var one = Sources.OneOf(model);
        return Kept.Of(one, static _ => new()).GetOrAdd(code, each => Make(each, one, torch, cancellation));
    }

    /// <summary>
    /// What objects of the class hold when they are made: what all of its constructors agree on, for whoever calls them. Null for a class whose code is in several files.
    /// </summary>
    public static Layer OfType(INamedTypeSymbol type, SemanticModel model, TorchSymbols torch, CancellationToken cancellation)
    {
        var all = Constructors(type, model, torch, cancellation).Select(static each => each.Self).ToList();
        if (all.Count <= 1)
            return all.Count == 0 ? Layer.Unknown : all[0];
        var first = all[0];
        return first with { Members = first.Members.RemoveRange(first.Members.Where(member => all.Any(other => !IsSame(member.Value, other, member.Key))).Select(static member => member.Key)), Facts = first.Facts.Clear() };
    }

    /// <summary>What each of a class's constructors makes that calls no other one.</summary>
    public static IEnumerable<Made> Constructors(INamedTypeSymbol type, SemanticModel model, TorchSymbols torch, CancellationToken cancellation) =>
        from constructor in type.InstanceConstructors
        let syntax = (constructor.IsImplicitlyDeclared ? type : (ISymbol)constructor).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation)
        where syntax?.SyntaxTree == model.SyntaxTree
            && syntax is not ConstructorDeclarationSyntax { Initializer.ThisOrBaseKeyword.RawKind: (int)SyntaxKind.ThisKeyword }
        select By(syntax, model, torch, cancellation);

    private static bool IsSame(Layer layer, Layer other, ISymbol member) => other.Members.TryGetValue(member, out var same)
        && same.Kind == layer.Kind && same.In?.Value == layer.In?.Value && same.Out?.Value == layer.Out?.Value && same.Kind != LayerKind.Instance
        && same.Kind != LayerKind.Sequential;

    private static Made Make(SyntaxNode code, SemanticModel model, TorchSymbols torch, CancellationToken cancellation)
    {
        var interpreter = new Interpreter(torch, Sources.Of(model), cancellation);
        Thing? self = null;
        if (ConstructorAt(code, model, cancellation) is { } constructor)
            self = interpreter.RunConstructor(constructor);
        else if (model.GetOperation(code, cancellation) is { } operation)
            interpreter.Run(operation);
        if (interpreter.Made.Count == 0 && self is null)
            return new([], Layer.Unknown);
        // What a walk leaves that was given up is not all that there is.
        var layers = new Layers(interpreter, torch);
        return interpreter.IsOut
            ? new(interpreter.Made.Select(static thing => thing.Layer with { Thing = thing, Kind = thing.Layer.Kind == LayerKind.Sequential ? LayerKind.Unknown : thing.Layer.Kind }).ToList(), Layer.Unknown)
            : new(interpreter.Made.Select(layers.Of).ToList(), self is null ? Layer.Unknown : layers.Of(self));
    }

    private static IMethodSymbol? ConstructorAt(SyntaxNode code, SemanticModel model, CancellationToken cancellation) => code switch
    {
        ConstructorDeclarationSyntax declared when !declared.Modifiers.Any(SyntaxKind.StaticKeyword) => model.GetDeclaredSymbol(declared, cancellation),
        TypeDeclarationSyntax type => model.GetDeclaredSymbol(type, cancellation)?.InstanceConstructors
            .FirstOrDefault(one => one.IsImplicitlyDeclared || one.DeclaringSyntaxReferences is [var reference] && reference.GetSyntax(cancellation) == type),
        _ => null,
    };
}
