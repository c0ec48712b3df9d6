using System.Globalization;
using Blockwright.Generator.Plan;
using Blockwright.Generator.Plan.Cpu;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>Writes the members of one class: fields, constructor, forward, and the snapshot that Fuse() takes.</summary>
internal sealed class ModuleWriter
{
    private const string Tensor = "global::TorchSharp.torch.Tensor";

    private readonly CodeWriter _writer;
    private readonly BlockGraph _graph;
    private readonly Declaration _declaration;
    private readonly Members _members;
    private readonly CpuPlan? _plan;

    public ModuleWriter(CodeWriter writer, BlockGraph graph)
    {
        (_writer, _graph, _declaration) = (writer, graph, graph.Declaration);
        _members = new Members(graph);
        _plan = graph.Declaration.Kind == DeclarationKind.Network ? CpuPlanner.Plan(graph) : null;
    }

    private string Name => _declaration.Name.TrimStart('@');

    /// <summary>The nested classes; no member may have its class's name.</summary>
    private string Snapshot => Name == "Snapshot" ? "OwnSnapshot" : "Snapshot";

    private string CpuTables => Name == "CpuTables" ? "OwnCpuTables" : "CpuTables";

    public void Write()
    {
        var forward = new OperationWriter(_writer, _graph, _members, PlanKind.Module);
        var snapshot = new OperationWriter(_writer, _graph, _members, PlanKind.Snapshot);
        WriteHead();
        WriteFields();
        WriteConstructor();
        _writer.Line();
        WriteForward(forward);
        _writer.Line();
        WriteFuse(snapshot);
    }

    private void WriteHead()
    {
        _writer.Line($"// {Name}: {_graph.Input} -> {_graph.Result}");
        if (_graph.Figures is var (parameters, multiplyAdds))
            _writer.Line(string.Format(CultureInfo.InvariantCulture, "// {0:N0} learned parameters; {1:N0} multiply-accumulates per image.", parameters, multiplyAdds));
    }

    private void WriteFields()
    {
        foreach (var field in _members.Fields)
            _writer.Line($"private readonly {field.Type} {field.Name};{(field.Comment.Length > 0 ? " // " + field.Comment : "")}");
        if (_members.Fields.Count > 0)
            _writer.Line();
    }

    private void WriteConstructor()
    {
        _writer.Line($"/// <summary>Makes {Article(Name)} {Name} with torch's usual random weights.</summary>");
        foreach (var name in Signature.Names(_declaration))
            _writer.Line($"/// <param name=\"{name.TrimStart('@')}\">{ParameterDoc(name)}</param>");
        _writer.Line($"public {_declaration.Name}({Signature.Parameters(_declaration)})");
        _writer.Line($"    : base(\"{Name}\", {_graph.Input.Channels.Code})");
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
        return $"global::Blockwright.Require.{method}({Literal(Name)}, {Literal(requirement.What)}, {requirement.Left.Code}, {requirement.Right.Code});";
    }

    private void WriteForward(OperationWriter operations)
    {
        _writer.Line($"/// <summary>{_graph.Input} to {_graph.Result}.</summary>");
        _writer.Line("/// <param name=\"input\">The input.</param>");
        _writer.Line("/// <returns>The result.</returns>");
        _writer.Open($"public override {Tensor} forward({Tensor} input)");
        _writer.Line("CheckInput(input);");
        _writer.Line("using var scope = global::TorchSharp.torch.NewDisposeScope();");
        _writer.Line();
        operations.Write();
        _writer.Line();
        _writer.Line($"return {operations.Result}.MoveToOuterDisposeScope();");
        _writer.Close();
    }

    private void WriteFuse(OperationWriter operations)
    {
        if (_plan is null)
        {
            _writer.Line("/// <inheritdoc />");
            _writer.Line($"public override global::Blockwright.FusedModule Fuse() => new {Snapshot}(this);");
        }
        else
        {
            WriteFuseOfNetwork(_plan);
        }
        _writer.Line();
        _writer.Open($"private sealed class {Snapshot} : global::Blockwright.FusedModule");
        var parts = _members.SnapshotParts(operations.Plan).ToList();
        foreach (var (field, _) in parts)
            _writer.Line($"private readonly {field.Type} {field.Name};{(field.Comment.Length > 0 ? " // " + field.Comment : "")}");
        if (parts.Count > 0)
            _writer.Line();
        _writer.Line($"public {Snapshot}({_declaration.Name} source)");
        _writer.Line("    : base(source)");
        _writer.Open();
        foreach (var (field, value) in parts)
            _writer.Line($"{field.Name} = {value};");
        _writer.Close();
        _writer.Line();
        _writer.Open($"protected override {Tensor} Forward({Tensor} input)");
        operations.Write();
        _writer.Line();
        _writer.Line($"return {operations.Result};");
        _writer.Close();
        _writer.Close();
    }

    private void WriteFuseOfNetwork(CpuPlan plan)
    {
        const string Fused = "global::Blockwright.FusedNetwork";
        const string Options = "global::Blockwright.FuseOptions";
        _writer.Line("/// <inheritdoc />");
        _writer.Line($"public override {Fused} Fuse() => Fuse({Options}.Default);");
        _writer.Line();
        _writer.Line("/// <summary>Takes a snapshot for inference that computes as the options say.</summary>");
        _writer.Line("/// <param name=\"options\">Threads, instructions, whether own kernels are used.</param>");
        _writer.Line("/// <returns>The snapshot; its user disposes it.</returns>");
        _writer.Line($"public {Fused} Fuse({Options} options) => {Fused}.Take(this, {CpuTables}.Plan, options, () => new {Snapshot}(this));");
        _writer.Line();
        _writer.Line("/// <summary>Loads a snapshot that was saved; needs no libtorch.</summary>");
        _writer.Line("/// <param name=\"path\">The file.</param>");
        _writer.Line("/// <param name=\"options\">Threads and instructions; left out, the default ones.</param>");
        _writer.Line("/// <returns>The snapshot; its user disposes it.</returns>");
        _writer.Line($"public static global::Blockwright.KernelNetwork LoadFused(string path, {Options}? options = null) => global::Blockwright.KernelNetwork.Load({CpuTables}.Plan, path, options ?? {Options}.Default);");
        _writer.Line();
        CpuPlanWriter.Write(_writer, Name, CpuTables, plan);
    }

    private static string ParameterDoc(string name) => name switch
    {
        Signature.In => "The channels of the input.",
        Signature.Out => "The channels that come out.",
        _ => "A parameter of the block.",
    };

    private static string Article(string name) => "AEIOUaeiou".IndexOf(name[0]) >= 0 ? "an" : "a";

    internal static string Literal(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);
}
