namespace Blockwright.Weights;

/// <summary>A tensor of a safetensors file: contiguous, where the header says.</summary>
internal sealed class SafetensorsEntry(WeightStream file, SafetensorsHeaderEntry header, WeightType type, long dataStart)
    : WeightEntry(header.Name, type, header.Shape, header.Count)
{
    private readonly long _start = dataStart + header.Begin;

    private protected override long LongestAll => file.Length;

    private protected override void ReadElements(Span<byte> destination, long firstElement)
        => file.Read(destination, _start + (firstElement * Type.ElementSize()), Name);

    private protected override WeightsException Fault(string problem) => new(file.Path, problem, Name, _start);
}
