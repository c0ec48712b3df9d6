namespace Blockwright;

/// <summary>Something that stands among a file's weights and cannot be read as a tensor.</summary>
/// <param name="Name">The key.</param>
/// <param name="Content">What it is, in words: <c>F8_E4M3 [64]</c>, <c>an integer</c>, <c>an object of numpy.core.multiarray.scalar</c>.</param>
/// <param name="IsTensor">Whether it is a tensor, of a type that Blockwright does not read. A strict load finds these unexpected, as it does any tensor that
/// the module lacks, and passes over what is no tensor.</param>
public sealed record SkippedEntry(string Name, string Content, bool IsTensor);
