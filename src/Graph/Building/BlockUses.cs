using System.Collections.Immutable;
using System.Globalization;

namespace Blockwright.Graph;

/// <summary>What Apply and Stage make of the blocks they name.</summary>
internal sealed class BlockUses(GraphBuilder builder, Evaluator evaluator, Reporter reporter)
{
    /// <summary>The block that the attribute's type argument names, or null after a report.</summary>
    public Declaration? Resolve(Step step, int typeArgument)
    {
        var reference = step.Blocks[typeArgument];
        var found = builder.Find(reference);
        if (reference.IsBlock && found is not null)
            return step.Kind == "Stage" && HasResults(step, typeArgument, found) ? null : found;
        var expected = found is { Kind: DeclarationKind.Network }
            ? "[Block] in place of its [Network], and no [Input]: what it is applied to gives it its size"
            : reference.IsModule && step.Kind == "Stage" ? $"a [Block] with [{DeclarationReader.ModuleStep}<{reference.Name}>] in it, since a stage's units are blocks"
            : reference.IsModule ? $"{DeclarationReader.ModuleStep}<{reference.Name}>, for a module of one's own"
            : "a class declared with [Block], not generic";
        reporter.Report(ProblemIds.NotABlock, Place.TypeArgument(step.Index, typeArgument), reference.Name, expected);
        return null;
    }

    /// <summary>Whether a stage's unit would have several values to hand to the next; true after a report.</summary>
    private bool HasResults(Step step, int typeArgument, Declaration block)
    {
        if (block.Results.Length <= 1)
            return false;
        reporter.Report(ProblemIds.InvalidArgument, Place.TypeArgument(step.Index, typeArgument), step.Kind, "a block with one value, which the next unit takes (Apply takes one with several)", $"{block.Name}, which gives {block.Results.Length.ToString(CultureInfo.InvariantCulture)}");
        return true;
    }

    /// <summary>The block's arguments, or null after a report.</summary>
    public ImmutableArray<BlockArgument>? Arguments(Step step, Declaration block) => Arguments(step, block, evaluator);

    private ImmutableArray<BlockArgument>? Arguments(Step step, Declaration block, Evaluator numbers)
    {
        var given = step.List(nameof(StageAttribute.Arguments));
        if (given.Count != block.Parameters.Count)
        {
            var names = string.Join(", ", block.Parameters.Select(static parameter => parameter.Name));
            var place = given.Count > block.Parameters.Count ? step.PlaceOf(nameof(StageAttribute.Arguments), block.Parameters.Count) : step.Place;
            reporter.Report(ProblemIds.ArgumentCount, place, block.Name, block.Parameters.Count == 0 ? "no arguments" : $"{block.Parameters.Count} ({names})", given.Count.ToString(CultureInfo.InvariantCulture));
            return null;
        }
        var arguments = ImmutableArray.CreateBuilder<BlockArgument>();
        for (var i = 0; i < given.Count; i++)
        {
            var each = step.PlaceOf(nameof(StageAttribute.Arguments), i);
            if (block.Parameters[i].Kind == ParameterKind.Activation)
            {
                if (Activation(step, given[i], each, block.Parameters[i].Name) is { } activation)
                    arguments.Add(BlockArgument.Of(activation));
            }
            else if (numbers.Number(given[i], each, least: 0) is { } amount)
            {
                arguments.Add(BlockArgument.Of(amount));
            }
        }
        return arguments.Count == given.Count ? arguments.ToImmutable() : null;
    }

    private static string Shown(Value value) => value switch
    {
        Value.Unusable other => other.Shown,
        Value.Number { Expression: Expression.Number number } => number.Value.ToString(CultureInfo.InvariantCulture),
        Value.Number { Expression: Expression.Invalid text } => $"\"{text.Text}\"",
        _ => "an expression",
    };

    /// <summary>An activation by its word, or a parameter of this block's own; null after a report.</summary>
    private ActivationChoice? Activation(Step step, Value value, Place place, string parameter)
    {
        if (value is not Value.Number { Expression: Expression.Name { Text: var word } })
        {
            reporter.Report(ProblemIds.InvalidArgument, place, parameter, "the word of an activation in a string, as \"ReLU\" (\"Identity\" for none)", Shown(value));
            return null;
        }
        if (evaluator.Names.Activations.TryGetValue(word, out var own))
            return own;
        if (word == ActivationChoice.Identity)
            return ActivationChoice.None;
        if (LayerTable.Choices.Contains(word, StringComparer.Ordinal) && LayerTable.Find(word) is { } definition)
        {
            var plain = new Step(word, step.Index, EquatableArray<BlockReference>.Empty, EquatableArray<Argument>.Empty);
            if (definition.Resolve(new LayerContext(plain, Shape.Flat(Amount.One), like: null, isBeforeBatchNorm: false, evaluator, reporter)) is var (layer, _))
                return ActivationChoice.Of(layer);
        }
        reporter.Report(ProblemIds.UnknownName, place, word, string.Join(", ", evaluator.Names.Activations.Keys.Concat(LayerTable.Choices).Append(ActivationChoice.Identity)), "The argument");
        return null;
    }

    /// <summary>Reports what is wrong with the attribute whatever comes in.</summary>
    public void Check(Step step)
    {
        var blocks = step.Blocks.Select((_, i) => Resolve(step, i)).ToList();
        if (blocks[0] is { } first)
            _ = step.Kind == "Stage" ? ArgumentsOf(Amount.Zero, step, first, reporter) : Arguments(step, first);
        _ = Asked(step);
        _ = Units(step);
    }

    /// <summary>The channels that the attribute asks for, where it does; not ok after a report.</summary>
    public (bool IsOk, Amount? Channels) Asked(Step step)
    {
        if (step[nameof(StageAttribute.Channels)] is not { } value)
            return (true, null);
        var amount = evaluator.Number(value, step.PlaceOf(nameof(StageAttribute.Channels)), least: 1);
        return (amount is not null, amount);
    }

    /// <summary>The number of the first layer or unit, or null after a report.</summary>
    public long? FirstIndex(Step step)
    {
        var first = step[nameof(StageAttribute.FirstIndex)] is Value.Number { Expression: Expression.Number number } ? number.Value : 0;
        if (first >= 0)
            return first;
        reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(StageAttribute.FirstIndex)), nameof(StageAttribute.FirstIndex), "at least 0", first.ToString(CultureInfo.InvariantCulture));
        return null;
    }

    public UnitNames? UnitNames(Step step)
    {
        var stage = step.Text(nameof(StageAttribute.Name)) ?? "";
        if (FirstIndex(step) is not { } first)
            return null;
        if (KeyRegistry.Refused(stage) is { } expected)
        {
            reporter.Report(ProblemIds.KeyClash, step.PlaceOf(nameof(StageAttribute.Name)), KeyRegistry.Shown(stage), expected);
            return null;
        }
        if (step.Text(nameof(StageAttribute.UnitName)) is not { } pattern)
            return new(stage, "", first, "");
        int open = pattern.IndexOf('{'), close = pattern.IndexOf('}');
        if (open >= 0 && close > open + 1
            && long.TryParse(pattern.Substring(open + 1, close - open - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var from) && from <= int.MaxValue
            && new UnitNames(stage, pattern.Substring(0, open), first + from, pattern.Substring(close + 1)) is var names)
        {
            if (KeyRegistry.Refused(names.Key(0)) is not { } refused)
                return names;
            reporter.Report(ProblemIds.KeyClash, step.PlaceOf(nameof(StageAttribute.UnitName)), KeyRegistry.Shown(names.Key(0)), refused);
            return null;
        }
        reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(StageAttribute.UnitName)), nameof(StageAttribute.UnitName), "a name with one {n}, where the numbers start: unit{0}", pattern);
        return null;
    }

    /// <summary>The units of a stage, or null after a report.</summary>
    public StageUnits? Stage(Step step, Shape input, UnitNames keys)
    {
        if (Resolve(step, 0) is not { } first || Resolve(step, step.Blocks.Count - 1) is not { } rest || ArgumentsOf(Amount.Zero, step, first, reporter) is not { } arguments)
            return null;
        if (RestArguments(step, first, rest, arguments) is not { } restArguments || Asked(step) is not (true, var asked) || Units(step) is not { } units)
            return null;
        var counts = NamesUnit(step);
        var known = ImmutableArray.CreateBuilder<BlockUse>();
        var shape = input;
        for (var i = 0; i < (units.Constant ?? 2); i++)
        {
            var own = i == 0 ? arguments : counts ? RestArguments(step, first, rest, ArgumentsOf(Amount.Of(i), step, first, reporter)) : restArguments;
            if (own is not { } given || builder.Use(i == 0 ? first : rest, shape, asked, given, step.Place, keys.Key(i), reporter) is not { } use)
                return null;
            known.Add(use);
            shape = use.Graph.Result;
        }
        if (units.Constant is null)
            return AnyNumber(step, known[0], known[1], shape, units);
        // One line of code makes all but the first.
        var counted = counts && known.Count > 1 ? RestArguments(step, first, rest, ArgumentsOf(Amount.Of(new Atom(Names.Unit, Names.Unit)), step, first, reporter.WithoutRequirements())) : ImmutableArray<BlockArgument>.Empty;
        return counted is { } byUnit ? new(units, known[0], known.Count > 1 ? known[1] : null, known.ToImmutable(), shape) { ArgumentsByUnit = byUnit } : null;
    }

    /// <summary>As many units as only the constructor knows, or null after a report.</summary>
    private StageUnits? AnyNumber(Step step, BlockUse first, BlockUse rest, Shape shape, Amount units)
    {
        if (!NamesUnit(step) && shape.Channels.Equals(rest.In))
            return new(units, first, rest, ImmutableArray<BlockUse>.Empty, shape);
        var why = NamesUnit(step) ? $"an argument names {Names.Unit}" : $"each {rest.Block.Name} changes the channels";
        reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(StageAttribute.Units)), nameof(StageAttribute.Units), $"a constant, since {why}", units.Text);
        return null;
    }

    /// <summary>What a stage gives its first block's parameters in one unit; null after a report.</summary>
    private ImmutableArray<BlockArgument>? ArgumentsOf(Amount unit, Step step, Declaration first, Reporter to) =>
        Arguments(step, first, new(HasOwnUnit ? evaluator.Names : evaluator.Names.And(Names.Unit, unit), to));

    /// <summary>Whether the units are given different things.</summary>
    private bool NamesUnit(Step step) => !HasOwnUnit && step.List(nameof(StageAttribute.Arguments)).Any(static value => value.Numbers.Any(static number => number.Mentions(Names.Unit)));

    /// <summary>Whether a parameter of the block's own is called so.</summary>
    private bool HasOwnUnit => evaluator.Names.Find(Names.Unit) is not null;

    private Amount? Units(Step step)
    {
        if (step[nameof(StageAttribute.Units)] is not { } value)
            return Amount.One;
        var units = evaluator.Number(value, step.PlaceOf(nameof(StageAttribute.Units)), least: 1);
        if (units?.Constant > BuildLimits.Units)
        {
            reporter.Report(ProblemIds.InvalidArgument, step.PlaceOf(nameof(StageAttribute.Units)), nameof(StageAttribute.Units), $"at most {BuildLimits.Units}", units.Text);
            return null;
        }
        return units;
    }

    /// <summary>Each parameter of the rest takes the argument of the first block's parameter of the same name.</summary>
    private ImmutableArray<BlockArgument>? RestArguments(Step step, Declaration first, Declaration rest, ImmutableArray<BlockArgument>? ofFirst)
    {
        if (ofFirst is not { } arguments)
            return null;
        var names = first.Parameters.Select(static parameter => parameter.Name).ToList();
        var result = ImmutableArray.CreateBuilder<BlockArgument>();
        foreach (var parameter in rest.Parameters)
        {
            var index = names.IndexOf(parameter.Name);
            if (index < 0)
            {
                reporter.Report(ProblemIds.ArgumentCount, step.Place, rest.Name, $"a value for '{parameter.Name}'", $"no parameter of that name in {first.Name}");
                return null;
            }
            if (first.Parameters[index].Kind != parameter.Kind)
            {
                reporter.Report(ProblemIds.ArgumentCount, step.Place, rest.Name, $"'{parameter.Name}' to be of one kind in both blocks", $"another in {first.Name}");
                return null;
            }
            result.Add(arguments[index]);
        }
        return result.ToImmutable();
    }
}

/// <summary>What a stage consists of.</summary>
internal sealed record StageUnits(Amount Units, BlockUse First, BlockUse? Rest, ImmutableArray<BlockUse> Known, Shape Output)
{
    /// <summary>See <see cref="StageNode.ArgumentsByUnit"/>.</summary>
    public ImmutableArray<BlockArgument> ArgumentsByUnit { get; init; } = ImmutableArray<BlockArgument>.Empty;
}
