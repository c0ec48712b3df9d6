using System.Collections.Immutable;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Gpu;

/// <summary>
/// Gives tensors planes. The tensors of one height and width lie in one buffer, each in the first planes that are free together: so a kernel is given few addresses, and what is concatenated lies side by
/// side more often than not. Buffers that do not live at the same time share memory.
/// </summary>
/// <param name="firstBuffer">The first buffer's number; those before are the caller's.</param>
internal sealed class PlanePools(int firstBuffer)
{
    private readonly List<Pool> _pools = [];
    private readonly Dictionary<int, int> _ofGrid = [];

    /// <summary>Finds planes for a tensor.</summary>
    /// <param name="step">The step that writes it.</param>
    /// <param name="last">The last step that reads it.</param>
    public void Put(GpuTensor tensor, int step, int last)
    {
        if (!_ofGrid.TryGetValue(tensor.Grid, out var number))
        {
            _ofGrid.Add(tensor.Grid, number = _pools.Count);
            _pools.Add(new(tensor.Grid, step));
        }
        tensor.Put(firstBuffer + number, _pools[number].Take(tensor.Channels, step, Math.Max(step, last)));
    }

    /// <summary>The buffers that are no caller's, and their pieces of memory.</summary>
    public (ImmutableArray<GpuBuffer> Buffers, int Slots) Assign()
    {
        var buffers = ImmutableArray.CreateBuilder<GpuBuffer>(_pools.Count);
        var slotEnds = new List<int>();
        foreach (var pool in _pools)
        {
            // Pools are in the order in which they are first written.
            var slot = slotEnds.FindIndex(end => end < pool.First);
            if (slot < 0)
            {
                slot = slotEnds.Count;
                slotEnds.Add(0);
            }
            slotEnds[slot] = pool.Last;
            buffers.Add(new(pool.Planes, pool.Grid, slot));
        }
        return (buffers.MoveToImmutable(), slotEnds.Count);
    }

    /// <summary>The planes of one height and width.</summary>
    private sealed class Pool(int grid, int first)
    {
        // By their first planes.
        private readonly List<(int First, int End, int Last)> _taken = [];

        public int Grid => grid;

        /// <summary>The first step that writes into it.</summary>
        public int First => first;

        /// <summary>The last step that reads or writes in it.</summary>
        public int Last { get; private set; }

        public int Planes { get; private set; }

        public int Take(int count, int step, int last)
        {
            // What this step reads for the last time is not free yet.
            _taken.RemoveAll(each => each.Last < step);
            var (at, start) = (0, 0);
            while (at < _taken.Count && start + count > _taken[at].First)
                start = Math.Max(start, _taken[at++].End);
            _taken.Insert(at, (start, start + count, last));
            (Planes, Last) = (Math.Max(Planes, start + count), Math.Max(Last, last));
            return start;
        }
    }
}
