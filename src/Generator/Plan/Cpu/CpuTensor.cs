using Blockwright.Generator.Plan.Rows;
using Blockwright.Kernels;

namespace Blockwright.Generator.Plan.Cpu;

/// <summary>Where a tensor's channels lie on the CPU: pixel by pixel, each tensor in a buffer of its own.</summary>
internal sealed class CpuTensor(int id, int channels, int grid) : PlacedTensor(id, channels, grid)
{
    private int? _width;

    /// <summary>Its channels and those between them that are nobody's.</summary>
    public int Width => _width ?? Channels;

    public int Halo { get; private set; }

    public bool IsPlanes { get; set; }

    /// <summary>Makes room for a window's padding.</summary>
    public void Surround(int halo) => Halo = Math.Max(Halo, halo);

    /// <summary>Lays out pieces of channels, each from a cache line's beginning on.</summary>
    public void ArrangeByLines(int[] order, IEnumerable<int> counts)
    {
        Arrange(order);
        var (first, done) = (0, 0);
        foreach (var count in counts)
        {
            for (var i = 0; i < count; i++)
                Place(Order[done + i], first + i);
            (_width, first, done) = (first + count, first + CacheLine.WholeLines(count), done + count);
        }
    }
}
