using System.Text.Json;

namespace Blockwright.Tool.Inside;

/// <summary><c>export</c>: an ONNX file.</summary>
internal static class ExportCommand
{
    public static int Run(Call call)
    {
        var request = call.Request;
        var options = new OnnxOptions();
        options = options with
        {
            Opset = request.Number(Names.Opset) ?? options.Opset,
            Batch = request.Number(Names.Batch),
            Height = request.Number(Names.Height),
            Width = request.Number(Names.Width),
            OpenSize = request.Has(Names.OpenSize),
            FoldBatchNorms = !request.Has(Names.Unfolded),
        };
        var file = Path.GetFullPath(request.Text(Names.Output) ?? call.Networks.Find(request[Names.Network]).Name + ".onnx");
        using var network = call.Networks.Make(request[Names.Network], request.Text(Names.Weights));
        if (!request.Has(Names.Weights))
            call.Progress($"{request[Names.Network]} has random weights: --weights names a file of trained ones.");
        Files.Write(file, () => network.ExportOnnx(file, options));
        var bytes = new FileInfo(file).Length;
        if (request.Has(Names.Json))
            call.Output.WriteLine(JsonText.Of(json => Write(json, file, bytes, options)));
        else
            call.Output.WriteLine(FormattableString.Invariant($"{file}: {bytes / 1e6:F1} MB, opset {options.Opset}."));
        return ExitCodes.Done;
    }

    private static void Write(Utf8JsonWriter json, string file, long bytes, OnnxOptions options)
    {
        json.WriteString("file", file);
        json.WriteNumber("bytes", bytes);
        json.WriteNumber("opset", options.Opset);
        json.WriteBoolean("folded", options.FoldBatchNorms);
    }
}
