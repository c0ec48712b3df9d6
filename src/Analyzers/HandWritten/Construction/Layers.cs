using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>The layers that objects are, when the code has run: what was added to a container and what was assigned to a member is in it.</summary>
internal sealed class Layers(Interpreter interpreter, TorchSymbols torch)
{
    private const int MaximumDepth = 24;

    // A Sequential of Sequentials that are written once each, and named many times.
    private readonly Fuel _fuel = new(20_000);
    private readonly Dictionary<(Thing, int), Layer> _known = [];
    private readonly List<int> _convolutions = interpreter.Made.Where(static thing => thing.Layer.Convolves).Select(static thing => thing.Number).ToList();

    public Layer Of(Thing thing) => Of(thing, MaximumDepth);

    /// <summary>What a member of an object holds.</summary>
    public Layer Of(Known? value) => Of(value, MaximumDepth);

    private Layer Of(Known? value, int depth) => value switch
    {
        Known.Reference { Thing: var thing } when interpreter[new(thing, null)] is Known.Items { Values: [_, var module] } && thing.Layer == Layer.Unknown => Of(module, depth),
        Known.Reference { Thing: var thing } => Of(thing, depth),
        _ => Layer.Unknown,
    };

    private Layer Of(Thing thing, int depth)
    {
        if (depth == 0 || !_fuel.Burn())
            return Layer.Unknown with { Thing = thing };
        if (!_known.TryGetValue((thing, depth), out var known))
        {
            // An object that holds itself.
            if (HoldsOthers(thing))
                _known[(thing, depth)] = Layer.Unknown with { Thing = thing };
            _known[(thing, depth)] = known = Made(thing, depth) with { Thing = thing };
        }
        return known;
    }

    private Layer Made(Thing thing, int depth)
    {
        if (thing.Type is { } type)
            return torch.IsModule(type) ? Instance(thing, type, depth) : Layer.Unknown;
        if (!HoldsOthers(thing))
            return thing.Layer;
        if (interpreter[new(thing, null)] is not Known.Items { Values: var values })
            return thing.Layer with { Kind = LayerKind.Unknown };
        var children = values.Select(value => Of(value, depth - 1)).ToImmutableArray();
        return thing.Layer with { Children = children, Convolves = children.Any(static child => child.Convolves) };
    }

    private static bool HoldsOthers(Thing thing) => thing.Type is not null || thing.Layer.Kind == LayerKind.Sequential || thing.Layer.Name is "ModuleList";

    private Layer Instance(Thing thing, INamedTypeSymbol type, int depth)
    {
        var members = ImmutableDictionary.CreateBuilder<ISymbol, Layer>(SymbolEqualityComparer.Default);
        var facts = ImmutableDictionary.CreateBuilder<ISymbol, bool>(SymbolEqualityComparer.Default);
        for (var each = type.OriginalDefinition; each is not null && !each.DeclaringSyntaxReferences.IsEmpty; each = each.BaseType?.OriginalDefinition)
            foreach (var member in each.GetMembers())
                if (member is IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false } && interpreter[new(thing, member)] is { } value && FixedMembers.Has(member))
                {
                    if (Fact(value) is { } fact)
                        facts[member] = fact;
                    if (Of(value, depth - 1) is { Thing: not null } layer)
                        members[member] = layer;
                }
        return new(LayerKind.Instance, type.Name) { Members = members.ToImmutable(), Facts = facts.ToImmutable(), Convolves = Convolves(thing) };
    }

    private static bool? Fact(Known value) => value switch
    {
        Known.Truth truth => truth.Value,
        Known.Null => false,
        Known.Reference => true,
        _ => null,
    };

    /// <summary>Whether a convolution was made in its making.</summary>
    private bool Convolves(Thing thing)
    {
        var next = _convolutions.BinarySearch(thing.Number);
        next = next < 0 ? ~next : next;
        return next < _convolutions.Count && _convolutions[next] <= interpreter.LastIn(thing);
    }
}
