using TorchSharp;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright.Tool.Inside;

/// <summary><c>verify</c>: whether a network and its snapshot compute what they are to compute: what a file says, or else the module in float64.</summary>
internal static class VerifyCommand
{
    private const double UsualTolerance = 1e-5;

    public static int Run(Call call)
    {
        var request = call.Request;
        var cost = call.Networks.CostOf(request[Names.Network]);
        TorchLibrary.Load();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = call.Networks.Make(request[Names.Network], request.Text(Names.Weights));
        var (inputs, expected) = request.Text(Names.Expected) is { } file ? Stored(file, cost) : Computed(network, Inputs.Random(request, cost));
        using var fused = network.TakeSnapshot(FuseOptions.Default);
        var tolerance = request.Real(Names.Tolerance) ?? UsualTolerance;
        var largest = expected.Select(static each => each.abs().max().item<double>()).Aggregate(Math.Max);
        (string Name, double Difference)[] found = [("forward", Difference(network.Results(inputs), expected)), ("Fuse()", Difference(fused.Results(inputs), expected))];
        // Written so that a NaN fails.
        var isRight = found.All(each => each.Difference <= tolerance);
        Print(call, found, largest, tolerance, isRight);
        return isRight ? ExitCodes.Done : ExitCodes.Differs;
    }

    private static (Tensor[] Inputs, Tensor[] Expected) Stored(string path, NetworkCost cost)
    {
        using var file = WeightFile.Open(path);
        return ([.. cost.Inputs.Select(input => Inputs.Read(file, input.Name.Length == 0 ? "input" : input.Name, WeightType.Float32))], [.. cost.Results.Select(result => Inputs.Read(file, result.Name.Length == 0 ? "output" : result.Name, WeightType.Float32).to(ScalarType.Float64))]);
    }

    private static (Tensor[] Inputs, Tensor[] Expected) Computed(INetworkModule network, Tensor[] inputs)
    {
        network.Module.to(ScalarType.Float64);
        var expected = network.Results(Array.ConvertAll(inputs, static input => input.to(ScalarType.Float64)));
        network.Module.to(ScalarType.Float32);
        return (inputs, expected);
    }

    /// <summary>The largest difference, each result's as a part of its largest value.</summary>
    private static double Difference(Tensor[] found, Tensor[] expected) =>
        expected.Zip(found, static (wanted, got) => Difference(got, wanted) / wanted.abs().max().item<double>()).Aggregate(Math.Max);

    private static double Difference(Tensor found, Tensor expected) => found.shape.SequenceEqual(expected.shape)
        ? (found.to(ScalarType.Float64) - expected).abs().max().item<double>()
        : throw new BadInputException($"What is expected is {Text(expected)}, and the network gives {Text(found)}.");

    private static void Print(Call call, (string Name, double Difference)[] found, double largest, double tolerance, bool isRight)
    {
        if (call.Request.Has(Names.Json))
        {
            call.Output.WriteLine(JsonText.Of(json =>
            {
                json.WriteString("network", call.Request[Names.Network]);
                json.WriteReal("largest", largest);
                json.WriteNumber("tolerance", tolerance);
                json.WriteReal("forward", found[0].Difference);
                json.WriteReal("fused", found[1].Difference);
                json.WriteBoolean("agrees", isRight);
            }));
            return;
        }
        foreach (var (name, difference) in found)
            call.Output.WriteLine(Invariant($"{name}: differs by {difference:0.0E+00} of the largest result, {largest:G4}."));
        if (!isRight)
            call.Error.WriteLine(Invariant($"That is more than {tolerance:0E+00}."));
    }

    private static string Text(Tensor tensor) => string.Join(" x ", tensor.shape.Select(static size => Invariant($"{size}")));
}
