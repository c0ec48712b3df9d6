using Blockwright;
using BlockwrightNet;

// Runs the snapshot that BlockwrightNet.Train wrote. It loads no torch.

var path = args is [var given, ..] ? given : "fused.safetensors";
try
{
    using var network = ShapeNet.LoadFused(path);
    var shapes = Shapes.Draw(8, seed: 3);
    var scores = new float[Shapes.Names.Count * shapes.Labels.Length];
    network.Run(shapes.Images, scores, batch: shapes.Labels.Length);
    foreach (var (i, row) in scores.Chunk(Shapes.Names.Count).Index())
        Console.WriteLine($"a {Shapes.Names[(int)shapes.Labels[i]]} is taken for a {Shapes.Names[Array.IndexOf(row, row.Max())]}");
    return 0;
}
catch (Exception e) when (e is WeightsException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"{e.Message} Run BlockwrightNet.Train first, or name its file.");
    return 2;
}
