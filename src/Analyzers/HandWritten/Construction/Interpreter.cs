using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>
/// Runs code that makes layers: constructors, base constructors and the methods that they call, through the project, with the values that are certain. Where a condition is not
/// certain both of its ways are run, and what they leave in common is known; what has no exact meaning here is unknown, and so nothing is said of it.
/// </summary>
/// <param name="torch">TorchSharp's types.</param>
/// <param name="sources">The project's code.</param>
/// <param name="cancellation">Calls the walk off.</param>
/// <param name="exact">Who has to understand all of the code; what has no exact meaning ends the walk then.</param>
/// <param name="fuel">The steps, where several walks share them.</param>
internal sealed partial class Interpreter(TorchSymbols torch, Sources sources, CancellationToken cancellation, IExactReader? exact = null, Fuel? fuel = null)
{
    /// <summary>No network's expressions nest deeper; a stack that an expression exhausts takes the editor down.</summary>
    private const int MaximumDepth = 120;

    private const int MaximumCalls = 14;

    /// <summary>All of what one piece of code makes: a network of some hundred layers.</summary>
    private const int MostSteps = 60_000;

    private const int MostRounds = 128;

    /// <summary>An object of some dozen layers: what takes fewer steps is made as often as the code makes it.</summary>
    private const int ManySteps = 1000;

    private readonly Fuel _fuel = fuel ?? new(MostSteps);
    private readonly List<Thing> _made = [];
    private readonly Dictionary<Thing, int> _last = [];
    private readonly HashSet<IOperation> _functionsSeen = [];
    private readonly HashSet<(IMethodSymbol Constructor, string Values)> _large = [];
    private readonly List<Known.Function> _functions = [];
    private ImmutableDictionary<Slot, Known?> _state = ImmutableDictionary<Slot, Known?>.Empty;
    private HashSet<Slot> _written = [];
    private Frame _frame = new(null, 0, null);
    private SyntaxNode? _site;
    private Thing? _top;
    private Known? _because;
    private int _things;
    private int _fixedThings = -1;
    private int _depth;
    private bool _isOut;
    private bool _isLoopLost;

    /// <summary>How a statement ended.</summary>
    private enum Flow
    {
        Next,
        Break,
        Continue,
        Return,
        Throw,
    }

    /// <summary>Every layer and object that was made, in the order of making.</summary>
    public IReadOnlyList<Thing> Made => _made;

    /// <summary>Whether the walk was given up before its end.</summary>
    public bool IsOut => _isOut;

    /// <summary>The number of the last object that was made in an object's making.</summary>
    public int LastIn(Thing thing) => _last.TryGetValue(thing, out var last) ? last : thing.Number;

    /// <summary>What a place holds.</summary>
    public Known? this[Slot slot] => _state.TryGetValue(slot, out var value) ? value : null;

    /// <summary>Runs code whose parameters and whose object nothing is known of.</summary>
    public void Run(IOperation code)
    {
        foreach (var body in Bodies(code))
            Statement(body);
        RunFunctions();
    }

    /// <summary>Runs a constructor, of whose parameters no more is known than this, and gives what it makes.</summary>
    public Thing RunConstructor(IMethodSymbol constructor, params KeyValuePair<IParameterSymbol, Known?>[] values)
    {
        var self = new Thing(null, 0, null) { Type = constructor.ContainingType };
        var frame = new Frame(null, 0, self);
        foreach (var value in values)
            Set(new(frame, value.Key), value.Value);
        Construct(self, constructor, frame);
        if (exact is null)
            RunFunctions();
        return self;
    }

    /// <summary>Runs a method of an object that has been made, and gives what it returns. One that changes what was made before ends the walk.</summary>
    public Known? RunMethod(Thing self, IMethodSymbol method, params KeyValuePair<IParameterSymbol, Known?>[] values)
    {
        _fixedThings = _things;
        return sources.BodyOf(method, cancellation) is { } body ? Run(new Frame(null, 0, self), values, body, null) : null;
    }

    private static IEnumerable<IOperation> Bodies(IOperation code) => code switch
    {
        IMethodBodyOperation method => new[] { method.BlockBody, method.ExpressionBody }.OfType<IOperation>(),
        IConstructorBodyOperation constructor => new[] { constructor.BlockBody, constructor.ExpressionBody }.OfType<IOperation>(),
        ILocalFunctionOperation local => new[] { local.Body }.OfType<IOperation>(),
        IAnonymousFunctionOperation lambda => [lambda.Body],
        IVariableInitializerOperation variable => [variable.Value],
        IFieldInitializerOperation field => [field.Value],
        IPropertyInitializerOperation property => [property.Value],
        _ => [code],
    };

    /// <summary>A function of the code is called by somebody at some time, with whatever it is.</summary>
    private void RunFunctions()
    {
        for (var i = 0; i < _functions.Count && !_isOut; i++)
        {
            var before = _state;
            Invoke(_functions[i], [], _site, isInline: true);
            _state = _state.SetItems(before);
        }
    }

    private Flow Statement(IOperation? statement)
    {
        if (statement is null || !Enter())
            return Flow.Next;
        cancellation.ThrowIfCancellationRequested();
        var flow = statement switch
        {
            IBlockOperation block => Block(block),
            IVariableDeclarationGroupOperation group => Declare(group),
            IUsingDeclarationOperation declaration => Declare(declaration.DeclarationGroup, ends: true),
            IUsingOperation block => Using(block),
            ILockOperation guarded => Both(guarded.LockedValue, guarded.Body),
            ILabeledOperation labeled => Statement(labeled.Operation),
            IReturnOperation returned => Return(returned),
            IConditionalOperation condition when condition.Type is null || condition.Type.SpecialType == SpecialType.System_Void => Choose(condition),
            IForLoopOperation loop => For(loop),
            IForEachLoopOperation loop => ForEach(loop),
            IWhileLoopOperation loop => While(loop),
            ISwitchOperation choice => Switch(choice),
            ITryOperation attempt => Try(attempt),
            IBranchOperation branch => branch.BranchKind switch
            {
                BranchKind.Break => Flow.Break,
                BranchKind.Continue => Flow.Continue,
                _ => GiveUp(),
            },
            IThrowOperation => Flow.Throw,
            IExpressionStatementOperation { Operation: IThrowOperation } => Flow.Throw,
            IExpressionStatementOperation expression => Discard(expression.Operation),
            ILocalFunctionOperation => Flow.Next,
            _ => Discard(statement),
        };
        Leave();
        return flow;
    }

    private Flow Each(IEnumerable<IOperation> statements)
    {
        foreach (var statement in statements)
        {
            var flow = Statement(statement);
            if (flow != Flow.Next)
                return flow;
        }
        return Flow.Next;
    }

    private Flow Both(IOperation first, IOperation second) => Statement(first) is not Flow.Next and var flow ? flow : Statement(second);

    private Flow Discard(IOperation operation)
    {
        Evaluate(operation);
        return Flow.Next;
    }

    /// <summary>A block's functions are there from its beginning on.</summary>
    private Flow Block(IBlockOperation block)
    {
        foreach (var local in block.Operations.OfType<ILocalFunctionOperation>())
            Set(new(_frame, local.Symbol), NewFunction(local, local.Symbol.Parameters));
        var mark = exact?.Open ?? 0;
        var flow = Each(block.Operations);
        exact?.EndFrom(mark);
        return flow;
    }

    private Flow Declare(IVariableDeclarationGroupOperation group, bool ends = false)
    {
        foreach (var declarator in group.Declarations.SelectMany(static declaration => declaration.Declarators))
        {
            var value = declarator.GetVariableInitializer() is { } initializer ? Evaluate(initializer.Value) : null;
            if (ends)
                exact?.EndLater(value);
            Set(new(_frame, declarator.Symbol), value);
        }
        return Flow.Next;
    }

    private Flow Using(IUsingOperation block)
    {
        var mark = exact?.Open ?? 0;
        if (block.Resources is IVariableDeclarationGroupOperation group)
            Declare(group, ends: true);
        else
        {
            var value = Evaluate(block.Resources);
            exact?.EndLater(value);
        }
        var flow = Statement(block.Body);
        exact?.EndFrom(mark);
        return flow;
    }

    private Flow Return(IReturnOperation returned)
    {
        var value = returned.ReturnedValue is { } operation ? Evaluate(operation) : null;
        value = Because(value);
        _frame.Returned = _frame.HasReturned ? Common(_frame.Returned, value) : value;
        _frame.HasReturned = true;
        return Flow.Return;
    }

    private Flow Choose(IConditionalOperation condition)
    {
        var wasOut = _isOut;
        var truth = Evaluate(condition.Condition) as Known.Truth;
        if (truth is null && exact?.OnlyRefuses(condition) == true)
        {
            _isOut = wasOut;
            return Flow.Next;
        }
        return truth is null
            ? Either([() => Statement(condition.WhenTrue), () => Statement(condition.WhenFalse)])
            : Under(truth, () => Statement(truth.Value ? condition.WhenTrue : condition.WhenFalse));
    }

    /// <summary>What is assigned because of a value depends on whoever said the value. Where it leaves the method, so does all that follows.</summary>
    private Flow Under(Known because, Func<Flow> run)
    {
        var before = _because;
        if (before is null || because.Needs < before.Needs)
            _because = because;
        var flow = run();
        if (flow == Flow.Next)
            _because = before;
        return flow;
    }

    private Known? Because(Known? value) => value is null || _because is null || _because.Needs >= value.Needs
        ? value
        : value with { Needs = _because.Needs, Said = _because.Said };

    /// <summary>Runs each from the same state; what they leave in common is known after them.</summary>
    private Flow Either(IReadOnlyList<Func<Flow>> ways)
    {
        if (exact is not null)
            return GiveUp();
        var (before, outside, things) = (_state, _written, _things);
        _written = [];
        var all = new List<(Flow Flow, ImmutableDictionary<Slot, Known?> State)>();
        foreach (var way in ways)
        {
            _state = before;
            var flow = way();
            all.Add((flow, _state));
        }
        var after = all.Where(static one => one.Flow == Flow.Next).Select(static one => one.State).ToList();
        var written = _written;
        _written = outside;
        _state = before;
        foreach (var slot in written)
            if (slot.Owner is Thing thing && thing.Number > things)
                // It was made on one of the ways, and nobody else knows it.
                Store(slot, all.Select(one => In(one.State, slot)).FirstOrDefault(static value => value is not null));
            else
                Store(slot, after.Count == 0 ? null : after.Select(state => In(state, slot)).Aggregate(Common));
        return Joined(all.ConvertAll(static one => one.Flow));
    }

    /// <summary>How one of several ways ends: what follows may run where any of them goes on.</summary>
    private Flow Joined(IReadOnlyList<Flow> flows)
    {
        var others = flows.Where(static flow => flow != Flow.Throw).Distinct().ToList();
        _isLoopLost |= others.Count > 1 && others.Any(static flow => flow is Flow.Break or Flow.Continue);
        return others.Count == 0 ? Flow.Throw : others.Count == 1 ? others[0] : others.Contains(Flow.Next) ? Flow.Next : Flow.Return;
    }

    private static Known? In(ImmutableDictionary<Slot, Known?> state, Slot slot) => state.TryGetValue(slot, out var value) ? value : null;

    private static Known? Common(Known? one, Known? other) => one is not null && one.Equals(other) ? one
        : one is Known.Items left && other is Known.Items right && left.Values.SequenceEqual(right.Values) ? one
        : null;

    private Flow Switch(ISwitchOperation choice)
    {
        var value = Evaluate(choice.Value);
        foreach (var one in choice.Cases)
        {
            var matches = one.Clauses.Select(clause => Matches(clause, value)).ToList();
            if (matches.Contains(null))
                return AfterSwitch(Either([() => Flow.Next, .. choice.Cases.Select(each => (Func<Flow>)(() => AfterSwitch(Each(each.Body))))]));
            if (matches.Contains(true))
                return AfterSwitch(Under(value!, () => Each(one.Body)));
        }
        return choice.Cases.FirstOrDefault(static one => one.Clauses.Any(static clause => clause is IDefaultCaseClauseOperation)) is { } rest
            ? AfterSwitch(Under(value!, () => Each(rest.Body)))
            : Flow.Next;
    }

    private static Flow AfterSwitch(Flow flow) => flow == Flow.Break ? Flow.Next : flow;

    /// <summary>Whether the value is the case's; the default's is what no other has.</summary>
    private bool? Matches(ICaseClauseOperation clause, Known? value) => clause switch
    {
        _ when value is null => null,
        ISingleValueCaseClauseOperation single => AreEqual(value, Evaluate(single.Value)),
        IPatternCaseClauseOperation { Guard: null } pattern => Matches(pattern.Pattern, value),
        IDefaultCaseClauseOperation => false,
        _ => null,
    };

    private Flow Try(ITryOperation attempt)
    {
        var flow = Statement(attempt.Body);
        foreach (var handler in attempt.Catches)
            Either([static () => Flow.Next, () => Statement(handler.Handler)]);
        return Statement(attempt.Finally) is not Flow.Next and var last ? last : flow;
    }

    private void Set(Slot slot, Known? value) => Store(slot, Because(value));

    private void Store(Slot slot, Known? value)
    {
        _isOut |= slot.Owner is Thing { Number: var number } && number <= _fixedThings;
        _state = _state.SetItem(slot, value);
        _written.Add(slot);
    }

    private Flow GiveUp()
    {
        _isOut = true;
        return Flow.Throw;
    }

    private bool Enter()
    {
        if (_isOut || _depth >= MaximumDepth || !_fuel.Burn())
        {
            _isOut = true;
            return false;
        }
        _depth++;
        return true;
    }

    private void Leave() => _depth--;
}
