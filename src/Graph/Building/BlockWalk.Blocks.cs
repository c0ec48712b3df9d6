using System.Collections.Immutable;
using System.Globalization;

namespace Blockwright.Graph;

/// <content>What applies other blocks.</content>
internal sealed partial class BlockWalk
{
    /// <summary>Stands for a value of a block that its user does not want.</summary>
    private const string Unwanted = "_";

    private void TakeApply(Step step)
    {
        var isInline = step.Text(nameof(LayerAttribute.Name)) == "";
        var number = isInline ? default : Next(step);
        if (Running(step) is not { } running)
            return;
        ImmutableArray<int>? made = null;
        if (running.Node == Poison)
            _uses.Check(step);
        else if (_uses.Resolve(step, 0) is { } block && _uses.Arguments(step, block) is { } arguments && _uses.Asked(step) is (true, var asked))
            made = isInline ? Inlined(step, block, asked, arguments, running.Node) : Applied(step, block, asked, arguments, running, number);
        var (results, names) = (ResultsOf(step), step.List(nameof(ApplyAttribute<object>.As)));
        if (results.Length > 1)
            BindResults(step, results, made);
        else if (results.IsEmpty && names.Count > 1)
            BindResults(step, names.Select(name => new DeclaredResult((name as Value.Text)?.Content, false, step.Place)).ToImmutableArray(), null);
        else if (results.Length == 1 && step[nameof(ApplyAttribute<object>.As)] is not null)
            RefuseNames(step, names);
        else if (running.Node != Poison)
            Advance(step, made is { } nodes ? nodes[0] : Poison);
    }

    /// <summary>What an Apply's block gives; of what is no block nothing is known.</summary>
    private ImmutableArray<DeclaredResult> ResultsOf(Step step) => _builder.Find(step.Blocks[0])?.Results ?? ImmutableArray<DeclaredResult>.Empty;

    private ImmutableArray<int>? Inlined(Step step, Declaration block, Amount? asked, ImmutableArray<BlockArgument> arguments, int value)
    {
        if (_when.Known is not null)
            return _builder.Inline(block, _nodes, asked, arguments, step.Place, _reporter, _requirements, value);
        _reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(FlowAttribute.If)), nameof(FlowAttribute.If), "another Name, since a block whose layers become this one's own is always there", _when.Text);
        return null;
    }

    private ImmutableArray<int>? Applied(Step step, Declaration block, Amount? asked, ImmutableArray<BlockArgument> arguments, Binding running, NumberedKey number)
    {
        if (_builder.Use(block, _nodes[running.Node].Shape, asked, arguments, step.Place, KeyOf(step, number).Text, _reporter) is not { } use)
            return null;
        var key = Key(step, number);
        var node = Add(step, new ApplyNode(_nodes.NextId, running.Node, use.Graph.Result, use.HasResults ? use.Block.Results[0].Value : running.Name, _reporter.Owner, step.Place, use, key.Text) { KeyCode = key.Code });
        if (!use.HasResults)
            EndPath(node, key.Text, goesOn: false);
        var made = ImmutableArray.CreateBuilder<int>();
        made.Add(node);
        for (var i = 1; i < use.Graph.Results.Length && node != Poison; i++)
            made.Add(_nodes.Add(new ResultNode(_nodes.NextId, node, use.Graph.Nodes[use.Graph.Results[i].Node].Shape, use.Block.Results[i].Value, _reporter.Owner, step.Place, use, i)));
        return made.ToImmutable();
    }

    /// <summary>A value that flows on has the name that a From gave it.</summary>
    private void RefuseNames(Step step, EquatableArray<Value> names)
    {
        var found = string.Join(", ", names.OfType<Value.Text>().Select(static name => $"\"{name.Content}\""));
        _reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(ApplyAttribute<object>.As)), nameof(ApplyAttribute<object>.As), $"no names, since {step.Blocks[0].Name} gives one value, which flows on (a From(..., As = \"x\") in front of this names it)", found);
        Advance(step, Poison);
    }

    /// <summary>Names what a block with several values gives; what flowed on ends there.</summary>
    /// <param name="made">A node for each; null where they could not be made.</param>
    private void BindResults(Step step, ImmutableArray<DeclaredResult> results, ImmutableArray<int>? made)
    {
        _running!.IsUsed = true;
        (_running, _scope, _lastSplit) = (null, _nodes.RootScope, step);
        var own = step[nameof(ApplyAttribute<object>.As)] is null ? null : step.List(nameof(ApplyAttribute<object>.As)).Select(static name => (name as Value.Text)?.Content ?? "").ToList();
        if (own is not null && own.Count != results.Length && DeclarationChecks.HasResultType(_builder.Find(step.Blocks[0])!))
        {
            var expected = $"a name for each of the {results.Length} values that {step.Blocks[0].Name} gives, {string.Join(", ", results.Select(static result => $"\"{result.Value}\""))} (\"{Unwanted}\" for one that is not wanted)";
            _reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(ApplyAttribute<object>.As)), nameof(ApplyAttribute<object>.As), expected, own.Count.ToString(CultureInfo.InvariantCulture));
            made = null; // which name is whose is not known
        }
        for (var i = 0; i < (own?.Count ?? results.Length); i++)
        {
            var (name, place) = own is null ? (results[i].Value ?? Unwanted, step.Place) : (own[i], step.PlaceOf(nameof(ApplyAttribute<object>.As), i));
            if (name == Unwanted || !IsFree(name, place))
                continue;
            _values[name] = Bind(name, made?[i] ?? Poison, place);
            _values[name].IsOneOfSeveral = true;
        }
    }

    private void TakeStage(Step step)
    {
        _scope = _nodes.RootScope;
        if (Running(step) is not { } running)
            return;
        if (running.Node == Poison)
            _uses.Check(step);
        var keys = _uses.UnitNames(step);
        var stage = keys is null || running.Node == Poison ? null : _uses.Stage(step, _nodes[running.Node].Shape, keys);
        var collected = step.Text(nameof(StageAttribute.Collect));
        if (stage is not { } found)
        {
            Advance(step, Poison);
            if (collected is not null)
                running.IsUsed = BindCollected(step, collected, Poison);
            return;
        }
        if (found.Known.IsEmpty)
            Register(keys!.Stage, step.PlaceOf(nameof(LayerAttribute.Name)));
        for (var i = 0; i < found.Known.Length; i++)
        {
            if (!Register(keys!.Key(i), step.PlaceOf(nameof(LayerAttribute.Name)), " (a second Stage under one key numbers on with FirstIndex)"))
                break;
        }
        var node = new StageNode(_nodes.NextId, running.Node, found.Output, running.Name, _reporter.Owner, step.Place, keys!, found.Units, found.First, found.Rest, found.Known) { ArgumentsByUnit = found.ArgumentsByUnit };
        if (collected is not null)
            Collect(step, node, collected);
        else
            Advance(step, _keyed[keys!.Stage] = Add(step, node));
    }

    /// <summary>Names what all units give; the running value is the last's, which nobody has to read then.</summary>
    private void Collect(Step step, StageNode stage, string name)
    {
        var (running, place, all) = (_running!, step.PlaceOf(nameof(StageAttribute.Collect)), Poison);
        if (_when.Known is null)
            _reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(FlowAttribute.If)), nameof(FlowAttribute.If), $"no condition on a Stage that collects: left out, it would leave no \"{name}\"", _when.Text);
        else if (WorkOut(step, () => _shapes.Collect(stage, place)) is { } shape)
            all = _nodes.Add(stage with { Shape = shape, Name = name, IsCollecting = true });
        Advance(step, all);
        running.IsUsed = true;
        if (all != Poison)
            running.Defer(() => _nodes.Add(new SliceNode(_nodes.NextId, all, stage.Shape, running.Name, _reporter.Owner, step.Place, _nodes[all].Shape.Channels - stage.Shape.Channels)));
        if (BindCollected(step, name, all))
            running.CollectedIn = name;
    }

    private bool BindCollected(Step step, string name, int all)
    {
        var place = step.PlaceOf(nameof(StageAttribute.Collect));
        if (!IsFree(name, place))
            return false;
        _values[name] = Bind(name, all, place);
        return true;
    }
}
