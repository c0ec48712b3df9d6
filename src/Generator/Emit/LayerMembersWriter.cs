using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>Writes the members by which people reach layers, and the classes of groups that have some. What they throw while a declaration has mistakes is in a C# that any version reads.</summary>
internal sealed class LayerMembersWriter(CodeWriter writer, Declaration declaration)
{
    public const string Throws = "/// <summary>Throws: the declaration has errors.</summary>";
    private const string Throw = "{ get { throw new global::System.InvalidOperationException(); } }";

    /// <param name="root">What is in the class.</param>
    /// <param name="isFree">Whether nothing else in it has a name.</param>
    /// <param name="code">What gives a member that is no group; null where all throw.</param>
    public void Write(LayerMember root, Func<string, bool> isFree, Func<LayerMember, string>? code)
    {
        foreach (var member in root.Inner.Where(member => member.Type is not null && OwnMembers.IsOpen(declaration, member.Name) && isFree(member.Name)))
        {
            WriteMember(member, code is null ? null : member.IsGroup ? member.Making(member.Name) : code(member));
            writer.Line();
        }
        WriteClasses(root, isThrowing: code is null);
        if (root.Inner.Count == 0 || !OwnMembers.CanIndex(declaration))
            return;
        writer.Line(code is null ? Throws : "/// <summary>The layer or block of a key, a text or a number; the message lists what there is where there is none.</summary>");
        writer.Line($"public {LayerMember.AnyLayer} this[{Emitted.Runtime}LayerKey key] {(code is null ? Throw : $"=> {Emitted.Runtime}LayerKeys.Layer(this, key);")}");
        writer.Line();
    }

    /// <summary>What gives a layer by its key alone.</summary>
    public static string CodeOf(LayerMember member) =>
        member.IsConditional ? $"({member.Type}?){Emitted.Runtime}LayerKeys.Member(this, \"{member.Name}\")"
        // What gives several values is no layer by its type.
        : member.Node is ApplyNode { Use.HasResults: true } ? $"({member.Type}){Emitted.Runtime}LayerKeys.Member(this, \"{member.Name}\")!"
        : $"({member.Type}){Emitted.Runtime}LayerKeys.Layer(this, \"{member.Name}\")";

    private void WriteClasses(LayerMember outer, bool isThrowing)
    {
        foreach (var group in outer.Groups)
        {
            if (group.Class is { } name)
            {
                writer.Line(isThrowing ? Throws : $"/// <summary>{Documentation.Escaped(group.Text)}.</summary>");
                writer.Open($"public sealed class {name} : {group.Base}");
                writer.Line($"internal {name}(string key) : base(key) {{ }}");
                foreach (var member in group.Members(declaration))
                {
                    writer.Line();
                    WriteMember(member, isThrowing ? null : member.IsGroup ? member.Making(member.Name) : CodeOf(member));
                }
                writer.Close();
                writer.Line();
            }
            WriteClasses(group, isThrowing);
        }
    }

    private void WriteMember(LayerMember member, string? code)
    {
        writer.Line(code is null ? Throws : $"/// <summary>{Documentation.Escaped(member.Text)}.</summary>");
        writer.Line($"public {member.Type}{(member.IsConditional ? "?" : "")} {CodeNames.Escape(member.Name)} {(code is null ? Throw : $"=> {code};")}");
    }
}
