using System.Globalization;
using Blockwright.Generator.Plan;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>Writes the members of one class: fields, constructor, forward, and the snapshot that Fuse() takes.</summary>
internal sealed class ModuleWriter
{
    private const string Tensor = Emitted.Torch + "Tensor";

    private readonly CodeWriter _writer;
    private readonly NetworkPlan _plan;
    private readonly BlockGraph _graph;
    private readonly Declaration _declaration;
    private readonly Members _members;
    private readonly OperationWriter _operations;

    public ModuleWriter(CodeWriter writer, NetworkPlan plan)
    {
        (_writer, _plan, _graph, _declaration) = (writer, plan, plan.Graph, plan.Graph.Declaration);
        _members = new Members(_graph);
        _operations = new OperationWriter(writer, _graph, _members);
    }

    private string Name => _declaration.Name.TrimStart('@');

    /// <summary>The nested classes; no member may have its class's name.</summary>
    private string Snapshot => Name == "Snapshot" ? "OwnSnapshot" : "Snapshot";

    private string Plans => Name == "Plans" ? "OwnPlans" : "Plans";

    public void Write()
    {
        WriteHead();
        WriteFields(_members.Fields);
        WriteConstructor();
        _writer.Line();
        WriteForward();
        _writer.Line();
        WriteFuse();
    }

    private void WriteHead()
    {
        _writer.Line($"// {Name}: {_graph.Input} -> {_graph.Result}");
        if (_graph.Figures is var (parameters, multiplyAdds))
            _writer.Line(string.Format(CultureInfo.InvariantCulture, "// {0:N0} learned parameters; {1:N0} multiply-accumulates per image.", parameters, multiplyAdds));
    }

    private void WriteFields(IReadOnlyList<Field> fields)
    {
        foreach (var field in fields)
            _writer.Line($"private readonly {field.Type} {field.Name};{(field.Comment.Length > 0 ? " // " + field.Comment : "")}");
        if (fields.Count > 0)
            _writer.Line();
    }

    private void WriteConstructor()
    {
        _writer.Line($"/// <summary>Makes {Article(Name)} {Name} with torch's usual random weights.</summary>");
        _writer.Line($"public {_declaration.Name}({Signature.Parameters(_declaration)}) : base(\"{Name}\", {_graph.Input.Channels.Code})");
        _writer.Open();
        foreach (var requirement in _graph.Requirements)
            _writer.Line(RequirementCode(requirement));
        foreach (var line in _members.Assignments)
            _writer.Line(line);
        _writer.Line($"{Signature.Member(_declaration, "OutChannels")} = {_graph.Result.Channels.Code};");
        _writer.Close();
    }

    private string RequirementCode(Requirement requirement)
    {
        var method = requirement.Kind.ToString();
        return $"{Emitted.Runtime}Require.{method}({Literal(Name)}, {Literal(requirement.What)}, {requirement.Left.Code}, {requirement.Right.Code});";
    }

    private void WriteForward()
    {
        _writer.Line("/// <inheritdoc />");
        WriteCompute(_plan.Forward, isCommented: true);
    }

    private void WriteCompute(ForwardPlan plan, bool isCommented)
    {
        _writer.Open($"protected override {Tensor} Compute({Tensor} input)");
        var result = _operations.Write(plan, isCommented);
        _writer.Line($"return {result};");
        _writer.Close();
    }

    private void WriteFuse()
    {
        if (_declaration.Kind == DeclarationKind.Network)
        {
            WriteFuseOfNetwork();
        }
        else
        {
            _writer.Line("/// <inheritdoc />");
            _writer.Line($"public override {Emitted.Runtime}FusedModule Fuse() => new {Snapshot}(this);");
        }
        _writer.Line();
        WriteSnapshot();
    }

    private void WriteSnapshot()
    {
        _writer.Open($"private sealed class {Snapshot} : {Emitted.Runtime}FusedModule");
        var parts = _members.SnapshotParts(_plan.Snapshot).ToList();
        WriteFields(parts.ConvertAll(static part => part.Field));
        _writer.Line($"public {Snapshot}({_declaration.Name} source) : base(source)");
        _writer.Open();
        foreach (var (field, value) in parts)
            _writer.Line($"{field.Name} = {value};");
        _writer.Close();
        _writer.Line();
        WriteCompute(_plan.Snapshot, isCommented: false);
        _writer.Close();
    }

    private void WriteFuseOfNetwork()
    {
        const string Fused = Emitted.Runtime + "FusedNetwork";
        const string Options = Emitted.Runtime + "FuseOptions";
        _writer.Line("/// <inheritdoc />");
        _writer.Line($"public override {Fused} Fuse() => Fuse({Options}.Default);");
        _writer.Line();
        _writer.Line("/// <summary>Takes a snapshot for inference that computes as the options say; its user disposes it.</summary>");
        _writer.Line($"public {Fused} Fuse({Options} options) => {Fused}.Take(this, {Plans}, options, () => new {Snapshot}(this));");
        _writer.Line();
        _writer.Line("/// <summary>Loads a snapshot that was saved; needs no libtorch. Its user disposes it.</summary>");
        _writer.Line($"public static {Emitted.Runtime}KernelNetwork LoadFused(string path, {Options}? options = null) => {Emitted.Runtime}KernelNetwork.Load({Plans}, path, options ?? {Options}.Default);");
        _writer.Line();
        PlansWriter.Write(_writer, _plan, Name, Plans);
    }

    private static string Article(string name) => "AEIOUaeiou".IndexOf(name[0]) >= 0 ? "an" : "a";

    internal static string Literal(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);
}
