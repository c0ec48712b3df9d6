using System.Globalization;
using System.Text;

namespace Blockwright.Generator.Tests.Properties;

/// <summary>
/// A random network with 1 to 4 inputs and 1 to 4 results. Results are maps of several sizes and features: tensors in any order of channels, parts of them, several of them, what other layers read, what came in, and the same value twice.
/// </summary>
internal sealed class DrawnValues
{
    private const int Most = 4;

    private readonly Random _random;
    private readonly StringBuilder _steps = new();
    private readonly List<Value> _values = [];
    private readonly HashSet<string> _unread = new(StringComparer.Ordinal);
    private readonly List<Value> _ends = [];

    private DrawnValues(int seed) => _random = new(seed);

    // As much larger than the first input as 2 to the level; of features no level.
    private sealed record Value(string Name, int Channels, int? Level);

    /// <summary>The network's class.</summary>
    public static string Draw(int seed, string name) => new DrawnValues(seed).Draw(name);

    private string Draw(string name)
    {
        var inputs = Enumerable.Range(0, _random.Next(1, Most + 1)).Select(i => new Value($"in{i}", 2 * _random.Next(1, 4), i == 0 ? 0 : _random.Next(-1, 2))).ToList();
        inputs.ForEach(Add);
        for (var steps = _random.Next(3, 10); steps > 0; steps--)
            DrawStep();
        var results = DrawResults();
        var training = _random.Next(3) == 0;
        if (training)
            Step($"From(\"{results[0].Name}\", As = \"aux\"), {(results[0].Level is null ? "Linear(2)" : "Conv1x1(2)")}");
        return string.Create(CultureInfo.InvariantCulture, $"""
            [Network, {string.Join(", ", inputs.Select(static input => string.Create(CultureInfo.InvariantCulture, $"Input({input.Channels}, {Size(8, input)}, {Size(12, input)}, Name = \"{input.Name}\")")))}]
            [Output({string.Join(", ", results.Select(static result => $"\"{result.Name}\""))}){(training ? ", Output(\"aux\", TrainingOnly = true)" : "")}]
            {_steps}public partial class {name};
            """);

        static int Size(int size, Value input) => input.Level < 0 ? size / 2 : size << input.Level!.Value;
    }

    private void DrawStep()
    {
        // What nobody has read yet comes first: all has to be read in the end.
        var open = _values.Where(value => value.Level is not null && (_unread.Contains(value.Name) || _random.Next(3) == 0)).ToList();
        if (open.Count == 0)
            return;
        var read = open[_random.Next(open.Count)];
        var like = _values.Where(value => value != read && value.Level == read.Level).ToList();
        var channels = 2 * _random.Next(1, 5);
        switch (_random.Next(10))
        {
            case 0: Path(read, read with { Channels = channels }, $"Conv2d({channels}, 3), BatchNorm2d, ReLU"); break;
            case 1 when read.Level >= 0: Path(read, read with { Channels = channels, Level = read.Level - 1 }, $"Conv2d({channels}, 3, Stride = 2), SiLU"); break;
            case 2: Path(read, read, "DepthwiseConv2d(3), BatchNorm2d, ChannelShuffle(2)"); break;
            case 3 when like.Find(value => value.Channels == read.Channels) is { } other: Path(read, read, $"Conv1x1, Add(\"{Read(other)}\"), ReLU"); break;
            case 4 when like.Count > 0 && like[_random.Next(like.Count)] is var other: Path(read, read with { Channels = read.Channels + other.Channels }, $"Concat(\"{Read(other)}\"), ChannelShuffle(2)"); break;
            case 5 when read.Channels % 4 == 0: Split(read); break;
            case 6 when read.Level < 1: Path(read, read with { Level = read.Level + 1 }, "Upsample(2)"); break;
            case 7 when _ends.Count < 2: End(read, $"GlobalAvgPool2d, Linear({channels})", channels); break;
            case 8: Path(read, read, "ReLU"); break;
            case 9: Path(read, read with { Channels = channels }, $"Conv1x1({channels}), Hardswish"); break;
            default: DrawStep(); break;
        }
    }

    /// <summary>All that nobody reads; of more than are to be the maps' means are one. Then others, as they come.</summary>
    private List<Value> DrawResults()
    {
        var maps = _values.Where(value => _unread.Contains(value.Name)).ToList();
        if (maps.Count > 1 && maps.Count + _ends.Count > _random.Next(2, Most + 1))
        {
            foreach (var map in maps)
                Step($"From(\"{map.Name}\", As = \"mean{map.Name}\"), GlobalAvgPool2d");
            var parts = maps.ConvertAll(static map => $"\"mean{map.Name}\"");
            End(null, $"Concat({string.Join(", ", parts)})", maps.Sum(static map => map.Channels));
            maps = [];
        }
        List<Value> results = [.. maps.Concat(_ends).OrderBy(_ => _random.Next())];
        for (var more = _random.Next(Most - results.Count + 1); more > 0 || results.Count == 0; more--)
        {
            var value = _values[_random.Next(_values.Count)];
            if (results.Contains(value))
                Step($"From(\"{value.Name}\", As = \"{(value = value with { Name = $"again{results.Count}" }).Name}\")");
            results.Insert(_random.Next(results.Count + 1), value);
        }
        return results;
    }

    private void Split(Value read)
    {
        Value one = read with { Name = $"v{_values.Count}", Channels = read.Channels / 2 }, other = one with { Name = $"v{_values.Count + 1}" };
        Step($"From(\"{Read(read)}\"), Split(\"{one.Name}\", \"{other.Name}\")");
        Add(one);
        Add(other);
    }

    private void Path(Value read, Value to, string layers)
    {
        to = to with { Name = $"v{_values.Count}" };
        Step($"From(\"{Read(read)}\", As = \"{to.Name}\"), {layers}");
        Add(to);
    }

    /// <summary>What nothing reads on: features, or one pixel.</summary>
    private void End(Value? read, string layers, int channels)
    {
        var end = new Value($"end{_ends.Count}", channels, null);
        Step(read is null ? $"{layers[..^1]}, As = \"{end.Name}\")" : $"From(\"{Read(read)}\", As = \"{end.Name}\"), {layers}");
        _ends.Add(end);
    }

    private void Step(string step) => _steps.Append('[').Append(step).Append("]\n");

    private string Read(Value value)
    {
        _unread.Remove(value.Name);
        return value.Name;
    }

    private void Add(Value value)
    {
        _values.Add(value);
        _unread.Add(value.Name);
    }
}
