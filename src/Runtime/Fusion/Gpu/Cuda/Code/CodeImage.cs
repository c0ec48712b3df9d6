namespace Blockwright.Gpu.Cuda;

/// <summary>What compiled code is.</summary>
internal enum CodeKind
{
    /// <summary>A card's own code.</summary>
    Cubin,

    /// <summary>NVIDIA's portable code, which the driver translates. It ends with a zero.</summary>
    Ptx,
}

/// <summary>Compiled kernels.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Bytes">The code.</param>
/// <param name="Origin">Where they come from, for messages.</param>
internal sealed record CodeImage(CodeKind Kind, byte[] Bytes, string Origin);
