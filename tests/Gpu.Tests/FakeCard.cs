using Blockwright.Gpu.Cuda;
using Blockwright.Gpu.OpenCl;
using Blockwright.Plans;
using Blockwright.Runtime.Tests.Gpu.Cuda;
using Blockwright.Runtime.Tests.Weights;

namespace Blockwright.Gpu.Tests;

/// <summary>
/// A card that is none: the fake driver takes what CUDA is asked to do, and OpenCL computes a node's kernel, whose text is the same. Nodes run in another order than the program's, wherever the graph's edges let them.
/// </summary>
internal sealed class FakeCard : IDisposable
{
    private readonly GpuProgram _program;
    private readonly OpenClProgram _openCl;
    private readonly FakeNvrtc _nvrtc = new();
    private readonly TestFolder _folder = new();

    public FakeCard(INetworkModule network)
    {
        _program = network.Plans.Gpu!;
        _openCl = new OpenClProgram(network.Plans.Network, _program, WeightFolding.Fold(network.Module, network.Plans.Cpu!));
        foreach (var kernel in _program.Kernels)
            Driver.Kernels.Add(kernel.Name, (Parameters(kernel).Length, static _ => { }));
        Driver.Runs = Run;
    }

    public FakeDriver Driver { get; } = new();

    public CudaMachine Machine => new(Driver.Open, _ => new(new ShippedCode(_folder["shipped"]), new CodeCache(_folder["cache"], CodeCache.DefaultBytes, static _ => { }), _nvrtc.Open));

    public void Dispose()
    {
        Driver.Dispose();
        _openCl.Dispose();
        _nvrtc.Dispose();
        _folder.Dispose();
    }

    private static string[] Parameters(GpuKernel kernel)
    {
        var start = kernel.Source.IndexOf("KERNEL(", StringComparison.Ordinal);
        return kernel.Source[start..kernel.Source.IndexOf(")\n", start, StringComparison.Ordinal)].Split(", ")[2..];
    }

    private void Run(FakeNode node)
    {
        var number = _program.Kernels.Select(static kernel => kernel.Name).ToList().IndexOf(node.Kernel!);
        var kernel = _openCl.Kernel(number);
        var queue = OpenClLibrary.CreateQueue(_openCl.Device.Context, _openCl.Device.Device);
        var buffers = new List<(nint Buffer, ulong Address, float[] Before)>();
        var parameters = Parameters(_program.Kernels[number]);
        for (var i = 0; i < parameters.Length; i++)
        {
            if (!parameters[i].StartsWith("GLOBAL", StringComparison.Ordinal))
            {
                OpenClLibrary.SetArgument(kernel, i, (int)node.Arguments[i]);
                continue;
            }
            var before = Driver.MemoryAt(node.Arguments[i]).ToArray();
            var buffer = OpenClLibrary.CreateBuffer(_openCl.Device.Context, before.Length * sizeof(float));
            OpenClLibrary.Write(queue, buffer, 0, before);
            OpenClLibrary.SetArgument(kernel, i, buffer);
            buffers.Add((buffer, node.Arguments[i], before));
        }
        using (_openCl.Device.TakeTurn())
        {
            OpenClLibrary.Launch(queue, kernel, node.Parameters.GridX, (int)node.Parameters.BlockX, node.Kernel!);
            foreach (var (buffer, address, before) in buffers)
                BringBack(queue, buffer, address, before);
        }
        OpenClLibrary.ReleaseKernel(kernel);
        OpenClLibrary.ReleaseQueue(queue);
    }

    /// <summary>What was written, and no more: pieces of one allocation lie in each other's copies.</summary>
    private void BringBack(nint queue, nint buffer, ulong address, float[] before)
    {
        var after = new float[before.Length];
        OpenClLibrary.Read(queue, buffer, 0, after);
        OpenClLibrary.ReleaseBuffer(buffer);
        var memory = Driver.MemoryAt(address);
        for (var i = 0; i < after.Length; i++)
            if (BitConverter.SingleToInt32Bits(after[i]) != BitConverter.SingleToInt32Bits(before[i]))
                memory[i] = after[i];
    }
}
