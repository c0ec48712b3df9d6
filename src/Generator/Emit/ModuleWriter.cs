using System.Globalization;
using Blockwright.Generator.Plan;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>Writes the members of one class: fields, constructor, what forward computes, and the snapshot that Fuse() takes.</summary>
internal sealed class ModuleWriter
{
    private const string Registration = "RegisterComponents";
    private const string Tensor = Emitted.Torch + "Tensor";

    private readonly ResultType _result;
    private readonly CodeWriter _writer;
    private readonly NetworkPlan _plan;
    private readonly BlockGraph _graph;
    private readonly Declaration _declaration;
    private readonly Members _members;
    private readonly OperationWriter _operations;
    private readonly string _local;

    /// <param name="local">How a variable is declared.</param>
    public ModuleWriter(CodeWriter writer, NetworkPlan plan, string local)
    {
        (_writer, _plan, _graph, _declaration, _local) = (writer, plan, plan.Graph, plan.Graph.Declaration, local);
        _result = new ResultType(_declaration);
        _members = new Members(_graph);
        _operations = new OperationWriter(writer, _graph, _members, local);
    }

    private string Name => _declaration.Name.TrimStart('@');

    private bool IsNetwork => _declaration.Kind == DeclarationKind.Network;

    public void Write()
    {
        WriteHead();
        WriteFields("private", _members.Fields);
        WriteConstructor();
        _writer.Line();
        _members.Layers.Write(_writer, _members);
        WriteRegistration();
        _writer.Line("/// <inheritdoc />");
        WriteCompute("protected sealed override", _plan.Forward, isCommented: true);
        _writer.Line();
        if (_result.HasInputs)
            WriteForward();
        _writer.Line("/// <inheritdoc />");
        _writer.Line($"protected sealed override {_result.FusedModule} TakeSnapshot() => new {_members.Snapshot}(this);");
        _writer.Line();
        if (IsNetwork)
            WriteLoading();
        WriteSnapshot();
        WriteIslands(_plan);
    }

    private string? IslandsOf(NetworkPlan plan) => plan is { Cpu: not null, Islands.All.IsEmpty: false } ? _members.Islands : null;

    private void WriteIslands(NetworkPlan plan)
    {
        if (IslandsOf(plan) is { } name)
            new IslandsWriter(_writer, name, _local).Write(plan.Islands!);
    }

    private void WriteHead()
    {
        _writer.Line($"// {Name}: {_graph.InputText} -> {_graph.ResultText}");
        if (_plan.Known.Figures is var (parameters, multiplyAdds))
            _writer.Line(string.Format(CultureInfo.InvariantCulture, "// {0:N0} learned parameters; {1:N0} multiply-accumulates per image{2}.", parameters, multiplyAdds, Documentation.Defaults(_declaration)));
    }

    private void WriteFields(string modifiers, IReadOnlyList<Field> fields)
    {
        foreach (var field in fields)
            _writer.Line($"{modifiers} {field.Type} {field.Name};{(field.Comment.Length > 0 ? " // " + field.Comment : "")}");
        if (fields.Count > 0)
            _writer.Line();
    }

    /// <summary>
    /// The constructor, and in a method what it does: a running program whose declaration changes takes a new method, but where an attribute of one part of a class and a constructor in another change together
    /// the SDK's hot reload ends.
    /// </summary>
    private void WriteConstructor()
    {
        _writer.Line("/// <summary>Makes the module with torch's usual random weights.</summary>");
        foreach (var line in Documentation.OfParameters(_plan))
            _writer.Line(line);
        var given = string.Join(", ", _declaration.ConstructorParameters);
        var arguments = IsNetwork ? _members.Plans + (given.Length > 0 ? $".Of({given})" : ".Value") + _result.PackingArgument : $"\"{Name}\", {_graph.Input.Channels.Code}";
        _writer.Line($"public {_declaration.Name}({Signature.OptionalParameters(_declaration)}) : base({arguments}) => {_members.Build}({given});");
        _writer.Line();
        _writer.Open($"private void {_members.Build}({Signature.Parameters(_declaration)})");
        foreach (var requirement in _graph.Requirements)
            _writer.Line(RequirementCode(requirement));
        foreach (var line in _members.Assignments)
            _writer.Line(line);
        if (_result.HasOutChannels)
            _writer.Line($"{Signature.Member(_declaration, "OutChannels")} = {_graph.Result.Channels.Code};");
        if (_declaration.Form.TakenNames.Contains(Registration))
            WriteComponents();
        else if (_declaration.Form.Components.Count > 0)
            _writer.Line($"{Registration}();");
        _writer.Close();
    }

    /// <summary>What members of the user's own hold is of the module, too.</summary>
    private void WriteRegistration()
    {
        if (_declaration.Form.Components.Count == 0 || _declaration.Form.TakenNames.Contains(Registration))
            return;
        _writer.Line("/// <inheritdoc />");
        _writer.Line($"protected override void {Registration}()");
        _writer.Open();
        _writer.Line($"base.{Registration}();");
        WriteComponents();
        _writer.Close();
        _writer.Line();
    }

    private void WriteComponents()
    {
        foreach (var member in _declaration.Form.Components)
            _writer.Line($"base.RegisterOwn({Literal(member)}, this.{CodeNames.Escape(member)});");
    }

    private string RequirementCode(Requirement requirement)
    {
        var method = requirement.Kind.ToString();
        var when = requirement.When.Known is null ? $"if ({requirement.When.Code}) " : "";
        return $"{when}{Emitted.Runtime}Require.{method}({Literal(Name)}, {Literal(requirement.What)}, {requirement.Left.Code}, {requirement.Right.Code});";
    }

    private void WriteCompute(string modifiers, ForwardPlan plan, bool isCommented)
    {
        _writer.Open($"{modifiers} {_result.Code} Compute({_result.ComputeParameter})");
        for (var i = 0; i < (_result.HasInputs ? plan.Inputs.Length : 0); i++)
            _writer.Line(string.Format(CultureInfo.InvariantCulture, "{0} {1} = {2}[{3}];{4}", _local, plan.Inputs[i].Variable, ForwardPlan.AllInputs, i, isCommented ? $" // {_graph.Inputs[i].Shape}" : ""));
        var result = _operations.Write(plan, isCommented);
        _writer.Line($"return {result};");
        _writer.Close();
    }

    /// <summary>What has the inputs' names as its parameters'.</summary>
    private void WriteForward()
    {
        _writer.Line("/// <summary>The inputs to the results, right in training and evaluation.</summary>");
        foreach (var (parameter, input) in _result.Parameters.Zip(_graph.Inputs, static (parameter, input) => (parameter, input)))
            _writer.Line($"/// <param name=\"{parameter.TrimStart('@')}\">{input.Shape}, or larger or smaller as the others are.</param>");
        _writer.Line($"public sealed override {_result.Code} forward({string.Join(", ", _result.Parameters.Select(static name => $"{Tensor} {name}"))}) => base.forward(new[] {{ {string.Join(", ", _result.Parameters)} }});");
        _writer.Line();
    }

    private void WriteSnapshot()
    {
        _writer.Open($"private sealed class {_members.Snapshot} : {_result.FusedModule}");
        var parts = _members.SnapshotParts(_plan.Snapshot).ToList();
        WriteFields("private readonly", parts.ConvertAll(static part => part.Field));
        _writer.Line($"public {_members.Snapshot}({_declaration.Name} source) : base(source)");
        _writer.Open();
        foreach (var (field, value, when) in parts)
            _writer.Line($"{(when is null ? "" : $"if ({when}) ")}{field.Name} = {value};");
        _writer.Close();
        _writer.Line();
        WriteCompute("protected override", _plan.Snapshot, isCommented: false);
        _writer.Close();
    }

    private void WriteLoading()
    {
        const string Options = Emitted.Runtime + "FuseOptions";
        _writer.Line("/// <summary>Loads a snapshot that was saved; needs no libtorch. Its user disposes it.</summary>");
        _writer.Line($"public static {Emitted.Runtime}KernelNetwork LoadFused(string path, {Options}? options = null) => {Emitted.Runtime}KernelNetwork.Load({_members.Plans}.Value, path, options ?? {Options}.Default);");
        _writer.Line();
        if (HasCost(_declaration))
        {
            _writer.Line("/// <summary>What the network costs, layer by layer, known without making it; <c>Cost.At(batch, height, width)</c> for another input.</summary>");
            _writer.Line($"public static {Emitted.Runtime}NetworkCost Cost => {_members.Plans}.Value.Cost;");
            _writer.Line();
        }
        // A class of its own: a static field of the user's may make a network before those of this class are set.
        _writer.Open($"private static class {_members.Plans}");
        PlansWriter.Write(_writer, _plan, Name, IslandsOf(_plan));
        for (var i = 0; i < _plan.Others.Length; i++)
        {
            _writer.Line();
            _writer.Open($"public static class {PlansWriter.Other(i)}");
            PlansWriter.Write(_writer, _plan.Others[i], Name, IslandsOf(_plan.Others[i]));
            WriteIslands(_plan.Others[i]);
            _writer.Close();
        }
        _writer.Close();
        _writer.Line();
    }

    /// <summary>Whether the name is free: a member of the user's own, or the class itself, may have it, and goes before.</summary>
    internal static bool HasCost(Declaration declaration) => !declaration.Form.TakenNames.Contains("Cost") && declaration.Name.TrimStart('@') != "Cost";

    internal static string Literal(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);
}
