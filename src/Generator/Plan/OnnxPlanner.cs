using System.Collections.Immutable;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan;

/// <summary>Writes down how each layer and join stands in ONNX's operators: what they answer, once for all nodes that answer alike.</summary>
internal static class OnnxPlanner
{
    /// <param name="graph">The network with its blocks opened.</param>
    public static OnnxPlan Plan(FlatGraph graph, CancellationToken cancellation = default)
    {
        var recipes = new List<(OnnxRecipe Recipe, ImmutableArray<int>.Builder Nodes)>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var node in graph.Made.Where(static node => !node.IsSlice))
        {
            cancellation.ThrowIfCancellationRequested();
            var recipe = RecipeOf(node);
            var text = OnnxTable.Write(new(ImmutableArray.Create(recipe)), cancellation);
            if (!known.TryGetValue(text, out var index))
            {
                known.Add(text, index = recipes.Count);
                recipes.Add((recipe, ImmutableArray.CreateBuilder<int>()));
            }
            recipes[index].Nodes.Add(node.Id);
        }
        return new(recipes.Select(static each => each.Recipe with { Nodes = each.Nodes.ToImmutable() }).ToImmutableArray());
    }

    private static OnnxRecipe RecipeOf(FlatNode node)
    {
        var recorder = new Recorder();
        var inputs = Enumerable.Range(0, node.Inputs.Length).Select(OnnxWords.Input).ToList();
        var result = node switch
        {
            { Layer: { } layer } => layer.Onnx(recorder, inputs[0]),
            { Join: JoinKind.Concat } => recorder.Node("Concat", inputs, ("axis", 1L)),
            // Both take two values.
            { Join: JoinKind.Add } => inputs.Aggregate((sum, input) => recorder.Node("Add", [sum, input])),
            { Join: JoinKind.Multiply } => inputs.Aggregate((product, input) => recorder.Node("Mul", [product, input])),
            _ => throw new InvalidOperationException($"An ONNX graph cannot hold a {node.Join}."),
        };
        return new(recorder.Operations, result, ImmutableArray<int>.Empty);
    }

    /// <summary>What a layer adds of itself: values are words of the recipe.</summary>
    private sealed class Recorder : IOnnxGraph
    {
        private readonly ImmutableArray<OnnxOperation>.Builder _operations = ImmutableArray.CreateBuilder<OnnxOperation>();

        public ImmutableArray<OnnxOperation> Operations => _operations.ToImmutable();

        public string Node(string operatorName, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes)
        {
            var words = inputs.Select(static input => input.Length == 0 ? OnnxWords.Omitted : input);
            _operations.Add(new(operatorName, words.ToImmutableArray(), attributes.Select(static attribute => OnnxWords.Attribute(attribute.Name, attribute.Value)).ToImmutableArray()));
            return OnnxWords.Result(_operations.Count - 1);
        }

        public string State(string name) => OnnxWords.State(name);

        public string InputShape() => OnnxWords.Shape;

        public string Like() => OnnxWords.Input(1);

        public string Integers(params long[] values) => OnnxWords.Integers(values);

        public string Reals(params double[] values) => OnnxWords.Reals(values);

        public string Scalar(double value) => OnnxWords.Scalar(value);
    }
}
