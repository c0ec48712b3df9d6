using ShuffleNet;
using Microsoft.ML.OnnxRuntime;

namespace Blockwright.Benchmarks.FirstAnswer;

/// <summary>What a started process does: as little as a program that answers once.</summary>
internal static class Child
{
    private const int Side = 224;
    private const int Channels = 3;
    private const int Classes = 1000;

    /// <summary>Blockwright's kernels.</summary>
    public static Action Kernels(string file)
    {
        var network = ShuffleNetV2_x1_0.LoadFused(file, new FuseOptions { Threads = 1 });
        return () => network.Run(new float[Channels * Side * Side], new float[Classes], batch: 1);
    }

    /// <summary>ONNX Runtime, as it is optimised by default.</summary>
    public static Action Onnx(string file)
    {
        var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        var session = new InferenceSession(file, options);
        return () =>
        {
            using var input = OrtValue.CreateTensorValueFromMemory(new float[Channels * Side * Side], [1, Channels, Side, Side]);
            using var run = new RunOptions();
            using var results = session.Run(run, session.InputNames, [input], session.OutputNames);
            _ = results[0].GetTensorDataAsSpan<float>()[0];
        };
    }
}
