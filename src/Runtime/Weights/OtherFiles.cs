namespace Blockwright.Weights;

/// <summary>Tells what a file is that holds no weights: what people find in the place of a file that they wanted to get.</summary>
internal static class OtherFiles
{
    /// <summary>The refusal of a file that is neither PyTorch's nor safetensors.</summary>
    public static WeightsException Refuse(WeightStream file)
    {
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
        return null;
    }
}
