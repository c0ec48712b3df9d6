using System.Diagnostics;
using System.Globalization;
using Blockwright;
using Samples;
using ShuffleNet;
using static System.FormattableString;

// A program that only runs: it loads a fused ShuffleNet V2, classifies a picture, and needs neither torch nor the .NET runtime.

var started = Process.GetCurrentProcess().StartTime;
if (args is not [var fusedPath, var imagePath, ..])
{
    Console.Error.WriteLine("usage: Deploy FUSED.safetensors IMAGE.jpg [LABELS.txt]");
    Console.Error.WriteLine("FUSED.safetensors comes from: dotnet run -c Release --project samples/ShuffleNet -- fuse --weights WEIGHTS --output FUSED.safetensors (width 1.0)");
    return 2;
}
try
{
    using var network = ShuffleNetV2_x1_0.LoadFused(fusedPath);
    var logits = new float[ImageNet.Classes];
    network.Run(ImageNet.Prepare(RgbImage.Decode(imagePath)), logits, batch: 1);
    var first = DateTime.Now - started;

    var labels = args.Length > 2 ? File.ReadAllLines(args[2]) : null;
    foreach (var (index, probability) in Softmax(logits).Index().OrderByDescending(static each => each.Item).Take(5))
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{probability,6:P1}  {(labels is null ? $"class {index}" : labels[index])}"));
    var program = new FileInfo(Environment.ProcessPath!);
    var inProgram = program.Name.Contains("Deploy", StringComparison.Ordinal) ? Invariant($"{program.Length:N0} bytes of program, ") : "";
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"on disk: {inProgram}{new FileInfo(fusedPath).Length:N0} bytes of weights"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first answer: {first.TotalMilliseconds:0} ms after the process started"));
    return 0;
}
catch (Exception e) when (e is WeightsException or InvalidDataException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

static IEnumerable<float> Softmax(float[] logits)
{
    var greatest = logits.Max();
    var powers = Array.ConvertAll(logits, logit => MathF.Exp(logit - greatest));
    var sum = powers.Sum();
    return powers.Select(power => power / sum);
}
