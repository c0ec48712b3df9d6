using System.Runtime.InteropServices;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright.Cpu;

/// <summary>Blockwright's own kernels behind torch's tensors.</summary>
internal sealed class CpuDevice(KernelNetwork network) : IFusedDevice
{
    public KernelNetwork? Network => network;

    public Tensor[] Run(Tensor input) => Run(input, network.ResultsOf, network.Run);

    public Tensor[] Features(Tensor input, string[] names) => Run(
        input,
        (height, width) => network.FeaturesOf(height, width, names),
        (images, output, batch, height, width) => network.Features(images, output, batch, height, width, names));

    private delegate void Running(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width);

    private Tensor[] Run(Tensor input, Func<int, int, IReadOnlyList<KernelResult>> resultsOf, Running run)
    {
        if (input.dtype != ScalarType.Float32 || input.device_type != TorchSharp.DeviceType.CPU)
            throw IFusedDevice.WrongInput(network.Name, ScalarType.Float32, CPU, input);
        var contiguous = input.contiguous();
        var (batch, height, width) = ((int)input.size(0), (int)input.size(2), (int)input.size(3));
        var results = resultsOf(height, width);
        // A span holds two gigabytes; larger batches go in parts.
        var most = MostPerSpan(Math.Max((long)network.Plan.InChannels * height * width, results.Sum(static result => result.Values)));
        if (batch <= most)
            return RunPart(run, contiguous, results, batch, height, width);
        using var scope = NewDisposeScope();
        var parts = new List<Tensor[]>();
        for (var first = 0; first < batch; first += most)
            parts.Add(RunPart(run, contiguous.narrow(0, first, Math.Min(most, batch - first)), results, Math.Min(most, batch - first), height, width));
        return [.. Enumerable.Range(0, results.Count).Select(i => cat([.. parts.Select(part => part[i])]).MoveToOuterDisposeScope())];
    }

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
