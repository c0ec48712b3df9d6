using System.Globalization;

namespace Blockwright.Generator.Tests.Properties;

/// <summary>The numbers that a drawn block can name, and how it writes a number: as a literal, or as an expression that has its value in each use.</summary>
internal sealed class Numbers
{
    private const int LargestFactor = 4;

    private readonly ProgramDrawing _program;
    private readonly List<(string Name, long[] Values)> _names = [];
    private readonly bool _mayAdd;
    private readonly List<(string Name, long[] Values)> _parameters = [];

    public Numbers(ProgramDrawing program, long[] channels, long[]? asked, IReadOnlyList<(string Name, long[] Values)>? given, bool isNetwork)
    {
        (_program, _mayAdd) = (program, given is null && !isNetwork);
        _names.Add(("in", channels));
        if (asked is not null)
            _names.Add(("out", asked));
        _parameters.AddRange(given ?? []);
        _names.AddRange(_parameters);
    }

    public IReadOnlyList<(string Name, long[] Values)> Parameters => _parameters;

    /// <summary>A parameter of a network, which is given the value.</summary>
    public string OfNetwork(long[] values) => $"\"{Add(values)}\"";

    /// <summary>What a network's parameter is where nobody gives it: another number.</summary>
    public long Usual(string name) => 1 + (_parameters.First(parameter => parameter.Name == name).Values[0] % 6);

    /// <summary>An argument of an attribute with these values, or null where the block can say none.</summary>
    public string? Write(long[] values)
    {
        var options = new List<string>();
        if (values.Distinct().Count() == 1)
            options.AddRange([Literal(values[0]), Literal(values[0]), $"\"{Literal(values[0])}\""]);
        foreach (var (name, known) in _names)
            options.AddRange(Relations(name, known, values).Select(static text => $"\"{text}\""));
        foreach (var (a, b) in from a in _names from b in _names select (a, b))
        {
            if (Zip(a.Values, b.Values, static (x, y) => x + y).SequenceEqual(values))
                options.Add($"\"{a.Name}+{b.Name}\"");
            if (Zip(a.Values, b.Values, static (x, y) => x - y).SequenceEqual(values))
                options.Add($"\"{a.Name} - {b.Name}\"");
        }
        if (_mayAdd)
            options.Add("");
        if (options.Count == 0)
            return null;
        var chosen = _program.Tape.Pick(options);
        return chosen.Length > 0 ? chosen : $"\"{Add(values)}\"";
    }

    /// <summary>A condition, and in which uses it holds.</summary>
    public (string Text, bool[] Holds) Condition()
    {
        var (text, holds) = Comparison();
        switch (_program.Tape.Next(6))
        {
            case 1 when Comparison() is var (other, both):
                return ($"{text} and {other}", [.. holds.Zip(both, static (a, b) => a && b)]);
            case 2 when Comparison() is var (other, either):
                return ($"{text} or {other}", [.. holds.Zip(either, static (a, b) => a || b)]);
            case 3:
                return ($"not ({text})", [.. holds.Select(static each => !each)]);
            default:
                return (text, holds);
        }
    }

    private (string Text, bool[] Holds) Comparison()
    {
        var (name, values) = _program.Tape.Pick(_names);
        if (_program.Tape.Chance(3) && _program.Tape.Pick(_names) is var (other, others) && other != name)
            return ($"{name} == {other}", [.. values.Zip(others, static (a, b) => a == b)]);
        var least = values[_program.Tape.Next(values.Length)] + _program.Tape.Next(2);
        return _program.Tape.Next(3) switch
        {
            0 => ($"{name} >= {Literal(least)}", [.. values.Select(value => value >= least)]),
            1 => ($"2*{name} < {Literal(2 * least)}", [.. values.Select(value => value < least)]),
            _ => ($"{name} != {Literal(least)}", [.. values.Select(value => value != least)]),
        };
    }

    private string Add(long[] values)
    {
        var name = _program.NewName("p");
        _parameters.Add((name, values));
        _names.Add((name, values));
        return name;
    }

    private static IEnumerable<string> Relations(string name, long[] known, long[] values)
    {
        if (known.SequenceEqual(values))
            yield return name;
        for (var factor = 2; factor <= LargestFactor; factor++)
        {
            var text = Literal(factor);
            if (Zip(known, values, (x, y) => (x * factor) - y).All(static rest => rest == 0))
                yield return $"{text}*{name}";
            if (Zip(known, values, (x, y) => x - (y * factor)).All(static rest => rest == 0))
                yield return $"{name}/{text}";
            if (Zip(known, values, (x, y) => x + factor - y).All(static rest => rest == 0))
                yield return $"({name} + {text})";
            if (Zip(known, values, (x, y) => x - factor - y).All(static rest => rest == 0))
                yield return $"{name}-{text}";
            if (Zip(known, values, (x, y) => Math.Max(x, factor) - y).All(static rest => rest == 0))
                yield return $"max({name}, {text})";
            if (Zip(known, values, (x, y) => Math.Min(x / 2 * 2, factor) - y).All(static rest => rest == 0) && known.All(static x => x % 2 == 0))
                yield return $"min({text}, 2*{name}/2)";
            if (Zip(known, values, (x, y) => Rounding.ToMultiple(x * 3, 4, factor) - y).All(static rest => rest == 0))
                yield return $"round({name}*3/4, {text})";
        }
    }

    private static long[] Zip(long[] a, long[] b, Func<long, long, long> function) => [.. a.Zip(b, function)];

    private static string Literal(long number) => number.ToString(CultureInfo.InvariantCulture);
}
