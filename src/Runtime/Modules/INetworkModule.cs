using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What the build makes of a class declared with <see cref="NetworkAttribute"/>: a <see cref="NetworkModule"/>; of one with several results a <see cref="NetworkModule{TResult}"/>; of one with several inputs a <see cref="NetworkModule2{TResult}"/>, or another of their number. Nobody else implements it.</summary>
public interface INetworkModule : IDisposable
{
    /// <summary>The channels of the input, C of N x C x H x W; of several inputs those of the first.</summary>
    int InChannels { get; }

    /// <summary>What it has in common with all others.</summary>
    internal NetworkCore Core { get; }

    /// <summary>The module itself.</summary>
    internal nn.Module Module => Core.Module;

    /// <summary>What the build decided for the network.</summary>
    internal NetworkPlans Plans => Core.Plans;

    /// <summary>How its layers came into it.</summary>
    internal ModuleLayers Layers => Core.Layers;

    /// <summary>Held by whoever hangs hooks into the layers.</summary>
    internal Lock Profiling => Core.Profiling;

    /// <summary>The build's snapshot, which runs on torch's operations.</summary>
    internal FusedParts TakeTorchSnapshot();

    /// <summary>Takes a snapshot, as the module's own Fuse does.</summary>
    internal INetworkSnapshot TakeSnapshot(FuseOptions options);

    /// <summary>Calls the module: what it gives, one tensor after another.</summary>
    internal Tensor[] Results(params Tensor[] inputs);
}

/// <summary>A network's snapshot, whatever it gives.</summary>
internal interface INetworkSnapshot : IDisposable
{
    /// <summary>Blockwright's kernels; null where torch's operations run.</summary>
    KernelNetwork? Kernels { get; }

    /// <summary>What it gives, one tensor after another; their user disposes them.</summary>
    Tensor[] Results(params Tensor[] inputs);

    /// <summary>Runs images of the declared size, from and to the caller's memory: one result after another.</summary>
    void Run(ReadOnlySpan<float> input, Span<float> output, int batch);

    /// <summary>Runs images again and again, and says where the time goes.</summary>
    NetworkProfile Profile(Tensor[] inputs, int iterations);
}
