using System.Collections.Immutable;
using System.Globalization;

namespace Blockwright.Graph;

/// <summary>One walk through a declaration's steps: who flows where. What a step computes is in <see cref="StepShapes"/> and the layers.</summary>
internal sealed partial class BlockWalk
{
    /// <summary>The node of a value that could not be made. What is made of it is silent: one mistake, one report.</summary>
    public const int Poison = -1;

    private readonly GraphBuilder _builder;
    private readonly Declaration _block;
    private readonly NodeList _nodes;
    private readonly Reporter _reporter;
    private readonly Evaluator _evaluator;
    private readonly StepShapes _shapes;
    private readonly BlockUses _uses;
    private readonly RequirementList _requirements;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<string, Binding> _values = new(StringComparer.Ordinal);
    private readonly List<Binding> _bindings = [];
    private readonly Dictionary<string, int> _keyed = new(StringComparer.Ordinal);
    private int _input;
    private int _versions;
    private Binding? _running;
    private KeyScope _scope;
    private Step? _lastSplit;
    private Binding? _inputBinding;
    private Binding? _namedInput;
    private bool _isInputTaken;
    private bool _hasUnknownValue;
    private ConditionExpression? _run;
    private Condition _runs = Condition.Always;
    private Condition _when = Condition.Always;

    public BlockWalk(GraphBuilder builder, Declaration block, NodeList nodes, BlockNames names, Reporter reporter, RequirementList requirements, CancellationToken cancellation)
    {
        (_builder, _block, _nodes, _reporter, _requirements, _cancellation) = (builder, block, nodes, reporter, requirements, cancellation);
        _evaluator = new Evaluator(names, reporter);
        _shapes = new StepShapes(nodes, reporter);
        _uses = new BlockUses(builder, _evaluator, reporter);
        _scope = nodes.RootScope;
    }

    private string KnownValues => string.Join(", ", _values.Keys.Select(static name => $"\"{name}\""));

    /// <summary>The values that have a name, each with its node or <see cref="Poison"/>.</summary>
    public IEnumerable<(string Name, int Node)> Values => _values.Select(static each => (each.Key, each.Value.Node));

    /// <summary>
    /// A network's values that may be asked for by a name, in the order in which they come about: those that have one, and by their keys what paths and stages end with. Of a name and a key that are alike the name counts.
    /// </summary>
    public ImmutableArray<NamedValue> Named { get; private set; } = ImmutableArray<NamedValue>.Empty;

    /// <summary>What comes out, each a node or <see cref="Poison"/>.</summary>
    public ImmutableArray<GraphResult> Results { get; private set; } = ImmutableArray<GraphResult>.Empty;

    /// <summary>The node of the first result, or <see cref="Poison"/>.</summary>
    public int Run(int input)
    {
        _input = input;
        _values[Names.In] = _inputBinding = Bind(Names.In, input, Place.Class);
        BindInputs();
        _running = new Binding(null, input, Place.Class, "", _inputBinding.Version);
        for (var i = 0; i < _block.Steps.Count; i++)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (!_builder.Spend(_block.Steps[i].Weight, _block.Steps[i].Place, _reporter))
                return Poison;
            TakeOrLeave(_block.Steps[i], i);
        }
        return Finish();
    }

    /// <summary>A network's inputs by their names; the first is <see cref="Names.In"/> besides. A name that none can have is said already.</summary>
    private void BindInputs()
    {
        for (var i = 0; i < (_block.Kind == DeclarationKind.Network ? _block.Inputs.Count : 0); i++)
        {
            if (_block.Inputs[i] is not { HasGoodName: true, Name: { } name } input || _values.ContainsKey(name))
                continue;
            var binding = _values[name] = Bind(name, i, input.NamePlace, i == 0 ? _inputBinding!.Version : null);
            if (i == 0)
                _namedInput = binding;
        }
    }

    /// <summary>
    /// Whether the next layer of the running value is a batch norm: a Path, or a From that goes on from it, is none. Null where that norm has a condition which this layer has not.
    /// </summary>
    private bool? IsBeforeBatchNorm(int index)
    {
        var (own, run) = (_block.Steps[index].If, _run);
        for (var i = index + 1; i < _block.Steps.Count; i++)
        {
            var step = _block.Steps[i];
            var goesOn = step.Kind is "Path" or DeclaredResult.Attribute || (step.Kind == "From" && step[nameof(FromAttribute.As)] is null && step.Text(nameof(FromAttribute.Value)) is { } value && value == _running?.Name);
            if (goesOn && step.Kind == DeclaredResult.Attribute)
                continue;
            if (goesOn)
                run = step.If;
            else
                return !LayerTable.IsNorm(step.Kind) ? false : IsImplied(step.If) && IsImplied(run) ? true : null;
        }
        return false;

        bool IsImplied(ConditionExpression? condition) => condition is null || condition == own || condition == _run;
    }

    /// <summary>Takes a step, unless its condition is known not to hold.</summary>
    private void TakeOrLeave(Step step, int index)
    {
        var said = step.If is { } expression ? _evaluator.Condition(expression, step.PlaceOf(nameof(FlowAttribute.If))) : null;
        var condition = said ?? Condition.Always;
        // In a network, whose numbers are all known, each condition holds or does not.
        if (condition.Known == false && _block.Kind == DeclarationKind.Block && _reporter.IsOutermost)
            _reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(FlowAttribute.If)), nameof(FlowAttribute.If), "a condition that some use fulfils", "one that never holds");
        if (step.Kind is "From" or "Path")
            (_run, _runs) = (step.If, condition);
        else if (StartsAnew(step))
            (_run, _runs) = (null, Condition.Always);
        else
            _when = Condition.Both(_runs, condition);
        if (said is not null && step.Kind is not ("From" or "Path") && StartsAnew(step))
            _reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(FlowAttribute.If)), nameof(FlowAttribute.If), $"no condition on {(step.Kind == "Apply" ? "a block with several values" : $"a {step.Kind} that nothing flows into")}: left out, it would leave no value", said.Known is null ? said.Text : "a condition");
        _reporter.When = _when;
        if (_block.Kind == DeclarationKind.Network)
            _requirements.Step = step.Text(nameof(LayerAttribute.Name)) is { Length: > 0 } name ? $"{step.Kind} {name.TrimStart('/')}" : step.Kind;
        if (_when.Known == false)
            LeaveOut(step);
        else
            Take(step, IsBeforeBatchNorm(index));
        _reporter.When = _when = Condition.Always;
    }

    /// <summary>Whether a step begins with a named value, or ends all that flowed: what a From or a Path says of those that follow it ends there.</summary>
    private bool StartsAnew(Step step) => step.Kind switch
    {
        "From" or "Path" or "Split" => true,
        "Apply" => ResultsOf(step).Length > 1,
        "Concat" or "Add" or "Multiply" => step.List(nameof(JoinAttribute.Values)).Count != 1,
        _ => false,
    };

    /// <summary>What a step that is left out names is used: elsewhere the step is taken. And a stage ends the path that it stands in, whether it is there or not: a block has one way to number its layers.</summary>
    private void LeaveOut(Step step)
    {
        if (step.Kind == "Stage")
            _scope = _nodes.RootScope;
        _isInputTaken |= _running?.Node == _input;
        if (_running is not null)
            _running.Version = ++_versions;
        foreach (var name in step.List(nameof(JoinAttribute.Values)))
        {
            if (name is Value.Text { Content: var value } && _values.TryGetValue(value, out var binding))
                binding.IsUsed = true;
        }
    }

    private void Take(Step step, bool? isBeforeBatchNorm)
    {
        switch (step.Kind)
        {
            case "From": TakeFrom(step); break;
            case "Path": _scope = Scope(step, step.Text(nameof(PathAttribute.Name)), nameof(PathAttribute.Name)); break;
            case "Split": TakeSplit(step); break;
            case "Concat": TakeJoin(step, JoinKind.Concat); break;
            case "Add": TakeJoin(step, JoinKind.Add); break;
            case "Multiply": TakeJoin(step, JoinKind.Multiply); break;
            case "Activation": TakeActivation(step); break;
            case DeclarationReader.ModuleStep: TakeModule(step); break;
            case "Apply": TakeApply(step); break;
            case "Stage": TakeStage(step); break;
            case DeclaredResult.Attribute: break; // at the end, wherever it stands
            default: TakeLayer(step, isBeforeBatchNorm); break;
        }
    }

    private void TakeFrom(Step step)
    {
        var value = step.Text(nameof(FromAttribute.Value)) ?? "";
        Leave(value);
        var source = Look(value, step.PlaceOf(nameof(FromAttribute.Value)));
        var name = step.Text(nameof(FromAttribute.As));
        if (name is null)
        {
            name = value;
        }
        else if (!IsFree(name, step.PlaceOf(nameof(FromAttribute.As))))
        {
            name = null;
        }
        _running = Bind(name, source, step.Place, _values.TryGetValue(value, out var same) ? same.Version : null);
        _running.Origin = name is not null && name != value ? value : null;
        if (name is null)
            _running.IsUsed = true; // it has no name by a mistake that is said already
        else
            _values[name] = _running;
        _scope = step[nameof(FromAttribute.Name)] is null ? _nodes.RootScope : Scope(step, step.Text(nameof(FromAttribute.Name)), nameof(FromAttribute.Name));
    }

    private void TakeSplit(Step step)
    {
        if (Running(step) is not { } source)
            return;
        source.IsUsed = true;
        var names = step.List(nameof(SplitAttribute.Parts)).Select(static part => (part as Value.Text)?.Content ?? "").ToArray();
        var parts = !TakesShape(step, source.Node) ? null : WorkOut(step, () => _shapes.Split(step, names.Length, _nodes[source.Node].Shape, _evaluator));
        for (var i = 0; i < names.Length; i++)
        {
            var node = parts is null
                ? Poison
                : _nodes.Add(new SliceNode(_nodes.NextId, source.Node, _nodes[source.Node].Shape with { Channels = parts[i].Channels }, names[i], _reporter.Owner, step.Place, parts[i].Start));
            if (IsFree(names[i], step.PlaceOf(nameof(SplitAttribute.Parts), i)))
                _values[names[i]] = Bind(names[i], node, step.PlaceOf(nameof(SplitAttribute.Parts), i));
        }
        (_running, _scope) = (null, _nodes.RootScope);
        _lastSplit = step;
    }

    private void TakeJoin(Step step, JoinKind kind)
    {
        var names = step.List(nameof(JoinAttribute.Values));
        var joinsRunning = names.Count == 1;
        if (names.Count == 0)
        {
            _reporter.Report(ProblemIds.InvalidArgument, step.Place, kind.ToString(), "the names of the values to join", "none");
            return;
        }
        if (joinsRunning && step[nameof(JoinAttribute.As)] is not null)
            _reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(JoinAttribute.As)), nameof(JoinAttribute.As), $"no name on a join with the running value, which goes on {(_running?.Name is { } own ? $"as \"{own}\"" : "as it was")} (a join of several values takes one)", $"\"{step.Text(nameof(JoinAttribute.As))}\"");
        if (!joinsRunning)
            Leave();
        else if (Running(step) is null)
            return;
        var inputs = names.Select((name, i) => Look((name as Value.Text)?.Content ?? "", step.PlaceOf(nameof(JoinAttribute.Values), i))).ToList();
        if (joinsRunning && IsRunning(names[0], kind) is { } itself)
        {
            var shortcut = _running!.Origin is { } origin && origin != itself
                ? $"a shortcut is {step.Kind}(\"{origin}\"): As names what the layers make, and leaves \"{origin}\" as it was"
                : "a From with As leaves the value that it starts from as it was";
            var expected = $"another value than the running one, which is \"{itself}\" itself ({shortcut}; {step.Kind}(\"{itself}\", \"{itself}\") would say it on purpose)";
            _reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(JoinAttribute.Values), 0), step.Kind, expected, $"\"{itself}\"");
            inputs[0] = Poison;
        }
        RefuseCollectedTwice(step, names, inputs, joinsRunning);
        if (joinsRunning)
            inputs.Insert(0, _running!.Node);
        else
            (_running, _scope) = (Joined(step), _nodes.RootScope);
        var shape = inputs.Contains(Poison) || !inputs.TrueForAll(input => TakesShape(step, input)) ? null : WorkOut(step, () => _shapes.Join(step, kind, inputs));
        Advance(step, shape is null ? Poison : Add(step, new JoinNode(_nodes.NextId, inputs.ToImmutableArray(), shape, _running!.Name, _reporter.Owner, step.Place, kind)));
    }

    /// <summary>What flows on from a join of several values, by its name if it is given one.</summary>
    private Binding Joined(Step step)
    {
        var name = step.Text(nameof(JoinAttribute.As));
        if (name is not null && IsFree(name, step.PlaceOf(nameof(JoinAttribute.As))))
            return _values[name] = Bind(name, Poison, step.PlaceOf(nameof(JoinAttribute.As)));
        // A name that is a mistake is said already.
        return new Binding(null, Poison, step.Place, step.Kind, ++_versions) { Join = step.Kind, IsUsed = name is not null };
    }

    /// <summary>Whether a name may be given to a value; false after a report.</summary>
    private bool IsFree(string name, Place place)
    {
        var isFree = name.Length > 0 && !_values.ContainsKey(name);
        if (!isFree)
            _reporter.Report(ProblemIds.BoundTwice, place, name, Reporter.TakenOrEmpty(name));
        return isFree;
    }

    /// <summary>Behind a From without As the value that a stage began with is what its last unit gave, and so in the collection: who joins both meant what it was before.</summary>
    private void RefuseCollectedTwice(Step step, EquatableArray<Value> names, List<int> inputs, bool joinsRunning)
    {
        if (joinsRunning && inputs[0] != Poison && names[0] is Value.Text { Content: var joined } && joined == _running!.CollectedIn)
            Refuse(0, joined, $"another value than \"{joined}\", which ends with the running one, what the stage's last unit gave (From(\"{joined}\") goes on with all that was collected)");
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] is not Value.Text { Content: var name } || !_values.TryGetValue(name, out var value) || value.CollectedIn is not { } all || !names.Any(other => other is Value.Text { Content: var content } && content == all))
                continue;
            Refuse(i, name, $"another value than what the stage's last unit gave, which is in \"{all}\" too (a From with As in front of the stage leaves the value that it starts from as it was)");
        }

        void Refuse(int index, string found, string expected)
        {
            _reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(JoinAttribute.Values), index), step.Kind, expected, $"\"{found}\"");
            inputs[index] = Poison;
        }
    }

    /// <summary>
    /// The name, where a join of the running value with it is one with itself by mistake: behind <c>From("y")</c> and layers "y" is what they gave, and no residual. The square of a value that no step has changed is none.
    /// Steps that are left out count, so that it is a mistake at each use or at none.
    /// </summary>
    private string? IsRunning(Value? name, JoinKind kind)
    {
        if (name is not Value.Text { Content: var text } || !_values.TryGetValue(text, out var value) || value.Node == Poison || value.Version != _running!.Version)
            return null;
        return kind == JoinKind.Multiply && _running.Version == _running.FirstVersion ? null : text;
    }

    private void TakeLayer(Step step, bool? isBeforeBatchNorm)
    {
        if (LayerTable.Find(step.Kind) is not { } definition)
            return;
        var number = Next(step);
        if (Running(step) is not { } running)
            return;
        var like = definition.SizeOf is { } argument && step.Text(argument) is { } named ? Look(named, step.PlaceOf(argument)) : (int?)null;
        if (running.Node == Poison)
        {
            if (_reporter.IsOutermost)
                BehindMistakes.Report(step, definition, isBeforeBatchNorm, _evaluator.Names, _reporter);
            return;
        }
        var shape = _nodes[running.Node].Shape;
        if (like == Poison || !(definition.TakesAnyShape || TakesShape(step, running.Node)))
        {
            Advance(step, Poison);
            return;
        }
        var sized = like is { } other ? _nodes[other].Shape : null;
        if (WorkOut(step, () => definition.Resolve(new LayerContext(step, shape, sized, isBeforeBatchNorm, _evaluator, _reporter))) is not var (layer, output))
        {
            Advance(step, Poison);
            return;
        }
        var key = layer.HasState ? Key(step, number) : default;
        var node = Add(step, new LayerNode(_nodes.NextId, running.Node, output, running.Name, _reporter.Owner, step.Place, layer, key.Text, like) { KeyCode = key.Code });
        EndPath(node, key.Text, goesOn: layer is { IsElementwise: true, KeepsChannelsApart: true } && output == shape);
        Advance(step, node);
    }

    /// <summary>The activation that the block's user gives: known at a use, a function in the block by itself.</summary>
    private void TakeActivation(Step step)
    {
        Next(step);
        if (Running(step) is not { } running)
            return;
        var name = step.Text(nameof(ActivationAttribute.Parameter)) ?? "";
        var node = Poison;
        if (!_evaluator.Names.Activations.TryGetValue(name, out var choice))
            _reporter.Report(ProblemIds.UnknownName, step.PlaceOf(nameof(ActivationAttribute.Parameter)), name, string.Join(", ", _evaluator.Names.Activations.Keys.DefaultIfEmpty(Instead(name))), step.Kind);
        else if (running.Node != Poison)
            node = choice.Layer is { } layer ? Add(step, new LayerNode(_nodes.NextId, running.Node, _nodes[running.Node].Shape, running.Name, _reporter.Owner, step.Place, layer, null)) : running.Node;
        Advance(step, node);
    }

    /// <summary>What works where no parameter is an activation.</summary>
    private string Instead(string name)
    {
        var layer = LayerTable.Choices.FirstOrDefault(choice => IsCalled(choice, name));
        var isLayer = layer is null ? "" : $" and [{layer}] is the layer itself";
        return _block.Kind == DeclarationKind.Network
            ? $"none: a network says its activations as layers ([{layer ?? LayerTable.Choices.First()}])"
            : $"none: a [Parameter(\"{name}\", Kind = ParameterKind.Activation)] declares one{isLayer}";
    }

    private static bool IsCalled(string kind, string name) => string.Equals(kind, name, StringComparison.OrdinalIgnoreCase) || string.Equals(LayerTable.Find(kind)!.OtherName, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>A module of the user's own.</summary>
    private void TakeModule(Step step)
    {
        var number = Next(step);
        if (Running(step) is not { } running || running.Node == Poison)
            return;
        var node = Poison;
        if (TakesShape(step, running.Node) && WorkOut(step, () => LayerTable.Own(new LayerContext(step, _nodes[running.Node].Shape, like: null, isBeforeBatchNorm: false, _evaluator, _reporter))) is var (layer, output))
        {
            var key = Key(step, number);
            node = Add(step, new LayerNode(_nodes.NextId, running.Node, output, running.Name, _reporter.Owner, step.Place, layer, key.Text) { KeyCode = key.Code });
            EndPath(node, key.Text, goesOn: false);
        }
        Advance(step, node);
    }

    private int Finish()
    {
        var results = _block.Results;
        var named = results.Where(static result => result.Value is not null).ToDictionary(static result => result, result => Look(result.Value!, result.Place, mayMeanLast: !result.IsTrainingOnly));
        if (named.Count == results.Length)
            LeaveAtEnd();
        else if (_running is null)
            _reporter.Report(ProblemIds.NoRunningValue, _lastSplit!.Place, _block.Kind == DeclarationKind.Network ? "the end of the network" : "the end of the block", KnownValues);
        else
            _running.IsUsed = true;
        Results = results.Select(result => new GraphResult(results.Length == 1 ? "" : result.Element, result.Value is null ? _running?.Node ?? Poison : named[result], result.IsTrainingOnly)).ToImmutableArray();
        if (!_hasUnknownValue)
            ReportUnused();
        foreach (var member in _reporter.IsOutermost ? _block.Form.Components.Where(_nodes.Keys.Has) : [])
            _reporter.Report(ProblemIds.KeyClash, Place.Member(member, 0), member, "another name for this member, since a layer of the declaration has the key under which what it holds would be registered");
        if (_block.Kind == DeclarationKind.Network && !_reporter.HasProblems)
            CheckResults(results);
        if (_block.Kind == DeclarationKind.Network)
            Named = Name().OrderBy(static value => value.Node).ToImmutableArray();
        return Results.Any(static result => result.Node == Poison) ? Poison : Results[0].Node;
    }

    private IEnumerable<NamedValue> Name() => _values.Where(each => each.Key != Names.In && !IsInput(each.Value.Node, each.Key)).Select(static each => new NamedValue(each.Key, each.Value.Node))
        .Concat(_keyed.Where(each => !_values.ContainsKey(each.Key)).Select(static each => new NamedValue(each.Key, each.Value)));

    /// <summary>Whether a name is still an input's own.</summary>
    private bool IsInput(int node, string name) => node != Poison && _nodes[node] is InputNode && _block.Inputs.Any(input => input.Name == name);

    /// <summary>A network with no step that makes anything, or none but for what training's results are, forgets what it is for.</summary>
    private void CheckResults(ImmutableArray<DeclaredResult> declared)
    {
        // Steps that their conditions leave out are steps: with other numbers they would be there.
        if (_block.Steps.All(static step => step.Kind is "From" or "Path" or DeclaredResult.Attribute))
            _reporter.Report(ProblemIds.InvalidArgument, _block.Input!.Place, "Network", "layers, or other steps that make something of its input", "none");
        else if (declared.Length > 1 && declared[0].Value is null && Results.All(result => result.Node == Results[0].Node))
            _reporter.Report(ProblemIds.InvalidArgument, declared[1].Place, DeclaredResult.Attribute, "a value beside the network's result, which is the running value at the end (a From behind this one begins another)", $"that value itself, \"{declared[1].Value}\"");
    }

    /// <summary>Not where a name is unknown: the value that it meant would be called unused.</summary>
    private void ReportUnused()
    {
        foreach (var binding in _bindings.Where(static binding => !binding.IsUsed))
        {
            if (binding == _inputBinding)
                ReportUnusedInput();
            else if (binding != _namedInput)
                _reporter.Report(ProblemIds.UnusedValue, binding.Place, $"'{binding.Name}'{Otherwise(binding)}");
        }
    }

    /// <summary>What else may become of a value that nobody reads.</summary>
    private string Otherwise(Binding value) =>
        value.IsOneOfSeveral ? $", which \"{Unwanted}\" in {nameof(ApplyAttribute<object>.As)} would leave out,"
        : _block.Kind == DeclarationKind.Network && !IsInput(value.Node, value.Name ?? "") ? $", which [Output(\"{value.Name}\")] would give as a result," : "";

    private void ReportUnusedInput()
    {
        if (!_isInputTaken && _namedInput is not { IsUsed: true } && Results.All(result => result.Node != _input))
            _reporter.Report(ProblemIds.UnusedValue, _namedInput?.Place ?? Place.Class, $"'{_namedInput?.Name ?? Names.In}'");
    }

    /// <summary>Whether a value is a map or features, as most steps take it; false after a report, and of what is wrong already.</summary>
    private bool TakesShape(Step step, int node)
    {
        if (node == Poison || _nodes[node].Shape.Dimensions.Count == 0)
            return node != Poison;
        _reporter.Report(
            ProblemIds.WrongRank, step.Place, step.Kind, "N x C x H x W or N x F (what a Reshape or Permute gives beside them goes through Reshape, Permute, Softmax, LogSoftmax and activations without weights to the output alone)", _nodes[node].Shape.Explained);
        return false;
    }

    /// <summary>What a step makes of its input's numbers; null after a report, which may be that they are too large to be worked out.</summary>
    private T? WorkOut<T>(Step step, Func<T?> make)
    {
        try
        {
            return make();
        }
        catch (AmountLengthException tooLong)
        {
            _reporter.Report(ProblemIds.NotACount, step.Place, $"numbers of {tooLong.Expected}", tooLong.Found.ToString(CultureInfo.InvariantCulture));
        }
        catch (OverflowException)
        {
            _reporter.Report(ProblemIds.NotACount, step.Place, $"numbers up to {int.MaxValue.ToString(CultureInfo.InvariantCulture)}", "a number beyond 64 bits");
        }
        return default;
    }

    /// <summary>A path ends with its last layer under its key, and with the activations, dropouts and shuffles right behind that: what else follows, up to the next start, has numbers in it and is no part of it for people.</summary>
    private void EndPath(int node, string? key, bool goesOn)
    {
        var path = _scope.Prefix;
        if (path.Length > 0 && (key?.StartsWith(path + ".", StringComparison.Ordinal) ?? (goesOn && _keyed.TryGetValue(path, out var end) && end == _running!.Node)))
            _keyed[path] = node;
    }

    /// <summary>The running value goes on to the step's result.</summary>
    private void Advance(Step step, int node)
    {
        var running = _running!;
        _isInputTaken |= running.Node == _input;
        if (node != Poison && _nodes[node].Shape.Excess is { } excess)
        {
            _reporter.Report(ProblemIds.TooLarge, step.Place, excess);
            node = Poison;
        }
        (running.Node, running.LastKind, running.Version, running.CollectedIn) = (node, step.Kind, ++_versions, null);
        if (running.Name is null)
            running.Place = step.Place;
    }

    /// <summary>A step that starts elsewhere leaves the running value: it must have a name, or be the input untouched.</summary>
    /// <param name="anew">What a From begins with instead.</param>
    private void Leave(string? anew = null)
    {
        if (_running is { Name: null, IsUsed: false } left && left.Node != _input && left.LastKind.Length > 0)
        {
            left.IsUsed = true;
            // Who begins anew with a value meant to come back to this one.
            _reporter.Report(ProblemIds.UnusedValue, left.Place, $"the result of {left.LastKind}{(anew is null ? "" : $", which From(\"{anew}\") leaves and which has no name ({left.HowToName("x")} gives it one),")}");
        }
        _running = null;
    }

    /// <summary>Not where a result's name is unknown, which may have meant the running value.</summary>
    private void LeaveAtEnd()
    {
        if (!_hasUnknownValue)
            Leave();
    }

    private Binding? Running(Step step)
    {
        if (_running is null)
        {
            _reporter.Report(ProblemIds.NoRunningValue, step.Place, step.Kind, KnownValues);
            _running = new Binding(null, Poison, step.Place, "", ++_versions) { IsUsed = true };
        }
        else
        {
            _isInputTaken |= _running.Node == _input;
        }
        return _running;
    }

    /// <param name="mayMeanLast">Whether an unknown name may be meant for what the last layer makes.</param>
    private int Look(string name, Place place, bool mayMeanLast = false)
    {
        if (_values.TryGetValue(name, out var found))
        {
            found.IsUsed = true;
            return found.Node;
        }
        _hasUnknownValue = true;
        _reporter.Report(ProblemIds.UnknownValue, place, name, KnownValues + (mayMeanLast && _running is { Name: null, LastKind.Length: > 0 } last ? Nameless(last, name) : _keyed.ContainsKey(name) ? KeyAlone(name) : ""));
        return Poison;
    }

    private static string KeyAlone(string key) => $"; \"{key}\" is a key, under which layers are registered: a From(..., As = \"x\") in front of them names what they make";

    private static string Nameless(Binding last, string name) => $"; what the last layer makes has no name: {last.HowToName(name)} gives it one, and as the only result it needs neither name nor [Output]";

    /// <param name="version">That of the value which it is the same as; null for a new one.</param>
    private Binding Bind(string? name, int node, Place place, int? version = null)
    {
        var binding = new Binding(name, node, place, "", version ?? ++_versions);
        _bindings.Add(binding);
        return binding;
    }

    private KeyScope Scope(Step step, string? name, string argument)
    {
        if (KeyRegistry.Refused(name ?? "") is not { } expected)
            return new(name!, _uses.FirstIndex(step) ?? 0);
        _reporter.Report(ProblemIds.KeyClash, step.PlaceOf(argument), KeyRegistry.Shown(name ?? ""), expected);
        return _nodes.RootScope;
    }

    /// <summary>A node: there always, or, as only the constructor knows, its first input in its place.</summary>
    private int Add(Step step, Node node)
    {
        if (_when.Known == true)
            return _nodes.Add(node);
        var otherwise = _nodes[node.Inputs[0]].Shape;
        if (!node.Shape.IsLike(otherwise))
        {
            _reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(FlowAttribute.If)), nameof(FlowAttribute.If), $"no condition where {otherwise} becomes {node.Shape}: what follows takes either", _when.Text);
            return Poison;
        }
        return WorkOut(step, () => node with { When = _when, Shape = node.Shape.If(_when, otherwise) }) is { } conditional ? _nodes.Add(conditional) : Poison;
    }

    private NumberedKey Next(Step step) => WorkOut<NumberedKey?>(step, () => _scope.Next(_when)) ?? new("", null);

    private NumberedKey Key(Step step, NumberedKey number)
    {
        var key = KeyOf(step, number);
        Register(key.Text, step.PlaceOf(nameof(LayerAttribute.Name)));
        return key;
    }

    private NumberedKey KeyOf(Step step, NumberedKey number) => step.Text(nameof(LayerAttribute.Name)) is { } name ? new(_scope.Key(name), null) : number;

    private bool Register(string key, Place place, string advice = "")
    {
        if (KeyRegistry.Refused(key) is { } expected)
            _reporter.Report(ProblemIds.KeyClash, place, KeyRegistry.Shown(key), expected);
        else if (!_nodes.Keys.TryAdd(key, _when))
            _reporter.Report(ProblemIds.KeyClash, place, key, $"a key that no other layer of this module has, or leads through{advice}");
        else
            return true;
        return false;
    }

    /// <summary>A value: named, or the running one. Layers move it on.</summary>
    private sealed class Binding(string? name, int node, Place place, string lastKind, int version)
    {
        private Func<int>? _deferred;

        public string? Name => name;

        public int Node
        {
            get
            {
                if (_deferred is { } make)
                    Node = make();
                return node;
            }
            set => (node, _deferred) = (value, null);
        }

        public Place Place { get; set; } = place;

        /// <summary>The step that made it what it is; empty where none has.</summary>
        public string LastKind { get; set; } = lastKind;

        /// <summary>The join of several values that it begins with, if it begins with one.</summary>
        public string? Join { get; init; }

        /// <summary>What would give it a name.</summary>
        public string HowToName(string example) => Join is null ? $"a From(..., As = \"{example}\") in front of its layers" : $"{Join}(..., As = \"{example}\")";

        /// <summary>Another one behind each step, be it taken or left out; values of one version are the same value.</summary>
        public int Version { get; set; } = version;

        public int FirstVersion { get; } = version;

        public bool IsUsed { get; set; }

        /// <summary>The name of what all units of a stage gave, while this is what the last of them did.</summary>
        public string? CollectedIn { get; set; }

        /// <summary>Whether it is one of several values of a block, not all of which are wanted everywhere.</summary>
        public bool IsOneOfSeveral { get; set; }

        /// <summary>The name of the value that it starts from, where a From gives it a name of its own.</summary>
        public string? Origin { get; set; }

        /// <summary>The node is made when somebody asks for it.</summary>
        public void Defer(Func<int> make) => _deferred = make;
    }
}
