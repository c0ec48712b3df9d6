using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>What a device's kernel has to know of a layer or join; all numbers are known.</summary>
/// <param name="Kind">What it computes.</param>
public sealed record Kernel(KernelKind Kind)
{
    private readonly int? _halo;

    /// <summary>How its window moves; a transposed convolution's over what comes out.</summary>
    public Window Window { get; init; } = Window.Pixel;

    /// <summary>The zeros that it needs round its input where it reads padding from there.</summary>
    public int Halo
    {
        get => _halo ?? Window.Halo;
        init => _halo = value;
    }

    /// <summary>Whether a pool's window that ends outside counts.</summary>
    public bool CeilMode { get; init; }

    /// <summary>Whether the border counts in a mean.</summary>
    public bool CountIncludePad { get; init; } = true;

    /// <summary>A convolution's groups, or a norm's.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The shape of its weights, as torch has it; empty where there are none.</summary>
    public EquatableArray<int> WeightShape { get; init; }

    /// <summary>Whether it adds a bias.</summary>
    public bool HasBias { get; init; }

    /// <summary>A norm's; 0 for a learned factor, which divides by nothing.</summary>
    public double Eps { get; init; }

    /// <summary>A LocalResponseNorm's.</summary>
    public ResponseNumbers Response { get; init; }

    /// <summary>An activation's.</summary>
    public PlanFunction? Function { get; init; }

    /// <summary>Whether it reads a map as features, so that the map must be of one pixel.</summary>
    public bool ReadsPixel { get; init; }

    /// <summary>Whether channel c of the result is made of channel c of the first operand, and of no other but for numbers that are all channels' alike.</summary>
    public bool IsChannelwise => Kind is not (KernelKind.Convolution or KernelKind.ConvTranspose or KernelKind.Flatten or KernelKind.PixelShuffle or KernelKind.PixelUnshuffle or KernelKind.ChannelMean or KernelKind.ChannelMax or KernelKind.LocalResponseNorm or KernelKind.Permute or KernelKind.Island);

    /// <summary>Whether it makes each pixel of a channel of several of the same one.</summary>
    public bool IsChannelwiseWindow => Kind is KernelKind.Depthwise or KernelKind.MaxPool or KernelKind.AvgPool or KernelKind.ZeroPad or KernelKind.ReflectionPad or KernelKind.Nearest or KernelKind.Bilinear or KernelKind.BilinearAligned
        or KernelKind.AdaptiveAvgPool or KernelKind.AdaptiveMaxPool;
}
