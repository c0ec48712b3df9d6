using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Fused.Tests.Islands;

// What torch computes between kernels, at each place of a network where it may stand.

/// <summary>Nothing that an attribute says: a pixel by how much it differs from its map's mean.</summary>
public sealed class Contrast(double sharpness) : Module<Tensor, Tensor>(nameof(Contrast))
{
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return (x * (x - x.mean([2, 3], keepdim: true)).abs() * sharpness).MoveToOuterDisposeScope();
    }
}

/// <summary>Another size and other channels, with weights.</summary>
[Shape("in/2", Height = "h*2", Width = "w*2")]
public sealed class Up : Module<Tensor, Tensor>
{
    private readonly ConvTranspose2d conv;
    private readonly BatchNorm2d norm;

    public Up(int channels)
        : base(nameof(Up))
    {
        conv = ConvTranspose2d(channels, channels / 2, 2, stride: 2);
        norm = BatchNorm2d(channels / 2);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => norm.call(conv.call(x));
}

/// <summary>Of N x F.</summary>
[Shape("in*2")]
public sealed class Doubled : Module<Tensor, Tensor>
{
    private readonly Linear linear;

    public Doubled(int features)
        : base(nameof(Doubled))
    {
        linear = Linear(features, 2 * features);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => linear.call(x).sin();
}

/// <summary>Looks at its batch: what comes out of an image depends on those beside it.</summary>
public sealed class OverBatch() : Module<Tensor, Tensor>(nameof(OverBatch))
{
    public override Tensor forward(Tensor x) => x - x.mean([0], keepdim: true);
}

/// <summary>Writes over what it is given and gives that.</summary>
public sealed class InPlace() : Module<Tensor, Tensor>(nameof(InPlace))
{
    public override Tensor forward(Tensor x) => x.detach().abs_();
}

/// <summary>Throws once it is told to, as all of its class: a snapshot has another.</summary>
public sealed class Thrower() : Module<Tensor, Tensor>(nameof(Thrower))
{
    public static Func<Exception>? What { get; set; }

    public static int CallsOnThread(int thread) => Threads.Count(each => each == thread);

    public static System.Collections.Concurrent.ConcurrentBag<int> Threads { get; } = [];

    public override Tensor forward(Tensor x)
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        return What is { } what ? throw what() : x + 1;
    }
}

[Network, Input(3, 32, 32), Module<Contrast>(0.5), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(10)]
public partial class AtStart;

[Network, Input(3, 32, 32), Path("stem"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, Module<Up>(24, Name = "/up"), Conv2d(20, 3), BatchNorm2d, Hardswish, DepthwiseConv2d(3), GlobalAvgPool2d, Linear(10)]
public partial class InTheMiddle;

[Network, Input(3, 32, 32), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, Conv2d(8, 3), Module<Up>(8)]
public partial class AtTheEnd;

[Network, Input(3, 32, 32), Conv2d(24, 3, Stride = 2), Module<Contrast>(2), Module<Up>(24), BatchNorm2d(TrackRunningStats = false), Conv2d(8, 3), BatchNorm2d, ReLU]
public partial class InARow;

[Block, Split("keep", "work"), From("work", Name = "branch"), Conv1x1, BatchNorm2d, ReLU, Module<Contrast>(1), BatchNorm2d(TrackRunningStats = false), Concat("keep", "work"), ChannelShuffle(2)]
public partial class ContrastUnit;

[Network, Input(3, 32, 32), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, Stage<ContrastUnit>("stage", Units = 3), GlobalAvgPool2d, Linear(10)]
public partial class InABranch;

[Network, Input(3, 32, 32)]
[From("in", As = "weighed"), Conv2d(24, 3), BatchNorm2d, ReLU, Module<Contrast>(1)]
[From("weighed", As = "narrow"), Conv2d(12, 3, Stride = 2), BatchNorm2d, ReLU]
[From("narrow", As = "classes"), GlobalAvgPool2d, Linear(8), Reshape(2, 4), Softmax(Dim = 2)]
[From("narrow", As = "boxes"), Conv1x1(14), Reshape(2, 7, "h", "w"), Permute(0, 1, 3, 4, 2), Sigmoid]
[Output("weighed", "narrow", "classes", "boxes")]
public partial class SeveralResults;

[Network, Input(3, 16, 16), Conv2d(16, 3, Stride = 2), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(12), Module<Doubled>(12), ReLU, Linear(6), Reshape(2, 3), Softmax(Dim = 2)]
public partial class OnFeatures;

[Network, Input(3, 16, 16), Conv2d(16, 3, Stride = 2), BatchNorm2d, ReLU, Module<OverBatch>, Conv2d(24, 3), BatchNorm2d(TrackRunningStats = false), ReLU, Conv2d(8, 3, Stride = 2)]
public partial class OverTheBatch;

[Network, Input(3, 16, 16), Conv2d(16, 3, Stride = 2), Module<InPlace>, Conv2d(8, 3)]
public partial class WritesOver;

[Network, Input(4, 24, 16), From("in", As = "whole"), Conv2d(1, 3, Stride = 2), From("in", As = "other"), Conv2d(6, 3, Stride = 2), GlobalAvgPool2d, Multiply("whole", "other"), Conv2d(4, 3)]
public partial class Spread;

[Network, Input(3, 16, 16), Conv2d(8, 3), ReLU, Module<Thrower>(Name = "faulty"), Conv2d(4, 3)]
public partial class Throwing;

// Nothing is left for kernels that is worth its while.
[Network, Input(4, 16, 16), Module<Up>(4), ReLU, MaxPool2d(2)]
public partial class NothingBetween;
