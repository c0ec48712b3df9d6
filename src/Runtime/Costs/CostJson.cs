using System.Text.Json;

namespace Blockwright;

/// <summary>A summary as JSON.</summary>
internal static class CostJson
{
    public static void Write(Utf8JsonWriter json, NetworkSummary summary)
    {
        var cost = summary.Cost;
        json.WriteString("network", cost.Network);
        Shape(json, "input", cost.Layers[0].OutputShape);
        if (cost.Inputs.Count > 1)
        {
            json.WriteStartObject("inputs");
            foreach (var (input, layer) in cost.Inputs)
                Shape(json, input, layer.OutputShape);
            json.WriteEndObject();
        }
        Shape(json, "output", cost.Layers[cost.Output].OutputShape);
        if (cost.Results.Count > 1)
        {
            json.WriteStartObject("outputs");
            foreach (var (result, layer) in cost.Results)
                Shape(json, result, cost.Layers[layer].OutputShape);
            json.WriteEndObject();
        }
        json.WriteNumber("parameters", summary.Parameters);
        json.WriteNumber("trainableParameters", summary.TrainableParameters);
        json.WriteNumber("frozenParameters", summary.FrozenParameters);
        json.WriteNumber("multiplyAdds", cost.MultiplyAdds);
        json.WriteNumber("memoryAccessBytes", cost.MemoryAccessBytes);
        json.WriteNumber("fusedBytes", cost.FusedBytes);
        json.WriteNumber("activationBytes", cost.ActivationBytes);
        json.WriteNumber("inputBytes", cost.InputBytes);
        json.WriteNumber("forwardBackwardBytes", cost.ForwardBackwardBytes);
        json.WriteNumber("parameterBytes", summary.ParameterBytes);
        json.WriteNumber("estimatedBytes", summary.EstimatedBytes);
        json.WriteNumber("passes", summary.Rows[0].Passes);
        json.WriteStartArray("layers");
        foreach (var layer in cost.Layers)
            Layer(json, layer);
        json.WriteEndArray();
    }

    private static void Layer(Utf8JsonWriter json, LayerCost layer)
    {
        json.WriteStartObject();
        json.WriteNumber("index", layer.Index);
        json.WriteString("key", layer.Key);
        json.WriteString("kind", layer.Kind);
        json.WriteString("numbers", layer.Numbers);
        json.WriteString("block", layer.Block);
        json.WriteStartArray("inputs");
        foreach (var input in layer.Inputs)
            json.WriteNumberValue(input);
        json.WriteEndArray();
        Shape(json, "outputShape", layer.OutputShape);
        if (layer.IsUncounted)
            json.WriteBoolean("uncounted", true);
        json.WriteNumber("parameters", layer.Parameters);
        json.WriteNumber("multiplyAdds", layer.MultiplyAdds);
        json.WriteNumber("bytesRead", layer.BytesRead);
        json.WriteNumber("bytesWritten", layer.BytesWritten);
        json.WriteNumber("memoryAccessBytes", layer.MemoryAccessBytes);
        json.WriteNumber("fusedBytes", layer.FusedBytes);
        json.WriteString("pass", layer.Pass.ToString());
        json.WriteNumber("computedBy", layer.ComputedBy);
        json.WriteEndObject();
    }

    private static void Shape(Utf8JsonWriter json, string name, IReadOnlyList<long> shape)
    {
        json.WriteStartArray(name);
        foreach (var size in shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
    }
}
