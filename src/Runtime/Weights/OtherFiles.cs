namespace Blockwright.Weights;

/// <summary>Tells what a file is that holds no weights: what people find in the place of a file that they wanted to get.</summary>
internal static class OtherFiles
{
    // What is read of a file to know it.
    private const int Start = 512;

    /// <summary>The refusal of a file that is neither PyTorch's nor safetensors.</summary>
    public static WeightsException Refuse(WeightStream file)
    {
        // Only a reader of safetensors alone gets here with one.
        if (PyTorchFile.IsOne(file))
            return new WeightsException(file.Path, "the file is what torch.save writes, and a safetensors file is expected here. A module's LoadWeights reads it, and Fuse().Save(...) writes what LoadFused reads.", offset: 0);
        var description = Describe(file) ?? "its content is of another kind";
        return new WeightsException(file.Path, $"{description}. A file of weights is a safetensors file, or what torch.save writes.", offset: 0);
    }

    /// <summary>What it is; null if that is not known.</summary>
    public static string? Describe(WeightStream file)
    {
        if (file.Length == 0)
            return "the file is empty";
        if (file.StartsWith("version https://git-lfs"u8))
            return "the file is a Git LFS pointer and not the file that it points to; get that with git lfs pull";
        if (file.StartsWith("<!DOCTYPE"u8) || file.StartsWith("<!doctype"u8) || file.StartsWith("<html"u8))
            return "the file is a web page; the download went wrong";
        if (file.StartsWith([0x1f, 0x8b]))
            return "the file is compressed with gzip; unpack it first (gunzip)";
        if (file.StartsWith([0x89, (byte)'H', (byte)'D', (byte)'F']))
            return "the file is HDF5, as Keras writes it";
        if (file.StartsWith([0x80, 2]) || file.StartsWith([0x80, 3]) || file.StartsWith([0x80, 4]) || file.StartsWith([0x80, 5]))
            return "the file is a pickle that torch.save did not write; in Python, load it and save a dict of tensors with torch.save";
        if (IsTorchSharps(file))
            return "the file is what TorchSharp's Module.save writes; the module's load(path) reads it, and SaveWeights(path) then writes safetensors";
        return null;
    }

    /// <summary>
    /// Whether it begins as a state dict of TorchSharp's does, which has no magic number: how many entries, and of the first its name, type, rank and shape, each number in groups of seven bits.
    /// </summary>
    private static bool IsTorchSharps(WeightStream file)
    {
        var bytes = new byte[(int)Math.Min(file.Length, Start)];
        file.Read(bytes, 0, entry: null);
        using var reader = new BinaryReader(new MemoryStream(bytes));
        try
        {
            if (reader.Read7BitEncodedInt64() <= 0 || reader.ReadString() is not { Length: > 0 } name || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
                return false;
            const int Types = 32, Ranks = 8;
            var elements = 1L;
            var (type, rank) = (reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
            if (type is < 0 or > Types || rank is < 0 or > Ranks)
                return false;
            for (var i = 0; i < rank; i++)
            {
                if (!CheckedMath.TryMultiply(elements, reader.Read7BitEncodedInt64(), out elements) || elements > file.Length)
                    return false;
            }
            return true;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return false; // it ends before that, or a number is none
        }
    }
}
