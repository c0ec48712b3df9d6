using static TorchSharp.torch;

namespace Blockwright.Tool.Inside;

/// <summary><c>profile</c>: where the time goes.</summary>
internal static class ProfileCommand
{
    private const int UsualRows = 10;

    public static int Run(Call call)
    {
        var request = call.Request;
        var cost = call.Networks.CostOf(request[Names.Network]);
        TorchLibrary.Load();
        using var scope = NewDisposeScope();
        using var network = call.Networks.Make(request[Names.Network], request.Text(Names.Weights));
        var profile = call.Long(
            $"Timing {request[Names.Network]} ...",
            () => request.Has(Names.Module) ? OfModule(request, network, Inputs.Random(request, cost)) : OfSnapshot(request, network, Inputs.Random(request, cost)));
        if (request.Text(Names.Trace) is { } trace)
            Files.Write(trace, () => profile.ToChromeTrace(trace));
        var by = request.Text(Names.By) switch
        {
            "kind" => ProfileGrouping.Kind,
            "block" => ProfileGrouping.Block,
            _ => ProfileGrouping.Layer,
        };
        call.Output.WriteLine((request.Has(Names.Json) ? profile.ToJson(by) : profile.ToText(by, request.Number(Names.Rows) ?? UsualRows)).TrimEnd());
        return ExitCodes.Done;
    }

    private static NetworkProfile OfModule(Request request, INetworkModule network, Tensor[] inputs)
    {
        if (request.Number(Names.Threads) is { } threads)
            set_num_threads(threads);
        return request.Number(Names.Iterations) is { } iterations ? network.Profile(inputs, iterations) : network.Profile(inputs);
    }

    private static NetworkProfile OfSnapshot(Request request, INetworkModule network, Tensor[] inputs)
    {
        var options = FuseOptions.Default;
        using var fused = network.TakeSnapshot(options with { Threads = request.Number(Names.Threads) ?? options.Threads });
        return fused.Profile(inputs, request.Number(Names.Iterations) ?? KernelNetwork.ProfileRuns);
    }
}
