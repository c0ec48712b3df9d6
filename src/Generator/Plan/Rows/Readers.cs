using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>
/// Who reads each channel of each tensor, directly or through operations on each channel by itself. Channels with the same readers, laid side by side, are
/// one run for each of them.
/// </summary>
internal sealed class Readers
{
    private readonly ReaderSets _sets = new();
    private readonly int[][] _readers;

    public Readers(RowsPlan plan, CancellationToken cancellation)
    {
        _readers = plan.Tensors.Select(static tensor => new int[tensor.Channels]).ToArray();
        for (var i = 0; i < plan.Results.Count; i++)
        {
            var result = _sets.Of(plan.Operations.Count + i);
            foreach (var row in plan.Results[i].Rows)
                _readers[row.Tensor][row.Channel] = _sets.Union(_readers[row.Tensor][row.Channel], result);
        }
        var further = plan.Operations.Count + plan.Results.Count;
        for (var i = plan.Operations.Count - 1; i >= 0; i--)
        {
            if (plan.Operations[i].Kernel is { Kind: KernelKind.PixelShuffle, Window.Taps: var places })
                AddPlaces(plan.Operations[i], places, ref further, cancellation);
            else
                Add(plan.Operations[i], _sets.Of(i), cancellation);
        }
    }

    private void Add(RowOperation operation, int reader, CancellationToken cancellation)
    {
        var (result, isChannelwise) = (_readers[operation.Result], operation.Kernel.IsChannelwise);
        foreach (var rows in operation.Operands)
        {
            // Features may be a million.
            cancellation.ThrowIfCancellationRequested();
            var channel = 0;
            foreach (var row in rows)
            {
                ref var readers = ref _readers[row.Tensor][row.Channel];
                readers = _sets.Union(isChannelwise ? _sets.Union(readers, result[channel]) : readers, reader);
                channel++;
            }
        }
    }

    /// <summary>What become pixels of each place of a window is read together: each place is a reader of its own.</summary>
    private void AddPlaces(RowOperation operation, int places, ref int further, CancellationToken cancellation)
    {
        var channel = 0;
        foreach (var row in operation.Operands[0])
        {
            cancellation.ThrowIfCancellationRequested();
            ref var readers = ref _readers[row.Tensor][row.Channel];
            readers = _sets.Union(readers, _sets.Of(further + (channel++ % places)));
        }
        further += places;
    }

    /// <summary>A tensor's channels, sorted by their readers.</summary>
    public int[] Order(int tensor)
    {
        var channels = new int[_readers[tensor].Length];
        for (var channel = 0; channel < channels.Length; channel++)
            channels[channel] = channel;
        return OrderOf(tensor, channels);
    }

    /// <summary>Channels of a tensor, sorted by their readers; those with the same keep their order.</summary>
    public int[] OrderOf(int tensor, int[] channels)
    {
        // The sets are few, the channels many: the sets are sorted, and the channels only told apart.
        var readers = _readers[tensor];
        var bySet = new Dictionary<int, List<int>>();
        var (set, same) = (-1, new List<int>());
        foreach (var channel in channels)
        {
            if (readers[channel] != set && !bySet.TryGetValue(set = readers[channel], out same))
                bySet.Add(set, same = []);
            same.Add(channel);
        }
        return bySet.OrderBy(static each => each.Key, _sets).SelectMany(static each => each.Value).ToArray();
    }
}

/// <summary>
/// Sets of numbers, each kept once: a network's thousands of channels have few different ones. A set is its least number and the set of the others, which it shares: what a
/// chain of operations reads are as many sets, each with one number more. Set 0 is empty.
/// </summary>
internal sealed class ReaderSets : IComparer<int>
{
    private readonly List<(int Least, int Others)> _sets = [(0, 0)];
    private readonly Dictionary<(int Least, int Others), int> _known = [];
    private readonly Dictionary<(int, int), int> _unions = [];
    private readonly Stack<int> _open = [];
    private (int Left, int Right, int Union) _last;

    /// <summary>The set of one number.</summary>
    public int Of(int number) => With(number, 0);

    /// <summary>All that is in either.</summary>
    public int Union(int left, int right)
    {
        if (left == right || right == 0)
            return left;
        if (left == 0)
            return right;
        // Neighbours mostly ask the same.
        if (_last.Left != left || _last.Right != right)
        {
            if (!_unions.TryGetValue((left, right), out var union))
                _unions.Add((left, right), union = Unite(left, right));
            _last = (left, right, union);
        }
        return _last.Union;
    }

    /// <summary>By the least number that is not in both; a set comes before those that go on where it ends.</summary>
    public int Compare(int left, int right)
    {
        while (left != right)
        {
            if (left == 0 || right == 0)
                return left == 0 ? -1 : 1;
            var (a, b) = (_sets[left], _sets[right]);
            if (a.Least != b.Least)
                return a.Least.CompareTo(b.Least);
            (left, right) = (a.Others, b.Others);
        }
        return 0;
    }

    private int Unite(int left, int right)
    {
        while (left != right && left != 0 && right != 0)
        {
            var (a, b) = (_sets[left], _sets[right]);
            _open.Push(Math.Min(a.Least, b.Least));
            if (a.Least <= b.Least)
                left = a.Others;
            if (b.Least <= a.Least)
                right = b.Others;
        }
        var union = left == 0 ? right : left;
        while (_open.Count > 0)
            union = With(_open.Pop(), union);
        return union;
    }

    private int With(int least, int others)
    {
        if (!_known.TryGetValue((least, others), out var set))
        {
            _known.Add((least, others), set = _sets.Count);
            _sets.Add((least, others));
        }
        return set;
    }
}
