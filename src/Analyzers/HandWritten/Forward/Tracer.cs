using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Forward;

/// <summary>
/// Walks through a method's statements in the order of execution and notes every tensor. Where control flow meets again, a variable that
/// was written holds a <see cref="ValueKind.Join"/>; what a rule cannot see through, it says nothing about.
/// </summary>
internal sealed partial class Tracer(TorchSymbols torch, IMethodSymbol method, SemanticModel model, CancellationToken cancellation)
{
    /// <summary>Deeper expressions are no network's; the trace is given up, so that the stack is never exhausted.</summary>
    private const int MaximumDepth = 300;

    private readonly List<Value> _values = [];
    private readonly List<Value> _returned = [];
    private readonly Dictionary<SyntaxNode, Value> _shapeReads = [];
    private readonly Layer _self = Made.OfType(method.ContainingType, model, torch, cancellation);
    private ImmutableArray<Way> _ways = ImmutableArray<Way>.Empty;
    private Made? _made;
    private ImmutableDictionary<ISymbol, Value> _variables = ImmutableDictionary.Create<ISymbol, Value>(SymbolEqualityComparer.Default);
    private HashSet<ISymbol> _written = new(SymbolEqualityComparer.Default);
    private bool _hasDisposeScope;
    private bool _gaveUp;
    private int _depth;

    public ForwardTrace Trace(IOperation body)
    {
        foreach (var parameter in method.Parameters)
        {
            var value = new Value(ValueKind.Parameter, null) { IsTensor = torch.IsTensor(parameter.Type), IsFeatureMap = parameter.Ordinal == 0 };
            _values.Add(value);
            Set(parameter, value);
        }
        foreach (var block in body is IMethodBodyOperation { BlockBody: { } statements } ? [statements]
            : body is IMethodBodyOperation { ExpressionBody: { } expression } ? new[] { expression }
            : [])
            Statement(block);
        if (_gaveUp)
            return ForwardTrace.Nothing;
        PassOn();
        return new(_values, _returned, _shapeReads, _hasDisposeScope) { Self = _self };
    }

    /// <summary>What happens to a value that can be the same object as another happens to the other.</summary>
    private void PassOn()
    {
        var open = new Stack<Value>(_values);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var value = open.Pop();
            foreach (var input in value.PassesOn ? value.Inputs.Take(value.Alias ? 1 : int.MaxValue) : [])
            {
                if (!(value.Escapes && !input.Escapes || value.Returned && !input.Returned || value.Disposed && !input.Disposed))
                    continue;
                input.Escapes |= value.Escapes;
                input.Returned |= value.Returned;
                input.Disposed |= value.Disposed;
                open.Push(input);
            }
        }
    }

    private void Statement(IOperation? statement)
    {
        if (statement is null || !Enter())
            return;
        cancellation.ThrowIfCancellationRequested();
        switch (statement)
        {
            case IBlockOperation block:
                foreach (var one in block.Operations)
                    Statement(one);
                break;
            case IExpressionStatementOperation expression:
                Evaluate(expression.Operation);
                break;
            case IVariableDeclarationGroupOperation group:
                Declare(group, disposes: false);
                break;
            case IUsingDeclarationOperation declaration:
                Declare(declaration.DeclarationGroup, disposes: true);
                break;
            case IUsingOperation block:
                Using(block);
                break;
            case IReturnOperation { ReturnedValue: { } returned }:
                Return(returned);
                break;
            case IConditionalOperation condition:
                Evaluate(condition.Condition);
                Branches([() => Statement(condition.WhenTrue), () => Statement(condition.WhenFalse)], Decider.Of(condition.Condition));
                break;
            case ILoopOperation loop:
                Loop(loop);
                break;
            case ISwitchOperation choice:
                Evaluate(choice.Value);
                Branches([() => { }, .. choice.Cases.Select(one => (Action)(() => Each(one.Body)))]);
                break;
            case ITryOperation attempt:
                Statement(attempt.Body);
                Branches([() => { }, .. attempt.Catches.Select(one => (Action)(() => Statement(one.Handler)))]);
                Statement(attempt.Finally);
                break;
            case ILockOperation guarded:
                Evaluate(guarded.LockedValue);
                Statement(guarded.Body);
                break;
            case ILabeledOperation labeled:
                Statement(labeled.Operation);
                break;
            case ILocalFunctionOperation function:
                Capture(function);
                break;
            case IBranchOperation { BranchKind: BranchKind.GoTo }:
                _gaveUp = true;
                break;
            default:
                Evaluate(statement);
                break;
        }
        Leave();
    }

    private void Each(IEnumerable<IOperation> statements)
    {
        foreach (var statement in statements)
            Statement(statement);
    }

    private void Declare(IVariableDeclarationGroupOperation group, bool disposes)
    {
        foreach (var declarator in group.Declarations.SelectMany(declaration => declaration.Declarators))
            if (declarator.GetVariableInitializer() is { } initializer)
            {
                var value = Evaluate(initializer.Value);
                value.Disposed |= disposes;
                Set(declarator.Symbol, value);
            }
    }

    private void Using(IUsingOperation block)
    {
        if (block.Resources is IVariableDeclarationGroupOperation group)
            Declare(group, disposes: true);
        else
            Evaluate(block.Resources).Disposed = true;
        Statement(block.Body);
    }

    private void Return(IOperation returned)
    {
        var value = Evaluate(returned);
        value.Returned = true;
        _returned.Add(value);
    }

    private void Branches(IReadOnlyList<Action> branches, Decider? decider = null)
    {
        var (before, outside) = (_variables, _written);
        // What no branch writes is what it was: a method has many variables, and may have many branches.
        _written = new(SymbolEqualityComparer.Default);
        var after = new List<ImmutableDictionary<ISymbol, Value>>();
        var (ways, fork) = (_ways, new object());
        foreach (var branch in branches)
        {
            _variables = before;
            _ways = ways.Add(new(fork, after.Count, branches.Count, decider));
            branch();
            after.Add(_variables);
        }
        _ways = ways;
        _variables = before;
        var written = _written;
        _written = outside;
        foreach (var variable in written)
        {
            var values = after.Select(one => one.TryGetValue(variable, out var value) ? value : null).OfType<Value>().Distinct().ToList();
            Set(variable, values.Count == 1 ? values[0] : Join(values, values.Count == after.Count ? decider : null));
        }
    }

    /// <summary>The body runs once for the trace; what it writes is, before and after, one of two values.</summary>
    private void Loop(ILoopOperation loop)
    {
        if (loop is IForEachLoopOperation each)
            Evaluate(each.Collection);
        else if (loop is IForLoopOperation counted)
            Each(counted.Before);
        var joins = new Dictionary<ISymbol, Value>(SymbolEqualityComparer.Default);
        foreach (var variable in Written(loop))
            if (_variables.TryGetValue(variable, out var before))
                Set(variable, joins[variable] = Join([before]));
        if (loop is IWhileLoopOperation { Condition: { } condition })
            Evaluate(condition);
        else if (loop is IForLoopOperation { Condition: { } bound })
            Evaluate(bound);
        var ways = _ways;
        _ways = ways.Add(new(loop, 0, 2, null));
        Statement(loop.Body);
        if (loop is IForLoopOperation stepped)
            Each(stepped.AtLoopBottom);
        _ways = ways;
        foreach (var pair in joins)
            if (_variables.TryGetValue(pair.Key, out var after) && after != pair.Value)
            {
                Connect(pair.Value, after);
                Set(pair.Key, pair.Value);
            }
    }

    private static IEnumerable<ISymbol> Written(IOperation loop)
    {
        foreach (var operation in loop.Descendants())
            if (operation is IAssignmentOperation { Target: var target })
                foreach (var symbol in target.DescendantsAndSelf().Select(Variable).OfType<ISymbol>())
                    yield return symbol;
    }

    private static ISymbol? Variable(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    private void Set(ISymbol variable, Value value)
    {
        _variables = _variables.SetItem(variable, value);
        _written.Add(variable);
    }

    private Value New(ValueKind kind, IOperation? origin, ITypeSymbol? type = null)
    {
        var value = new Value(kind, origin) { IsTensor = torch.IsTensor(type ?? origin?.Type) };
        _values.Add(value);
        return value;
    }

    private Value Join(IReadOnlyList<Value> values, Decider? decider = null)
    {
        var join = new Value(ValueKind.Join, null) { IsTensor = values.Any(value => value.IsTensor), Decider = decider, Ways = _ways };
        _values.Add(join);
        foreach (var value in values)
            Connect(join, value);
        return join;
    }

    private static void Connect(Value consumer, Value input)
    {
        consumer.Inputs.Add(input);
        input.Consumers.Add(consumer);
    }

    private bool Enter()
    {
        _gaveUp |= _depth >= MaximumDepth;
        if (_gaveUp)
            return false;
        _depth++;
        return true;
    }

    private void Leave() => _depth--;
}
