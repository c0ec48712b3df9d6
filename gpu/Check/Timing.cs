using System.Diagnostics;
using Blockwright.Gpu.Cuda;
using static System.FormattableString;

namespace Blockwright.Gpu.Check;

/// <summary>What a forward takes on a CUDA device whose memory has the images: one after the other, each waited for, and many in a row.</summary>
internal static class Timing
{
    private const int Warm = 20;
    private const int Calls = 200;
    private const int InARow = 50;

    private static readonly int[] Batches = [1, 8, 64, 256];

    public static void Run(Contestant contestant, FuseOptions options)
    {
        using var network = contestant.Make(options);
        using var device = CudaDevice.Open(options.Cuda.Driver(), options.DeviceIndex);
        using var use = device.Enter();
        var (_, height, width) = network.Input;
        var inputs = network.InputsOf(height, width).Sum(static input => (long)input.Channels * input.Height * input.Width);
        var results = network.ResultsOf(height, width).Sum(static result => result.Values);
        foreach (var batch in Batches)
        {
            using var input = new DeviceMemory(device.Driver, batch * inputs * sizeof(float), "images");
            using var output = new DeviceMemory(device.Driver, batch * results * sizeof(float), "results");
            device.Driver.Upload(input.Address, new float[batch * inputs], "images");
            Forward(Warm);
            var alone = Enumerable.Range(0, Calls).Select(_ => Forward(1)).Order().ElementAt(Calls / 2);
            var row = Enumerable.Range(0, 5).Select(_ => Forward(InARow) / InARow).Order().ElementAt(2);
            Console.WriteLine(Invariant($"time {contestant.Name} {batch} {alone * 1000:0.000} {row * 1000:0.000}"));

            double Forward(int times)
            {
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < times; i++)
                    network.RunOnDevice(input.Address, output.Address, batch, height, width);
                device.Driver.Synchronize(0);
                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }
    }
}
