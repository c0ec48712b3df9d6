using System.Globalization;
using System.Text;

namespace Blockwright.Generator.Tests.Bounds;

/// <summary>
/// A random text of at most 4,000 characters that is made to be large: blocks in blocks, stages of stages, wide values, long expressions, dense joins, shuffles. Half of
/// them are as right as what is drawn without looking can be; the others are wrong in places, as what is being typed is.
/// </summary>
internal sealed class LargeDeclaration
{
    public const int MostCharacters = 4000;

    private static readonly string[] Keeping =
        ["Conv1x1", "DepthwiseConv2d(3)", "BatchNorm2d", "ReLU", "SiLU", "LeakyReLU", "Sigmoid", "Dropout(0.1)", "ChannelShuffle(2)", "ChannelShuffle(4)", "MaxPool2d(3, Stride = 1)", "Conv1x1(Groups = 2)"];

    private static readonly int[] Widths = [16, 32, 64, 96, 256, 1024, 4096];
    private static readonly int[] WildWidths = [1, 2, 3, 12, 1000, 65536, 65537, int.MaxValue];
    private static readonly int[] WildSizes = [1, 2, 7, 1000, 65536, 1_000_000_000, int.MaxValue];
    private static readonly int[] Units = [2, 3, 10, 30, 100, 300, 1000];

    private readonly Random _random;
    private readonly StringBuilder _text = new("using Blockwright;\n");
    private readonly List<Block> _blocks = [];
    private readonly int _most;
    private readonly double _wild;
    private int _parameters;
    private bool _isNetwork;
    private int _names;

    private LargeDeclaration(int seed)
    {
        _random = new Random(seed);
        // The most that is repeated in one class: many attributes are few classes.
        _most = One(4, 16, 120, 400);
        _wild = One(0, 0, 0.01, 0.1);
    }

    private bool IsWild => _random.NextDouble() < _wild;

    public static string Draw(int seed) => new LargeDeclaration(seed).Draw();

    private string Draw()
    {
        var blocks = One(1, 3, 10, 60);
        for (var i = 0; i < blocks && AddBlock($"B{i}");)
            i++;
        for (var i = One(1, 1, 1, 2, 8); i > 0; i--)
            Add("Network", $"N{i}", Network());
        if (IsWild)
            Damage();
        return _text.ToString();
    }

    private bool AddBlock(string name)
    {
        _parameters = One(0, 0, 0, 1, 4);
        var (steps, keeps) = Body();
        if (!Add("Block", name, steps))
            return false;
        _blocks.Add(new(name, _parameters, keeps));
        return true;
    }

    /// <summary>Adds a class where there is room for it.</summary>
    private bool Add(string kind, string name, IEnumerable<string> attributes)
    {
        var parameters = Enumerable.Range(0, kind == "Block" ? _parameters : 0).Select(static i => $"Parameter(\"p{i}\")");
        var text = $"[{string.Join(", ", attributes.Prepend(kind).Concat(parameters))}] partial class {name};\n";
        if (_text.Length + text.Length > MostCharacters)
            return false;
        _text.Append(text);
        return true;
    }

    private (List<string> Steps, bool Keeps) Body()
    {
        var repeats = _random.Next(3) == 0 ? _random.Next(1, _most) : _random.Next(1, 4);
        return _random.Next(10) switch
        {
            0 or 1 => (Repeat(repeats, () => Apply(keeping: true)), true),
            2 => (Repeat(_random.Next(1, 4), () => Stage(keeping: true)), true),
            3 => (ShuffleUnit(), true),
            4 => (Dense(repeats), false),
            5 => (Residuals(repeats), true),
            6 => (Splits(repeats), true),
            7 => ([$"Conv1x1({Expression(IsWild ? 4 : 3)})", "ReLU", "Conv1x1(\"in\")"], true),
            8 => (Repeat(repeats, Layer), true),
            _ => (Repeat(repeats, Step), false),
        };
    }

    /// <summary>One input mostly; several of one size, which the first step joins.</summary>
    private List<string> Inputs()
    {
        var (count, height, width) = (One(1, 1, 1, 1, 2, 6, IsWild ? 7 : 3), Size(), Size());
        if (count == 1)
            return [$"Input({Width()}, {height}, {width})"];
        var names = Enumerable.Range(0, count).Select(i => IsWild ? "in" : $"i{i}").ToList();
        return [.. names.Select(name => $"Input({Width()}, {(IsWild ? Size() : height)}, {width}, Name = \"{name}\")"), $"Concat({string.Join(", ", names.Select(static name => $"\"{name}\""))})"];
    }

    private List<string> Network()
    {
        (_parameters, _isNetwork) = (0, true);
        List<string> steps = [.. Inputs(), .. Repeat(_random.Next(1, _random.Next(1, _most) + 1), Step)];
        switch (_random.Next(4))
        {
            case 0: steps.AddRange(["GlobalAvgPool2d", "Linear(10)"]); break;
            case 1: steps.AddRange(["MaxPool2d(8)", "Flatten", $"Linear({Width()})"]); break;
        }
        return steps;
    }

    private static List<string> Repeat(int times, Func<IEnumerable<string>> draw) => [.. Enumerable.Range(0, times).SelectMany(_ => draw())];

    private IEnumerable<string> Step() => _random.Next(8) switch
    {
        0 or 1 => Apply(keeping: false),
        2 or 3 => Stage(keeping: false),
        4 => ShuffleUnit(),
        5 => Widening(),
        6 when IsWild => Residuals(1),
        _ => Layer(),
    };

    private IEnumerable<string> Layer() => IsWild ? Widening() : [_random.Next(8) == 0 ? Conditional(One(Keeping)) : One(Keeping)];

    /// <summary>A norm stays: a convolution before it would not know whether it has a bias.</summary>
    private string Conditional(string layer)
    {
        if (layer.StartsWith("BatchNorm2d", StringComparison.Ordinal))
            return layer;
        var name = _parameters > 0 && !_isNetwork ? $"p{_random.Next(_parameters)}" : "in";
        var condition = One($"{name} > {Number(_random.Next(100))}", $"{name} != {Number(_random.Next(100))} or in == {Number(_random.Next(100))}", $"not (in*2 < {Number(_random.Next(300))} and {name} >= 2)");
        return layer.EndsWith(')') ? $"{layer[..^1]}, If = \"{condition}\")" : $"{layer}(If = \"{condition}\")";
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<string> Widening() =>
    [
        _random.Next(6) switch
        {
            0 => $"Conv1x1({Width()})",
            1 => $"Conv1x1({Expression(2)})",
            2 => $"Conv2d({Width()}, {(IsWild ? One(7, 32, int.MaxValue) : 3)}, Groups = {One(1, 1, 2, 4, 16)})",
            3 => "Conv2d(\"in\", 3, Padding = 0)",
            4 => $"DepthwiseConv2d({One(3, 5)}, Stride = 2)",
            _ => "MaxPool2d(2)",
        },
    ];

    private IEnumerable<string> Apply(bool keeping)
    {
        if (Pick(keeping) is not { } block)
            return Layer();
        var named = new List<string>();
        if (_random.Next(6) == 0)
            named.Add("Name = \"\"");
        if (IsWild)
            named.Add($"Channels = {Expression(1)}");
        var arguments = string.Join(", ", Numbers(block.Parameters).Concat(named));
        return [$"Apply<{block.Name}>{(arguments.Length > 0 ? $"({arguments})" : "")}"];
    }

    private IEnumerable<string> Stage(bool keeping)
    {
        if (Pick(keeping) is not { } block)
            return Layer();
        var name = IsWild ? string.Join(".", Enumerable.Repeat("s", _random.Next(1, 200))) : Name("s");
        var numbers = string.Concat(Numbers(block.Parameters).Select(static number => ", " + number));
        return [$"Stage<{block.Name}>(\"{name}\"{numbers}, Units = {(IsWild ? One(1001, int.MaxValue) : One(Units))}{(IsWild ? $", Channels = {Expression(1)}" : "")})"];
    }

    private List<string> ShuffleUnit()
    {
        var parts = IsWild ? One(3, 5, 16) : One(2, 2, 2, 4, 8);
        var names = Enumerable.Range(0, parts).Select(_ => $"\"{Name("v")}\"").ToArray();
        List<string> steps = [$"Split({string.Join(", ", names)})", $"From({names[^1]}{Path()})", .. Repeat(_random.Next(1, 4), () => _random.Next(3) == 0 ? Apply(keeping: true) : Layer())];
        _random.Shuffle(names);
        steps.Add($"Concat({string.Join(", ", names)})");
        if (_random.Next(4) > 0)
            steps.Add($"ChannelShuffle({One(2, parts)})");
        return steps;
    }

    /// <summary>Each value reads one before it, and all of them are joined.</summary>
    private List<string> Dense(int times)
    {
        List<string> names = ["\"in\""], steps = [];
        for (var i = 0; i < times; i++)
        {
            var name = $"\"{Name("x")}\"";
            steps.Add($"From({One([.. names])}, As = {name}{Path()})");
            steps.AddRange(Repeat(_random.Next(1, 3), () => _random.Next(3) == 0 ? Apply(keeping: false) : Layer()));
            names.Add(name);
        }
        steps.Add($"Concat({string.Join(", ", names)})");
        return steps;
    }

    /// <summary>Each goes on from where the one before it ends.</summary>
    private List<string> Residuals(int times)
    {
        var last = "\"in\"";
        return Repeat(times, () => Residual(last, last = $"\"{Name("s")}\""));
    }

    private List<string> Residual(string from, string name) =>
    [
        $"From({from}, As = {name})",
        .. _random.Next(3) == 0 ? [$"Conv1x1({Expression(1)})"] : Layer(),
        .. Repeat(_random.Next(3), () => _random.Next(3) == 0 ? Apply(keeping: true) : Layer()),
        "Conv1x1(\"in\")",
        $"{One("Add", "Add", "Multiply")}({from})",
    ];

    /// <summary>Parts of parts.</summary>
    private List<string> Splits(int times)
    {
        List<string> parts = [], steps = [];
        var rest = "";
        for (var i = 0; i < times; i++)
        {
            var kept = $"\"{Name("k")}\"";
            rest = $"\"{Name("r")}\"";
            steps.AddRange([$"Split({kept}, {rest}{(_random.Next(3) == 0 ? ", Ratio = 0.3" : "")})", $"From({rest})", .. Layer()]);
            parts.Add(kept);
        }
        steps.Add($"Concat({string.Join(", ", parts.Append(rest))})");
        return steps;
    }

    /// <summary>Mostly one of the last, so that they are nested.</summary>
    private Block? Pick(bool keeping)
    {
        var known = keeping && !IsWild ? _blocks.Where(static block => block.Keeps).ToList() : _blocks;
        return known.Count == 0 ? null : _random.Next(4) == 0 ? known[_random.Next(known.Count)] : known[^_random.Next(1, Math.Min(2, known.Count) + 1)];
    }

    private IEnumerable<string> Numbers(int count) => Enumerable.Range(0, count).Select(_ => _random.Next(2) == 0 ? Width() : Expression(1)).ToList();

    private string Width() => (IsWild ? One(WildWidths) : One(Widths)).ToString(CultureInfo.InvariantCulture);

    private string Size() => (IsWild ? One(WildSizes) : One(8, 32, 224)).ToString(CultureInfo.InvariantCulture);

    private string Expression(int depth)
    {
        var text = _random.Next(3) == 0 || IsWild ? Sum(depth) : One("in*2", "2*in", "in+8", "in", "in*3");
        return $"\"{(IsWild ? new string('(', _random.Next(200)) : "")}{text}\"";
    }

    private string Sum(int depth) => depth == 0
        ? _random.Next(5) switch { 0 when !_isNetwork => "out", 1 when _parameters > 0 => $"p{_random.Next(_parameters)}", 2 or 3 => "in", _ => One("1", "2", "8") }
        : $"({string.Join(IsWild ? One("-", "/") : One("+", "*"), Enumerable.Range(0, _random.Next(2, 5)).Select(_ => Sum(depth - 1)))})";

    private string Name(string stem) => stem + (_names++).ToString(CultureInfo.InvariantCulture);

    private string Path() => $", Name = \"{(IsWild ? new string('w', _random.Next(400)) : "")}{Name("w")}\"";

    private T One<T>(params T[] of) => of[_random.Next(of.Length)];

    /// <summary>As if somebody were typing: a piece goes, or comes twice.</summary>
    private void Damage()
    {
        var start = _random.Next(_text.Length);
        var length = Math.Min(_random.Next(1, 20), _text.Length - start);
        if (_random.Next(2) == 0)
            _text.Remove(start, length);
        else if (_text.Length + length <= MostCharacters)
            _text.Insert(start, _text.ToString(start, length));
    }

    // Keeps: whether as many channels and pixels come out as go in.
    private sealed record Block(string Name, int Parameters, bool Keeps);
}
