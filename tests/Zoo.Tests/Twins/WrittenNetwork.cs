using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Zoo.Tests.Twins;

/// <summary>A network as its authors or torchvision wrote it, by hand with TorchSharp.</summary>
internal abstract class WrittenNetwork(string name) : Module<Tensor, Tensor[]>(name)
{
    /// <summary>A convolution that keeps the size at stride 1, without a bias.</summary>
    public static Conv2d Conv(long from, long to, long kernel, long stride = 1, long groups = 1, long dilation = 1, bool bias = false) =>
        Conv2d(from, to, kernel, stride, padding: kernel / 2 * dilation, dilation: dilation, groups: groups, bias: bias);

    /// <summary>A convolution, its norm and what follows, as a list.</summary>
    public static Sequential ConvNorm(Conv2d conv, Module<Tensor, Tensor>? activation = null) => activation is null
        ? Sequential(conv, BatchNorm2d(conv.weight!.size(0)))
        : Sequential(conv, BatchNorm2d(conv.weight!.size(0)), activation);
}

/// <summary>A module within one, whose parts have names that are no fields'.</summary>
internal abstract class WrittenPart(string name) : Module<Tensor, Tensor>(name)
{
    protected T Add<T>(string key, T module)
        where T : Module
    {
        register_module(key, module);
        return module;
    }

    // Fields are not registered by their names.
    protected override void RegisterComponents()
    {
    }
}
