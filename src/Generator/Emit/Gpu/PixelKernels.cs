using Blockwright.Generator.Plan.Gpu;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Generator.Emit.Gpu;

/// <summary>What is found of the channels of each pixel: a thread for each.</summary>
internal static class PixelKernels
{
    private const int Threads = 128;

    /// <summary>A softmax over channels, or its logarithm.</summary>
    public static WrittenKernel Softmax(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var x = $"({text.Plane(step.Operands[0], "image", "c")})[p]";
        var value = step.Kind == KernelKind.LogSoftmax ? $"{x} - greatest - log" : $"EXP({x} - greatest) / sum";
        var log = step.Kind == KernelKind.LogSoftmax ? "const float log = LOG1P(sum - 1.0f);" : "";
        var body = Invariant($$"""
            {{Greatest(step, x)}}
                    float sum = 0.0f;
                    for (int c = 0; c < {{step.ChannelsOf(0)}}; c++)
                        sum += EXP({{x}} - greatest);
                    {{log}}
                    for (int c = 0; c < {{step.Channels}}; c++)
                    {
                        GLOBAL float* y = {{text.Plane(step.Output, "image", "c")}};
                        const float v = {{value}};
                        y[p] = {{text.Apply("v")}};
                    }
            """);
        return Whole(text, "the softmax", body);
    }

    /// <summary>The mean of the channels, or the greatest of them.</summary>
    public static WrittenKernel Reduction(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var x = $"({text.Plane(step.Operands[0], "image", "c")})[p]";
        var find = step.Kind == KernelKind.ChannelMax ? Greatest(step, x) : Invariant($$"""
                    float sum = 0.0f;
                    for (int c = 0; c < {{step.ChannelsOf(0)}}; c++)
                        sum += {{x}};
            """);
        var value = step.Kind == KernelKind.ChannelMax ? "greatest" : Invariant($"sum / {step.ChannelsOf(0)}.0f");
        var body = Invariant($$"""
            {{find}}
                    GLOBAL float* y = {{text.Plane(step.Output, "image", "0")}};
                    const float v = {{value}};
                    y[p] = {{text.Apply("v")}};
            """);
        return Whole(text, step.Kind == KernelKind.ChannelMax ? "the greatest" : "the mean", body);
    }

    private static string Greatest(GpuStep step, string x) => Invariant($$"""
                    float greatest = -INFINITY;
                    for (int c = 0; c < {{step.ChannelsOf(0)}}; c++)
                    {
                        const float other = {{x}};
                        greatest = other > greatest || other != other ? other : greatest;
                    }
            """);

    /// <summary>A kernel whose body computes what comes out at pixel p of an image, of all of its channels.</summary>
    public static WrittenKernel Whole(KernelText text, string what, string body)
    {
        var step = text.Step;
        var pixels = text.Pixels(step.Grid);
        var whole = Invariant($$"""
                const int q = GROUP() * {{Threads}} + THREAD(), image = q / {{pixels}}, p = q % {{pixels}};
                if (q < n * {{pixels}})
                {
            {{body}}
                }
            """);
        return new(step.Kind, Threads, 0, text.Whole(Threads, Invariant($"{what} of each pixel over {step.ChannelsOf(0)} channels"), whole), new(step.Grid, Threads, 1), text.Arguments);
    }
}
