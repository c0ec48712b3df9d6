using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>torchvision's alexnet.</summary>
internal sealed class WrittenAlexNet : WrittenNetwork
{
    private readonly Sequential features = Sequential(
        Conv2d(3, 64, 11, stride: 4, padding: 2), ReLU(), MaxPool2d(3, stride: 2),
        Conv2d(64, 192, 5, padding: 2), ReLU(), MaxPool2d(3, stride: 2),
        Conv2d(192, 384, 3, padding: 1), ReLU(), Conv2d(384, 256, 3, padding: 1), ReLU(), Conv2d(256, 256, 3, padding: 1), ReLU(), MaxPool2d(3, stride: 2));
    private readonly Sequential classifier = Sequential(Dropout(0.5), Linear(256 * 6 * 6, 4096), ReLU(), Dropout(0.5), Linear(4096, 4096), ReLU(), Linear(4096, 1000));

    public WrittenAlexNet()
        : base(nameof(WrittenAlexNet)) => RegisterComponents();

    public override Tensor[] forward(Tensor input) => [classifier.call(functional.adaptive_avg_pool2d(features.call(input), 6).flatten(1))];
}
