using Blockwright;
using BlockwrightNet;
using BlockwrightNet.Train;
using static System.FormattableString;
using static TorchSharp.torch;

var epochs = args is [var number, ..] && int.TryParse(number, out var asked) ? asked : 8;
random.manual_seed(1);
var (training, test) = (Shapes.Draw(3000, seed: 1), Shapes.Draw(1000, seed: 2));

using var network = new ShapeNet();
Console.WriteLine(network.Summary().ToString());
var trainer = new Trainer(network);
for (var epoch = 1; epoch <= epochs; epoch++)
{
    var loss = trainer.Epoch(training);
    Console.WriteLine(Invariant($"epoch {epoch} of {epochs}: loss {loss:0.0000}, test accuracy {100 * Trainer.Accuracy(network, test):0.0} %"));
}

network.SaveWeights("network.safetensors"); // to train on, or for Python
using var fused = network.Fuse();
fused.Save("fused.safetensors"); // for BlockwrightNet.Deploy
Console.WriteLine("written: network.safetensors, fused.safetensors");
