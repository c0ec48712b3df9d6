using Blockwright.Gpu;
using Blockwright.Gpu.OpenCl;
using Blockwright.Plans;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>A network's program by OpenCL, each piece of whose memory lies between guards and is full of NaN before the first call.</summary>
internal sealed class GuardedProgram(INetworkModule network) : IDisposable
{
    private const int Guard = 4096;

    private readonly List<(nint Parent, long Floats)> _pieces = [];

    /// <summary>The program on its device.</summary>
    public OpenClProgram OnDevice { get; } = new(network.Plans.Network, network.Plans.Gpu!, WeightFolding.Fold(network.Module, network.Plans.Cpu!));

    /// <summary>The results of some images, and nothing written beside the memory.</summary>
    public Tensor[] Run(params Tensor[] inputs)
    {
        var (batch, height, width) = ((int)inputs[0].size(0), (int)inputs[0].size(2), (int)inputs[0].size(3));
        var sizes = new GpuSizes(network.Plans.Network, OnDevice.Program, height, width);
        var output = new float[batch * sizes.OutputFloats];
        using (var workspace = new OpenClWorkspace(OnDevice, sizes, batch, height, width, Allocate))
        {
            workspace.Run([.. inputs.SelectMany(static input => input.data<float>().ToArray())], output, ImagePart.Whole(batch));
            Assert.All(_pieces, AssertIntact);
        }
        _pieces.ForEach(static piece => OpenClLibrary.ReleaseBuffer(piece.Parent));
        _pieces.Clear();
        var at = 0L;
        return [.. OnDevice.Program.Results.Select((result, i) => tensor(output[ImagePart.Whole(batch).Of(ref at, sizes.FloatsOf(OnDevice.Program.Inputs + i))], sizes.ShapeOf(result, batch)))];
    }

    public void Dispose() => OnDevice.Dispose();

    private OpenClMemory Allocate(long floats)
    {
        var parent = OpenClLibrary.CreateBuffer(OnDevice.Device.Context, (floats + (2 * Guard)) * sizeof(float));
        var queue = OpenClLibrary.CreateQueue(OnDevice.Device.Context, OnDevice.Device.Device);
        var pattern = new float[floats + (2 * Guard)];
        Array.Fill(pattern, float.NaN);
        OpenClLibrary.Write(queue, parent, 0, pattern);
        OpenClLibrary.ReleaseQueue(queue);
        _pieces.Add((parent, floats));
        var part = OpenClLibrary.CreateSubBuffer(parent, Guard * sizeof(float), floats * sizeof(float));
        return new(part, () => OpenClLibrary.ReleaseBuffer(part));
    }

    private void AssertIntact((nint Parent, long Floats) piece)
    {
        var queue = OpenClLibrary.CreateQueue(OnDevice.Device.Context, OnDevice.Device.Device);
        var values = new float[piece.Floats + (2 * Guard)];
        OpenClLibrary.Read(queue, piece.Parent, 0, values);
        OpenClLibrary.ReleaseQueue(queue);
        Assert.Equal(-1, values.AsSpan(0, Guard).IndexOfAnyExcept(float.NaN));
        Assert.Equal(-1, values.AsSpan(values.Length - Guard).IndexOfAnyExcept(float.NaN));
    }
}
