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
            ThroughScratch(set, kernel, job, at + lane, output.PixelPitch, lanes, Math.Min(lanes, output.Channels - lane), activation);
            return;
        }

        job->Target = at + lane;
        job->TargetStep = output.PixelPitch;
        kernel(job);
        if (!activation.IsFree)
            Finish(set, job, lanes, activation);
    }

    // A whole register would overwrite another value's channels.
    private static void ThroughScratch(
        InstructionSet set, delegate* managed<Stencil*, void> kernel, Stencil* job, float* target, nint pitch, int lanes, int channels, Activation activation)
    {
        var scratch = stackalloc float[Pixels * lanes];
        var width = job->Width;
        var source = job->Source;
        job->TargetStep = lanes;
        for (var x = 0; x < width; x += Pixels)
        {
            job->Source = source + x * job->SourceStep;
            job->Target = scratch;
            job->Width = Math.Min(Pixels, width - x);
            kernel(job);
            if (!activation.IsFree)
                Finish(set, job, lanes, activation);
            for (var i = 0; i < job->Width; i++)
                Unsafe.CopyBlockUnaligned(target + (x + i) * pitch, scratch + i * lanes, (uint)(channels * sizeof(float)));
        }
    }

    private static void Finish(InstructionSet set, Stencil* job, int lanes, Activation activation)
    {
        for (nint x = 0; x < job->Width; x++)
            Epilogue.Run(set, job->Target + x * job->TargetStep, null, lanes, activation);
    }
}
