using System.Runtime.InteropServices;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright.Cpu;

/// <summary>Blockwright's own kernels behind torch's tensors.</summary>
internal sealed class CpuDevice(KernelNetwork network) : IFusedDevice
{
    public KernelNetwork? Network => network;

    public Tensor[] Run(Tensor[] inputs) => Run(inputs, network.ResultsOf, network.Run);

    public Tensor[] Features(Tensor[] inputs, string[] names) => Run(
        inputs,
        (height, width) => network.FeaturesOf(height, width, names),
        (images, output, batch, height, width) => network.Features(images, output, batch, height, width, names));

    private delegate void Running(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width);

    private Tensor[] Run(Tensor[] inputs, Func<int, int, IReadOnlyList<KernelResult>> resultsOf, Running run)
    {
        if (Array.Find(inputs, static input => input.dtype != ScalarType.Float32 || input.device_type != TorchSharp.DeviceType.CPU) is { } elsewhere)
            throw IFusedDevice.WrongInput(network.Name, ScalarType.Float32, CPU, elsewhere);
        var (batch, height, width) = ((int)inputs[0].size(0), (int)inputs[0].size(2), (int)inputs[0].size(3));
        var results = resultsOf(height, width);
        // A span holds two gigabytes; larger batches go in parts.
        var most = MostPerSpan(Math.Max(inputs.Sum(static input => input.shape.Skip(1).Aggregate(static (product, size) => product * size)), results.Sum(static result => result.Values)));
        if (batch <= most)
            return RunPart(run, InOnePiece(inputs, 0, batch), results, batch, height, width);
        using var scope = NewDisposeScope();
        var parts = new List<Tensor[]>();
        for (var first = 0; first < batch; first += most)
            parts.Add(RunPart(run, InOnePiece(inputs, first, Math.Min(most, batch - first)), results, Math.Min(most, batch - first), height, width));
        return [.. Enumerable.Range(0, results.Count).Select(i => cat([.. parts.Select(part => part[i])]).MoveToOuterDisposeScope())];
    }

    /// <summary>Images of all inputs, one input behind another.</summary>
    public static Tensor InOnePiece(Tensor[] inputs, int first, int count) => inputs is [var only]
        ? first == 0 && count == only.size(0) ? only.contiguous() : only.contiguous().narrow(0, first, count)
        : cat([.. inputs.Select(input => input.narrow(0, first, count).flatten())]);

    /// <summary>Several results are parts of one piece of memory.</summary>
    private static Tensor[] RunPart(Running run, Tensor images, IReadOnlyList<KernelResult> results, int batch, int height, int width)
    {
        if (results is [var only])
        {
            var output = empty(only.Shape(batch));
            run(MemoryMarshal.Cast<byte, float>(images.bytes), MemoryMarshal.Cast<byte, float>(output.bytes), batch, height, width);
            return [output];
        }
        using var all = empty([batch * results.Sum(static result => result.Values)]);
        run(MemoryMarshal.Cast<byte, float>(images.bytes), MemoryMarshal.Cast<byte, float>(all.bytes), batch, height, width);
        var tensors = new Tensor[results.Count];
        var at = 0L;
        for (var i = 0; i < tensors.Length; i++)
        {
            using var own = all.narrow(0, at, batch * results[i].Values);
            tensors[i] = own.view(results[i].Shape(batch));
            at += batch * results[i].Values;
        }
        return tensors;
    }

    private int MostPerSpan(long floatsPerImage)
    {
        var most = int.MaxValue / (floatsPerImage * sizeof(float));
        if (most < 1)
            throw new ArgumentException(Invariant($"{network.Name}: one image of {floatsPerImage * sizeof(float)} bytes is more than 2 GiB: cut it into tiles."));
        return (int)most;
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width) => network.Run(input, output, batch, height, width);

    public void Trim() => network.Trim();

    public void Save(string path) => network.Save(path);

    public void Dispose() => network.Dispose();
}
