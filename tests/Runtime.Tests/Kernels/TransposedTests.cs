using Blockwright.Cpu;
using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using Blockwright.Plans;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>Transposed convolutions, against torch in float64.</summary>
public unsafe class TransposedTests
{
    /// <summary>One side of a transposed convolution.</summary>
    private readonly record struct Side(int Kernel, int Stride, int Padding, int Dilation, int More)
    {
        public int Of(int size) => ((size - 1) * Stride) - (2 * Padding) + (Dilation * (Kernel - 1)) + More + 1;

        public int Halo => Math.Max(0, (Dilation * (Kernel - 1)) + More - Padding) / Stride;
    }

    /// <summary>All numbers of a side up to so many, each beside another's for the other side; strides beyond the kernel among them, of which no tap reaches some pixels.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void EveryNumberIsTorchs(InstructionSet set, int parts)
    {
        Side[] sides =
        [
            .. from kernel in Enumerable.Range(1, 4)
               from stride in Enumerable.Range(1, 3)
               from padding in Enumerable.Range(0, 3)
               from dilation in Enumerable.Range(1, 3)
               from more in Enumerable.Range(0, Math.Max(stride, dilation))
               select new Side(kernel, stride, padding, dilation, more),
        ];
        var checkedCases = 0;
        for (var i = 0; i < sides.Length; i++)
        {
            var (rows, columns, size) = (sides[i], sides[((i * 7) + 3) % sides.Length], (Height: 1 + (i % 4), Width: 1 + (i % 5)));
            if (rows.Of(size.Height) < 1 || columns.Of(size.Width) < 1)
                continue;
            checkedCases++;
            var (inChannels, outChannels, groups) = (i % 3) switch { 0 => (5, 19, 1), 1 => (6, 8, 2), _ => (18, 18, 18) };
            Check(set, parts, rows, columns, size, inChannels, outChannels, groups, hasResidual: i % 4 == 1, seed: i);
        }
        Assert.InRange(checkedCases, 200, sides.Length);
    }

    private static void Check(InstructionSet set, int parts, Side rows, Side columns, (int Height, int Width) size, int inChannels, int outChannels, int groups, bool hasResidual, int seed)
    {
        var what = $"{inChannels} to {outChannels} in {groups} groups of {size}, {rows} x {columns}";
        using var scope = NewDisposeScope();
        var next = Judge.Normal(seed);
        var layer = new FoldedLayer([inChannels, outChannels / groups, rows.Kernel, columns.Kernel], Judge.Values(inChannels * outChannels / groups * rows.Kernel * columns.Kernel, next), Judge.Values(outChannels, next));
        var window = new Window(rows.Kernel, columns.Kernel, rows.Stride, columns.Stride, rows.Padding, columns.Padding, rows.Dilation, columns.Dilation);
        (int Height, int Width) result = (rows.Of(size.Height), columns.Of(size.Width));
        var step = new PlanStep(KernelKind.ConvTranspose, 1)
        {
            Inputs = [new(0, 0, inChannels)],
            Others = hasResidual ? [new(2, 0, outChannels)] : [],
            Window = window,
            Groups = groups,
            Function = new("LeakyReLU", [0.1]),
        };
        var plan = new CpuPlan(
            "", ElementType.Float32, inChannels, [], 3,
            [new(GridKind.Input, -1, Window.Pixel, false, size.Height, size.Width), new(GridKind.Resized, 0, Window.Pixel, false, result.Height, result.Width)],
            [],
            [new(inChannels, 0, Math.Max(rows.Halo, columns.Halo), 0), new(outChannels, 1, 0, 1), new(outChannels, 1, 0, 2)],
            [new(KernelKind.Input, 0), new(KernelKind.Input, 2), step]);
        var memory = new List<GuardedMemory>();
        var maps = new BufferMaps(plan, [size, result], 2, [new(0, plan.Steps.Length, IsTogether: true)], new bool[plan.Buffers.Length], Allocate);
        var scratch = new ScratchMemory(parts, Allocate);
        var bindings = new StepMemory(new CallerMemory(0, 1), maps, scratch, StepMemory.All);
        Fill(maps.Map(0, StepMemory.All), next);
        Fill(maps.Map(2, StepMemory.All), next);
        Fill(maps.Map(1, StepMemory.All), static () => float.NaN);
        using (var transposed = new TransposedStep(plan, step, set, layer, isExact: false))
        {
            var bound = transposed.Bind(bindings);
            scratch.Allocate();
            Judge.InParts(parts, bound.Run);
        }

        var expected = nn.functional.conv_transpose2d(
            Values(maps.Map(0, StepMemory.All)), tensor(layer.Weight).reshape([.. layer.Shape]).to(ScalarType.Float64), tensor(layer.Bias).to(ScalarType.Float64),
            [rows.Stride, columns.Stride], [rows.Padding, columns.Padding], [rows.More, columns.More], [rows.Dilation, columns.Dilation], groups);
        if (hasResidual)
            expected = Judge.Sum(expected, Values(maps.Map(2, StepMemory.All)));
        Judge.Close(nn.functional.leaky_relu(expected, 0.1), Values(maps.Map(1, StepMemory.All)), what);
        memory.ForEach(static each => each.Dispose());

        float* Allocate(long floats)
        {
            memory.Add(new GuardedMemory(floats));
            memory[^1].Span.Clear();
            return memory[^1].Pointer;
        }
    }

    private static void Fill(FeatureMap map, Func<float> next) => ForEach(map, (pixel, channels) =>
    {
        foreach (ref var value in new Span<float>((float*)pixel, channels))
            value = next();
    });

    /// <summary>N x C x H x W.</summary>
    private static Tensor Values(FeatureMap map)
    {
        var values = new List<float>();
        ForEach(map, (pixel, channels) => values.AddRange(new Span<float>((float*)pixel, channels)));
        return tensor(values.ToArray()).reshape(map.Images, map.Height, map.Width, map.Channels).permute(0, 3, 1, 2).to(ScalarType.Float64);
    }

    private static void ForEach(FeatureMap map, Action<nint, int> visit)
    {
        for (var image = 0; image < map.Images; image++)
        {
            for (var y = 0; y < map.Height; y++)
            {
                for (var x = 0; x < map.Width; x++)
                    visit((nint)map.Pixel(image, y, x), map.Channels);
            }
        }
    }
}
