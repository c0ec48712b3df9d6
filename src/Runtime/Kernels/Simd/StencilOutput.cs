using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>Sends a stencil's result where it belongs. The inner loops call nothing, and write whole registers: what asks for more is done after them.</summary>
internal static unsafe class StencilOutput
{
    private const int Pixels = 32;

    /// <summary>Runs a stencil whose target is yet to be set.</summary>
    /// <param name="set">The instructions of the activation.</param>
    /// <param name="kernel">The inner loop.</param>
    /// <param name="job">Its source, taps and width.</param>
    /// <param name="output">The maps to write to.</param>
    /// <param name="at">The first pixel there.</param>
    /// <param name="lane">The register's first channel.</param>
    /// <param name="lanes">The register's channels.</param>
    /// <param name="activation">Applied last.</param>
    public static void Run(
        InstructionSet set, delegate* managed<Stencil*, void> kernel, Stencil* job, in FeatureMap output, float* at, int lane, int lanes, Activation activation)
    {
        job->Relu = activation.Kind == ActivationKind.Relu;
        if (lane + lanes > output.Lanes)
        {
            ThroughScratch(set, kernel, job, output, at + lane, lanes, Math.Min(lanes, output.Channels - lane), activation);
            return;
        }

        job->Target = at + lane;
        job->TargetStep = output.PixelPitch;
        job->TargetRow = output.RowPitch;
        kernel(job);
        if (!activation.IsFree)
            Finish(set, job, lanes, activation);
    }

    /// <summary>As the other, for a block of outputs. A column goes down as a row goes across, so that the inner loop has pixels beside each other.</summary>
    public static void Run(
        InstructionSet set, delegate* managed<Stencil*, void> kernel, Stencil* job, in FeatureMap output, in WindowBlock block, int lane, int lanes, Activation activation)
    {
        var at = output.Pixel(block.Image, block.Y, block.X);
        if (job->Width > 1)
        {
            Run(set, kernel, job, output, at, lane, lanes, activation);
            return;
        }

        (job->SourceStep, job->Width, job->Height) = (job->SourceRow, job->Height, 1);
        Run(set, kernel, job, output with { PixelPitch = output.RowPitch }, at, lane, lanes, activation);
    }

    // A whole register would overwrite another value's channels: some pixels at a time take the way through a scratch.
    private static void ThroughScratch(
        InstructionSet set, delegate* managed<Stencil*, void> kernel, Stencil* job, in FeatureMap output, float* at, int lanes, int channels, Activation activation)
    {
        var scratch = stackalloc float[Pixels * lanes];
        var (source, width, height) = ((nint)job->Source, job->Width, job->Height);
        job->Target = scratch;
        job->TargetStep = lanes;
        job->Height = 1;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x += Pixels)
            {
                job->Source = (float*)source + y * job->SourceRow + x * job->SourceStep;
                job->Width = Math.Min(Pixels, width - x);
                kernel(job);
                if (!activation.IsFree)
                    Finish(set, job, lanes, activation);
                for (var i = 0; i < job->Width; i++)
                {
                    var target = at + (nint)y * output.RowPitch + (nint)(x + i) * output.PixelPitch;
                    Unsafe.CopyBlockUnaligned(target, scratch + i * lanes, (uint)(channels * sizeof(float)));
                }
            }
        }
    }

    private static void Finish(InstructionSet set, Stencil* job, int lanes, Activation activation)
    {
        for (nint y = 0; y < job->Height; y++)
        {
            for (nint x = 0; x < job->Width; x++)
                Epilogue.Run(set, job->Target + y * job->TargetRow + x * job->TargetStep, null, lanes, activation);
        }
    }
}
