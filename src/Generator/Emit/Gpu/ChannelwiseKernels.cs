using Blockwright.Generator.Plan.Gpu;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Generator.Emit.Gpu;

/// <summary>Kernels that compute each channel by itself, a thread for each pixel.</summary>
internal static class ChannelwiseKernels
{
    private const int Threads = 128;

    // Beyond these a loop is left a loop.
    private const int MostWrittenTaps = 49;

    // Lanes that sum a map together.
    private const int Lanes = 32;

    /// <summary>A depthwise convolution or a pool.</summary>
    public static WrittenKernel Window(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var (grid, window) = (text.GridOf(step.Operands[0][0]), step.Window);
        var (h, w) = (text.Height(grid), text.Width(grid));
        var (before, tap, after) = step.Kind switch
        {
            KernelKind.Depthwise => Depthwise(text),
            KernelKind.MaxPool => ("float v = -INFINITY;", "v = x > v || x != x ? x : v;", ""),
            _ => ("float v = 0.0f;", "v += x;", Mean(text, h, w)),
        };
        var unroll = window.Taps <= MostWrittenTaps ? "UNROLL " : "";
        var body = Invariant($$"""
                    GLOBAL const float* x0 = {{text.Plane(step.Operands[0], "image", "c")}};
                    const int top = p / {{text.Width(step.Grid)}} * {{window.StrideHeight}} - {{window.PaddingHeight}}, left = p % {{text.Width(step.Grid)}} * {{window.StrideWidth}} - {{window.PaddingWidth}};
                    {{before}}
                    {{unroll}}for (int r = 0; r < {{window.KernelHeight}}; r++)
                        {{unroll}}for (int s = 0; s < {{window.KernelWidth}}; s++)
                        {
                            const int yy = top + r * {{window.DilationHeight}}, xx = left + s * {{window.DilationWidth}};
                            if (yy >= 0 && yy < {{h}} && xx >= 0 && xx < {{w}})
                            {
                                const float x = x0[yy * {{w}} + xx];
                                {{tap}}
                            }
                        }
                    {{after}}
            """);
        return Whole(plan, text, $"window {PlanWords.WindowText(window)}", body);
    }

    /// <summary>Sums, products, batch norms, slopes, activations and copies.</summary>
    public static WrittenKernel Elementwise(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var values = step.Operands.Select((operand, i) => $"({text.Plane(operand, "image", step.ChannelsOf(i) == 1 ? "0" : "c")})[{(text.IsSpread(operand[0]) ? "0" : "p")}]").ToList();
        var value = step.Kind switch
        {
            KernelKind.Affine => Affine(text, values[0]),
            KernelKind.PReLU => Slope(text, values[0]),
            KernelKind.Multiply => string.Join(" * ", values),
            _ => string.Join(" + ", values),
        };
        return Whole(plan, text, $"{values.Count} operands".Replace("1 operands", "1 operand"), $"        float v = {value};");
    }

    /// <summary>The mean of each map: some threads sum a map, each every so many pixels.</summary>
    public static WrittenKernel Mean(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        const int Maps = Threads / Lanes;
        var grid = text.GridOf(step.Operands[0][0]);
        var each = (step.Channels + Maps - 1) / Maps;
        var body = Invariant($$"""
                SHARED(sums, {{Threads}});
                const int t = THREAD(), lane = t % {{Lanes}}, c = GROUP() % {{each}} * {{Maps}} + t / {{Lanes}}, image = GROUP() / {{each}};
                float sum = 0.0f;
                if (c < {{step.Channels}} && image < n)
                {
                    GLOBAL const float* x = {{text.Plane(step.Operands[0], "image", "c")}};
                    for (int p = lane; p < {{text.Pixels(grid)}}; p += {{Lanes}})
                        sum += x[p];
                }
                sums[t] = sum;
                for (int step = {{Lanes / 2}}; step > 0; step /= 2)
                {
                    BARRIER();
                    if (lane < step)
                        sums[t] += sums[t + step];
                }
                if (lane == 0 && c < {{step.Channels}} && image < n)
                {
                    GLOBAL float* y = {{text.Plane(step.Output, "image", "c")}};
                    const float v = sums[t] / (float){{text.Pixels(grid)}};
                    y[0] = {{text.Apply("v")}};
                }
            """);
        return new(step.Kind, Threads, Threads * sizeof(float), text.Whole(Threads, Invariant($"the mean of each map of {step.Channels} channels: {Lanes} threads for a map"), body), new(step.Grid, 1, each), text.Arguments);
    }

    /// <summary>Maps to features in torch's order, channel by channel: a pixel becomes a channel of one pixel.</summary>
    public static WrittenKernel Flatten(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var grid = text.GridOf(step.Operands[0][0]);
        var channels = step.ChannelsOf(0);
        var body = Invariant($$"""
                const int c = GROUP() % {{channels}}, q = GROUP() / {{channels}} * {{Threads}} + THREAD(), pixels = {{text.Pixels(grid)}}, image = q / pixels, p = q % pixels;
                if (q < n * pixels)
                {
                    const int feature = c * pixels + p;
                    GLOBAL float* y = {{text.Plane(step.Output, "image", "feature")}};
                    y[0] = ({{text.Plane(step.Operands[0], "image", "c")}})[p];
                }
            """);
        return new(step.Kind, Threads, 0, text.Whole(Threads, Invariant($"{channels} maps to features"), body), new(grid, Threads, channels), text.Arguments);
    }

    private static (string Before, string Tap, string After) Depthwise(KernelText text)
    {
        var (at, window, channels) = (text.WeightsAt(), text.Step.Window, text.Step.Channels);
        return (Invariant($"float v = w[{at} + {channels * window.Taps} + c];"), Invariant($"v = FMA(w[{at} + c * {window.Taps} + r * {window.KernelWidth} + s], x, v);"), "");
    }

    private static string Affine(KernelText text, string value)
    {
        var at = text.WeightsAt();
        return Invariant($"FMA({value}, w[{at} + c], w[{at} + {text.Step.Channels} + c])");
    }

    private static string Slope(KernelText text, string value)
    {
        var at = text.WeightsAt();
        return Invariant($"{value} > 0.0f ? {value} : {value} * w[{at}{(text.Step.Weights!.Of.Shape[0] == 1 ? "" : " + c")}]");
    }

    /// <summary>A window that ends outside is as large as the padded input lets it be; without its border, as the input does.</summary>
    private static string Mean(KernelText text, string h, string w)
    {
        var window = text.Step.Window;
        return text.Step.CountIncludePad
            ? Invariant($"v /= (float)((min(top + {window.KernelHeight}, {h} + {window.PaddingBelow}) - top) * (min(left + {window.KernelWidth}, {w} + {window.PaddingRight}) - left));")
            : Invariant($"v /= (float)((min(top + {window.KernelHeight}, {h}) - max(top, 0)) * (min(left + {window.KernelWidth}, {w}) - max(left, 0)));");
    }

    /// <summary>A kernel whose body computes v of channel c at pixel p of an image. Small maps leave threads to other channels.</summary>
    public static WrittenKernel Whole(GpuPlan plan, KernelText text, string what, string compute)
    {
        var step = text.Step;
        var grid = plan.Rows.Grids[step.Grid];
        var across = Threads;
        while (across > 1 && across / 2 >= (long)grid.Height * grid.Width)
            across /= 2;
        var channels = Threads / across;
        var each = (step.Channels + channels - 1) / channels;
        var pixels = text.Pixels(step.Grid);
        var channel = channels == 1 ? Invariant($"GROUP() % {each}") : Invariant($"GROUP() % {each} * {channels} + THREAD() / {across}");
        var lane = channels == 1 ? "THREAD()" : Invariant($"THREAD() % {across}");
        var body = Invariant($$"""
                const int c = {{channel}}, q = GROUP() / {{each}} * {{across}} + {{lane}}, image = q / {{pixels}}, p = q % {{pixels}};
                if (c < {{step.Channels}} && q < n * {{pixels}})
                {
            {{compute}}
                    GLOBAL float* y = {{text.Plane(step.Output, "image", "c")}};
                    y[p] = {{text.Apply("v")}};
                }
            """);
        return new(step.Kind, Threads, 0, text.Whole(Threads, Invariant($"{step.Kind} of {step.Channels} channels, {what}"), body), new(step.Grid, across, each), text.Arguments);
    }
}
