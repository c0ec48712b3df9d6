using static TorchSharp.torch;

namespace Blockwright.Tool.Inside;

/// <summary><c>report</c>: what is known of a network as a page.</summary>
internal static class ReportCommand
{
    public static int Run(Call call)
    {
        var request = call.Request;
        // Names and files are looked at before anything is made.
        var cost = call.Networks.CostOf(request[Names.Network]);
        var other = request.Text(Names.Compare);
        if (other is not null)
            call.Networks.Find(other);
        var diagnostics = request.Text(Names.Diagnostics) is { } log ? ReportedDiagnostic.ReadErrorLog(log) : [];
        var file = Path.GetFullPath(request.Text(Names.Output) ?? cost.Network + ".html");
        var report = other is null && !request.Has(Names.Time)
            ? NetworkReport.Of(cost.At(request.Number(Names.Batch) ?? 1, request.Number(Names.Height) ?? cost.Height, request.Number(Names.Width) ?? cost.Width), diagnostics)
            : Timed(call, cost, other, diagnostics);
        Files.Write(file, () => report.Save(file));
        call.Output.WriteLine(request.Has(Names.Json) ? JsonText.Of(json => json.WriteString("file", file)) : file);
        return ExitCodes.Done;
    }

    private static NetworkReport Timed(Call call, NetworkCost cost, string? other, IReadOnlyList<ReportedDiagnostic> diagnostics)
    {
        var request = call.Request;
        TorchLibrary.Load();
        using var scope = NewDisposeScope();
        using var network = call.Networks.Make(request[Names.Network], request.Text(Names.Weights));
        using var compared = other is null ? null : call.Networks.Make(other, weights: null);
        return call.Long(other is null ? $"Timing {request[Names.Network]} ..." : $"Timing {request[Names.Network]} and {other} ...", () => NetworkReport.Of(network, new()
        {
            Inputs = Inputs.Random(request, cost),
            Profile = true,
            Iterations = request.Number(Names.Iterations) ?? Comparison.UsualIterations,
            Compare = compared is null ? [] : [compared],
            Diagnostics = diagnostics,
        }));
    }
}
