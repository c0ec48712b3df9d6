namespace Blockwright.Tool.Inside;

/// <summary><c>summary</c>: what a network costs.</summary>
internal static class SummaryCommand
{
    public static int Run(Call call)
    {
        var request = call.Request;
        var options = new SummaryOptions();
        var summary = call.Networks.CostOf(request[Names.Network]).Summary(options with
        {
            Batch = request.Number(Names.Batch) ?? options.Batch,
            Height = request.Number(Names.Height),
            Width = request.Number(Names.Width),
            Depth = request.Number(Names.Depth) ?? options.Depth,
            Columns = request.Has(Names.AllColumns) ? SummaryColumns.All : options.Columns,
        });
        call.Output.WriteLine((request.Has(Names.Json) ? summary.ToJson() : request.Has(Names.Markdown) ? summary.ToMarkdown() : summary.ToString()).TrimEnd());
        return ExitCodes.Done;
    }
}
