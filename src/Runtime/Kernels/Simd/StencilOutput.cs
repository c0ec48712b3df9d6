using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>Sends a stencil's result where it belongs. The inner loops call nothing, and write whole registers: what asks for more is done after them.</summary>
internal static unsafe class StencilOutput
{
    private const int Pixels = 32;

    // Pixels of one register.
    private const int Band = 4 * Epilogue.Stretch;

    /// <summary>Runs a stencil whose target is yet to be set.</summary>
    /// <param name="kernel">The inner loop.</param>
    /// <param name="job">Its source, taps and width.</param>
    /// <param name="output">The maps to write to.</param>
    /// <param name="at">The first pixel there.</param>
    /// <param name="lane">The register's first channel.</param>
    /// <param name="lanes">The register's channels.</param>
    /// <param name="epilogue">How it ends.</param>
    public static void Run(delegate* managed<Stencil*, void> kernel, Stencil* job, in FeatureMap output, float* at, int lane, int lanes, Epilogue* epilogue)
    {
        job->Bounds = &epilogue->Bounds;
        if (lane + lanes > output.Lanes)
        {
            ThroughScratch(kernel, job, output, at + lane, lanes, Math.Min(lanes, output.Channels - lane), epilogue);
            return;
        }

        job->Target = at + lane;
        job->TargetStep = output.PixelPitch;
        job->TargetRow = output.RowPitch;
        if (epilogue->IsInRegisters)
            kernel(job);
        else
            InBands(kernel, job, lanes, epilogue);
    }

    /// <summary>As the other, for a block of outputs. A column goes down as a row goes across, so that the inner loop has pixels beside each other.</summary>
    public static void Run(delegate* managed<Stencil*, void> kernel, Stencil* job, in FeatureMap output, in WindowBlock block, int lane, int lanes, Epilogue* epilogue)
    {
        var at = output.Pixel(block.Image, block.Y, block.X);
        if (job->Width > 1)
        {
            Run(kernel, job, output, at, lane, lanes, epilogue);
            return;
        }

        (job->SourceStep, job->Width, job->Height) = (job->SourceRow, job->Height, 1);
        Run(kernel, job, output with { PixelPitch = output.RowPitch }, at, lane, lanes, epilogue);
    }

    // As many rows at a time as are still in the first-level cache when the sweep comes.
    private static void InBands(delegate* managed<Stencil*, void> kernel, Stencil* job, int lanes, Epilogue* epilogue)
    {
        var (height, rows) = (job->Height, Math.Max(1, Band / job->Width));
        for (var y = 0; y < height; y += rows)
        {
            job->Height = Math.Min(rows, height - y);
            kernel(job);
            Finish(job, lanes, epilogue);
            job->Source += rows * job->SourceRow;
            job->Target += rows * job->TargetRow;
        }
    }

    // A whole register would overwrite another value's channels: some pixels at a time take the way through a scratch.
    private static void ThroughScratch(delegate* managed<Stencil*, void> kernel, Stencil* job, in FeatureMap output, float* at, int lanes, int channels, Epilogue* epilogue)
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
                if (!epilogue->IsInRegisters)
                    Finish(job, lanes, epilogue);
                for (var i = 0; i < job->Width; i++)
                {
                    var target = at + (nint)y * output.RowPitch + (nint)(x + i) * output.PixelPitch;
                    Unsafe.CopyBlockUnaligned(target, scratch + i * lanes, (uint)(channels * sizeof(float)));
                }
            }
        }
    }

    private static void Finish(Stencil* job, int lanes, Epilogue* epilogue)
    {
        // Rows without a gap are one.
        var (width, height) = job->TargetRow == job->Width * job->TargetStep ? (job->Width * job->Height, 1) : (job->Width, job->Height);
        for (nint y = 0; y < height; y++)
            epilogue->Run(job->Target + y * job->TargetRow, job->TargetStep, null, 0, width, lanes);
    }
}
