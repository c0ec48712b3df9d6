using Blockwright.Onnx;
using Blockwright.Onnx.Graphs;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>Writes networks as ONNX files.</summary>
public static class NetworkOnnx
{
    /// <summary>
    /// Writes the network as an ONNX file: what it computes in evaluation, whatever mode it is in. Each weight has its key of the state dict as its name. What stands at the path is replaced in one step at the end.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file. More weights than <see cref="OnnxOptions.MostWeightBytes"/> are written to <c>path.data</c>, and the two files stay together.</param>
    /// <param name="options">What is folded and what is left open; null for the usual.</param>
    /// <exception cref="ArgumentException">The network does not take the size, or takes no other where <see cref="OnnxOptions.OpenSize"/> asks for it; or a name is not free, or the options contradict themselves.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="NotSupportedException">An older version of Blockwright built the class, a module of the user's own is in it, or the weights are of a type that ONNX does not compute with.</exception>
    public static void ExportOnnx(this INetworkModule network, string path, OnnxOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        ModelFile.Write(path, GraphOf(network, options), options ?? new());
    }

    /// <summary>Writes the network as ONNX to a stream, its weights with it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">Where it is written.</param>
    /// <param name="options">What is folded and what is left open; null for the usual.</param>
    /// <exception cref="ArgumentException">As with a file.</exception>
    /// <exception cref="NotSupportedException">As with a file; or there are more weights than <see cref="OnnxOptions.MostWeightBytes"/>, which takes two files.</exception>
    public static void ExportOnnx(this INetworkModule network, Stream stream, OnnxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        ModelFile.Write(stream, GraphOf(network, options), options ?? new());
    }

    private static OnnxGraph GraphOf(INetworkModule network, OnnxOptions? options)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Layers.Changed() is { } changed)
            throw new InvalidOperationException($"{network.Plans.Network}: {changed}: a file is of the network as it is declared. Declare the layer so.");
        return GraphWriter.Write(network.Plans, network.Module.state_dict(), options ?? new());
    }
}
