using System.Collections.ObjectModel;
using System.Reflection;
using Blockwright.Graph;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Blockwright.Generator.Tests.Harness;

/// <summary>
/// Computes what a block's attributes say, read by reflection from the compiled class, step by step with plain torch operations. It shares
/// nothing with the build but the parser of expressions: no graph, no plan, no fusion, nothing in place. Numbers are found by state-dict key.
/// </summary>
internal sealed class Interpreter(IReadOnlyDictionary<string, Tensor> state, bool training)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>The state dict's entries that were read, of which there should be no others.</summary>
    public IReadOnlySet<string> Read => _read;

    private readonly Dictionary<string, Tensor> _named = new(StringComparer.Ordinal);

    /// <summary>The values that have a name once it has run: what blocks give, by their keys, what the outermost one's paths and stages end with, and, before them, what bears a name there.</summary>
    public IReadOnlyDictionary<string, Tensor> Named => _named;

    /// <summary>What a block makes of its input; of a network that has several, they come by their names besides.</summary>
    public Tensor Run(Type block, Tensor input, long? asked, IReadOnlyList<long> arguments, string prefix = "", IReadOnlyList<(string Name, Tensor Value)>? further = null)
    {
        var walk = new Walk(this, block, asked ?? input.size(1), [.. arguments.Select(static argument => (object)argument)], new Counter(prefix), prefix);
        var result = walk.Run(input, further ?? []);
        foreach (var (name, value) in walk.Keyed.Concat(walk.Values).Where(each => each.Key != "in" && further?.Any(other => other.Name == each.Key && ReferenceEquals(other.Value, each.Value)) != true))
            _named[name] = value;
        return result;
    }

    private Tensor RunWith(Type block, Tensor input, long asked, IReadOnlyList<object> arguments, string prefix) =>
        _named[prefix] = new Walk(this, block, asked, arguments, new Counter(prefix), prefix).Run(input, []);

    private Tensor Entry(string key, params long[] shape)
    {
        Assert.True(state.TryGetValue(key, out var found), $"The state dict has no {key}. It has {string.Join(", ", state.Keys)}");
        Assert.True(shape.SequenceEqual(found.shape), $"{key}: expected {string.Join(" x ", shape)}, found {Tensors.Shape(found)}");
        _read.Add(key);
        return found;
    }

    /// <summary>Numbers layers as nn.Sequential does.</summary>
    private sealed class Counter(string prefix, long first = 0)
    {
        private long _next = first;

        public string Prefix => prefix;

        public string Named(string name) => Key(prefix, name);

        public string Next() => Key(prefix, (_next++).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string Key(string prefix, string key) => prefix.Length == 0 ? key : $"{prefix}.{key}";

    /// <summary>An attribute as reflection gives it.</summary>
    private sealed record Line(string Kind, Type[] Blocks, IReadOnlyDictionary<string, object?> Arguments)
    {
        public static List<Line> Of(Type block) =>
            [.. block.GetCustomAttributesData().Where(static data => data.AttributeType.Namespace == "Blockwright").Select(Of)];

        public object? this[string name] => Arguments.GetValueOrDefault(name);

        public string? Text(string name) => (string?)this[name];

        public double Real(string name, double otherwise) => (double?)this[name] ?? otherwise;

        public bool Flag(string name, bool otherwise) => (bool?)this[name] ?? otherwise;

        public object?[] List(string name) => (object?[]?)this[name] ?? [];

        private static Line Of(CustomAttributeData data)
        {
            var arguments = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            foreach (var (parameter, argument) in data.Constructor.GetParameters().Zip(data.ConstructorArguments))
                arguments[parameter.Name!] = Plain(argument);
            foreach (var argument in data.NamedArguments)
                arguments[argument.MemberName] = Plain(argument.TypedValue);
            var name = data.AttributeType.Name;
            return new(name[..name.IndexOf("Attribute", StringComparison.Ordinal)], data.AttributeType.GetGenericArguments(), arguments);
        }

        private static object? Plain(CustomAttributeTypedArgument argument) =>
            argument.Value is ReadOnlyCollection<CustomAttributeTypedArgument> items ? items.Select(Plain).ToArray() : argument.Value;
    }

    private sealed class Walk
    {
        private readonly Interpreter _all;
        private readonly List<Line> _lines;
        private readonly Counter _root;
        private readonly string _prefix;
        private readonly long _asked;
        private readonly Dictionary<string, long> _numbers = [];
        private readonly Dictionary<string, string> _activations = [];
        private readonly Dictionary<string, Tensor> _values = [];
        private readonly Dictionary<string, Tensor> _keyed = [];
        private Counter _scope;
        private Tensor? _running;
        private string? _name;

        public Walk(Interpreter all, Type block, long asked, IReadOnlyList<object> arguments, Counter root, string prefix)
        {
            (_all, _lines, _asked, _root, _scope, _prefix) = (all, Line.Of(block), asked, root, root, prefix);
            // Who gives a network none takes those that it says itself.
            var given = arguments.Count > 0 ? arguments : [.. _lines.Where(static line => line.Kind == "Parameter" && line["Default"] is not null).Select(static line => (object)Convert.ToInt64(line["Default"], System.Globalization.CultureInfo.InvariantCulture))];
            foreach (var (name, value) in Parameters(block).Zip(given))
            {
                if (value is string word)
                    _activations[name] = word;
                else
                    _numbers[name] = (long)value;
            }
        }

        public IReadOnlyDictionary<string, Tensor> Values => _values;

        public IReadOnlyDictionary<string, Tensor> Keyed => _keyed;

        public Tensor Run(Tensor input, IReadOnlyList<(string Name, Tensor Value)> further)
        {
            (_numbers["in"], _numbers["out"]) = (input.size(1), _asked);
            foreach (var (name, value) in further)
                _values[name] = value;
            _values["in"] = _running = input;
            var run = true;
            for (var i = 0; i < _lines.Count; i++)
            {
                var line = _lines[i];
                var holds = line.Text("If") is not { } condition || Holds(ExpressionParser.ParseCondition(condition));
                if (line.Kind is "From" or "Path")
                    run = holds;
                else if (line.Kind == "Split" || Results(line).Count > 1 || (line.Kind is "Concat" or "Add" or "Multiply" && line.List("Values").Length > 1))
                    run = true;
                else if (!run || !holds)
                {
                    // A stage ends the path that it stands in, even where it is left out.
                    if (line.Kind == "Stage")
                        _scope = _root;
                    continue;
                }
                Take(line, _lines.Skip(i + 1).SkipWhile(GoesOn).FirstOrDefault()?.Kind == "BatchNorm2d");
            }
            return _running!;
        }

        private bool Holds(ConditionExpression condition) => condition switch
        {
            ConditionExpression.Both both => Holds(both.Left) && Holds(both.Right),
            ConditionExpression.Either either => Holds(either.Left) || Holds(either.Right),
            ConditionExpression.Not not => !Holds(not.Inner),
            ConditionExpression.Comparison comparison => (Evaluate(comparison.Left), Evaluate(comparison.Right)) is var (left, right)
                && comparison.Relation switch { "==" => left == right, "!=" => left != right, "<" => left < right, "<=" => left <= right, ">" => left > right, _ => left >= right },
            _ => throw new NotSupportedException(condition.ToString()),
        };

        /// <summary>Whether the running value goes through it as it is.</summary>
        private bool GoesOn(Line line) => line.Kind is "Path" or "Output" || (line.Kind == "From" && line.Text("As") is null && line.Text("Value") == _name);

        private static List<string> Parameters(Type block) => [.. Line.Of(block).Where(static line => line.Kind == "Parameter").Select(static line => line.Text("Name")!)];

        private void Take(Line line, bool isBeforeBatchNorm)
        {
            switch (line.Kind)
            {
                case "Block" or "Network" or "Input" or "Parameter" or "Output":
                    break;
                case "Path":
                    _scope = new Counter(Key(_prefix, line.Text("Name")!), (int?)line["FirstIndex"] ?? 0);
                    break;
                case "From":
                    _running = _values[line.Text("Value")!];
                    _values[_name = line.Text("As") ?? line.Text("Value")!] = _running;
                    _scope = line.Text("Name") is { } path ? new Counter(Key(_prefix, path)) : _root;
                    break;
                case "Split":
                    Split(line);
                    break;
                case "Concat" or "Add" or "Multiply":
                    Join(line);
                    break;
                case "Stage":
                    Stage(line);
                    break;
                case "Apply":
                    Apply(line);
                    break;
                case "Activation":
                    _scope.Next();
                    if (_activations[line.Text("Parameter")!] is not "Identity" and var word)
                        Advance(TorchModules.Call(word, new Dictionary<string, object?>(), _running!));
                    break;
                default:
                    var (number, read) = (_scope.Next(), _all._read.Count);
                    var key = line.Text("Name") is { } own ? KeyOf(own) : number;
                    var value = Layer(line, _running!, key, isBeforeBatchNorm);
                    EndPath(value, _all._read.Count > read ? key : null, line.Kind);
                    Advance(value);
                    break;
            }
        }

        /// <summary>Within the path, or, behind a slash, whole.</summary>
        private string KeyOf(string name) => name[0] == '/' ? Key(_prefix, name[1..]) : _scope.Named(name);

        /// <summary>A path ends with its last layer that has an entry under its key, and with the functions of single elements and the shuffles behind that.</summary>
        private void EndPath(Tensor value, string? key, string kind)
        {
            var isOfOne = kind is "ReLU" or "ReLU6" or "LeakyReLU" or "ELU" or "SiLU" or "GELU" or "Mish" or "Hardswish" or "Hardsigmoid" or "Sigmoid" or "Tanh" or "Softplus"
                or "Hardtanh" or "Clamp" or "Factor" or "Dropout" or "Dropout2d" or "StochasticDepth" or "ChannelShuffle";
            if (_scope != _root && (key is null ? isOfOne && value.shape.SequenceEqual(_running!.shape) && _keyed.GetValueOrDefault(_scope.Prefix) is { } end && ReferenceEquals(end, _running) : key.StartsWith(_scope.Prefix + ".", StringComparison.Ordinal)))
                _keyed[_scope.Prefix] = value;
        }

        private void Advance(Tensor value)
        {
            _running = value;
            if (_name is not null)
                _values[_name] = value;
        }

        private void Split(Line line)
        {
            var names = line.List("Parts");
            var channels = _running!.size(1);
            _numbers["c"] = channels;
            var first = line["Channels"] is { } said ? Number(said) : line["Ratio"] is double ratio ? (long)Math.Round(channels * ratio, MidpointRounding.AwayFromZero) : channels / names.Length;
            var isInTwo = line["Channels"] is not null || line["Ratio"] is not null;
            Assert.True(isInTwo || channels % names.Length == 0, "The split leaves a rest.");
            var sizes = isInTwo ? new[] { first, channels - first } : [.. Enumerable.Repeat(first, names.Length)];
            foreach (var (name, part) in names.Zip(_running.split(sizes, 1)))
                _values[(string)name!] = part;
            (_running, _name, _scope) = (null, null, _root);
        }

        private void Join(Line line)
        {
            var values = line.List("Values").Select(name => _values[(string)name!]).ToList();
            if (values.Count == 1)
                values.Insert(0, _running!);
            else
                (_name, _scope) = (line.Text("As"), _root);
            Advance(line.Kind switch
            {
                "Concat" => cat(values, 1),
                "Add" => values.Aggregate(static (a, b) => a + b),
                _ => values.Aggregate(static (a, b) => a * b),
            });
        }

        private void Apply(Line line)
        {
            var arguments = line.List("Arguments").Select((argument, i) => Argument(line.Blocks[0], argument, i)).ToList();
            var asked = line["Channels"] is { } channels ? Number(channels) : _running!.size(1);
            var isInline = line.Text("Name") == "";
            var number = isInline ? "" : _scope.Next();
            var key = isInline ? _prefix : line.Text("Name") is { } own ? KeyOf(own) : number;
            if (isInline || Results(line).Count > 1)
            {
                var walk = new Walk(_all, line.Blocks[0], asked, arguments, isInline ? _root : new Counter(key), key);
                Take(line, walk.Run(_running!, []), walk);
                return;
            }
            var value = _all.RunWith(line.Blocks[0], _running!, asked, arguments, key);
            EndPath(value, key, line.Kind);
            Advance(value);
        }

        /// <summary>The names of the values that an Apply's block gives, where it says them.</summary>
        private static List<string> Results(Line line) => line.Kind != "Apply" ? [] : [.. Line.Of(line.Blocks[0]).Where(static each => each.Kind == "Output").SelectMany(static each => each.List("Values")).Cast<string>()];

        /// <summary>Several values are named, and nothing flows on; one does.</summary>
        private void Take(Line line, Tensor last, Walk inner)
        {
            if (Results(line) is not { Count: > 1 } results)
            {
                Advance(last);
                return;
            }
            foreach (var (name, own) in (line["As"] is null ? results : line.List("As").Cast<string>()).Zip(results).Where(static each => each.First != "_"))
                _values[name] = inner.Values[own];
            (_running, _name, _scope) = (null, null, _root);
        }

        /// <summary>A number, or, of a parameter of kind 1, the word of an activation, which may be this block's own parameter.</summary>
        private object Argument(Type block, object? declared, int index)
        {
            var isActivation = Convert.ToInt32(Line.Of(block).Where(static each => each.Kind == "Parameter").ElementAt(index)["Kind"] ?? 0, System.Globalization.CultureInfo.InvariantCulture) == 1;
            return !isActivation ? Number(declared) : _activations.GetValueOrDefault((string)declared!, (string)declared!);
        }

        private void Stage(Line line)
        {
            _scope = _root;
            long? asked = line["Channels"] is { } channels ? Number(channels) : null;
            var value = _running!;
            var results = new List<Tensor>();
            for (long i = 0, units = line["Units"] is { } count ? Number(count) : 1; i < units; i++)
            {
                var given = ArgumentsOf(line, i);
                var block = i == 0 ? line.Blocks[0] : line.Blocks[^1];
                var key = Key(_prefix, $"{line.Text("Name")}.{UnitName(line, i)}");
                value = _all.RunWith(block, value, asked ?? value.size(1), [.. Parameters(block).Select(name => given[name])], key);
                results.Add(value);
            }
            Advance(value);
            if (line.Text("Collect") is { } collected)
                _values[collected] = cat(results, 1);
            else
                _keyed[line.Text("Name")!] = value;
        }

        /// <summary>What one unit is given, by the names of the first block's parameters.</summary>
        private Dictionary<string, object> ArgumentsOf(Line line, long unit)
        {
            var isOwn = _numbers.ContainsKey("unit");
            if (!isOwn)
                _numbers["unit"] = unit;
            var given = Parameters(line.Blocks[0]).Zip(line.List("Arguments").Select((argument, i) => Argument(line.Blocks[0], argument, i))).ToDictionary();
            if (!isOwn)
                _numbers.Remove("unit");
            return given;
        }

        private static string UnitName(Line line, long unit)
        {
            unit += (int?)line["FirstIndex"] ?? 0;
            if (line.Text("UnitName") is not { } pattern)
                return unit.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var from = pattern[(pattern.IndexOf('{') + 1)..pattern.IndexOf('}')];
            return pattern.Replace("{" + from + "}", (unit + long.Parse(from, System.Globalization.CultureInfo.InvariantCulture)).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        private Tensor Layer(Line line, Tensor x, string key, bool isBeforeBatchNorm) => line.Kind switch
        {
            "Conv2d" => Convolve(line, x, key, line["OutChannels"] is { } channels ? Number(channels) : x.size(1), line["Groups"] is { } groups ? Number(groups) : 1, isBeforeBatchNorm),
            "Conv1x1" => Convolve(line, x, key, line["OutChannels"] is { } channels ? Number(channels) : x.size(1), line["Groups"] is { } groups ? Number(groups) : 1, isBeforeBatchNorm),
            "DepthwiseConv2d" => Convolve(line, x, key, x.size(1), x.size(1), isBeforeBatchNorm),
            "ConvTranspose2d" => Transposed(line, x, key, isBeforeBatchNorm),
            "BatchNorm2d" => Normalize(line, x, key),
            "MaxPool2d" when HasSides(line) => F.max_pool2d(Surrounded(line, x, double.NegativeInfinity), Pair(line, "KernelSize"), Pair(line, "Stride", Pair(line, "KernelSize"))),
            "MaxPool2d" => F.max_pool2d(x, Pair(line, "KernelSize"), Pair(line, "Stride", Pair(line, "KernelSize")), PoolPadding(line), [1, 1], line.Flag("CeilMode", false)),
            "AvgPool2d" when HasSides(line) => MeanOfSides(line, x),
            "AvgPool2d" => F.avg_pool2d(x, Pair(line, "KernelSize"), Pair(line, "Stride", Pair(line, "KernelSize")), PoolPadding(line), line.Flag("CeilMode", false), line.Flag("CountIncludePad", true)),
            "GlobalAvgPool2d" => F.adaptive_avg_pool2d(x, 1),
            "ChannelShuffle" => Shuffle(x, Number(line["Groups"])),
            "Dropout" => F.dropout(x, line.Real("P", 0.5), _all.Training),
            "Dropout2d" => F.dropout2d(x, line.Real("P", 0.5), _all.Training),
            "Clamp" => Clamp(x, line.Real("Min", double.NaN), line.Real("Max", double.NaN)),
            // TorchSharp's module of that name gives its input.
            "Hardtanh" => Clamp(x, line.Real("MinVal", -1), line.Real("MaxVal", 1)),
            "AdaptiveAvgPool2d" => F.adaptive_avg_pool2d(x, Pair(line, "OutputSize")),
            "AdaptiveMaxPool2d" => F.adaptive_max_pool2d(x, Pair(line, "OutputSize")),
            "Upsample" => Upsample(line, x),
            "ZeroPad2d" => nn.ZeroPad2d(Sides(line)).call(x),
            "ReflectionPad2d" => nn.ReflectionPad2d(Sides(line)).call(x),
            "PixelShuffle" => nn.PixelShuffle(Number(line["UpscaleFactor"])).call(x),
            "PixelUnshuffle" => nn.PixelUnshuffle(Number(line["DownscaleFactor"])).call(x),
            // The one that is drawn.
            "Module" => x * _all.Entry(key + ".weight", 1),
            "Scale" => x * _all.Entry(key, x.size(1), 1, 1),
            "GroupNorm" => F.group_norm(x, Number(line["NumGroups"]), _all.Entry(key + ".weight", x.size(1)), _all.Entry(key + ".bias", x.size(1)), line.Real("Eps", 1e-5)),
            "InstanceNorm2d" => line.Flag("Affine", false)
                ? F.instance_norm(x, weight: _all.Entry(key + ".weight", x.size(1)), bias: _all.Entry(key + ".bias", x.size(1)), eps: line.Real("Eps", 1e-5))
                : F.instance_norm(x, eps: line.Real("Eps", 1e-5)),
            "LayerNorm2d" => F.layer_norm(x.permute(0, 2, 3, 1), [x.size(1)], _all.Entry(key + ".weight", x.size(1)), _all.Entry(key + ".bias", x.size(1)), line.Real("Eps", 1e-5)).permute(0, 3, 1, 2).contiguous(),
            "LocalResponseNorm" => F.local_response_norm(x, Number(line["Size"]), line.Real("Alpha", 1e-4), line.Real("Beta", 0.75), line.Real("K", 1)),
            "ChannelMean" => x.mean([1], true),
            "ChannelMax" => x.max(1, true).values,
            "Factor" => x * line.Real("Value", 1),
            "StochasticDepth" => Drop(x, line["Layer"] is { } depth ? line.Real("P", 0) * Number(depth) / Number(line["Layers"]) : line.Real("P", 0), line.Text("Mode") == "batch"),
            "PReLU" => F.prelu(x, _all.Entry(key + ".weight", line.Flag("PerChannel", false) ? x.size(1) : 1)),
            "Softmax" or "LogSoftmax" => TorchModules.Call(line.Kind, new Dictionary<string, object?> { ["Dim"] = line["Dim"] ?? 1 }, x),
            "Flatten" => x.flatten(1),
            "Reshape" => Reshape(line, x),
            "Permute" => x.permute([.. line.List("Dims").Select(Number)]),
            "Linear" when line.Flag("PerPixel", false) => F.linear(
                x.permute(0, 2, 3, 1), _all.Entry(key + ".weight", Number(line["OutFeatures"]), x.size(1)), line.Flag("Bias", true) ? _all.Entry(key + ".bias", Number(line["OutFeatures"])) : null).permute(0, 3, 1, 2).contiguous(),
            "Linear" => F.linear(x.flatten(1), _all.Entry(key + ".weight", Number(line["OutFeatures"]), x.size(1)), line.Flag("Bias", true) ? _all.Entry(key + ".bias", Number(line["OutFeatures"])) : null),
            // A function of each element: torch.nn has it under the same name.
            var other => TorchModules.Call(other, line.Arguments.Where(static argument => argument.Key is not ("Name" or "If")).ToDictionary(), x),
        };

        private Tensor Drop(Tensor x, double p, bool ofBatch) =>
            _all.Training && p > 0 ? x * empty([ofBatch ? 1 : x.size(0), .. x.shape.Skip(1).Select(static _ => 1L)], x.dtype).bernoulli_(1 - p) / (1 - p) : x.alias();

        private Tensor Transposed(Line line, Tensor x, string key, bool isBeforeBatchNorm)
        {
            var (kernel, stride, dilation, groups) = (Pair(line, "KernelSize"), Pair(line, "Stride", [1, 1]), Pair(line, "Dilation", [1, 1]), line["Groups"] is { } said ? Number(said) : 1);
            var (padding, output) = (Pair(line, "Padding", [0, 0]), Pair(line, "OutputPadding", [0, 0]));
            if (line["Padding"] is null && line["OutputPadding"] is null)
            {
                // Of all that torch takes the smallest with which the map becomes as many times as large.
                for (var i = 0; i < 2; i++)
                    (padding[i], output[i]) = Enumerable.Range(0, 100).SelectMany(p => Enumerable.Range(0, (int)Math.Max(stride[i], dilation[i])).Select(o => ((long)p, (long)o))).First(each => (dilation[i] * (kernel[i] - 1)) + 1 + each.Item2 - stride[i] - (2 * each.Item1) == 0);
            }
            var channels = Number(line["OutChannels"]);
            var weight = _all.Entry(key + ".weight", x.size(1), channels / groups, kernel[0], kernel[1]);
            var bias = line.Flag("Bias", !isBeforeBatchNorm) ? _all.Entry(key + ".bias", channels) : null;
            return F.conv_transpose2d(x, weight, bias, stride, padding, output, dilation, groups);
        }

        private Tensor Convolve(Line line, Tensor x, string key, long channels, long groups, bool isBeforeBatchNorm)
        {
            var kernel = Pair(line, "KernelSize", [1, 1]);
            var dilation = Pair(line, "Dilation", [1, 1]);
            if (HasSides(line))
                x = Surrounded(line, x, 0);
            // Torch's "same" has the rest on the right and below.
            if (line["Padding"] is "same" && !_numbers.ContainsKey("same"))
                x = F.pad(x, [0, dilation[1] * (kernel[1] - 1) % 2, 0, dilation[0] * (kernel[0] - 1) % 2]);
            var padding = HasSides(line) ? [0, 0] : Padding(line, [.. kernel.Zip(dilation, static (k, d) => d * (k - 1) / 2)]);
            var weight = _all.Entry(key + ".weight", channels, x.size(1) / groups, kernel[0], kernel[1]);
            var bias = line.Flag("Bias", !isBeforeBatchNorm) ? _all.Entry(key + ".bias", channels) : null;
            return F.conv2d(x, weight, bias, Pair(line, "Stride", [1, 1]), padding, dilation, groups);
        }

        private Tensor Normalize(Line line, Tensor x, string key)
        {
            var channels = x.size(1);
            var (weight, bias) = line.Flag("Affine", true) ? (_all.Entry(key + ".weight", channels), _all.Entry(key + ".bias", channels)) : default;
            if (!line.Flag("TrackRunningStats", true))
                return F.batch_norm(x, null, null, weight, bias, true, line.Real("Momentum", 0.1), line.Real("Eps", 1e-5));
            var (mean, variance) = (_all.Entry(key + ".running_mean", channels), _all.Entry(key + ".running_var", channels));
            using (no_grad())
            {
                var batches = _all.Entry(key + ".num_batches_tracked");
                if (_all.Training)
                    batches.add_(1);
            }
            return F.batch_norm(x, mean, variance, weight, bias, _all.Training, line.Real("Momentum", 0.1), line.Real("Eps", 1e-5));
        }

        /// <summary>Of a map h and w are its height and width.</summary>
        private Tensor Reshape(Line line, Tensor x)
        {
            if (x.dim() == 4)
                (_numbers["h"], _numbers["w"]) = (x.size(2), x.size(3));
            return x.reshape([x.size(0), .. line.List("Sizes").Select(Number)]);
        }

        private Tensor Upsample(Line line, Tensor x)
        {
            var mode = line.Text("Mode") == "bilinear" ? UpsampleMode.Bilinear : UpsampleMode.Nearest;
            bool? corners = mode == UpsampleMode.Bilinear ? line.Flag("AlignCorners", false) : null;
            double[]? factors = line["ScaleFactor"] is null ? null : [.. Pair(line, "ScaleFactor")];
            var size = line.Text("SizeOf") is { } other ? [.. _values[other].shape.Skip(2)] : line["Size"] is null ? null : Pair(line, "Size");
            return nn.Upsample(size, factors, mode, corners).call(x);
        }

        /// <summary>Left, right, top, bottom.</summary>
        private (long, long, long, long) Sides(Line line) => line["Padding"] is object?[] all
            ? (Number(all[0]), Number(all[1]), Number(all[2]), Number(all[3]))
            : (Number(line["Padding"]), Number(line["Padding"]), Number(line["Padding"]), Number(line["Padding"]));

        private static Tensor Clamp(Tensor x, double min, double max) => double.IsNaN(min) ? x.clamp_max(max) : double.IsNaN(max) ? x.clamp_min(min) : x.clamp(min, max);

        private static Tensor Shuffle(Tensor x, long groups)
        {
            var (n, c, h, w) = (x.size(0), x.size(1), x.size(2), x.size(3));
            Assert.Equal(0, c % groups);
            return x.reshape(n, groups, c / groups, h, w).transpose(1, 2).contiguous().reshape(n, c, h, w);
        }

        private long[] Padding(Line line, long[] same) => line["Padding"] is "same" && !_numbers.ContainsKey("same") ? same : Pair(line, "Padding", same);

        private static bool HasSides(Line line) => line["Padding"] is object?[] { Length: 4 };

        private Tensor Surrounded(Line line, Tensor x, double value)
        {
            var (left, right, top, bottom) = Sides(line);
            return F.pad(x, [left, right, top, bottom], value: value);
        }

        /// <summary>The sum over each window, divided by what counts in it.</summary>
        private Tensor MeanOfSides(Line line, Tensor x)
        {
            return line.Flag("CountIncludePad", true) ? Mean(x) : Mean(x) / Mean(ones_like(x));

            Tensor Mean(Tensor of) => F.avg_pool2d(Surrounded(line, of, 0), Pair(line, "KernelSize"), Pair(line, "Stride", Pair(line, "KernelSize")));
        }

        private long[] PoolPadding(Line line) => Pair(line, "Padding", [.. Pair(line, "KernelSize").Select(static k => (k - 1) / 2)]);

        private long[] Pair(Line line, string name, long[]? otherwise = null) => line[name] switch
        {
            null => otherwise!,
            object?[] both => [.. both.Select(Number)],
            var one => [Number(one), Number(one)],
        };

        private long Number(object? declared) => declared is string text ? Evaluate(ExpressionParser.Parse(text)) : Convert.ToInt64(declared, System.Globalization.CultureInfo.InvariantCulture);

        private long Evaluate(Expression expression)
        {
            switch (expression)
            {
                case Expression.Number number:
                    return number.Value;
                case Expression.Name name:
                    return _numbers[name.Text];
                case Expression.Operation operation:
                    var (left, right) = (Evaluate(operation.Left), Evaluate(operation.Right));
                    Assert.True(operation.Operator != '/' || left % right == 0, $"{left}/{right} leaves a rest.");
                    return operation.Operator switch { '+' => left + right, '-' => left - right, '*' => left * right, _ => left / right };
                case Expression.Call { Function: "round" } round:
                    return MakeDivisible(Real(round.Left), Evaluate(round.Right));
                case Expression.Call call:
                    return call.Function == "min" ? Math.Min(Evaluate(call.Left), Evaluate(call.Right)) : Math.Max(Evaluate(call.Left), Evaluate(call.Right));
                default:
                    throw new NotSupportedException(expression.ToString());
            }
        }

        private double Real(Expression expression)
        {
            if (expression is not Expression.Operation operation)
                return Evaluate(expression);
            var (left, right) = (Real(operation.Left), Real(operation.Right));
            return operation.Operator switch { '+' => left + right, '-' => left - right, '*' => left * right, _ => left / right };
        }

        /// <summary>torchvision's.</summary>
        private static long MakeDivisible(double value, long divisor)
        {
            var result = Math.Max(divisor, (long)(value + (divisor / 2.0)) / divisor * divisor);
            return result < 0.9 * value ? result + divisor : result;
        }
    }

    private bool Training => training;
}
