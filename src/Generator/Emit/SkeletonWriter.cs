using Blockwright.Generator.Parse;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>What stands for a class while its declaration has mistakes. In a C# that any version reads, since an old one may be the mistake.</summary>
internal sealed class SkeletonWriter(CodeWriter writer, Closure closure, bool isNewLanguage)
{
    private const string Throw = "{ throw new global::System.InvalidOperationException(); }";
    private const string Tensor = Emitted.Torch + "Tensor";

    private readonly Declaration _declaration = closure.Declaration;
    private readonly ResultType _result = new(closure.Declaration, isNewLanguage);

    /// <summary>A network's Fuse() has a return type of its own, which hides the block's.</summary>
    private readonly bool _isNetwork = isNewLanguage && closure.Declaration.Kind == DeclarationKind.Network && closure.Declaration.Form.Completion != Completion.OnBlockModule;

    private string Name => _declaration.Name.TrimStart('@');

    private string Parameters => string.Join(", ", _result.Parameters.Select(static name => $"{Tensor} {name}"));

    /// <summary>The base class that is written; empty where the user has written his own.</summary>
    public string Base => _declaration.Form.Completion switch
    {
        Completion.OnOurBase => _isNetwork || _declaration.Kind != DeclarationKind.Network ? _result.Base : Emitted.Runtime + "BlockModule",
        Completion.OnBlockModule => Emitted.Runtime + "BlockModule",
        Completion.OnTorchModule => _result.TorchModule,
        _ => "",
    };

    private string Initializer
    {
        get
        {
            var name = ModuleWriter.Literal(Name);
            return _declaration.Form.Completion switch
            {
                Completion.OnOurBase when _isNetwork => $" : base(new {Emitted.Runtime}NetworkPlans({name}, 1, 1, 1){_result.PackingArgument})",
                Completion.OnOurBase or Completion.OnBlockModule => $" : base({name}, 1)",
                Completion.OnTorchModule => $" : base({name})",
                _ => _declaration.Form.BaseTakesName ? $" : base({name})" : "",
            };
        }
    }

    public void Write(string reason)
    {
        var isOurs = _declaration.Form.Completion is Completion.OnOurBase or Completion.OnBlockModule;
        WriteConstructor(reason);
        if (isOurs)
            WriteOverrides();
        else
            WriteSurface();
        if (isOurs && isNewLanguage)
            WriteLayers();
        if (_isNetwork)
            Member("LoadFused", $"public static {Emitted.Runtime}KernelNetwork LoadFused(string path, {Emitted.Runtime}FuseOptions? options = null) {Throw}");
        if (_isNetwork && ModuleWriter.HasCost(_declaration))
            Member("Cost", $"public static {Emitted.Runtime}NetworkCost Cost {{ get {{ throw new global::System.InvalidOperationException(); }} }}");
    }

    private void WriteConstructor(string reason)
    {
        if (_declaration.Form.HasConstructor)
            return;
        writer.Line(LayerMembersWriter.Throws);
        writer.Line($"public {_declaration.Name}({Signature.OptionalParameters(_declaration)}){Initializer}");
        writer.Open();
        writer.Line($"throw new global::System.InvalidOperationException({ModuleWriter.Literal($"{Name} cannot be made: {reason}.")});");
        writer.Close();
        writer.Line();
    }

    private void WriteOverrides()
    {
        writer.Line("/// <inheritdoc />");
        writer.Line($"protected override {_result.Code} Compute({_result.ComputeParameter}) {Throw}");
        writer.Line();
        if (_result.HasInputs)
        {
            writer.Line("/// <inheritdoc />");
            writer.Line($"public override {_result.Code} forward({Parameters}) {Throw}");
            writer.Line();
        }
        writer.Line("/// <inheritdoc />");
        writer.Line($"protected override {_result.FusedModule} TakeSnapshot() {Throw}");
        writer.Line();
    }

    /// <summary>The members by which people reach layers, as far as the names tell.</summary>
    private void WriteLayers()
    {
        var taken = new HashSet<string>(_declaration.Form.TakenNames.Concat(_declaration.Form.ClosedNames), StringComparer.Ordinal);
        var layers = ReadLayers.Of(closure, name => Members.Unique(taken, name));
        new LayerMembersWriter(writer, _declaration).Write(layers, name => !taken.Contains(name), code: null);
    }

    /// <summary>What users of a declared class call, where no base class of ours brings it.</summary>
    private void WriteSurface()
    {
        var isOverride = _declaration.Form.Completion is Completion.OnTorchModule or Completion.OnOwnModule;
        Member("forward", $"public {(isOverride ? "override " : "")}{_result.Code} forward({Parameters}) {Throw}");
        Member("InChannels", "public int InChannels { get { throw new global::System.InvalidOperationException(); } }");
        if (_result.HasOutChannels)
            Member("OutChannels", "public int OutChannels { get { throw new global::System.InvalidOperationException(); } }");
        Member("Fuse", $"public {(_isNetwork ? _result.FusedNetwork : _result.FusedModule)} Fuse() {Throw}");
        if (_isNetwork)
            Member("Fuse", $"public {_result.FusedNetwork} Fuse({Emitted.Runtime}FuseOptions options) {Throw}");
    }

    private void Member(string name, string code)
    {
        if (_declaration.Form.TakenNames.Contains(name))
            return;
        writer.Line(LayerMembersWriter.Throws);
        writer.Line(code);
        writer.Line();
    }
}
