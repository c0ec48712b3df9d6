using Blockwright.Onnx.Format;
using static TorchSharp.torch;

namespace Blockwright.Onnx.Graphs;

/// <summary>torch's types of elements and ONNX's.</summary>
internal static class ElementTypes
{
    /// <exception cref="NotSupportedException">ONNX does not compute with it.</exception>
    public static TensorProto.Types.DataType Of(ScalarType type) => type switch
    {
        ScalarType.Float32 => TensorProto.Types.DataType.Float,
        ScalarType.Float64 => TensorProto.Types.DataType.Double,
        ScalarType.Float16 => TensorProto.Types.DataType.Float16,
        ScalarType.BFloat16 => TensorProto.Types.DataType.Bfloat16,
        _ => throw new NotSupportedException($"Weights of type {type} cannot be exported. Convert the module to Float32, Float64, Float16 or BFloat16 first."),
    };
}
