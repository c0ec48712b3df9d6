using Blockwright.Gpu.Cuda;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>A kernel that mixes two pieces of memory into a third, where it also reads what is there: whatever runs in a wrong order gives other numbers.</summary>
internal static unsafe class Mixing
{
    public const string Kernel = "mix";
    public const int Arguments = 7;

    public static KernelSource Source { get; } = new("mix.cu", "extern \"C\" __global__ void mix() {}", [Kernel]);

    /// <summary>A launch: floats from one place and from another to a third.</summary>
    public static KernelLaunch Launch(MemoryUse first, MemoryUse second, MemoryUse target, float seed) => new(Kernel, new(3, 2), new(128), 256,
    [
        KernelArgument.Reads(first.Owner, first.Offset, first.Bytes, first.Number), KernelArgument.Of((int)first.Bytes / sizeof(float)),
        KernelArgument.Reads(second.Owner, second.Offset, second.Bytes, second.Number), KernelArgument.Of((int)second.Bytes / sizeof(float)),
        KernelArgument.Writes(target.Owner, target.Offset, target.Bytes, target.Number), KernelArgument.Of((int)target.Bytes / sizeof(float)),
        KernelArgument.Of(seed),
    ]);

    public static MemoryUse Floats(MemoryOwner owner, int first, int count, int number = 0) => new(owner, first * sizeof(float), count * sizeof(float), IsWritten: false) { Number = number };

    /// <summary>What the kernel does, given its arguments as the driver has them.</summary>
    public static void Run(ulong[] arguments)
    {
        float* first = (float*)arguments[0], second = (float*)arguments[2], target = (float*)arguments[4];
        var seed = BitConverter.UInt32BitsToSingle((uint)arguments[6]);
        for (var i = 0; i < (int)arguments[5]; i++)
            target[i] = MathF.Sin((target[i] * 0.5f) + (first[i % (int)arguments[1]] * 3) + (second[i % (int)arguments[3]] * 5) + seed + i);
    }

    /// <summary>What a schedule gives when its launches run one after the other: inputs one behind another to outputs one behind another.</summary>
    public static float[] InOrder(LaunchSchedule schedule, float[] input, float[] weights)
    {
        var output = new float[schedule.OutputBytes / sizeof(float)];
        var work = new float[Math.Max(1, schedule.WorkBytes / sizeof(float))];
        fixed (float* ofInput = input, ofOutput = output, ofWeights = weights, ofWork = work)
        {
            var addresses = new MemoryAddresses(Behind((ulong)ofInput, schedule.Inputs), Behind((ulong)ofOutput, schedule.Outputs), (ulong)ofWeights, (ulong)ofWork);
            foreach (var launch in schedule.Launches)
                Run([.. launch.Arguments.Select(argument => argument.IsPointer ? addresses.Of(argument.Use) : argument.Number)]);
        }
        return output;
    }

    /// <summary>Where each piece begins, of those that lie one behind another.</summary>
    public static ulong[] Behind(ulong address, IReadOnlyList<long> bytes) => [.. bytes.Select((_, i) => address + (ulong)bytes.Take(i).Sum())];

    /// <summary>A schedule of random launches over memory that is used again and again; the last of them write all of the outputs.</summary>
    public static LaunchSchedule Random(int seed)
    {
        var random = new Random(seed);
        var (work, weights) = (random.Next(8, 80), WeightFloats);
        int[] inputs = [.. Sizes()], outputs = [.. Sizes()];
        var launches = new List<KernelLaunch>();
        for (var i = random.Next(1, 24); i >= 0; i--)
            launches.Add(Launch(Any([One(MemoryOwner.Input, inputs), (MemoryOwner.Work, work, 0), (MemoryOwner.Weights, weights, 0)]), Any([(MemoryOwner.Work, work, 0), One(MemoryOwner.Output, outputs)]), Any([(MemoryOwner.Work, work, 0), One(MemoryOwner.Output, outputs)]), i));
        for (var i = 0; i < outputs.Length; i++)
            launches.Add(Launch(Any([(MemoryOwner.Work, work, 0)]), Any([One(MemoryOwner.Input, inputs)]), Floats(MemoryOwner.Output, 0, outputs[i], i), 0.5f));
        return new([.. inputs.Select(static floats => (long)floats * sizeof(float))], [.. outputs.Select(static floats => (long)floats * sizeof(float))], work * sizeof(float), launches);

        IEnumerable<int> Sizes() => Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, 40));

        (MemoryOwner, int, int) One(MemoryOwner owner, int[] floats)
        {
            var number = random.Next(floats.Length);
            return (owner, floats[number], number);
        }

        MemoryUse Any((MemoryOwner Owner, int Floats, int Number)[] places)
        {
            var (owner, floats, number) = places[random.Next(places.Length)];
            var count = random.Next(1, Math.Min(floats, 12) + 1);
            return Floats(owner, random.Next(floats - count + 1), count, number);
        }
    }

    public const int WeightFloats = 20;
}
