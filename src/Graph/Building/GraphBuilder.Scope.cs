using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>What has a name at one place of a declaration.</summary>
/// <param name="Values">The values that a From or a join may name, each with its shape; null where a mistake before keeps it from having one.</param>
/// <param name="Numbers">The words of expressions, each with what it means.</param>
public sealed record NamesInScope(ImmutableArray<(string Name, Shape? Shape)> Values, ImmutableArray<(string Name, Amount Meaning)> Numbers);

public sealed partial class GraphBuilder
{
    /// <summary>What has a name where an attribute stands. It does not throw for any declaration, nor mind what is wrong with it.</summary>
    /// <param name="declaration">A block or network.</param>
    /// <param name="attribute">The attribute's number among the declaration's attributes of Blockwright: those before it are read.</param>
    /// <param name="world">The declarations of blocks by full name.</param>
    public static NamesInScope ScopeAt(Declaration declaration, int attribute, IReadOnlyDictionary<string, Declaration> world, CancellationToken cancellation)
    {
        var builder = new GraphBuilder(world, cancellation);
        var (inputs, names) = Start(declaration);
        var before = declaration with { Steps = declaration.Steps.Where(step => step.Index < attribute).ToEquatableArray() };
        var numbers = names.All.OrderBy(static each => each.Name == Names.In ? 0 : each.Name == Names.Out ? 1 : 2).Select(static each => (each.Name, each.Value)).ToImmutableArray();
        if (builder._expansion.All(before) > BuildLimits.Steps)
            return new(ImmutableArray<(string, Shape?)>.Empty, numbers);
        builder._stack.Add(declaration.FullName);
        var nodes = new NodeList(inputs);
        var requirements = new RequirementList();
        var walk = new BlockWalk(builder, before, nodes, names, new Reporter(declaration.FullName, null, builder._problems, requirements), requirements, cancellation);
        walk.Run(0);
        return new(walk.Values.Select(each => (each.Name, each.Node == BlockWalk.Poison ? null : nodes[each.Node].Shape)).ToImmutableArray(), numbers);
    }
}
