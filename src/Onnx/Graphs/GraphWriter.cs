using System.Collections.Immutable;
using System.Globalization;
using Blockwright.Onnx.Format;
using Blockwright.Plans;
using Google.Protobuf;
using static TorchSharp.torch;

namespace Blockwright.Onnx.Graphs;

/// <summary>Writes a network's nodes as its recipes say. It knows no layer.</summary>
internal sealed class GraphWriter
{
    private readonly NodePlan _nodes;
    private readonly Dictionary<int, OnnxRecipe> _recipes;
    private readonly IReadOnlyDictionary<string, Tensor> _state;
    private readonly ImmutableArray<PlanInput> _inputs;
    private readonly OpenSizes _sizes;
    private readonly OnnxGraph _graph;
    private readonly string[] _values;

    private GraphWriter(ImmutableArray<PlanInput> inputs, NodePlan nodes, OnnxPlan plan, IReadOnlyDictionary<string, Tensor> state, OpenSizes sizes, OnnxGraph graph)
    {
        (_inputs, _nodes, _state, _sizes, _graph) = (inputs, nodes, state, sizes, graph);
        _recipes = plan.Recipes.SelectMany(static recipe => recipe.Nodes.Select(node => (node, recipe))).ToDictionary(static each => each.node, static each => each.recipe);
        _values = new string[nodes.Nodes.Length];
    }

    /// <param name="plans">What the build decided for the network.</param>
    /// <param name="state">Its state dict.</param>
    /// <param name="options">What is asked for.</param>
    public static OnnxGraph Write(NetworkPlans plans, IReadOnlyDictionary<string, Tensor> state, OnnxOptions options)
    {
        Check(options);
        if (plans is not { Nodes: { } nodes, Onnx: { } onnx })
            throw new NotSupportedException($"There is no table of how {plans.Network} is written in ONNX: {plans.Unplanned ?? "64 bits do not hold what it costs, or an older version of Blockwright built the class"}.");
        var sizes = new OpenSizes(plans, nodes, options);
        var writer = new GraphWriter(plans.Inputs, nodes, onnx, state, sizes, new(plans.Network, ElementsOf(plans.Network, state)));
        writer.WriteAll(options);
        if (options.FoldBatchNorms)
            BatchNormFolding.Fold(writer._graph);
        OperatorVersions.Rewrite(writer._graph, options.Opset);
        return writer._graph;
    }

    private static void Check(OnnxOptions options)
    {
        if (options.Opset is < OnnxOptions.OldestOpset or > OnnxOptions.NewestOpset)
            throw new ArgumentOutOfRangeException(nameof(options), options.Opset, FormattableString.Invariant($"ONNX's operators can be written in versions {OnnxOptions.OldestOpset} to {OnnxOptions.NewestOpset}."));
        if (options.Batch < 1 || options.Height < 1 || options.Width < 1)
            throw new ArgumentOutOfRangeException(nameof(options), "A number of images, a height and a width are at least 1; null leaves the number open, and takes the declared size.");
        ArgumentException.ThrowIfNullOrEmpty(options.InputName);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputName);
    }

    /// <summary>The one type of all real numbers.</summary>
    private static ScalarType ElementsOf(string network, IReadOnlyDictionary<string, Tensor> state)
    {
        var types = state.Values.Select(static tensor => tensor.dtype).Where(static type => type is not (ScalarType.Int64 or ScalarType.Int32)).Distinct().ToList();
        return types.Count < 2
            ? types.FirstOrDefault(ScalarType.Float32)
            : throw new NotSupportedException($"{network}: the weights are of several types: {string.Join(", ", types.Select(static type => type.ToString()))}. Convert the module to one of them first: module.to(ScalarType.{types[0]}).");
    }

    private void WriteAll(OnnxOptions options)
    {
        if (_inputs.Length > 1 && options.InputName != OnnxOptions.UsualInput)
            throw new ArgumentException($"The network takes several inputs, which the file calls {string.Join(", ", _inputs.Select(static input => input.Name))}: leave {nameof(OnnxOptions.InputName)}, '{options.InputName}', out.", nameof(options));
        for (var i = 0; i < _inputs.Length; i++)
            _values[i] = _graph.Claim(_inputs.Length == 1 ? options.InputName : _inputs[i].Name, "the input");
        foreach (var (node, recipe) in _recipes.OrderBy(static each => each.Key))
        {
            foreach (var word in recipe.Operations.SelectMany(static operation => operation.Inputs).Where(static word => OnnxWords.KindOf(word) is OnnxWords.Value.State))
                AddWeight(StateKey(node, word));
        }
        if (_nodes.Results.Length > 1 && options.OutputName != OnnxOptions.UsualOutput)
            throw new ArgumentException($"The network gives several results, which the file calls {string.Join(", ", _nodes.Results.Select(static result => result.Name))}: leave {nameof(OnnxOptions.OutputName)}, '{options.OutputName}', out.", nameof(options));
        var outputs = _nodes.Results.Select(result => (Name: _graph.Claim(result.Name.Length == 0 ? options.OutputName : result.Name, "the result"), result.Node)).ToList();
        for (var i = _inputs.Length; i < _values.Length; i++)
        {
            if (_recipes.TryGetValue(i, out var recipe))
                WriteNode(i, recipe);
            else if (_values[i] is null)
                WriteParts(_nodes.Nodes[i].Inputs[0]);
        }
        for (var i = 0; i < _inputs.Length; i++)
            _graph.Inputs.Add(_graph.Value(_values[i], _sizes.Dimensions(i)));
        foreach (var (name, node) in outputs)
            Finish(name, node);
    }

    private void AddWeight(string key)
    {
        if (!_state.TryGetValue(key, out var tensor))
            throw new NotSupportedException($"{_graph.Name} has no '{key}' in its state dict, of which its declaration is made.");
        if (!_graph.Weights.ContainsKey(key))
            _graph.Weights.Add(_graph.Claim(key, "a weight"), tensor.detach().cpu().contiguous());
    }

    private void WriteNode(int node, OnnxRecipe recipe)
    {
        var label = LabelOf(node);
        if (recipe.Operations.Any(static operation => operation.Operator == OnnxModules.Own))
            throw new NotSupportedException($"{_graph.Name} cannot be written in ONNX: {label} is {_nodes.Nodes[node].Kind}, a module of your own, whose forward nobody but torch can read. Export what lies before it and what lies behind it as networks of their own, or declare it as a block.");
        var results = new string[recipe.Operations.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var operation = recipe.Operations[i];
            var isOwn = recipe.Result == OnnxWords.Result(i);
            var inputs = operation.Inputs.Select(word => Resolve(word, node, results)).ToList();
            results[i] = _graph.FreeName(isOwn ? label : label + "/" + operation.Operator);
            if (AdaptivePools.Has(operation.Operator))
            {
                var output = (long[])OnnxWords.ReadAttribute(operation.Attributes.Single()).Value;
                AdaptivePools.Write(_graph, label, operation.Operator, inputs[0], _sizes.Known(_nodes.Nodes[node].Inputs[0], label), ((int)output[0], (int)output[1]), results[i]);
                continue;
            }
            var written = _graph.Node(isOwn ? label : label + "/" + operation.Operator, operation.Operator, inputs, [results[i]]);
            written.Attribute.Add(operation.Attributes.Select(static word => AttributeOf(OnnxWords.ReadAttribute(word))));
        }
        _values[node] = Resolve(recipe.Result, node, results);
        // A layer that does nothing in evaluation is its input.
        if (results.Contains(_values[node]))
            _graph.Values.Add(_graph.Value(_values[node], _sizes.Dimensions(node)));
    }

    private string Resolve(string word, int node, string[] results) => OnnxWords.KindOf(word) switch
    {
        OnnxWords.Value.Omitted => "",
        OnnxWords.Value.Input => _values[_nodes.Nodes[node].Inputs[OnnxWords.IndexOf(word)]],
        OnnxWords.Value.Result => results[OnnxWords.IndexOf(word)],
        OnnxWords.Value.State => StateKey(node, word),
        OnnxWords.Value.Scalar => _graph.Scalar(OnnxWords.ScalarOf(word)),
        OnnxWords.Value.Integers => _graph.Integers(OnnxWords.ReadIntegers(word)),
        OnnxWords.Value.Reals => _graph.Reals([.. OnnxWords.ReadReals(word).Select(static value => (float)value)]),
        _ => ShapeOf(node),
    };

    /// <summary>The shape of what a node reads: a constant, unless it is open.</summary>
    private string ShapeOf(int node)
    {
        var read = _nodes.Nodes[node].Inputs[0];
        if (_sizes.Shape(read) is { } known)
            return _graph.Integers(known);
        var label = LabelOf(node) + "/Shape";
        return _graph.Node(label, "Shape", [_values[read]], [_graph.FreeName(label)]).Output[0];
    }

    /// <summary>All parts of a value: one Split where they are the whole, and else a Slice for each. Equal parts are one.</summary>
    private void WriteParts(int whole)
    {
        var parts = Enumerable.Range(_inputs.Length, _nodes.Nodes.Length - _inputs.Length).Where(i => !_recipes.ContainsKey(i) && _nodes.Nodes[i].Inputs[0] == whole).GroupBy(i => (Start: PlanWords.Int(_nodes.Nodes[i].Words[0]), _nodes.Nodes[i].Channels)).OrderBy(static part => part.Key).ToList();
        foreach (var part in parts)
        {
            var value = _graph.FreeName(LabelOf(part.First()));
            foreach (var node in part)
                _values[node] = value;
            _graph.Values.Add(_graph.Value(value, _sizes.Dimensions(part.First())));
        }
        var ends = parts.Select(static part => part.Key.Start + part.Key.Channels);
        if (parts.Select(static part => part.Key.Start).SequenceEqual(ends.Prepend(0).SkipLast(1)) && ends.Last() == _nodes.Nodes[whole].Channels)
        {
            var sizes = _graph.Integers([.. parts.Select(static part => (long)part.Key.Channels)]);
            var split = _graph.Node(LabelOf(parts[0].First()), "Split", [_values[whole], sizes], parts.Select(part => _values[part.First()]));
            split.Attribute.Add(AttributeOf(("axis", 1L)));
            return;
        }
        foreach (var part in parts)
            _graph.Node(LabelOf(part.First()), "Slice", [_values[whole], _graph.Integers(part.Key.Start), _graph.Integers(part.Key.Start + part.Key.Channels), _graph.Integers(1)], [_values[part.First()]]);
    }

    /// <summary>Gives a result its name.</summary>
    private void Finish(string output, int node)
    {
        var result = _values[node];
        var isNamed = _graph.Outputs.Any(other => other.Name == result);
        _graph.Outputs.Add(_graph.Value(output, _sizes.Dimensions(node)));
        if (_graph.Inputs.Any(input => input.Name == result) || isNamed)
        {
            _graph.Node(output, "Identity", [result], [output]);
            return;
        }
        foreach (var each in _graph.Nodes)
        {
            Rename(each.Input);
            Rename(each.Output);
        }
        for (var i = 0; i < _values.Length; i++)
        {
            if (_values[i] == result)
                _values[i] = output;
        }
        _graph.Values.RemoveAll(value => value.Name == result);

        void Rename(IList<string> names)
        {
            for (var i = 0; i < names.Count; i++)
            {
                if (names[i] == result)
                    names[i] = output;
            }
        }
    }

    /// <summary>An entry of a layer's in the state dict; one without a name is the layer's key itself.</summary>
    private string StateKey(int node, string word) => OnnxWords.NameOf(word) is { Length: > 0 } name ? KeyOf(node) + "." + name : KeyOf(node);

    private string KeyOf(int node) => _nodes.Blocks[_nodes.Nodes[node].Block].Key(_nodes.Nodes[node].Key);

    /// <summary>A layer's key; of what has none the block's, with what it is.</summary>
    private string LabelOf(int node)
    {
        if (_nodes.Nodes[node].Key.Length > 0)
            return KeyOf(node);
        var block = _nodes.Blocks[_nodes.Nodes[node].Block].Path;
        return (block.Length == 0 ? "" : block + "/") + _nodes.Nodes[node].Kind + "_" + node.ToString(CultureInfo.InvariantCulture);
    }

    internal static AttributeProto AttributeOf((string Name, object Value) attribute)
    {
        var proto = new AttributeProto { Name = attribute.Name };
        switch (attribute.Value)
        {
            case long number:
                (proto.Type, proto.I) = (AttributeProto.Types.AttributeType.Int, number);
                break;
            case double real:
                (proto.Type, proto.F) = (AttributeProto.Types.AttributeType.Float, (float)real);
                break;
            case string text:
                (proto.Type, proto.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(text));
                break;
            case long[] numbers:
                proto.Type = AttributeProto.Types.AttributeType.Ints;
                proto.Ints.Add(numbers);
                break;
            default:
                throw new InvalidOperationException($"The attribute {attribute.Name} is a {attribute.Value.GetType()}.");
        }
        return proto;
    }
}
