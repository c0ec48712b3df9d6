using System.Globalization;
using Blockwright;
using Samples;
using Spectre.Console;
using static System.FormattableString;
using static TorchSharp.torch;

namespace ShuffleNet;

/// <summary>Says what a picture shows.</summary>
/// <param name="weightsPath">The network's weights.</param>
/// <param name="width">The width that they must have, if one was asked for.</param>
/// <param name="labelsPath">The names of the classes, if they are to be printed.</param>
public sealed class Classification(string weightsPath, string? width, string? labelsPath)
{
    /// <summary>Prints the likeliest classes.</summary>
    /// <returns>The exit code, 0.</returns>
    public int Run(string imagePath, int top, TextWriter output)
    {
        var labels = labelsPath is null ? null : ReadLabels(labelsPath);
        using var weights = WeightFile.Open(weightsPath);
        var network = Width.Of(weights, width);
        var pixels = ImageNet.Prepare(RgbImage.Decode(imagePath), network.ResizeSize);

        using var scope = NewDisposeScope();
        using var snapshot = Load(network, weights);
        var logits = snapshot.call(tensor(pixels, [1, RgbImage.Channels, ImageNet.CropSize, ImageNet.CropSize]));
        var (probabilities, classes) = logits.softmax(1).topk(top, 1);
        Terminal.For(output).Write(Draw(classes.data<long>().ToArray(), probabilities.data<float>().ToArray(), labels));
        return 0;
    }

    private static FusedModule Load(Width width, WeightFile weights)
    {
        using var network = width.Create();
        network.LoadWeights(weights);
        network.eval();
        return network.Fuse();
    }

    private static Table Draw(long[] classes, float[] probabilities, string[]? labels)
    {
        var table = new Table().AddColumn(new TableColumn("class").RightAligned()).AddColumn(new TableColumn("probability").RightAligned());
        if (labels is not null)
            table.AddColumn("label");
        foreach (var (index, probability) in classes.Zip(probabilities))
        {
            List<Text> cells = [new(Invariant($"{index}")), new(string.Create(CultureInfo.InvariantCulture, $"{probability * 100:0.00} %"))];
            if (labels is not null)
                cells.Add(new Text(labels[index]));
            table.AddRow(cells);
        }
        return table;
    }

    private static string[] ReadLabels(string path)
    {
        var labels = File.ReadAllLines(path);
        return labels.Length == ImageNet.Classes
            ? labels
            : throw new InvalidDataException($"{path}: expected {ImageNet.Classes} lines with a label each, found {labels.Length}.");
    }
}
