using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>torchvision's vgg16.</summary>
internal sealed class WrittenVGG16 : WrittenNetwork
{
    private readonly Sequential features;
    private readonly Sequential classifier = Sequential(Linear(512 * 7 * 7, 4096), ReLU(), Dropout(0.5), Linear(4096, 4096), ReLU(), Dropout(0.5), Linear(4096, 1000));

    public WrittenVGG16()
        : base(nameof(WrittenVGG16))
    {
        var layers = new List<Module<Tensor, Tensor>>();
        var from = 3L;
        foreach (var to in new[] { 64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0 })
        {
            layers.AddRange(to == 0 ? [MaxPool2d(2, 2)] : [Conv(from, to, 3, bias: true), ReLU()]);
            from = to == 0 ? from : to;
        }
        features = Sequential(layers);
        RegisterComponents();
    }

    public override Tensor[] forward(Tensor input) => [classifier.call(functional.adaptive_avg_pool2d(features.call(input), 7).flatten(1))];
}
