using System.Runtime.InteropServices;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright.Tool.Inside;

/// <summary>What networks are run on.</summary>
internal static class Inputs
{
    /// <summary>As normalised photographs are distributed, of the size that is asked for.</summary>
    public static Tensor[] Random(Request request, NetworkCost cost) =>
        [.. cost.At(request.Number(Names.Batch) ?? 1, request.Number(Names.Height) ?? cost.Height, request.Number(Names.Width) ?? cost.Width).Inputs.Select(static input => randn([.. input.Layer.OutputShape]))];

    /// <summary>A tensor of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The entry.</param>
    /// <param name="type">What it is to be made of.</param>
    /// <exception cref="BadInputException">There is none, or another.</exception>
    public static Tensor Read(WeightFile file, string name, WeightType type)
    {
        if (!file.TryGet(name, out var entry))
            throw new BadInputException(Invariant($"{file.Path} has no '{name}' among its {file.Entries.Count} {(file.Entries.Count == 1 ? "entry" : "entries")}."));
        if (entry.Type != type || entry.ElementCount == 0)
            throw new BadInputException($"{file.Path}: '{name}' is {entry.Type} [{string.Join(", ", entry.Shape.Select(static size => Invariant($"{size}")))}], and is to be {type}, not empty.");
        var bytes = entry.ReadAll();
        return type == WeightType.Int64 ? tensor(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), [.. entry.Shape]) : tensor(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), [.. entry.Shape]);
    }
}
