using Blockwright.Gpu.Cuda;
using Blockwright.Runtime.Tests.Weights;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>A fake card with a fake compiler and a cache of its own.</summary>
internal sealed class Bench : IDisposable
{
    public Bench() => Driver.Kernels.Add(Mixing.Kernel, (Mixing.Arguments, Mixing.Run));

    public FakeDriver Driver { get; } = new();

    public FakeNvrtc Nvrtc { get; } = new();

    public TestFolder Folder { get; } = new();

    public List<string> Said { get; } = [];

    public float[] Weights { get; } = [.. Enumerable.Range(0, Mixing.WeightFloats).Select(static i => (i * 0.25f) - 2)];

    public KernelCode Code => new(new ShippedCode(Folder["shipped"]), new CodeCache(Folder["cache"], CodeCache.DefaultBytes, Said.Add), Nvrtc.Open);

    public CudaMachine Machine => new(Driver.Open, _ => Code);

    public CudaProgram Program(Func<ImageSize, LaunchSchedule> schedule, params KernelSource[] sources) =>
        new("Net", sources.Length > 0 ? sources : [Mixing.Source], Weights, schedule);

    public CudaExecutor Open(Func<ImageSize, LaunchSchedule> schedule, long keptBytes = 1 << 20, params KernelSource[] sources) =>
        new(CudaDevice.Open(Driver.Open(), 0), Program(schedule, sources), Code, keptBytes);

    /// <summary>An output = mix(input, weights) by way of work memory, for any batch; 3 floats an image.</summary>
    public static LaunchSchedule Plain(ImageSize size)
    {
        var floats = size.Batch * 3;
        return new([floats * sizeof(float)], [floats * sizeof(float)], floats * sizeof(float),
        [
            Mixing.Launch(Mixing.Floats(MemoryOwner.Input, 0, floats), Mixing.Floats(MemoryOwner.Weights, 0, 5), Mixing.Floats(MemoryOwner.Work, 0, floats), 1),
            Mixing.Launch(Mixing.Floats(MemoryOwner.Work, 0, floats), Mixing.Floats(MemoryOwner.Weights, 5, 5), Mixing.Floats(MemoryOwner.Output, 0, floats), 2),
        ]);
    }

    /// <summary>Two inputs, of 3 and 2 floats an image, to two outputs, of 2 and 4.</summary>
    public static LaunchSchedule Several(ImageSize size)
    {
        var n = size.Batch;
        return new([n * 3 * sizeof(float), n * 2 * sizeof(float)], [n * 2 * sizeof(float), n * 4 * sizeof(float)], sizeof(float),
        [
            .. Enumerable.Range(0, n).SelectMany(image => new[]
            {
                Mixing.Launch(Mixing.Floats(MemoryOwner.Input, image * 3, 3), Mixing.Floats(MemoryOwner.Weights, 0, 5), Mixing.Floats(MemoryOwner.Output, image * 2, 2), 1),
                Mixing.Launch(Mixing.Floats(MemoryOwner.Input, image * 2, 2, 1), Mixing.Floats(MemoryOwner.Output, image * 2, 2), Mixing.Floats(MemoryOwner.Output, image * 4, 4, 1), 2),
            }),
        ]);
    }

    public static float[] Input(int floats) => [.. Enumerable.Range(0, floats).Select(static i => (i * 0.125f) - 1)];

    public void Dispose()
    {
        Driver.Dispose();
        Nvrtc.Dispose();
        Folder.Dispose();
    }
}
