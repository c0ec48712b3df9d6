namespace Blockwright.Graph;

/// <summary>What a layer needs of an ONNX graph to add itself.</summary>
public interface IOnnxGraph
{
    /// <summary>A node with one result.</summary>
    /// <param name="operatorName">The operator.</param>
    /// <param name="inputs">The names of what it reads; empty for what is left out.</param>
    /// <param name="attributes">Each a long, a double, a text, or an array of longs.</param>
    /// <returns>The name of its result.</returns>
    string Node(string operatorName, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes);

    /// <summary>An entry of the layer's own in the state dict: <c>weight</c>.</summary>
    string State(string name);

    /// <summary>The shape of what comes into the layer, for a Reshape: where an export fixes the size it is a constant, whose 0 keeps the number of images.</summary>
    string InputShape();

    /// <summary>The value whose height and width the layer reads.</summary>
    string Like();

    /// <summary>A constant of 64-bit integers.</summary>
    string Integers(params long[] values);

    /// <summary>A constant of real numbers of 32 bits.</summary>
    string Reals(params double[] values);

    /// <summary>A constant of the network's element type, of one element.</summary>
    string Scalar(double value);
}
