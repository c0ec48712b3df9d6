using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>
/// Reads a class twice: once to see which of the constructor's parameters are the unit's channels, and once in terms of those, to check every number.
/// </summary>
internal sealed class ShuffleUnitReader(TorchSymbols torch, SemanticModel model, CancellationToken cancellation)
{
    // All of its readings: a constructor has some parameters that could be the stride, and methods call methods.
    private const int MostSteps = 20_000;

    private static readonly Amount In = Amount.Of(new Atom(Names.In, Names.In));
    private static readonly Amount Out = Amount.Of(new Atom(Names.Out, Names.Out));

    private readonly Fuel _fuel = new(MostSteps);

    /// <summary>The unit that the class is, or the two between which one of its parameters chooses.</summary>
    public UnitForms? ReadForms(UnitClass unit)
    {
        if (Read(unit, null, 0) is { } only)
            return new(null, [(0, only)]);
        foreach (var parameter in unit.Constructor.Parameters.Where(IsNumber))
        {
            var forms = new List<(long, ShuffleUnit)>();
            for (var stride = 1; stride <= 2; stride++)
                if (Read(unit, parameter, stride) is { } form)
                    forms.Add((stride, form));
            if (forms.Count > 0)
                return new(parameter, forms);
        }
        return null;
    }

    private static bool IsNumber(IParameterSymbol parameter) => parameter.Type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64;

    private ShuffleUnit? Read(UnitClass unit, IParameterSymbol? stride, long value)
    {
        var atoms = new Dictionary<ISymbol, Amount>(SymbolEqualityComparer.Default);
        foreach (var parameter in unit.Constructor.Parameters)
            if (IsNumber(parameter))
                atoms[parameter] = SymbolEqualityComparer.Default.Equals(parameter, stride) ? Amount.Of(value) : Amount.Of(new Atom(parameter.Name, parameter.Name));
        if (Run(unit, atoms, null) is not var (first, second, _) || InputOf(first, second) is not { } input || OutputOf(first, second, input) is not { } output
            || Find(unit, atoms, input) is not { } inParameter)
            return null;
        var outParameter = Find(unit, atoms, output);
        if (SymbolEqualityComparer.Default.Equals(outParameter?.Symbol, inParameter.Symbol))
            outParameter = null;
        atoms[inParameter.Symbol] = inParameter.Of(In);
        if (outParameter is not null)
            atoms[outParameter.Symbol] = outParameter.Of(Out);
        return Run(unit, atoms, In) is var (left, right, groups) && OutputOf(left, right, In) is { } whole && IsSaid(whole) && AreSaid(left) && AreSaid(right)
            ? new(left, right, groups, inParameter, outParameter)
            : null;
    }

    private (UnitFlow First, UnitFlow Second, long Groups)? Run(UnitClass unit, IReadOnlyDictionary<ISymbol, Amount> bound, Amount? channels)
    {
        var reader = new UnitReader(torch, unit.Fields) { InputChannels = channels };
        var walk = new Interpreter(torch, Sources.Of(model), cancellation, reader, _fuel);
        var self = walk.RunConstructor(unit.Constructor, [.. unit.Constructor.Parameters.Where(bound.ContainsKey)
            .Select(parameter => new KeyValuePair<IParameterSymbol, Known?>(parameter, bound[parameter] is { Constant: { } number } ? new Known.Whole(number) : new Known.Symbol(bound[parameter])))]);
        if (walk.IsOut || !reader.Holds(walk, self))
            return null;
        var input = new UnitFlow.Input();
        var result = walk.RunMethod(self, unit.Forward, new KeyValuePair<IParameterSymbol, Known?>(unit.Forward.Parameters[0], new Known.Foreign(input)));
        return !walk.IsOut && result is not null && reader.IsUsable(result)
            && result.As<UnitFlow.Shuffled>() is { Whole: UnitFlow.Concat { Reads: 1, First: var first, Second: var second } } shuffled
            && !reader.LosesState && IsUnit(first, second, input)
            ? (first, second, shuffled.Groups)
            : null;
    }

    /// <summary>One half passes and the other is worked on, or both branches see the whole input.</summary>
    private static bool IsUnit(UnitFlow first, UnitFlow second, UnitFlow.Input input) => (Start(first), Start(second)) switch
    {
        (UnitFlow.Part a, UnitFlow.Part b) => a.Index != b.Index && input.Reads == 1 && (first is UnitFlow.Branch || second is UnitFlow.Branch),
        (UnitFlow.Input, UnitFlow.Input) => first is UnitFlow.Branch && second is UnitFlow.Branch && input.Reads == 2,
        _ => false,
    };

    private static UnitFlow Start(UnitFlow flow) => flow is UnitFlow.Branch branch ? branch.From : flow;

    /// <summary>What the first convolution of each branch says of the input's channels.</summary>
    private static Amount? InputOf(UnitFlow first, UnitFlow second) => new[] { first, second }.OfType<UnitFlow.Branch>()
        .Select(branch => branch.From is UnitFlow.Part ? branch.Runs[0].Layers[0].In! * Amount.Of(2) : branch.Runs[0].Layers[0].In!)
        .FirstOrDefault();

    private static Amount? OutputOf(UnitFlow first, UnitFlow second, Amount input) =>
        OutputOf(first, input) is { } left && OutputOf(second, input) is { } right ? left + right : null;

    /// <summary>The channels that come out, or null where a layer expects others than come in.</summary>
    private static Amount? OutputOf(UnitFlow flow, Amount input)
    {
        var channels = Start(flow) is UnitFlow.Part ? input.DividedBy(Amount.Of(2)) : input;
        foreach (var layer in Layers(flow))
        {
            if (layer.In is { } expected && !expected.Equals(channels))
                return null;
            channels = layer.Out ?? channels;
        }
        return channels;
    }

    private static IEnumerable<UnitLayer> Layers(UnitFlow flow) => flow is UnitFlow.Branch branch ? branch.Runs.SelectMany(run => run.Layers) : [];

    private static bool AreSaid(UnitFlow flow) => Layers(flow).All(layer => IsSaid(layer.Groups) && (layer.Out is null || IsSaid(layer.Out)));

    /// <summary>Whether only the channels in and out occur in it.</summary>
    private static bool IsSaid(Amount amount) => amount.DependsOnlyOn(Names.In, Names.Out);

    private static ChannelParameter? Find(UnitClass unit, Dictionary<ISymbol, Amount> atoms, Amount channels) =>
        (from parameter in unit.Constructor.Parameters
         where atoms.ContainsKey(parameter)
         from factor in new long[] { 1, 2 }
         where channels.Equals(atoms[parameter] * Amount.Of(factor))
         select new ChannelParameter(parameter, factor)).FirstOrDefault();
}
