using Blockwright.Generator.Parse;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>The layers' members as a declaration's words alone tell them, where it has no graph: so that code that uses them shows only its own mistakes meanwhile.</summary>
internal static class ReadLayers
{
    public static IEnumerable<(string Name, string Type)> Of(Closure closure)
    {
        var (declaration, world) = (closure.Declaration, new Dictionary<string, Declaration>(StringComparer.Ordinal));
        foreach (var reached in closure.Reached)
            world[reached.FullName] = reached;
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        var path = "";
        foreach (var step in declaration.Steps)
        {
            var name = step.Text(nameof(LayerAttribute.Name));
            var isPath = step.Kind is "From" or "Path";
            if (isPath || step.Kind is "Stage" or "Split" || (step.Kind is "Concat" or "Add" or "Multiply" && step.List(nameof(ConcatAttribute.Values)).Count > 1))
                path = isPath ? name ?? "" : "";
            if (name is null or "" || (!isPath && step.Kind != "Stage" && path.Length > 0 && name[0] != '/'))
                continue;
            var parts = name.TrimStart('/').Split('.');
            var depth = parts.Length + (isPath || step.Kind == "Stage" ? 1 : 0);
            var type = depth > 2 ? LayerMembers.GroupOfGroups : isPath || parts.Length > 1 ? LayerMembers.InnerGroup : TypeOf(step, declaration, world);
            if (type is not null)
                types[parts[0]] = types.TryGetValue(parts[0], out var other) && other != type ? LayerMembers.InnerGroup : type;
        }
        return types.Select(static each => (each.Key, each.Value));
    }

    private static string? TypeOf(Step step, Declaration declaration, Dictionary<string, Declaration> world)
    {
        var blocks = step.Blocks.Select(block => LayerMembers.TypeOf(declaration, world.TryGetValue(block.FullName, out var found) && found.IsCompleted ? found : null)).ToList();
        if (blocks.Count > 0)
            return step.Kind == "Stage" ? LayerMembers.StageOf(blocks[0], blocks[blocks.Count - 1]) : blocks[0];
        return LayerTable.Find(step.Kind) is { HasState: true } ? LayerMembers.AnyLayer : null;
    }
}
