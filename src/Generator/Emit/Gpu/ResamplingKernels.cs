using Blockwright.Generator.Plan.Gpu;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Generator.Emit.Gpu;

/// <summary>Kernels that bring maps to another size, by the formulas of torch's UpSample.h and AdaptivePooling.h: a thread for each pixel that comes out.</summary>
internal static class ResamplingKernels
{
    public static WrittenKernel Write(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var grid = text.GridOf(step.Operands[0][0]);
        var (from, to) = ((Height: text.Height(grid), Width: text.Width(grid)), (Height: text.Height(step.Grid), Width: text.Width(step.Grid)));
        var value = step.Kind switch
        {
            KernelKind.Nearest => Nearest(from, to),
            KernelKind.Bilinear or KernelKind.BilinearAligned => Bilinear(from, to, step.Kind == KernelKind.BilinearAligned),
            _ => Window(from, to, step.Kind == KernelKind.AdaptiveAvgPool),
        };
        var body = Invariant($$"""
                    GLOBAL const float* x0 = {{text.Plane(step.Operands[0], "image", "c")}};
                    const int top = p / {{to.Width}}, left = p % {{to.Width}};
            {{value}}
            """);
        return ChannelwiseKernels.Whole(plan, text, "to another size", body);
    }

    /// <summary>Channels that become the pixels of a window, or the reverse.</summary>
    public static WrittenKernel Shuffle(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var (grid, window) = (text.GridOf(step.Operands[0][0]), step.Window);
        var (from, to, h, w) = (text.Width(grid), text.Width(step.Grid), window.KernelHeight, window.KernelWidth);
        var (channel, pixel) = step.Kind == KernelKind.PixelShuffle
            ? (Invariant($"c * {window.Taps} + top % {h} * {w} + left % {w}"), Invariant($"top / {h} * {from} + left / {w}"))
            : (Invariant($"c / {window.Taps}"), Invariant($"(top * {h} + c % {window.Taps} / {w}) * {from} + left * {w} + c % {w}"));
        var body = Invariant($$"""
                    const int top = p / {{to}}, left = p % {{to}}, k = {{channel}};
                    float v = ({{text.Plane(step.Operands[0], "image", "k")}})[{{pixel}}];
            """);
        return ChannelwiseKernels.Whole(plan, text, Invariant($"windows of {h} x {w}"), body);
    }

    /// <summary>A map within zeros, or within its own pixels, mirrored.</summary>
    public static WrittenKernel Surround(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var (grid, window) = (text.GridOf(step.Operands[0][0]), step.Window);
        var (h, w, to) = (text.Height(grid), text.Width(grid), text.Width(step.Grid));
        var (before, value) = step.Kind == KernelKind.ZeroPad
            ? ("", Invariant($"top >= 0 && top < {h} && left >= 0 && left < {w} ? x0[top * {w} + left] : 0.0f"))
            : (Invariant($"const int down = top < 0 ? -top : top, across = left < 0 ? -left : left;"), Invariant($"x0[(down < {h} ? down : 2 * ({h} - 1) - down) * {w} + (across < {w} ? across : 2 * ({w} - 1) - across)]"));
        var body = Invariant($$"""
                    GLOBAL const float* x0 = {{text.Plane(step.Operands[0], "image", "c")}};
                    const int top = p / {{to}} - {{window.PaddingHeight}}, left = p % {{to}} - {{window.PaddingWidth}};
                    {{before}}
                    float v = {{value}};
            """);
        return ChannelwiseKernels.Whole(plan, text, Invariant($"{window.PaddingHeight} above, {window.PaddingBelow} below, {window.PaddingWidth} and {window.PaddingRight} beside"), body);
    }

    private static string Nearest((string Height, string Width) from, (string Height, string Width) to) => Invariant($$"""
                    const int y0 = min((int)((float)top * ((float){{from.Height}} / (float){{to.Height}})), {{from.Height}} - 1);
                    const int left0 = min((int)((float)left * ((float){{from.Width}} / (float){{to.Width}})), {{from.Width}} - 1);
                    float v = x0[y0 * {{from.Width}} + left0];
            """);

    private static string Bilinear((string Height, string Width) from, (string Height, string Width) to, bool isAligned) => Invariant($$"""
                    const float ys = {{Place("top", from.Height, to.Height, isAligned)}}, xs = {{Place("left", from.Width, to.Width, isAligned)}};
                    const float yf = ys > 0.0f ? ys : 0.0f, xf = xs > 0.0f ? xs : 0.0f;
                    const int y0 = min((int)yf, {{from.Height}} - 1), y1 = min(y0 + 1, {{from.Height}} - 1), left0 = min((int)xf, {{from.Width}} - 1), left1 = min(left0 + 1, {{from.Width}} - 1);
                    const float b = yf - (float)y0 < 1.0f ? yf - (float)y0 : 1.0f, r = xf - (float)left0 < 1.0f ? xf - (float)left0 : 1.0f;
                    const float upper = (1.0f - r) * x0[y0 * {{from.Width}} + left0] + r * x0[y0 * {{from.Width}} + left1];
                    const float lower = (1.0f - r) * x0[y1 * {{from.Width}} + left0] + r * x0[y1 * {{from.Width}} + left1];
                    float v = (1.0f - b) * upper + b * lower;
            """);

    private static string Place(string index, string from, string to, bool isAligned) => isAligned
        ? $"({to} > 1 ? (float)({from} - 1) / (float)({to} - 1) * (float){index} : 0.0f)"
        : $"((float){from} / (float){to} * ((float){index} + 0.5f) - 0.5f)";

    // The products of sizes take 64 bits: a map's side may have 31 of them.
    private static string Window((string Height, string Width) from, (string Height, string Width) to, bool isMean) => Invariant($$"""
                    const int y0 = (int)((WIDE)top * {{from.Height}} / {{to.Height}}), y1 = (int)(((WIDE)(top + 1) * {{from.Height}} + {{to.Height}} - 1) / {{to.Height}});
                    const int left0 = (int)((WIDE)left * {{from.Width}} / {{to.Width}}), left1 = (int)(((WIDE)(left + 1) * {{from.Width}} + {{to.Width}} - 1) / {{to.Width}});
                    float v = {{(isMean ? "0.0f" : "-INFINITY")}};
                    for (int r = y0; r < y1; r++)
                        for (int s = left0; s < left1; s++)
                        {
                            const float x = x0[r * {{from.Width}} + s];
                            {{(isMean ? "v += x;" : "v = x > v || x != x ? x : v;")}}
                        }
                    {{(isMean ? "v /= (float)((y1 - y0) * (left1 - left0));" : "")}}
            """);
}
