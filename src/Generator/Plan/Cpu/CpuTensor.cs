using Blockwright.Kernels;

namespace Blockwright.Generator.Plan.Cpu;

/// <summary>Where a tensor's channels lie on the CPU: pixel by pixel, in an order of its own.</summary>
internal sealed class CpuTensor(int id, int channels, int grid)
{
    private int[]? _positions;
    private int? _width;

    public int Id => id;

    public int Channels => channels;

    /// <summary>Its channels and those between them that are nobody's.</summary>
    public int Width => _width ?? channels;

    public int Grid => grid;

    public int Halo { get; private set; }

    /// <summary>The channel at each position in memory.</summary>
    public int[] Order { get; private set; } = [];

    public bool IsPlanes { get; set; }

    /// <summary>Makes room for a window's padding.</summary>
    public void Surround(int halo) => Halo = Math.Max(Halo, halo);

    public void Arrange(int[] order)
    {
        Order = order;
        _positions = new int[channels];
        for (var i = 0; i < Order.Length; i++)
            _positions[Order[i]] = i;
    }

    public void ArrangeInOrder() => Arrange(Enumerable.Range(0, channels).ToArray());

    /// <summary>Lays out pieces of channels, each from a cache line's beginning on.</summary>
    public void ArrangeByLines(int[] order, IEnumerable<int> counts)
    {
        Arrange(order);
        var (first, done) = (0, 0);
        foreach (var count in counts)
        {
            for (var i = 0; i < count; i++)
                _positions![Order[done + i]] = first + i;
            (_width, first, done) = (first + count, first + CacheLine.WholeLines(count), done + count);
        }
    }

    public int Position(int channel) => _positions![channel];
}
