using Blockwright.Generator.Plan.Gpu;
using Blockwright.Graph;
using static System.FormattableString;

namespace Blockwright.Generator.Emit.Gpu;

/// <summary>Norms by what is measured of the values themselves: their mean, then what is beside it, and of that the mean again, which is what the first one lost when it was rounded.</summary>
internal static class NormKernels
{
    private const int Threads = 128;

    /// <summary>Over the channels of each pixel: a thread for each.</summary>
    public static WrittenKernel OfPixels(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var channels = step.Channels;
        var x = $"({text.Plane(step.Operands[0], "image", "c")})[p]";
        var body = Invariant($$"""
                    float mean = 0.0f, rest = 0.0f, squares = 0.0f;
                    for (int c = 0; c < {{channels}}; c++)
                        mean += {{x}};
                    mean /= {{channels}}.0f;
                    for (int c = 0; c < {{channels}}; c++)
                    {
                        const float beside = {{x}} - mean;
                        rest += beside;
                        squares = FMA(beside, beside, squares);
                    }
                    rest /= {{channels}}.0f;
            {{Factor(step, Invariant($"{channels}.0f"))}}
                    for (int c = 0; c < {{channels}}; c++)
                    {
                        GLOBAL float* y = {{text.Plane(step.Output, "image", "c")}};
                        const float v = {{Value(text, x)}};
                        y[p] = {{text.Apply("v")}};
                    }
            """);
        return PixelKernels.Whole(text, "the norm", body);
    }

    /// <summary>Each channel beside its neighbours: a thread for each of its pixels.</summary>
    public static WrittenKernel OfNeighbours(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var numbers = step.Response;
        // Of a window that is larger than a pixel the rest reaches nobody.
        var (before, behind) = (Math.Min(numbers.Before, step.Channels), Math.Min(numbers.Behind, step.Channels));
        var body = Invariant($$"""
                    float sum = 0.0f;
                    for (int other = max(c - {{before}}, 0); other < min(c + {{behind}} + 1, {{step.Channels}}); other++)
                    {
                        const float x = ({{text.Plane(step.Operands[0], "image", "other")}})[p];
                        sum = FMA(x, x, sum);
                    }
                    const float v = ({{text.Plane(step.Operands[0], "image", "c")}})[p] / POW(FMA(sum, {{DeviceFormulas.Number(numbers.Alpha / numbers.Size)}}, {{DeviceFormulas.Number(numbers.K)}}), {{DeviceFormulas.Number(numbers.Beta)}});
            """);
        return ChannelwiseKernels.Whole(plan, text, Invariant($"{numbers.Size} neighbours"), body);
    }

    /// <summary>Over groups of maps: some threads measure a group together, each every so many pixels of it, and write it.</summary>
    public static WrittenKernel OfGroups(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var (size, pixels) = (step.Channels / step.Groups, text.Pixels(step.Grid));
        var read = $"GLOBAL const float* x = {text.Plane(step.Operands[0], "image", "c")};";
        var body = Invariant($$"""
                SHARED(sums, {{Threads}});
                SHARED(others, {{Threads}});
                const int t = THREAD(), first = GROUP() % {{step.Groups}} * {{size}}, image = GROUP() / {{step.Groups}};
                const float values = (float){{size}} * (float){{pixels}};
                float sum = 0.0f, squares = 0.0f;
                for (int c = first; c < first + {{size}}; c++)
                {
                    {{read}}
                    for (int p = t; p < {{pixels}}; p += {{Threads}})
                        sum += x[p];
                }
                sums[t] = sum;
                for (int step = {{Threads / 2}}; step > 0; step /= 2)
                {
                    BARRIER();
                    if (t < step)
                        sums[t] += sums[t + step];
                }
                BARRIER();
                const float mean = sums[0] / values;
                sum = 0.0f;
                for (int c = first; c < first + {{size}}; c++)
                {
                    {{read}}
                    for (int p = t; p < {{pixels}}; p += {{Threads}})
                    {
                        const float beside = x[p] - mean;
                        sum += beside;
                        squares = FMA(beside, beside, squares);
                    }
                }
                BARRIER();
                sums[t] = sum;
                others[t] = squares;
                for (int step = {{Threads / 2}}; step > 0; step /= 2)
                {
                    BARRIER();
                    if (t < step)
                    {
                        sums[t] += sums[t + step];
                        others[t] += others[t + step];
                    }
                }
                BARRIER();
                const float rest = sums[0] / values;
                squares = others[0];
            {{Factor(step, "values")}}
                for (int c = first; c < first + {{size}}; c++)
                {
                    {{read}}
                    GLOBAL float* y = {{text.Plane(step.Output, "image", "c")}};
                    for (int p = t; p < {{pixels}}; p += {{Threads}})
                    {
                        const float v = {{Value(text, "x[p]")}};
                        y[p] = {{text.Apply("v")}};
                    }
                }
            """);
        return new(step.Kind, Threads, 2 * Threads * sizeof(float), text.Whole(Threads, Invariant($"the norm of each of {step.Groups} groups of {size} maps"), body), new(plan.Rows.PointGrid, 1, step.Groups), text.Arguments);
    }

    private static string Factor(GpuStep step, string values) => Invariant($$"""
                    const float variance = squares / {{values}} - rest * rest, factor = 1.0f / SQRT((variance < 0.0f ? 0.0f : variance) + {{DeviceFormulas.Number(step.Eps)}});
            """);

    /// <summary>What comes of an element: with a scale and a shift where some were learned.</summary>
    private static string Value(KernelText text, string x)
    {
        var normal = $"({x} - mean - rest) * factor";
        if (text.Step.Weights is null)
            return normal;
        var at = text.WeightsAt();
        return Invariant($"FMA({normal}, w[{at} + c], w[{at} + {text.Step.Channels} + c])");
    }
}
