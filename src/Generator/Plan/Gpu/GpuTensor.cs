using Blockwright.Generator.Plan.Rows;

namespace Blockwright.Generator.Plan.Gpu;

/// <summary>Where a tensor's channels lie on a GPU: planes, side by side in a buffer.</summary>
internal sealed class GpuTensor(int id, int channels, int grid) : PlacedTensor(id, channels, grid)
{
    private int _buffer = -1;
    private int _first;

    public override int Buffer => _buffer;

    public override int Position(int channel) => _first + base.Position(channel);

    /// <summary>Puts it into a buffer.</summary>
    public void Put(int buffer, int first) => (_buffer, _first) = (buffer, first);
}
