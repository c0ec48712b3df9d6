using static TorchSharp.torch;

namespace Blockwright.Tool.Inside;

/// <summary><c>compare</c>: two networks side by side.</summary>
internal static class CompareCommand
{
    public static int Run(Call call)
    {
        var request = call.Request;
        // Both names are looked at before anything is made.
        var cost = call.Networks.CostOf(request[Names.Network]);
        call.Networks.Find(request[Names.After]);
        TorchLibrary.Load();
        using var scope = NewDisposeScope();
        using var before = call.Networks.Make(request[Names.Network], request.Text(Names.Weights));
        using var after = call.Networks.Make(request[Names.After], request.Text(Names.AfterWeights));
        var labelled = request.Text(Names.Labelled) is { } file ? Labelled(file, cost) : null;
        var options = FuseOptions.Default;
        if (request.Number(Names.Threads) is { } threads)
        {
            set_num_threads(threads);
            options = options with { Threads = threads };
        }
        var comparison = call.Long(
            $"Timing {request[Names.Network]} and {request[Names.After]} ...",
            () => Comparison.Of(before, after, Inputs.Random(request, cost), labelled, request.Number(Names.Iterations) ?? Comparison.UsualIterations, options, null));
        call.Output.WriteLine((request.Has(Names.Json) ? comparison.ToJson() : request.Has(Names.Markdown) ? comparison.ToMarkdown() : comparison.ToString()).TrimEnd());
        return ExitCodes.Done;
    }

    private static List<(Tensor Images, Tensor Labels)> Labelled(string path, NetworkCost cost)
    {
        const int Batch = 32;
        using var file = WeightFile.Open(path);
        var (images, labels) = (Inputs.Read(file, "input", WeightType.Float32), Inputs.Read(file, "labels", WeightType.Int64));
        if (images.dim() != 4 || labels.dim() != 1 || images.size(0) != labels.size(0))
            throw new BadInputException($"{path}: 'input' is N x C x H x W, and 'labels' as many numbers, one for each image.");
        if (images.size(1) != cost.Channels)
            throw new BadInputException(FormattableString.Invariant($"{path}: 'input' has {images.size(1)} channels, and {cost.Network} takes {cost.Channels}."));
        return [.. images.split(Batch).Zip(labels.split(Batch))];
    }
}
