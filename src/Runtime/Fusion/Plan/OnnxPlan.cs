using System.Collections.Immutable;

namespace Blockwright.Plans;

/// <summary>
/// How a network's layers and joins are written in ONNX's operators: a recipe for all nodes that are written alike. The generator asks each layer, and <see cref="OnnxTable"/> carries the answers to the runtime.
/// Operators are of opset 13 to 17; parts of splits have no recipe, since one operator makes all parts of a value.
/// </summary>
internal sealed record OnnxPlan(ImmutableArray<OnnxRecipe> Recipes);

/// <summary>How some nodes are written.</summary>
/// <param name="Operations">The operators, in order.</param>
/// <param name="Result">The value that is the node's, as a word of <see cref="OnnxWords"/>.</param>
/// <param name="Nodes">The nodes, by their numbers in <see cref="NodePlan"/>.</param>
internal sealed record OnnxRecipe(ImmutableArray<OnnxOperation> Operations, string Result, ImmutableArray<int> Nodes);

/// <summary>An operator with one result.</summary>
/// <param name="Operator">Its name.</param>
/// <param name="Inputs">What it reads, as words of <see cref="OnnxWords"/>.</param>
/// <param name="Attributes">Its attributes, as words of <see cref="OnnxWords"/>.</param>
internal sealed record OnnxOperation(string Operator, ImmutableArray<string> Inputs, ImmutableArray<string> Attributes);
