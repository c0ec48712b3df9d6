using Blockwright.Graph;

namespace Blockwright.Generator.Plan.Cpu;

/// <summary>
/// Who reads each channel of each tensor, directly or through operations on each channel by itself. Channels with the same readers, laid side by side, are
/// one run for each of them.
/// </summary>
internal sealed class ConsumerTable
{
    private readonly SortedSet<int>[][] _readers;

    public ConsumerTable(FlatGraph graph, IReadOnlyList<CpuOperation> operations, ValueRows values, IReadOnlyDictionary<int, int> tensorOfNode, IReadOnlyList<CpuTensor> tensors)
    {
        _readers = tensors.Select(static tensor => Enumerable.Range(0, tensor.Channels).Select(static _ => new SortedSet<int>()).ToArray()).ToArray();
        foreach (var row in values[graph.Output])
            _readers[row.Tensor][row.Channel].Add(operations.Count);
        for (var i = operations.Count - 1; i >= 0; i--)
        {
            var result = _readers[tensorOfNode[operations[i].Result.Id]];
            foreach (var operand in operations[i].Operands)
            {
                var rows = values[operand];
                for (var channel = 0; channel < rows.Length; channel++)
                {
                    var readers = _readers[rows[channel].Tensor][rows[channel].Channel];
                    readers.Add(i);
                    if (operations[i].IsChannelwise)
                        readers.UnionWith(result[channel]);
                }
            }
        }
    }

    /// <summary>A tensor's channels, sorted by their readers.</summary>
    public IEnumerable<int> Order(CpuTensor tensor) => OrderOf(tensor, Enumerable.Range(0, tensor.Channels));

    /// <summary>Channels of a tensor, sorted by their readers; those with the same keep their order.</summary>
    public IEnumerable<int> OrderOf(CpuTensor tensor, IEnumerable<int> channels) =>
        channels.OrderBy(channel => _readers[tensor.Id][channel], Comparer<SortedSet<int>>.Create(Compare));

    private static int Compare(SortedSet<int> a, SortedSet<int> b)
    {
        using var left = a.GetEnumerator();
        using var right = b.GetEnumerator();
        while (true)
        {
            var (hasLeft, hasRight) = (left.MoveNext(), right.MoveNext());
            if (!hasLeft || !hasRight)
                return hasLeft.CompareTo(hasRight);
            if (left.Current != right.Current)
                return left.Current.CompareTo(right.Current);
        }
    }
}
