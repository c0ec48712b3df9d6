using Blockwright.Generator.Parse;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>The layers' members as a declaration's words alone tell them, where it has no graph: so that code that uses them shows only its own mistakes meanwhile.</summary>
internal static class ReadLayers
{
    /// <param name="unique">Makes a name that nothing else in the class has.</param>
    public static LayerMember Of(Closure closure, Func<string, string> unique)
    {
        var (declaration, world) = (closure.Declaration, new Dictionary<string, Declaration>(StringComparer.Ordinal));
        foreach (var reached in closure.Reached)
            world[reached.FullName] = reached;
        var (root, path) = (new LayerMember(""), "");
        foreach (var step in declaration.Steps)
        {
            var name = step.Text(nameof(LayerAttribute.Name));
            var isPath = step.Kind is "From" or "Path";
            if (isPath || step.Kind is "Stage" or "Split" || (step.Kind is "Concat" or "Add" or "Multiply" && step.List(nameof(JoinAttribute.Values)).Count > 1))
                path = isPath ? name ?? "" : "";
            var (types, isOfUser) = (TypesOf(step, declaration, world), step.Class is not null);
            if (isPath)
                GroupOf(root, path);
            else if (step.Kind == "Stage" && types.Count > 0)
                GroupOf(root, name ?? "")?.AddNumbered(types[0], types[types.Count - 1], isNested: false);
            else if (types.Count > 0 && name is null)
                GroupOf(root, path)?.AddNumbered(types[0], null, isNested: false, isOfUser);
            else if (types.Count > 0 && name is not "")
                Add(root, name![0] == '/' ? name.Substring(1) : path.Length == 0 ? name : $"{path}.{name}", types[0], isOfUser);
        }
        root.NameClasses(declaration, unique);
        return root;
    }

    /// <summary>The types of a step's blocks, or of its layer, as far as the words tell; none where it has no state.</summary>
    private static List<string> TypesOf(Step step, Declaration declaration, Dictionary<string, Declaration> world)
    {
        if (step.Class is { } own)
            return [own.Fault is null ? LayerMembers.TypeOfModule(declaration, own.FullName, own.Visibility) : LayerMember.AnyLayer];
        var blocks = step.Blocks.Select(block => LayerMembers.TypeOf(declaration, world.TryGetValue(block.FullName, out var found) && found.IsCompleted && (step.Kind != "Stage" || found.Results.Length == 1) ? found : null)).ToList();
        return blocks.Count > 0 || LayerTable.Find(step.Kind) is not { HasState: true } ? blocks : [LayerMember.AnyLayer];
    }

    private static void Add(LayerMember root, string key, string type, bool isOfUser)
    {
        var dot = key.LastIndexOf('.');
        if (dot + 1 < key.Length)
            GroupOf(root, dot < 0 ? "" : key.Substring(0, dot))?.Add(key.Substring(dot + 1), null, type, "", isOfUser);
    }

    /// <summary>The group of a key; null where that is none.</summary>
    private static LayerMember? GroupOf(LayerMember root, string key)
    {
        var parts = key.Length == 0 ? [] : key.Split('.');
        return parts.Contains("") ? null : parts.Aggregate(root, static (group, part) => group.Within(part, null).Group);
    }
}
