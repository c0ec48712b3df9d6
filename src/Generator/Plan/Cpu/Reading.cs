using System.Collections.Immutable;
using Blockwright.Generator.Plan.Rows;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Cpu;

/// <summary>A value's runs, and which of its channels each channel is that they hold.</summary>
internal sealed record Reading(ImmutableArray<PlanRun> Runs, ImmutableArray<int> Order)
{
    /// <summary>The fewest runs, in the order in which they lie in memory: for who takes any order.</summary>
    public static Reading Of(EquatableArray<Row> value, IReadOnlyList<CpuTensor> tensors)
    {
        var left = Enumerable.Range(0, value.Count)
            .OrderBy(channel => value[channel].Tensor)
            .ThenBy(channel => tensors[value[channel].Tensor].Position(value[channel].Channel))
            .ToList();
        var order = ImmutableArray.CreateBuilder<int>();
        // A row that a value holds twice is read twice, in a second sweep.
        while (left.Count > 0)
        {
            var seen = new HashSet<Row>();
            var again = new List<int>();
            foreach (var channel in left)
            {
                if (seen.Add(value[channel]))
                    order.Add(channel);
                else
                    again.Add(channel);
            }
            left = again;
        }
        return new(Merge(order.Select(channel => value[channel]), tensors), order.ToImmutable());
    }

    /// <summary>The same for each group of channels by itself: a grouped convolution's weights tie each group to its own.</summary>
    public static Reading OfGroups(EquatableArray<Row> value, int groups, IReadOnlyList<CpuTensor> tensors)
    {
        // Planes are runs of one channel, as they are.
        if (tensors[value[0].Tensor].IsPlanes)
            return new(value.Select(static row => new PlanRun(row.Tensor, row.Channel, 1)).ToImmutableArray(), Enumerable.Range(0, value.Count).ToImmutableArray());
        var perGroup = value.Count / groups;
        var order = Enumerable.Range(0, groups)
            .SelectMany(group => Of(value.Skip(group * perGroup).Take(perGroup).ToEquatableArray(), tensors).Order.Select(channel => channel + (group * perGroup)))
            .ToImmutableArray();
        return new(Merge(order.Select(channel => value[channel]), tensors), order);
    }

    /// <summary>The runs in the value's own order, however many.</summary>
    public static Reading InOrder(EquatableArray<Row> value, IReadOnlyList<CpuTensor> tensors) =>
        new(Merge(value, tensors), Enumerable.Range(0, value.Count).ToImmutableArray());

    private static ImmutableArray<PlanRun> Merge(IEnumerable<Row> rows, IReadOnlyList<CpuTensor> tensors)
    {
        var runs = ImmutableArray.CreateBuilder<PlanRun>();
        foreach (var row in rows)
        {
            var position = tensors[row.Tensor].Position(row.Channel);
            if (runs.Count > 0 && runs[runs.Count - 1] is var last && last.Buffer == row.Tensor && last.First + last.Count == position)
                runs[runs.Count - 1] = last with { Count = last.Count + 1 };
            else
                runs.Add(new(row.Tensor, position, 1));
        }
        return runs.ToImmutable();
    }
}
