namespace Blockwright.Generator.Plan.Rows;

/// <summary>A tensor whose channels a device has given places, in an order of its own.</summary>
internal class PlacedTensor(int id, int channels, int grid)
{
    private int[]? _places;

    public int Id => id;

    public int Channels => channels;

    public int Grid => grid;

    /// <summary>The memory that it lies in.</summary>
    public virtual int Buffer => id;

    /// <summary>The channel at each place, from the first one on.</summary>
    public int[] Order { get; private set; } = [];

    public void Arrange(int[] order)
    {
        Order = order;
        _places = new int[channels];
        for (var i = 0; i < order.Length; i++)
            _places[order[i]] = i;
    }

    public void ArrangeInOrder() => Arrange(Enumerable.Range(0, channels).ToArray());

    /// <summary>Where a channel lies in the buffer.</summary>
    public virtual int Position(int channel) => _places![channel];

    /// <summary>Moves a channel to a place that its order does not say.</summary>
    protected void Place(int channel, int place) => _places![channel] = place;
}
