extern alias graph;

using System.Globalization;
using System.Runtime.InteropServices;
using graph::Blockwright.Graph;
using static TorchSharp.torch;

namespace Blockwright.Benchmarks.Onnx;

/// <summary>
/// A network's graph as the plainest ONNX graph: each layer adds its own nodes, a split is one Split, a join one Concat, Add or Mul, all shapes are constants. ONNX Runtime folds the batch norms itself.
/// </summary>
public static class GraphModel
{
    /// <summary>The input's name.</summary>
    public const string Input = "input";

    /// <summary>The result's name.</summary>
    public const string Output = "logits";

    /// <summary>A batch size that is left open.</summary>
    public const int AnyBatch = 0;

    private const int Opset = 17;

    /// <summary>The model's bytes, for one batch size or for <see cref="AnyBatch"/>.</summary>
    public static byte[] Build(FlatGraph network, IReadOnlyDictionary<string, Tensor> state, int batch)
    {
        var writer = new OnnxWriter(Opset);
        var names = new string[network.Nodes.Count];
        names[0] = Input;
        foreach (var node in network.Nodes.Skip(1).Where(static node => !node.IsSlice))
        {
            foreach (var input in node.Inputs.Where(input => names[input] is null))
                Split(writer, network, network.Nodes[input].Inputs[0], names);
            var scope = new Scope(writer, state, node.Key, Name(node.Id));
            string[] inputs = [.. node.Inputs.Select(input => names[input])];
            names[node.Id] = node switch
            {
                { Layer: { } layer } => layer.Onnx(scope, inputs[0]),
                { Join: JoinKind.Concat } => scope.Node("Concat", inputs, ("axis", 1L)),
                { Join: JoinKind.Add } => scope.Node("Add", inputs),
                { Join: JoinKind.Multiply } => scope.Node("Mul", inputs),
                _ => throw new NotSupportedException($"An ONNX graph cannot hold a {node.Join}."),
            };
        }
        writer.Node("Identity", [names[network.Output]], [Output]);
        return writer.Model(Input, Sizes(batch, network.Nodes[0].Shape), Output, Sizes(batch, network.Nodes[network.Output].Shape));
    }

    /// <summary>All parts of a value at once, those that nobody reads too.</summary>
    private static void Split(OnnxWriter writer, FlatGraph network, int whole, string[] names)
    {
        var parts = network.Consumers(whole).Select(each => network.Nodes[each]).Where(static node => node.IsSlice).OrderBy(static node => node.Start).ToList();
        var (outputs, sizes) = (new List<string>(), new List<long>());
        foreach (var part in parts.DistinctBy(static part => (part.Start, part.Channels)))
        {
            if (sizes.Sum() != part.Start)
                throw new NotSupportedException($"The parts of {Name(whole)} overlap or leave a gap: an ONNX Split does not.");
            outputs.Add(Name(part.Id));
            sizes.Add(part.Channels);
        }
        if (sizes.Sum() != network.Nodes[whole].Channels)
            throw new NotSupportedException($"The parts of {Name(whole)} overlap or leave a gap: an ONNX Split does not.");
        foreach (var part in parts)
            names[part.Id] = Name(parts.First(each => (each.Start, each.Channels) == (part.Start, part.Channels)).Id);
        var list = Name(whole) + "_parts";
        writer.Constant(list, [.. sizes]);
        writer.Node("Split", [names[whole], list], [.. outputs], ("axis", 1L));
    }

    private static string Name(int id) => "v" + id.ToString(CultureInfo.InvariantCulture);

    private static int[] Sizes(int batch, Shape shape) =>
        shape.IsFlat ? [batch, (int)shape.Channels.Constant!] : [batch, (int)shape.Channels.Constant!, (int)shape.Height.Size!, (int)shape.Width.Size!];

    /// <summary>The graph as one node sees it.</summary>
    private sealed class Scope(OnnxWriter writer, IReadOnlyDictionary<string, Tensor> state, string key, string prefix) : IOnnxGraph
    {
        private readonly HashSet<string> _written = [];
        private int _names;

        public string Node(string operatorName, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes)
        {
            var name = Next();
            writer.Node(operatorName, [.. inputs], [name], attributes);
            return name;
        }

        public string State(string name)
        {
            var full = $"{key}.{name}";
            if (_written.Add(full))
                writer.Weight(full, MemoryMarshal.Cast<byte, float>(state[full].contiguous().bytes), [.. state[full].shape.Select(static size => (int)size)]);
            return full;
        }

        public string Integers(params long[] values)
        {
            var name = Next();
            writer.Constant(name, values);
            return name;
        }

        public string Scalar(double value)
        {
            var name = Next();
            writer.Weight(name, [(float)value]);
            return name;
        }

        private string Next() => prefix + "_" + (_names++).ToString(CultureInfo.InvariantCulture);
    }
}
