using System.Collections.Immutable;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>A value's runs, and which of its channels each channel is that they hold.</summary>
internal sealed record Reading(ImmutableArray<PlanRun> Runs, int[] Order)
{
    /// <summary>Whether the channels come in the value's own order.</summary>
    public bool IsInOrder => IsNatural(Order);

    /// <summary>The fewest runs, in the order in which they lie in memory: for who takes any order.</summary>
    public static Reading Of(EquatableArray<Row> value, IReadOnlyList<PlacedTensor> tensors) => Sorted(value, 1, tensors);

    /// <summary>The same for each group of channels by itself: a grouped convolution's weights tie each group to its own.</summary>
    public static Reading OfGroups(EquatableArray<Row> value, int groups, IReadOnlyList<PlacedTensor> tensors) => Sorted(value, groups, tensors);

    /// <summary>The runs in the value's own order, however many.</summary>
    public static ImmutableArray<PlanRun> InOrder(EquatableArray<Row> value, IReadOnlyList<PlacedTensor> tensors) => Merge(value, null, tensors);

    /// <summary>Whether an order is that of the numbers.</summary>
    public static bool IsNatural(int[] order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            if (order[i] != i)
                return false;
        }
        return true;
    }

    private static Reading Sorted(EquatableArray<Row> value, int groups, IReadOnlyList<PlacedTensor> tensors)
    {
        var order = Enumerable.Range(0, value.Count).ToArray();
        var places = new long[value.Count];
        var next = 0;
        foreach (var row in value)
            places[next++] = ((long)tensors[row.Tensor].Buffer << 32) | (uint)tensors[row.Tensor].Position(row.Channel);
        var perGroup = value.Count / groups;
        for (var group = 0; group < groups; group++)
            Sort(places, order, group * perGroup, perGroup);
        return new(Merge(value, order, tensors), order);
    }

    /// <summary>Sorts some channels by their places. A row that a value holds twice is read twice, in a second sweep.</summary>
    private static void Sort(long[] places, int[] order, int first, int count)
    {
        if (IsAscending(places, first, count))
            return;
        Array.Sort(places, order, first, count);
        var sweeps = new int[count];
        for (var i = 1; i < count; i++)
            sweeps[i] = places[first + i] == places[first + i - 1] ? sweeps[i - 1] + 1 : 0;
        if (Array.TrueForAll(sweeps, static sweep => sweep == 0))
            return;
        for (int i = 0, end; i < count; i = end)
        {
            for (end = i + 1; end < count && sweeps[end] > 0;)
                end++;
            Array.Sort(order, first + i, end - i);
        }
        var sorted = Enumerable.Range(0, count).OrderBy(i => sweeps[i]).Select(i => order[first + i]).ToArray();
        sorted.CopyTo(order, first);
    }

    private static bool IsAscending(long[] places, int first, int count)
    {
        for (var i = first + 1; i < first + count; i++)
        {
            if (places[i] <= places[i - 1])
                return false;
        }
        return true;
    }

    private static ImmutableArray<PlanRun> Merge(EquatableArray<Row> value, int[]? order, IReadOnlyList<PlacedTensor> tensors)
    {
        var runs = ImmutableArray.CreateBuilder<PlanRun>();
        var (rows, buffer, first, count) = (value.Items, -1, 0, 0);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[order is null ? i : order[i]];
            var (own, position) = (tensors[row.Tensor].Buffer, tensors[row.Tensor].Position(row.Channel));
            if (own == buffer && first + count == position)
            {
                count++;
                continue;
            }
            if (count > 0)
                runs.Add(new(buffer, first, count));
            (buffer, first, count) = (own, position, 1);
        }
        if (count > 0)
            runs.Add(new(buffer, first, count));
        return runs.ToImmutable();
    }
}
