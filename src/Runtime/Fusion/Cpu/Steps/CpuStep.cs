using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A step of a plan with its weights packed for one set of instructions. Immutable; any number of threads may use it.</summary>
internal abstract class CpuStep(PlanStep plan) : IDisposable
{
    public PlanStep Plan => plan;

    /// <summary>The step on memory, for some images of one size. Checks that the shapes fit.</summary>
    public abstract BoundStep Bind(StepMemory memory);

    public virtual void Dispose()
    {
    }
}

/// <summary>A step on its memory.</summary>
internal abstract class BoundStep
{
    /// <summary>Whether the thread that asks for a run does all of it, and no team a share.</summary>
    public virtual bool IsCallers => false;

    /// <summary>Does a share of it.</summary>
    public abstract void Run(Share share);
}

/// <summary>A convolution, which may be a part of another step.</summary>
internal interface IConvolving : IDisposable
{
    /// <summary>It on maps.</summary>
    BoundStep Bind(FeatureMap[] inputs, FeatureMap output, FeatureMap residual, ScratchMemory scratch);
}

/// <summary>A window that can go by bands of rows, over a map that is only partly there.</summary>
internal interface IRowWindow
{
    Window Window { get; }

    /// <summary>Computes <paramref name="count"/> rows of the output from <paramref name="first"/> on.</summary>
    void Run(in FeatureMap input, in FeatureMap output, int first, int count);
}

/// <summary>Which class serves a kind of step: the one place that tells kinds apart.</summary>
internal static class CpuSteps
{
    public static CpuStep Make(CpuPlan network, PlanStep plan, InstructionSet set, FoldedWeights weights, bool isExact, IIslands? islands) => plan.Kind switch
    {
        KernelKind.Planes => new PlanesStep(plan),
        KernelKind.Input => new InputStep(plan),
        KernelKind.Convolution => Convolutions.Make(network, plan, set, weights[plan.Weights!.FoldedKey], isExact),
        KernelKind.ConvTranspose => new TransposedStep(network, plan, set, weights[plan.Weights!.FoldedKey], isExact),
        KernelKind.Depthwise => new DepthwiseStep(plan, set, weights[plan.Weights!.FoldedKey]),
        KernelKind.Affine => new AffineStep(plan, set, weights[plan.Weights!.FoldedKey]),
        KernelKind.PReLU => new PReLUStep(plan, set, weights[plan.Weights!.FoldedKey]),
        KernelKind.Activation => new ActivationStep(plan, set),
        KernelKind.MaxPool or KernelKind.AvgPool => new PoolStep(plan, set),
        KernelKind.GlobalPool => new GlobalPoolStep(plan, set),
        KernelKind.LayerNorm => new LayerNormStep(plan, set, weights[plan.Weights!.FoldedKey]),
        KernelKind.LocalResponseNorm => new ResponseStep(plan, set),
        KernelKind.Permute => new PermuteStep(plan, set),
        KernelKind.Softmax or KernelKind.LogSoftmax when !plan.Sizes.IsEmpty || !plan.Dims.IsEmpty => new SoftmaxAlongStep(plan, set),
        KernelKind.Softmax or KernelKind.LogSoftmax => new SoftmaxStep(plan, set),
        KernelKind.ChannelMean or KernelKind.ChannelMax => new ChannelReductionStep(plan, set),
        KernelKind.ZeroPad => new ZeroPadStep(plan, set),
        KernelKind.ReflectionPad => new ReflectionPadStep(plan, set),
        KernelKind.Moments => new MomentsStep(plan, set),
        KernelKind.GroupNorm => new GroupNormStep(plan, set, plan.Weights is { } learned ? weights[learned.FoldedKey] : null),
        KernelKind.Nearest => new ResampleStep(plan, set, Resampling.Nearest),
        KernelKind.Bilinear => new ResampleStep(plan, set, Resampling.Bilinear),
        KernelKind.BilinearAligned => new ResampleStep(plan, set, Resampling.BilinearAligned),
        KernelKind.AdaptiveAvgPool => new ResampleStep(plan, set, Resampling.Mean),
        KernelKind.AdaptiveMaxPool => new ResampleStep(plan, set, Resampling.Greatest),
        KernelKind.Add or KernelKind.Multiply => new BinaryStep(plan, set),
        KernelKind.Flatten => new FlattenStep(plan),
        KernelKind.PixelShuffle => new PixelShuffleStep(plan, set),
        KernelKind.PixelUnshuffle => new PixelUnshuffleStep(plan, set),
        KernelKind.Island => new IslandStep(plan, islands ?? throw new NotSupportedException($"There is no kernel for {plan.Layers} (BW4006), and no torch that computes it.")),
        KernelKind.Gather => new GatherStep(plan, set),
        KernelKind.Output => new OutputStep(plan),
        var other => throw new NotSupportedException($"The CPU has no step for {other}."),
    };

    public static Activation FunctionOf(PlanStep plan) => Activation.Named(plan.Function.Name, plan.Function.Parameters.AsSpan());
}
