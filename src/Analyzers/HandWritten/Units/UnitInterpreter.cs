using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>
/// Runs a class's constructor and its forward with symbols in place of numbers and tensors. What it has no exact meaning for ends the run:
/// <see cref="Understood"/> is false then, and nothing is said about the class.
/// </summary>
internal sealed partial class UnitInterpreter(TorchSymbols torch, SemanticModel model, Fuel fuel, CancellationToken cancellation)
{
    /// <summary>No unit's numbers nest deeper; a stack that an expression exhausts takes the editor down.</summary>
    private const int MaximumDepth = 200;

    private const int MaximumCalls = 4;

    private readonly Dictionary<ISymbol, object> _members = new(SymbolEqualityComparer.Default);
    private readonly List<KeyValuePair<ISymbol, string>> _keys = [];
    private readonly HashSet<ISymbol> _called = new(SymbolEqualityComparer.Default);
    private readonly HashSet<UnitModule> _placed = [];
    private readonly List<UnitFlow> _sized = [];
    private IReadOnlyList<IFieldSymbol> _fields = [];
    private Dictionary<ISymbol, object> _locals = new(SymbolEqualityComparer.Default);
    private object? _returned;
    private bool _hasReturned;
    private int _calls;
    private int _depth;

    public bool Understood { get; private set; } = true;

    /// <summary>Whether a module that has entries in the state dict was registered but never called, or is called but never registered.</summary>
    public bool LosesState => _members.Any(member => member.Value is UnitModule module && module.HasState
        && (!_called.Contains(member.Key) || KeyOf(member.Key) is null));

    public void Initialize(IFieldSymbol field, ExpressionSyntax value)
    {
        if (model.GetOperation(value, cancellation) is { } operation && Evaluate(operation) is { } made)
            _members[field] = made;
        else
            Give();
    }

    public void Construct(IMethodSymbol constructor, ConstructorDeclarationSyntax syntax, IReadOnlyDictionary<ISymbol, object> bound, IEnumerable<IFieldSymbol> fields)
    {
        _locals = new(SymbolEqualityComparer.Default);
        foreach (var parameter in constructor.Parameters)
            if (bound.TryGetValue(parameter, out var value))
                _locals[parameter] = value;
        if (model.GetOperation(syntax, cancellation) is not IConstructorBodyOperation body || !IsPlain(body.Initializer))
        {
            Give();
            return;
        }
        _fields = fields.ToList();
        Run((IOperation?)body.BlockBody ?? body.ExpressionBody);
    }

    /// <summary>What forward gives for the input.</summary>
    public UnitFlow? Forward(IMethodSymbol forward, UnitFlow input) => Call(forward, [input]) is UnitFlow { Disposed: false } flow ? flow : null;

    private object? Give()
    {
        Understood = false;
        return null;
    }

    /// <summary>base(name): a name has no say in the state dict, but what computes one could have effects.</summary>
    private static bool IsPlain(IOperation? initializer) => initializer is null
        || initializer.Descendants().OfType<IInvocationOperation>().FirstOrDefault() is { } call
            && call.Arguments.All(argument => argument.Value.Unwrapped() is IParameterReferenceOperation || argument.Value.ConstantValue.HasValue);

    private void Run(IOperation? statement)
    {
        if (!Understood || _hasReturned || statement is null)
            return;
        cancellation.ThrowIfCancellationRequested();
        switch (statement)
        {
            case IBlockOperation block:
                var mark = _usings.Count;
                foreach (var one in block.Operations)
                    Run(one);
                EndFrom(mark);
                break;
            case IVariableDeclarationGroupOperation group:
                Declare(group, ends: false);
                break;
            case IUsingDeclarationOperation declaration:
                Declare(declaration.DeclarationGroup, ends: true);
                break;
            case IUsingOperation block:
                Using(block);
                break;
            case IExpressionStatementOperation expression:
                Execute(expression.Operation);
                break;
            case IReturnOperation { ReturnedValue: { } returned }:
                _returned = Evaluate(returned);
                _hasReturned = true;
                break;
            case IConditionalOperation condition:
                Choose(condition);
                break;
            default:
                Give();
                break;
        }
    }

    private void Choose(IConditionalOperation condition)
    {
        if (Evaluate(condition.Condition) is bool truth)
            Run(truth ? condition.WhenTrue : condition.WhenFalse);
        // A guard only throws; the class is made with arguments that pass it, or not at all.
        else
            Understood = condition.WhenFalse is null && OnlyThrows(condition.WhenTrue) && OnlyAsks(condition.Condition);
    }

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

    private void Declare(IVariableDeclarationGroupOperation group, bool ends)
    {
        foreach (var declarator in group.Declarations.SelectMany(declaration => declaration.Declarators))
            if (declarator.GetVariableInitializer() is { } initializer)
            {
                var value = Evaluate(initializer.Value);
                if (ends)
                    End(value);
                if (!ends || value is not Scope)
                    Assign(declarator.Symbol, value);
            }
    }

    private void Execute(IOperation operation)
    {
        switch (operation.Unwrapped())
        {
            // A branch that this form has not.
            case ISimpleAssignmentOperation { IsRef: false } assignment when assignment.Target.OwnMember() is { } missing && !_members.ContainsKey(missing)
                && assignment.Value.Unwrapped().ConstantValue is { HasValue: true, Value: null }:
                break;
            case ISimpleAssignmentOperation { IsRef: false } assignment:
                AssignTo(assignment.Target, Evaluate(assignment.Value));
                break;
            case IDeconstructionAssignmentOperation { Value: var value } deconstruction:
                Deconstruct(deconstruction.Target, value);
                break;
            case IInvocationOperation { TargetMethod.Name: "RegisterComponents", Instance: IInstanceReferenceOperation, Arguments.Length: 0 }
                when _calls == 0:
                foreach (var field in _fields.Where(field => _members.TryGetValue(field, out var value) && value is UnitModule))
                    Register(field, field.Name);
                break;
            case IInvocationOperation { TargetMethod.Name: "register_module", Instance: IInstanceReferenceOperation, Arguments: [var name, var module] }
                when _calls == 0 && name.Value.ConstantValue is { HasValue: true, Value: string key } && module.Value.OwnMember() is { } member:
                Register(member, key);
                break;
            case IInvocationOperation { TargetMethod: { Name: "Assert", ContainingType.Name: "Debug" } }:
                break;
            // The input is the caller's.
            case IInvocationOperation { TargetMethod.Name: "Dispose", Arguments.Length: 0, Instance: { } instance }
                when Evaluate(instance) is UnitFlow flow and not UnitFlow.Input:
                flow.Disposed = true;
                break;
            default:
                Give();
                break;
        }
    }

    private void Register(ISymbol member, string key)
    {
        if (KeyOf(member) is not null || !_members.ContainsKey(member))
            Give();
        _keys.Add(new(member, key));
    }

    private string? KeyOf(ISymbol member) =>
        _keys.Where(key => SymbolEqualityComparer.Default.Equals(key.Key, member)).Select(key => key.Value).FirstOrDefault();

    private void Deconstruct(IOperation target, IOperation value)
    {
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        if (target is not ITupleOperation targets || value.Unwrapped() is not ITupleOperation values || targets.Elements.Length != values.Elements.Length)
        {
            Give();
            return;
        }
        var evaluated = values.Elements.Select(Evaluate).ToList();
        for (var i = 0; i < evaluated.Count; i++)
            AssignTo(targets.Elements[i], evaluated[i]);
    }

    private void AssignTo(IOperation target, object? value)
    {
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        if (target is ILocalReferenceOperation local)
            Assign(local.Local, value);
        else if (target is IParameterReferenceOperation parameter)
            Assign(parameter.Parameter, value);
        else if (target.OwnMember() is { } member && value is not (null or Scope or UnitFlow or UnitFlows) && KeyOf(member) is null && !_members.ContainsKey(member)
            && (value is not UnitModule module || Place(module)))
            _members[member] = value;
        else
            Give();
    }

    /// <summary>A module with entries in the state dict is one field's or one Sequential's: in two places it would be trained as one.</summary>
    private bool Place(UnitModule module) => !module.HasState || _placed.Add(module);

    private void Assign(ISymbol variable, object? value)
    {
        if (value is null or Scope)
            Give();
        else
            _locals[variable] = value;
    }

    /// <summary>Runs a method of this class or file with the arguments.</summary>
    private object? Call(IMethodSymbol method, IReadOnlyList<object?> arguments)
    {
        if (_calls >= MaximumCalls || arguments.Any(argument => argument is null) || method.DeclaringSyntaxReferences.Length != 1
            || method.DeclaringSyntaxReferences[0].SyntaxTree != model.SyntaxTree
            || method.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is not MethodDeclarationSyntax syntax
            || model.GetOperation(syntax, cancellation) is not IMethodBodyOperation body)
            return Give();
        var outer = _locals;
        _locals = new(SymbolEqualityComparer.Default);
        for (var i = 0; i < arguments.Count; i++)
            _locals[method.Parameters[i]] = arguments[i]!;
        _calls++;
        _hasReturned = false;
        Run((IOperation?)body.BlockBody ?? body.ExpressionBody);
        var result = _hasReturned ? _returned : null;
        (_hasReturned, _returned, _locals) = (false, null, outer);
        _calls--;
        return result ?? Give();
    }
}
