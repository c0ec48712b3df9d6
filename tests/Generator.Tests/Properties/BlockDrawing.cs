using System.Globalization;
using System.Text;

namespace Blockwright.Generator.Tests.Properties;

/// <summary>Draws the attributes of one class, step by step, each valid for the values that are there.</summary>
internal sealed class BlockDrawing
{
    private const int MostChannels = 40; // keeps the tests quick
    private const int DeepestBlock = 2;

    private readonly ProgramDrawing _program;
    private readonly DrawnShape _input;
    private readonly long[]? _asked;
    private readonly int _depth;
    private readonly BlockLimits _limits;
    private readonly bool _isNetwork;
    private readonly Numbers _numbers;
    private readonly LayerDrawing _layers;
    private readonly List<string> _attributes = [];
    private readonly Dictionary<string, DrawnShape> _values = [];
    private readonly Dictionary<string, int> _identities = [];
    private DrawnShape _running;
    private int _identity;
    private int _made;
    private string? _name;
    private bool _isUntouched = true;
    private bool _surelyKeeps;
    private bool[]? _run;
    private readonly List<string> _activations = [];
    private readonly List<(string Name, DrawnShape Shape)> _further = [];

    public BlockDrawing(ProgramDrawing program, DrawnShape input, long[]? asked, int depth, BlockLimits limits, bool isNetwork)
    {
        (_program, _input, _asked, _depth, _limits, _isNetwork) = (program, input, asked, depth, limits, isNetwork);
        _numbers = new Numbers(program, input.Channels, asked, limits.Given, isNetwork);
        _layers = new LayerDrawing(program, _numbers, MostChannels);
        _values["in"] = _running = input;
        _identities["in"] = _identity;
    }

    /// <summary>The attributes, with brackets wherever.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder(_isNetwork ? $"[Network, {string.Join(", ", Inputs)}]\n" : "[Block]\n");
            foreach (var (name, _) in _numbers.Parameters)
                text.Append(CultureInfo.InvariantCulture, $"[Parameter(\"{name}\"{(_isNetwork ? $", {_numbers.Usual(name)}" : "")})]\n");
            foreach (var name in _activations)
                text.Append(CultureInfo.InvariantCulture, $"[Parameter(\"{name}\", Kind = ParameterKind.Activation)]\n");
            for (var i = 0; i < _attributes.Count; i++)
            {
                var opens = i == 0 || _attributes[i].StartsWith("From", StringComparison.Ordinal) || i % 5 == 0;
                text.Append(opens ? "[" : ", ").Append(_attributes[i]);
                if (i + 1 == _attributes.Count || _attributes[i + 1].StartsWith("From", StringComparison.Ordinal) || (i + 1) % 5 == 0)
                    text.Append("]\n");
            }
            return text.ToString();
        }
    }

    /// <summary>The inputs of a network that has several, behind the first.</summary>
    public IReadOnlyList<(string Name, DrawnShape Shape)> Further => _further;

    private IEnumerable<string> Inputs => _further.Count == 0 ? [Input(_input, "")] : _further.Select(static each => Input(each.Shape, $", Name = \"{each.Name}\"")).Prepend(Input(_input, ", Name = \"first\""));

    private static string Input(DrawnShape shape, string name) => $"Input({shape.Channels[0]}, {shape.Height[0]}, {shape.Width[0]}{name})";

    private Tape Tape => _program.Tape;

    /// <summary>One condition in so many steps: in a network, which knows its numbers, they are for nothing, and what fixes are offered for must not become rare.</summary>
    private int Rarity => _isNetwork ? 24 : 8;

    private bool KeepsSize => _limits.KeepsSize || _limits.Keeps;

    /// <summary>What a From can start from to go on from here without losing anything.</summary>
    private string? Source => _name ?? (_isUntouched ? "in" : null);

    public DrawnBlock Draw(string name)
    {
        if (_limits.Results > 1)
            From("in", _program.NewName("given"));
        for (var segments = 1 + Tape.Next(_depth == 0 ? 6 : 3); segments > 0; segments--)
            Segment();
        End();
        var results = _limits.Results > 1 ? Results() : [];
        return new(name, _numbers.Parameters, _input, _asked, _running, _surelyKeeps) { Activations = _activations.Count, Results = results };
    }

    /// <summary>The running value, which has a name, and others of its size.</summary>
    private List<(string Name, DrawnShape Shape)> Results()
    {
        var last = _name!;
        var others = _values.Where(value => value.Key != last && value.Value.HasSizeOf(_running)).Select(static value => value.Key).ToList();
        if (others.Count == 0)
        {
            From(last, _program.NewName("given"));
            Add("SiLU", _running);
            others.Add(_name!);
        }
        var names = new List<string> { last };
        for (var i = 1; i < _limits.Results && others.Count > 0; i++)
        {
            names.Insert(Tape.Next(names.Count + 1), Tape.Pick(others));
            others.RemoveAll(names.Contains);
        }
        _attributes.Insert(Tape.Next(_attributes.Count + 1), $"Output({Quote(names)})");
        return [.. names.Select(name => (name, _values[name]))];
    }

    /// <summary>A block with several values, and what joins those that are wanted.</summary>
    private void Fork()
    {
        if (_depth >= DeepestBlock || _running.IsPoint)
            return;
        var (text, channels) = _layers.Channels(_running);
        var asked = Tape.Chance(2) && text.Length > 0 ? channels : null;
        var inner = _program.Block(_running, asked, _depth + 1, new BlockLimits(KeepsSize, Results: 2 + Tape.Next(2)));
        if (inner.Results[0].Shape.IsPoint || ArgumentsOf(inner) is not { } arguments)
            return;
        if (asked is not null)
            arguments.Add($"Channels = {text}");
        if (Tape.Next(4) is > 0 and var naming)
            arguments.Add($"Name = \"{(naming == 1 ? "" : _program.NewName("fork"))}\"");
        var names = inner.Results.Select(static result => result.Name).ToArray();
        if (names.Contains("in") || Tape.Chance(2))
        {
            names = [.. names.Select(_ => _program.NewName("forked"))];
            if (Tape.Chance(3))
                names[Tape.Next(names.Length)] = "_";
            arguments.Add($"As = new[] {{ {Quote(names)} }}");
        }
        _attributes.Add($"Apply<{inner.Name}>({string.Join(", ", arguments)})");
        (_name, _isUntouched, _run) = (null, false, null);
        foreach (var (name, (_, shape)) in names.Zip(inner.Results).Where(static each => each.First != "_"))
            (_values[name], _identities[name]) = (shape, ++_made);
        string[] wanted = [.. names.Where(static name => name != "_")];
        foreach (var name in wanted.Where(_ => Tape.Chance(2)))
        {
            From(name, null);
            BranchOf(_running);
        }
        if (wanted is [var only])
            From(only, _limits.Results > 1 ? _program.NewName("given") : null);
        else if (SumOf([.. wanted.Select(name => _values[name])]).Channels.Max() <= MostChannels)
            JoinChannels(wanted);
        else
            JoinElements(wanted);
    }

    /// <summary>Further inputs, of the first one's size or of twice it, and what joins them with that before anything else.</summary>
    public void TakeInputs()
    {
        var names = new List<string> { Tape.Pick(["in", "first"]) };
        _values["first"] = _input;
        _identities["first"] = _identities["in"];
        for (var inputs = 1 + Tape.Next(3); inputs > 0; inputs--)
        {
            var (name, isTwice) = (_program.NewName("more"), Tape.Chance(3));
            var shape = _input with { Channels = [1 + Tape.Next(6)], Height = [_input.Height[0] * (isTwice ? 2 : 1)], Width = [_input.Width[0] * (isTwice ? 2 : 1)] };
            _further.Add((name, shape));
            (_values[name], _identities[name]) = (shape, ++_made);
            if (isTwice || Tape.Chance(2))
            {
                From(name, Tape.Chance(2) ? name + "b" : null);
                if (isTwice && Tape.Pick(["DepthwiseConv2d(3, Stride = 2)", "AvgPool2d(2)", "Conv2d(4, 3, Stride = 2)"]) is var halves)
                {
                    Add(halves, _input with { Channels = halves.StartsWith("Conv", StringComparison.Ordinal) ? [4] : shape.Channels });
                    Chain(1 + Tape.Next(3), keepsSize: true);
                }
                else
                {
                    BranchOf(_running);
                }
            }
            names.Add(_name is { } own && own.StartsWith(name, StringComparison.Ordinal) ? own : name);
        }
        if (Tape.Chance(2))
            JoinElements([.. names]);
        else
            JoinChannels([.. names]);
    }

    private void Segment()
    {
        switch (Tape.Next(11))
        {
            case 10 when Tape.Chance(3): Fork(); break;
            case 1: SplitAndJoin(); break;
            case 2 or 3 when Source is { } source: FanOut(source); break;
            case 4 when Source is { } source: Gate(source); break;
            case 5: Apply(KeepsSize); break;
            case 6: Stage(); break;
            case 7: JoinWithNamed(); break;
            case 8: StartPath(); break;
            // Those who make the outermost class give numbers alone, and a stage's other units have the first one's parameters.
            case 9 when _depth > 0 && _limits.Given is null: AddActivation(); break;
            default: Chain(1 + Tape.Next(4), KeepsSize); break;
        }
    }

    /// <summary>What has to come last.</summary>
    private void End()
    {
        if (_asked is not null)
            Add("Conv1x1(\"out\")", _running with { Channels = _asked });
        else if (_limits.Keeps && (_surelyKeeps = !_running.Channels.SequenceEqual(_input.Channels) || Tape.Chance(2)))
            Add("Conv1x1(\"in\")", _running with { Channels = _input.Channels });
        if (_attributes.All(static each => each.StartsWith("From", StringComparison.Ordinal) || each.StartsWith("Path", StringComparison.Ordinal)))
            Add("ReLU", _running);
        if (_limits.IsOutermost && _asked is null && Tape.Chance(2))
            Head();
        else if (_limits.IsOutermost && _asked is null && !_running.IsPoint && Tape.Chance(4))
            Add(Tape.Pick(Arrangements), _running);
    }

    /// <summary>In what sizes the last value may be given: nothing else comes behind.</summary>
    private static readonly string[] Arrangements =
    [
        "Reshape(-1, \"h*w\")", "Reshape(\"h*w\", -1), Softmax(Dim = 2)", "Reshape(1, -1, \"h\", \"w\"), Permute(0, 1, 3, 4, 2), Sigmoid", "Permute(0, 2, 3, 1), Reshape(-1, 1)", "Permute(0, 3, 2, 1), ReLU, LogSoftmax(Dim = 3)",
    ];

    private void Head()
    {
        if (!_running.IsPoint)
        {
            if (_isNetwork && Tape.Chance(2))
                Add("Flatten", new([_running.Channels[0] * _running.Height[0] * _running.Width[0]], [1], [1], IsPoint: true));
            else
                Add("GlobalAvgPool2d", LayerDrawing.Point(_running));
        }
        if (Tape.Chance(3))
            Add("Flatten", _running);
        if (Tape.Chance(2))
            Add("Dropout(0.3)", _running);
        for (var layers = Tape.Next(3); layers > 0; layers--)
        {
            long[] features = [.. _running.Channels.Select(_ => (long)(1 + Tape.Next(6)))];
            if ((_isNetwork && Further.Count == 0 && layers == 1 && Tape.Chance(2) ? _numbers.OfNetwork(features) : _numbers.Write(features)) is not { } text)
                continue;
            Add($"Linear({text}{Tape.Pick(["", ", Bias = false", ", Bias = true"])})", _running with { Channels = features });
            if (Tape.Chance(2))
                Add(Tape.Pick(["ReLU", "Sigmoid", "SiLU", "Dropout"]), _running);
        }
    }

    private void Add(string attribute, DrawnShape result)
    {
        _attributes.Add(attribute);
        (_running, _isUntouched, _identity) = (result, false, ++_made);
        if (_name is not null)
            (_values[_name], _identities[_name]) = (result, _identity);
    }

    private void Chain(int layers, bool keepsSize)
    {
        for (; layers > 0; layers--)
        {
            var group = _layers.Draw(_running, keepsSize).ToList();
            if (MayBeLeftOut(group) && Tape.Chance(Rarity))
            {
                var (text, holds) = _numbers.Condition();
                foreach (var (attribute, result) in group)
                    AddIf(attribute, result, text, holds);
            }
            else
            {
                foreach (var (attribute, result) in group)
                    AddIf(attribute, result, null, null);
            }
        }
    }

    /// <summary>Whether a group of layers is one on a map or on a point throughout, so that what follows takes either; a norm alone goes with a convolution before it.</summary>
    private bool MayBeLeftOut(List<(string Attribute, DrawnShape Result)> group) =>
        group.Count > 0 && group.TrueForAll(each => each.Result.IsPoint == _running.IsPoint) && !group[0].Attribute.StartsWith("BatchNorm2d", StringComparison.Ordinal);

    /// <summary>A step that may be left out, by its own condition or by that of the path or branch that it stands in.</summary>
    private void AddIf(string attribute, DrawnShape result, string? condition, bool[]? holds)
    {
        foreach (var each in new[] { _run, holds }.OfType<bool[]>())
            result = result.Where(each, _running);
        Add(condition is null ? attribute : With(attribute, $"If = \"{condition}\""), result);
    }

    private static string With(string attribute, string argument) => attribute.EndsWith("()", StringComparison.Ordinal) ? $"{attribute[..^1]}{argument})" : attribute.EndsWith(')') ? $"{attribute[..^1]}, {argument})" : $"{attribute}({argument})";

    private void AddActivation()
    {
        if (_activations.Count == 0 || Tape.Chance(3))
            _activations.Add(_program.NewName("act"));
        AddPerhaps($"Activation(\"{Tape.Pick(_activations)}\")", _running);
    }

    private void StartPath()
    {
        _run = null;
        _attributes.Add($"Path(\"{_program.NewName("path")}\"{(Tape.Chance(2) ? ", FirstIndex = 2" : "")})");
    }

    /// <summary>The steps that follow are left out where a condition does not hold.</summary>
    private void RunUnderCondition()
    {
        (var text, _run) = _numbers.Condition();
        _attributes[^1] = With(_attributes[^1], $"If = \"{text}\"");
    }

    private void From(string value, string? name)
    {
        _run = null;
        var attribute = $"From(\"{value}\"";
        if (name is not null)
            attribute += $", As = \"{name}\"";
        attribute += Tape.Next(3) switch { 0 => "", 1 => $", Name = \"{_program.NewName("branch")}\"", _ => $", Name = \"{_program.NewName("dotted")}.{_program.NewName("branch")}\"" };
        _attributes.Add(attribute + ")");
        (_running, _name, _isUntouched, _identity) = (_values[value], name ?? value, false, _identities[value]);
        (_values[_name], _identities[_name]) = (_running, _identity);
    }

    /// <summary>The running value ends here; what follows has the name that the join gives it, or none.</summary>
    private void Join(string attribute, DrawnShape result)
    {
        (_name, _run) = (_limits.Results > 1 || Tape.Chance(3) ? _program.NewName("joined") : null, null);
        Add(_name is null ? attribute : With(attribute, $"As = \"{_name}\""), result);
    }

    private void BranchOf(DrawnShape from)
    {
        if (!from.IsPoint && Tape.Chance(Rarity))
            RunUnderCondition();
        Chain(1 + Tape.Next(3), keepsSize: true);
    }

    private void SplitAndJoin()
    {
        var names = Enumerable.Range(0, 2 + Tape.Next(3)).Select(_ => _program.NewName("part")).ToArray();
        var ratio = new[] { 0.4, 0.25, 0.5, 0.7 }[Tape.Next(4)];
        if (!_running.Channels.All(channels => channels % names.Length == 0))
        {
            if (_running.Channels.Any(static channels => channels < 4))
                return;
            names = names[..2];
        }
        var isEqual = _running.Channels.All(channels => channels % names.Length == 0) && !(names.Length == 2 && Tape.Chance(2) && _running.Channels.All(static channels => channels >= 4));
        var most = isEqual || Tape.Chance(2) ? 0 : 1 + Tape.Next(3);
        long[] first = [.. _running.Channels.Select(channels => isEqual ? channels / names.Length : most > 0 ? Math.Min(channels - 1, most) : (long)Math.Round(channels * ratio, MidpointRounding.AwayFromZero))];
        var how = isEqual ? "" : most > 0 ? string.Create(CultureInfo.InvariantCulture, $", Channels = \"min(c-1, {most})\"") : ", Ratio = " + ratio.ToString(CultureInfo.InvariantCulture);
        _attributes.Add($"Split({Quote(names)}{how})");
        var whole = _running;
        _values[names[0]] = whole with { Channels = first };
        foreach (var name in names[1..])
            _values[name] = whole with { Channels = isEqual ? first : [.. whole.Channels.Zip(first, static (all, part) => all - part)] };
        (_name, _isUntouched, _run) = (null, false, null);
        foreach (var name in names)
            _identities[name] = ++_made;
        foreach (var name in names)
        {
            if (!Tape.Chance(2))
                continue;
            From(name, null);
            BranchOf(_running);
        }
        JoinChannels(names);
    }

    private void JoinChannels(string[] names)
    {
        var order = Tape.Chance(3) ? [.. names.Reverse()] : names;
        Join($"Concat({Quote(order)})", SumOf([.. order.Select(name => _values[name])]));
        if (Tape.Chance(2) && _layers.Shuffle(_running) is { } shuffle)
            Add(shuffle, _running);
    }

    private void FanOut(string source)
    {
        var from = _values[source];
        var names = Enumerable.Range(0, 1 + Tape.Next(3)).Select(_ => _program.NewName("fan")).ToArray();
        var halves = !KeepsSize && !from.IsPoint && Tape.Chance(3);
        foreach (var name in names)
        {
            From(source, name);
            if (halves)
                Add(Tape.Pick(["DepthwiseConv2d(3, Stride = 2)", "MaxPool2d(3, Stride = 2)", "AvgPool2d(3, Stride = 2)", "Conv1x1(Stride = 2)", "DepthwiseConv2d(new[] { 5, 3 }, Stride = 2)"]), LayerDrawing.Halved(from));
            if (halves)
                Chain(1 + Tape.Next(3), keepsSize: true);
            else
                BranchOf(_running);
            if (Tape.Chance(5) && _run is null)
                Apply(keepsSize: true);
        }
        string[] joined = halves || (names.Length > 1 && Tape.Chance(2)) ? names : [source, .. names];
        if (joined.Length < 2)
        {
            (_name, _isUntouched) = (joined[0], false);
            if (_run is not null)
                From(joined[0], null); // what follows is there
            return;
        }
        if (Tape.Chance(2))
            JoinElements(joined);
        else if (SumOf([.. joined.Select(name => _values[name])]).Channels.Max() <= MostChannels)
            JoinChannels(joined);
        else
            JoinElements(joined);
    }

    private void JoinElements(string[] names)
    {
        var target = _values[names[0]];
        foreach (var name in names[1..].Where(name => !_values[name].Fits(target)))
        {
            From(name, null);
            if (_numbers.Write(target.Channels) is { } text)
                Add($"Conv1x1({text})", _running with { Channels = target.Channels });
        }
        if (names.All(name => _values[name].Fits(target)))
            Join($"{Tape.Pick(["Add", "Add", "Multiply"])}({Quote(names)})", target);
        else
            JoinChannels(names);
    }

    private void Gate(string source)
    {
        var from = _values[source];
        var gate = _program.NewName("gate");
        From(source, gate);
        Add("GlobalAvgPool2d", LayerDrawing.Point(from));
        if (Tape.Chance(2))
            Chain(2, keepsSize: true);
        if (!_running.Channels.SequenceEqual(from.Channels))
        {
            if (_numbers.Write(from.Channels) is not { } text)
            {
                // The gate cannot be written: its numbers are of no use here, but they have to go somewhere.
                From(source, null);
                Add("GlobalAvgPool2d", LayerDrawing.Point(from));
                Join($"Concat(\"{source}\", \"{gate}\")", SumOf([_values[source], _values[gate]]));
                return;
            }
            Add($"Conv1x1({text})", _running with { Channels = from.Channels });
        }
        Add(Tape.Pick(["Sigmoid", "Hardsigmoid"]), _running);
        if (Tape.Chance(2))
        {
            From(source, null);
            Add($"Multiply(\"{gate}\")", from);
            return;
        }
        Join(Tape.Chance(2) ? $"Multiply(\"{gate}\", \"{source}\")" : $"Multiply(\"{source}\", \"{gate}\")", from);
    }

    private void JoinWithNamed()
    {
        var fitting = _values.Where(value => value.Value.Fits(_running) && !IsRunning(value.Key)).Select(static value => value.Key).ToList();
        if (fitting.Count > 0)
        {
            AddPerhaps($"{Tape.Pick(["Add", "Multiply"])}(\"{Tape.Pick(fitting)}\")", _running);
            return;
        }
        if (_isUntouched && Tape.Chance(2))
        {
            AddPerhaps("Multiply(\"in\")", _running);
            return;
        }
        var beside = _values.Where(value => value.Value.HasSizeOf(_running) && !IsRunning(value.Key)).Select(static value => value.Key).ToList();
        if (beside.Count > 0 && Tape.Pick(beside) is var name && SumOf([_running, _values[name]]) is var sum && sum.Channels.Max() <= MostChannels && !_limits.Keeps)
            AddPerhaps($"Concat(\"{name}\")", sum);
    }

    /// <summary>Whether the running value is the named one, which it is not joined with: a square is the one that nobody writes by mistake, and only of what nothing has changed.</summary>
    private bool IsRunning(string name) => _identities[name] == _identity;

    private void AddPerhaps(string attribute, DrawnShape result)
    {
        var (text, holds) = result.IsPoint == _running.IsPoint && Tape.Chance(Rarity) ? _numbers.Condition() : (null, null);
        AddIf(attribute, result, text, holds);
    }

    private void Apply(bool keepsSize)
    {
        if (_depth >= DeepestBlock || _running.IsPoint)
            return;
        var (text, channels) = _layers.Channels(_running);
        var asked = Tape.Chance(2) ? channels : null;
        var inner = _program.Block(_running, asked, _depth + 1, new BlockLimits(KeepsSize: keepsSize));
        if (ArgumentsOf(inner) is not { } arguments)
            return;
        if (asked is not null && text.Length > 0)
            arguments.Add($"Channels = {text}");
        else if (asked is null && Tape.Chance(3) && _numbers.Write(inner.Result.Channels) is { } result)
            arguments.Add($"Channels = {result}");
        var isInline = false;
        switch (Tape.Next(4))
        {
            case 1: arguments.Add($"Name = \"{_program.NewName("unit")}\""); break;
            case 2: arguments.Add($"Name = \"/{_program.NewName("units")}.{_program.NewName("unit")}\""); break;
            case 3 when _run is null: arguments.Add("Name = \"\""); isInline = true; break;
            default: break;
        }
        var attribute = $"Apply<{inner.Name}>({string.Join(", ", arguments)})";
        if (isInline)
            Add(attribute, inner.Result);
        else
            AddPerhaps(attribute, inner.Result);
    }

    private void Stage()
    {
        if (_depth >= DeepestBlock || _running.IsPoint)
            return;
        var (text, channels) = _layers.Channels(_running);
        var first = _program.Block(_running, channels, _depth + 1, new BlockLimits(KeepsSize: KeepsSize));
        if (first.Result.IsPoint || ArgumentsOf(first) is not { } arguments)
            return;
        var rest = _program.Block(first.Result, null, _depth + 1, new BlockLimits(Keeps: true, Given: first.Parameters));
        var isOneKind = Tape.Chance(3) && first.Result.Fits(_running) && KeepsSize;
        var same = 1 + Tape.Next(3);
        long[] units = [.. _running.Channels.Select(_ => (long)(1 + Tape.Next(3)))];
        // A number that only the constructor knows goes with units that surely take what the one before gives.
        var isLiteral = isOneKind || !rest.SurelyKeeps;
        if ((isLiteral ? Literal(same) : _numbers.Write(units)) is not { } count)
            return;
        if (isLiteral)
            arguments = [.. arguments.Select(argument => int.TryParse(argument, out var number) && Tape.Chance(3) ? $"\"max({number}, min(unit, {number}))\"" : argument)];
        arguments.Insert(0, $"\"{_program.NewName("stage")}\"");
        arguments.Add($"Units = {count}");
        if (text.Length > 0)
            arguments.Add($"Channels = {text}");
        if (Tape.Chance(3))
            arguments.Add("FirstIndex = 1");
        if (Tape.Chance(3))
            arguments.Add("UnitName = \"unit{1}\"");
        var word = $"Stage<{(isOneKind ? first.Name : $"{first.Name}, {rest.Name}")}>";
        var last = first.Result;
        var joined = last with { Channels = [.. last.Channels.Select((own, use) => own * ((isLiteral ? same : units[use]) + 1))] };
        if (_run is not null || _limits.Keeps || Tape.Chance(2) || joined.Channels.Max() > MostChannels)
        {
            AddPerhaps($"{word}({string.Join(", ", arguments)})", last);
            return;
        }
        // All results, behind something made of the last one, which is one of them.
        var collected = _program.NewName("all");
        Add($"{word}({string.Join(", ", arguments)}, Collect = \"{collected}\")", last);
        Add("SiLU", last);
        Add($"Concat(\"{collected}\")", joined);
    }

    private List<string>? ArgumentsOf(DrawnBlock block)
    {
        var arguments = block.Parameters.Select(parameter => _numbers.Write(parameter.Values)).ToList();
        var words = new[] { "Identity", "ReLU", "Hardswish", "SiLU", "LeakyReLU", "Mish", "Tanh" }.Concat(_activations).ToList();
        return arguments.Contains(null) ? null : [.. arguments.Select(static argument => argument!), .. Enumerable.Range(0, block.Activations).Select(_ => $"\"{Tape.Pick(words)}\"")];
    }

    private static DrawnShape SumOf(IReadOnlyList<DrawnShape> parts) =>
        parts[0] with { Channels = [.. Enumerable.Range(0, parts[0].Channels.Length).Select(use => parts.Sum(part => part.Channels[use]))] };

    private static string Literal(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(static name => $"\"{name}\""));
}
