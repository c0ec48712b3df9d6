using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static System.FormattableString;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>
/// What torch means to a walk through a class's constructor and its forward, with symbols in place of numbers and flows in place of tensors. What has no exact meaning here ends
/// the walk, and nothing is said about the class.
/// </summary>
/// <param name="torch">TorchSharp's types.</param>
/// <param name="fields">The class's fields, in order.</param>
internal sealed partial class UnitReader(TorchSymbols torch, IReadOnlyList<IFieldSymbol> fields) : IExactReader
{
    // What a statement gives.
    private readonly Known _nothing = new Known.Foreign(new());

    private readonly List<KeyValuePair<UnitModule, string>> _keys = [];
    private readonly HashSet<UnitModule> _called = [];
    private readonly HashSet<UnitModule> _children = [];
    private readonly List<UnitFlow> _sized = [];
    private bool _isMade;

    /// <summary>Whether the object's fields hold what a block can have, each module in one place; said once, when it is made.</summary>
    public bool Holds(Interpreter walk, Thing self)
    {
        _isMade = true;
        var modules = new HashSet<UnitModule>();
        return fields.All(field => walk[new(self, field)] is null or Known.Whole or Known.Symbol or Known.Real or Known.Truth or Known.Text or Known.Null
            || walk[new(self, field)].As<UnitModule>() is { } module && (!module.HasState || modules.Add(module) && !_children.Contains(module) && KeyOf(module) is not null))
            && _keys.All(key => !key.Key.HasState || modules.Contains(key.Key));
    }

    /// <summary>Whether a module that has entries in the state dict was never called.</summary>
    public bool LosesState => _keys.Any(key => key.Key.HasState && !_called.Contains(key.Key));

    public bool Reads(IInvocationOperation call, Interpreter walk, out Known? result)
    {
        var method = call.TargetMethod;
        result = method is { Name: "Assert", ContainingType.Name: "Debug" } ? _nothing : null;
        if (result is not null || !torch.IsTorch(method))
            return result is not null;
        result = torch.IsFactory(method) ? Foreign(new UnitFactories(walk.Evaluate, _children.Add).Read(call))
            : method.Name is "RegisterComponents" or "register_module" && call.Instance is IInstanceReferenceOperation ? (Registers(call, walk) ? _nothing : null)
            : method.Name is "call" or "forward" && torch.IsModule(call.Instance?.Type) ? Foreign(Own(Apply(call, walk)))
            : method.Name == "Dispose" ? (Disposes(call, walk) ? _nothing : null)
            : Function(call, walk);
        return true;
    }

    public Known? Property(IPropertyReferenceOperation property, Interpreter walk) =>
        property is { Property.Name: "shape", Instance: { } instance } && torch.IsTensor(instance.Type) && walk.Evaluate(instance).As<UnitFlow>() is { } flow
            ? Foreign(new UnitSizes(flow))
            : null;

    public Known? Element(Known? list, Known? index) => ((list as Known.Foreign)?.Value, index) switch
    {
        (UnitFlows flows, Known.Whole { Value: var i }) when i >= 0 && i < flows.Elements.Count => Foreign(flows.Elements[(int)i]),
        (UnitSizes sizes, Known.Whole { Value: >= 0 and < 4 and var i }) => new Known.Symbol(SizeOf(sizes.Of, i)),
        _ => null,
    };

    public bool IsUsable(Known value) => value is not Known.Foreign { Value: UnitFlow { Disposed: true } };

    public bool OnlyRefuses(IConditionalOperation statement) =>
        statement.WhenFalse is null && OnlyThrows(statement.WhenTrue) && OnlyAsks(statement.Condition);

    private static Known.Foreign? Foreign(object? value) => value is null ? null : new(value);

    /// <summary>Whether a condition changes nothing: it assigns nothing, and calls nothing that is written here or computes tensors.</summary>
    private bool OnlyAsks(IOperation condition) => condition.DescendantsAndSelf().All(one => one switch
    {
        IAssignmentOperation or IIncrementOrDecrementOperation => false,
        IInvocationOperation { TargetMethod: var method } =>
            method.DeclaringSyntaxReferences.IsEmpty && (!torch.IsTorch(method) || method.Name is "size" or "dim"),
        _ => true,
    });

    private static bool OnlyThrows(IOperation statement) =>
        (statement is IBlockOperation { Operations: [var only] } ? only : statement) is IThrowOperation
        || statement is IBlockOperation { Operations: [IExpressionStatementOperation { Operation: IThrowOperation }] };

    /// <summary>RegisterComponents() gives each field's module the field's name; register_module one module any.</summary>
    private bool Registers(IInvocationOperation call, Interpreter walk)
    {
        if (_isMade || walk.Evaluate(call.Instance) is not Known.Reference { Thing: var self })
            return false;
        if (call.TargetMethod.Name == "register_module")
            return call.Arguments is [var name, var child] && name.Value.ConstantValue is { HasValue: true, Value: string key }
                && walk.Evaluate(child.Value).As<UnitModule>() is { } one && Register(one, key);
        return call.Arguments.IsEmpty && fields.All(field => walk[new(self, field)].As<UnitModule>() is not { } module || Register(module, field.Name));
    }

    private bool Register(UnitModule module, string key)
    {
        var isNew = KeyOf(module) is null;
        _keys.Add(new(module, key));
        return isNew;
    }

    private string? KeyOf(UnitModule module) => _keys.Where(key => key.Key == module).Select(static key => key.Value).FirstOrDefault();

    /// <summary>Layers over a tensor. A module with entries in the state dict is called once; one without may be called again.</summary>
    private UnitFlow.Branch? Apply(IInvocationOperation call, Interpreter walk)
    {
        if (walk.Evaluate(call.Instance).As<UnitModule>() is not { } module || call.Arguments is not [var only] || !_called.Add(module) && module.HasState)
            return null;
        var key = KeyOf(module);
        if (module.HasState && key is null)
            return null;
        var run = module.IsSequential
            ? new UnitRun(key, module.Layers.Select(layer => layer with { Name = layer.HasState && layer.Name is { } own ? $"{key}.{own}" : null }).ToList())
            : new UnitRun(null, [module.Layers[0] with { Name = module.HasState ? key : null }]);
        return Extend(walk.Evaluate(only.Value).As<UnitFlow>(), run);
    }

    private static UnitFlow.Branch? Extend(UnitFlow? from, UnitRun run)
    {
        if (from is null || run.Layers.Count == 0 || from is not UnitFlow.Branch && !run.Layers[0].IsConvolution || !IsRead(from))
            return null;
        return from switch
        {
            UnitFlow.Branch branch => new(branch.From, [.. branch.Runs, run]),
            UnitFlow.Input or UnitFlow.Part => new(from, [run]),
            _ => null,
        };
    }

    /// <summary>The tensor's own size in a dimension.</summary>
    private Amount SizeOf(UnitFlow tensor, long dimension)
    {
        if (!_sized.Contains(tensor))
            _sized.Add(tensor);
        return Amount.Of(new Atom(Invariant($"size{_sized.IndexOf(tensor)}_{dimension}"), "size"));
    }
}
