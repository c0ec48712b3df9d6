using Blockwright.Graph;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>
/// Who reads each channel of each tensor, directly or through operations on each channel by itself. Channels with the same readers, laid side by side, are
/// one run for each of them.
/// </summary>
internal sealed class Readers
{
    private readonly ReaderSets _sets = new();
    private readonly int[][] _readers;

    public Readers(RowsPlan plan)
    {
        _readers = plan.Tensors.Select(static tensor => new int[tensor.Channels]).ToArray();
        foreach (var row in plan.Output)
            Add(row, plan.Operations.Count);
        for (var i = plan.Operations.Count - 1; i >= 0; i--)
        {
            var operation = plan.Operations[i];
            var result = _readers[operation.Result];
            foreach (var rows in operation.Operands)
            {
                for (var channel = 0; channel < rows.Count; channel++)
                {
                    if (operation.Kernel.IsChannelwise)
                        _readers[rows[channel].Tensor][rows[channel].Channel] = _sets.Union(_readers[rows[channel].Tensor][rows[channel].Channel], result[channel]);
                    Add(rows[channel], i);
                }
            }
        }

        void Add(Row row, int reader) => _readers[row.Tensor][row.Channel] = _sets.Union(_readers[row.Tensor][row.Channel], _sets.Of(reader));
    }

    /// <summary>A tensor's channels, sorted by their readers.</summary>
    public IEnumerable<int> Order(int tensor) => OrderOf(tensor, Enumerable.Range(0, _readers[tensor].Length));

    /// <summary>Channels of a tensor, sorted by their readers; those with the same keep their order.</summary>
    public IEnumerable<int> OrderOf(int tensor, IEnumerable<int> channels) => channels.OrderBy(channel => _readers[tensor][channel], _sets);
}

/// <summary>Sets of numbers, each kept once: a network's thousands of channels have few different ones. Set 0 is empty.</summary>
internal sealed class ReaderSets : IComparer<int>
{
    private readonly List<int[]> _sets = [[]];
    private readonly Dictionary<EquatableArray<int>, int> _known = new() { [EquatableArray<int>.Empty] = 0 };
    private readonly Dictionary<int, int> _single = [];
    private readonly Dictionary<(int, int), int> _unions = [];

    /// <summary>The set of one number.</summary>
    public int Of(int number)
    {
        if (!_single.TryGetValue(number, out var set))
            _single.Add(number, set = New([number]));
        return set;
    }

    /// <summary>All that is in either.</summary>
    public int Union(int left, int right)
    {
        if (left == right || right == 0)
            return left;
        if (left == 0)
            return right;
        if (!_unions.TryGetValue((left, right), out var union))
            _unions.Add((left, right), union = New(_sets[left].Union(_sets[right]).OrderBy(static number => number).ToArray()));
        return union;
    }

    /// <summary>By the least number that is not in both; a set comes before those that go on where it ends.</summary>
    public int Compare(int left, int right)
    {
        if (left == right)
            return 0;
        int[] a = _sets[left], b = _sets[right];
        for (var i = 0; i < a.Length && i < b.Length; i++)
        {
            if (a[i] != b[i])
                return a[i].CompareTo(b[i]);
        }
        return a.Length.CompareTo(b.Length);
    }

    private int New(int[] numbers)
    {
        var content = numbers.ToEquatableArray();
        if (_known.TryGetValue(content, out var known))
            return known;
        _sets.Add(numbers);
        _known.Add(content, _sets.Count - 1);
        return _sets.Count - 1;
    }
}
